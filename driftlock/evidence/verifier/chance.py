"""The numbers of a window made of its compressed sizes: score, ranks, every shuffle."""

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

from driftlock.evidence.verifier.findings import Findings

MATRIX_SEED: Final = 20251121
# Numbers that are drawn at most, and what a shuffle costs beside them, in numbers: the largest profile there is,
# 5,000 chunks, has its usual 999 permutations, and nobody makes a verifier work longer than that takes.
MOST_KEYS: Final = 5_100_000
ROW: Final = 8
# Settings that sizes and shuffles do not depend on.
_LIMITS: Final = ("name", "threshold", "alpha", "p_mode", "references", "views")
READY_REFERENCES: Final = 50

RECIPE: Final = {
    "pool": "reference_costs, then window_costs, of record.json",
    "order": "the pool in ascending order of one 64-bit number each: SHAKE-256 of the window's seed (8 bytes, "
    "big-endian), cut into big-endian numbers; equal numbers keep their order",
    "labels": f"permutation r takes the places of the k smallest of row r of SHAKE-256 of {MATRIX_SEED}, one "
    "number for each permutation and place, row after row",
    "count": "permutations whose k costs add up to at least the window's, and one for the window itself",
    "seed": "first 8 bytes of SHA-256 of SHA-256 of the window's text and SHA-256 of the measurement, which is "
    "written as JSON with sorted keys and no blanks",
}


def middle(numbers: Sequence[int]) -> float:
    """The median: with an even count the mean of the two in the middle."""
    ordered = sorted(numbers)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def measurement_digest(config: Mapping[str, Any], compressor: str) -> bytes:
    """SHA-256 of what sizes depend on."""
    values = {name: value for name, value in config.items() if name not in _LIMITS}
    plain = values | {"masks": sorted(config["masks"]), "library": compressor}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).digest()


def keys(seed: int, count: int) -> bytes:
    """*count* numbers of SHAKE-256, 8 bytes each, big-endian."""
    if not 0 <= count <= MOST_KEYS:
        raise ValueError(f"{count} numbers to draw; at most {MOST_KEYS} are drawn")
    return hashlib.shake_256(seed.to_bytes(8, "big")).digest(8 * count)


def in_order(drawn: bytes) -> list[int]:
    """Places in ascending order of the numbers drawn for them; equal ones keep their order."""
    numbers = struct.unpack(f">{len(drawn) // 8}Q", drawn)
    return sorted(range(len(numbers)), key=numbers.__getitem__)


def shuffles_at_least(references: Sequence[int], window: Sequence[int], seed: int, permutations: int) -> int:
    """Permutations under which what is called the window costs at least what the window did."""
    pool, k, observed = [*references, *window], len(window), sum(window)
    if not pool:
        raise ValueError("no costs to shuffle")
    if not 0 <= (work := permutations * (len(pool) + ROW)) <= MOST_KEYS:
        raise ValueError(
            f"{permutations} shuffles of {len(pool)} numbers are {work} draws; {MOST_KEYS} at most are made"
        )
    shuffled = [pool[place] for place in in_order(keys(seed, len(pool)))]
    drawn, count = keys(MATRIX_SEED, permutations * len(pool)), 0
    for numbers in struct.iter_unpack(f">{len(pool)}Q", drawn):
        # Numbers sort in half the time that places sorted by their numbers take.
        edge = sorted(numbers)[k - 1]
        chosen = [cost for number, cost in zip(numbers, shuffled, strict=True) if number <= edge]
        if len(chosen) > k:  # equal numbers at the edge: the first of them count
            row = struct.pack(f">{len(pool)}Q", *numbers)
            chosen = [shuffled[place] for place in in_order(row)[:k]]
        count += sum(chosen) >= observed
    return count


def past_of(record: Mapping[str, Any], span: str) -> list[int]:
    """The slice of the recorded history that *span* names."""
    start, stop = record["evidence"][span]
    history: list[int] = record["evidence"]["history"]
    if not 0 <= start <= stop <= len(history):
        raise ValueError(f"{span} lies outside the history")
    return history[start:stop]


def exact_numbers(record: Mapping[str, Any]) -> dict[str, Any]:
    """Each number that is a quotient, as the whole numbers it is made of; what the screen rounds stands here whole."""
    evidence, past = record["evidence"], past_of(record, "p_span")
    size, twice_mu = sum(evidence["chunk_costs"]), int(2 * middle(past_of(record, "mu_span")))
    twice_cbar = int(2 * middle(evidence["baseline_windows"]))
    at_least = shuffles_at_least(
        evidence["reference_costs"], evidence["window_costs"], record["seed"], record["permutations"]
    )
    exact: dict[str, Any] = {
        "S": size,
        "C(W)": evidence["c_window"],
        "twice mu": twice_mu,
        "twice Cbar": twice_cbar,
        "ncd": [2 * size - twice_mu, max(2 * evidence["c_window"], twice_cbar)],
        "extra_bits": 4 * (2 * size - twice_mu),
        "p_stream": [1 + sum(one >= size for one in past), 1 + len(past)],
        "p_perm": [1 + at_least, 1 + record["permutations"]],
    }
    if (views := evidence.get("views")) is not None:
        pool = len(views["references"]) + 1
        exact["aspects"] = {name: [round(rank * pool), pool] for name, (rank, _) in views["aspects"].items()}
    return exact


def check_chance(found: Findings, record: Mapping[str, Any]) -> None:
    """Score, p_stream and p_perm from the recorded sizes."""
    evidence, config = record["evidence"], record["configuration"]
    exact = exact_numbers(record)
    found.equal("chance", "exact whole numbers", record["exact"], exact)
    mu, cbar, size = exact["twice mu"] / 2, exact["twice Cbar"] / 2, exact["S"]
    found.equal("chance", "S", record["size"], size)
    found.equal("chance", "mu", record["mu"], mu)
    found.equal("chance", "Cbar", record["cbar"], cbar)
    found.equal("chance", "NCD (size-matched)", record["ncd"], (size - mu) / max(evidence["c_window"], cbar))
    found.equal("chance", "extra bits", record["extra_bits"], 8 * (size - mu))
    at_least, pool = exact["p_stream"]
    found.equal("chance", "references m", record["m"], pool - 1)
    found.equal("chance", "p_stream", record["p_stream"], at_least / pool)
    seed = hashlib.sha256(
        bytes.fromhex(evidence["canonical_window"]) + measurement_digest(config, record["compressor"])
    ).digest()[:8]
    found.equal("chance", "seed", record["seed"], int.from_bytes(seed, "big"))
    at_least, labelings = exact["p_perm"]
    found.equal(
        "chance", f"p_perm, {record['permutations']} shuffles", record["p_perm"], at_least / labelings
    )
    found.unchecked(
        "chance", "sizes of earlier windows", "taken as recorded: their events are not in the bundle"
    )
