"""
The detector once more: every number of every window from its definition, nothing carried along.

Imports nothing of the engine. Names: a chunk is ``hop`` events, k chunks are
a window, n_B chunks a baseline, 4k chunks an epoch; c is the cost of a chunk
given the baseline's distinct events, S the sum over a window, H the history
of such sums, oldest first.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from statistics import median
from typing import Any

import naive_masking
import naive_permutation
from naive_costs import REACH, cost_given, dictionary, library, text

Chunk = list[bytes]
Window = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What a profile holds, as plain values."""

    baseline: int
    window: int
    hop: int
    compressor: str
    threshold: float
    alpha: float
    references: int
    permutations: int
    p_mode: str
    seed: int
    masks: frozenset[str]

    @property
    def k(self) -> int:
        """Chunks in a window."""
        return self.window // self.hop

    @property
    def n_b(self) -> int:
        """Chunks in a baseline."""
        return self.baseline // self.hop

    @property
    def deciding(self) -> int:
        """References below which p_stream cannot reach alpha."""
        return math.ceil(1 / self.alpha) - 1


def windows(events: Sequence[bytes], p: Parameters, given: Sequence[bytes] | None = None) -> list[Window]:
    """
    Every window of a stream, as a mapping with the measured numbers and the decision.

    Args:
        events: The raw events of the stream, from its first one.
        p: Sizes and limits.
        given: Raw events of a baseline of its own; without it the stream's
            first events are the first baseline.
    """
    stream = chunks_of(events, p)
    start = p.n_b if given is None else 0
    source_events = events if given is None else given
    source = chunks_of(source_events, p)
    firsts = range(start, len(stream) - p.k + 1)
    if not firsts:
        return []

    def epoch_of(chunk: int) -> int:
        return (chunk - start) // (4 * p.k)

    def baseline_start(epoch: int) -> int:
        if given is not None or epoch == 0:
            return 0
        return start + epoch * 4 * p.k - (p.k - 1) - p.n_b

    def baseline_of(epoch: int) -> list[Chunk]:
        return source[baseline_start(epoch) : baseline_start(epoch) + p.n_b]

    costs: dict[int, int] = {}
    for epoch in range(epoch_of(len(stream) - 1) + 1):
        cost = cost_given(p.compressor, dictionary(joined(baseline_of(epoch)), REACH[p.compressor]))
        for chunk in range(start, len(stream)):
            if epoch_of(chunk) == epoch:
                costs[chunk] = cost(text(stream[chunk]))
    cold = cold_start(baseline_of(0), p)
    sums = [sum(costs[first + i] for i in range(p.k)) for first in firsts]
    history = cold + sums
    labelings = naive_permutation.matrix(p.permutations, p.n_b // 2 + p.k, p.k)

    found = []
    for index, first in enumerate(firsts):
        chunks = range(first, first + p.k)
        epoch = epoch_of(chunks[-1])
        epoch_start = start + epoch * 4 * p.k
        ended = sum(other + p.k - 1 < epoch_start for other in firsts)
        numbers = measured(
            [costs[chunk] for chunk in chunks],
            past=history[: len(cold) + max(0, index - p.k + 1)][-p.references :],
            calibration=history[: len(cold) + ended][-p.references :],
            baseline=baseline_of(epoch),
            p=p,
        )
        decide(numbers, stream[first : first + p.k], baseline_of(epoch), labelings, p)
        raw_baseline = source_events[baseline_start(epoch) * p.hop :][: p.baseline]
        spans = [
            (baseline_start(e) * p.hop + 1, baseline_start(e) * p.hop + p.baseline, count)
            for e in range(epoch + 1)
            if (count := sum(epoch_of(chunk) == e for chunk in chunks))
        ]
        found.append(
            numbers
            | {
                "index": index,
                "first_seq": first * p.hop + 1,
                "last_seq": (first + p.k) * p.hop,
                "epochs": spans,
                "raw_window": raw_digest(events[first * p.hop : (first + p.k) * p.hop]),
                "raw_baseline": raw_digest(raw_baseline),
                "canonical_window": text_digest(stream[first : first + p.k]),
                "canonical_baseline": text_digest(baseline_of(epoch)),
            }
        )
    return found


def cold_start(baseline: list[Chunk], p: Parameters) -> list[int]:
    """The sums of k consecutive chunks of the first baseline, each block costed under the other blocks."""
    costs = []
    for block in range(p.n_b // p.k):
        inside = range(block * p.k, (block + 1) * p.k)
        others = [chunk for number, chunk in enumerate(baseline) if number not in inside]
        cost = cost_given(p.compressor, dictionary(joined(others), REACH[p.compressor]))
        costs += [cost(text(baseline[number])) for number in inside]
    return [sum(costs[first : first + p.k]) for first in range(p.n_b - p.k + 1)]


def measured(
    chunk_costs: list[int], *, past: list[int], calibration: list[int], baseline: list[Chunk], p: Parameters
) -> Window:
    """What is known of a window before the gate."""
    plain = cost_given(p.compressor, b"")
    baseline_windows = [plain(text(joined(baseline[at : at + p.k]))) for at in range(0, p.n_b, 2 * p.k)]
    size, mu, cbar = sum(chunk_costs), float(median(calibration)), float(median(baseline_windows))
    m = len(past)
    p_stream = (1 + sum(reference >= size for reference in past)) / (1 + m)
    bound = (size - mu) / cbar
    alone = p.p_mode == "permutation" or m < p.deciding
    return {
        "chunk_costs": chunk_costs,
        "past": past,
        "calibration": calibration,
        "baseline_windows": baseline_windows,
        "S": size,
        "mu": mu,
        "cbar": cbar,
        "m": m,
        "p_stream": p_stream,
        "bound": bound,
        "status": "calibrating" if m < max(50, p.deciding) else "ready",
        "decided_by": "p_perm" if alone else "max",
        "gate": bound >= p.threshold and (alone or p_stream <= p.alpha),
        "chance": chance(size, past, mu, cbar, alone, p),
    }


def decide(
    window: Window, chunks: list[Chunk], baseline: list[Chunk], labelings: list[list[int]], p: Parameters
) -> None:
    """Adds what is computed behind the gate, None where it is not, and the decision."""
    window |= dict.fromkeys(("c_window", "ncd", "reference_costs", "window_costs", "seed", "p_perm", "p"))
    window["flagged"] = False
    if not window["gate"]:
        return
    whole = text(joined(chunks))
    window["c_window"] = cost_given(p.compressor, b"")(whole)
    window["ncd"] = (window["S"] - window["mu"]) / max(window["c_window"], window["cbar"])
    if window["ncd"] < p.threshold:
        return
    even, odd = baseline[0::2], baseline[1::2]
    cost = cost_given(p.compressor, dictionary(joined(even), REACH[p.compressor]))
    window["reference_costs"] = [cost(text(chunk)) for chunk in odd]
    window["window_costs"] = [cost(text(chunk)) for chunk in chunks]
    window["seed"] = naive_permutation.window_seed(whole, measurement_digest(p))
    window["p_perm"] = naive_permutation.p_perm(
        window["reference_costs"], window["window_costs"], window["seed"], labelings
    )
    by_max = window["decided_by"] == "max"
    window["p"] = max(window["p_perm"], window["p_stream"]) if by_max else window["p_perm"]
    window["flagged"] = window["p"] <= p.alpha


def chance(size: int, past: list[int], mu: float, cbar: float, alone: bool, p: Parameters) -> float:
    """Share of the window and its references that the rule would flag in the window's place."""
    pool = [size, *past]
    far = [u for u in pool if (u - mu) / cbar >= p.threshold]
    if alone:
        return min(p.alpha, len(far) / len(pool))
    places = math.floor(p.alpha * len(pool) + 1e-9)
    return len(sorted(far, reverse=True)[:places]) / len(pool)


def measurement_digest(p: Parameters) -> bytes:
    """SHA-256 of all that sizes and permutations depend on."""
    values = asdict(p) | {"masks": sorted(p.masks), "library": library(p.compressor)}
    for limit in ("threshold", "alpha", "p_mode", "references"):
        del values[limit]
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).digest()


def chunks_of(events: Sequence[bytes], p: Parameters) -> list[Chunk]:
    """Whole chunks of canonical events; what is left over waits."""
    canonical = [masked(event, p.masks) for event in events]
    return [canonical[at : at + p.hop] for at in range(0, len(canonical) - p.hop + 1, p.hop)]


@cache
def masked(event: bytes, masks: frozenset[str]) -> bytes:
    """The slow mask, once for each event: byte by byte it takes longer than all the rest."""
    return naive_masking.canonical(event, masks)


def joined(chunks: list[Chunk]) -> Chunk:
    """The events of several chunks."""
    return [event for chunk in chunks for event in chunk]


def text_digest(chunks: list[Chunk]) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(text(joined(chunks))).hexdigest()


def raw_digest(events: Sequence[bytes]) -> str:
    """SHA-256 of all lengths, 8 bytes each, and the events as received."""
    lengths = b"".join(len(event).to_bytes(8, "big") for event in events)
    return hashlib.sha256(lengths + b"".join(events)).hexdigest()
