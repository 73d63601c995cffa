"""What the views beside the bytes measured, from their definitions and with whole numbers."""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from driftlock.evidence.verifier.chance import middle
from driftlock.evidence.verifier.findings import Findings

MEMORY: Final = 65_536
MOST_REFERENCES: Final = 100_000
USUAL_NUMBER: Final = 1_477  # 1/1024 bit: 1/ln 2
MOST_OF_NUMBER: Final = 13_335  # log2(65) less one, and eight beyond all others
# Later ones come last: a record of before has the first so many.
STATISTICS: Final = (
    "size",
    "recency",
    "fresh",
    "mismatch",
    "own",
    "order",
    "duration",
    "gap",
    "surprise",
    "pairs",
)
_VIEW: Final = (
    "bytes",
    "templates",
    "templates",
    "counts",
    "counts",
    "symbols",
    "timing",
    "timing",
    "values",
    "counts",
)
_TWO_SIDED: Final = ("own", "duration")
_LEAST: Final = (1, 1024, 1, 1024, 1024, 1024, 1_000_000, 1_000_000, 102, 1)
# By aspect: the statistics that are added up, and those of which the largest distance counts.
ASPECTS: Final = {
    "content": (("size", "recency", "fresh", "order", "mismatch"), ("size", "recency", "order")),
    "mix": (("mismatch", "own", "order", "pairs"), ("mismatch", "order")),
    "pace": (("duration", "gap"), ("duration", "gap")),
    "values": (("surprise",), ("surprise",)),
}
_TOKENS: Final = re.compile(rb"""<[^<>]*>|[^\s,;=()\[\]{}<>|"':]+""")
_LETTERS: Final = bytes(97 if byte >= 128 else byte for byte in range(256))


def bits(n: int) -> int:
    """log2 in whole 1/1024 bits; of large numbers the leading twenty binary digits decide."""
    shift = max(0, n.bit_length() - 20)
    return round(1024 * math.log2(n >> shift)) + 1024 * shift if n > 0 else 0


def skeleton(line: bytes) -> bytes:
    """Words of letters only; each run of others is one star."""
    words: list[bytes] = []
    for token in _TOKENS.findall(line):
        if token.translate(_LETTERS).isalpha():
            words.append(token)
        elif not words or words[-1] != b"*":
            words.append(b"*")
    return b" ".join(words)


def asked(aspect: str, known: int) -> tuple[list[str], list[str]]:
    """What is added up and compared under an aspect in a record of the first *known* statistics."""
    added, compared = ([name for name in names if name in STATISTICS[:known]] for names in ASPECTS[aspect])
    return added, compared


def content(baseline: Sequence[bytes], window: Sequence[bytes]) -> tuple[int, int, int]:
    """Mismatch, own entropy and order of a window of skeletons, in 1/1024 bit."""
    held, counts = Counter(baseline), Counter(window)
    total = bits(2 * len(baseline) + len(held) + 1)
    own = sum(count * (bits(len(window)) - bits(count)) for count in counts.values())
    crossed = sum(count * (total - bits(2 * held[one] + 1)) for one, count in counts.items())
    pairs, after = Counter(pairwise(baseline)), Counter(baseline[:-1])
    kinds = Counter(one for one, _ in pairs)
    order = 0
    for one, two in pairwise(window):
        if pairs[one, two]:
            order += bits(after[one] + kinds[one]) - bits(pairs[one, two])
            continue
        if after[one]:
            order += bits(after[one] + kinds[one]) - bits(kinds[one])
        order += total - bits(2 * held[two] + 1)
    return crossed - own, own, order


def statistics(
    baseline: Sequence[bytes],
    window: Sequence[bytes],
    ages: Sequence[int],
    intervals: Sequence[int],
    size: int,
) -> list[int]:
    """One number a statistic."""
    recency = sum(bits(age) if age else bits(MEMORY) + 4 * 1024 for age in ages)
    duration, gap = (sum(intervals[1:]), max(intervals[1:], default=0)) if intervals else (0, 0)
    known, lines = list(map(skeleton, baseline)), list(map(skeleton, window))
    return [size, recency, list(ages).count(0), *content(known, lines), duration, gap]


def surprise(costs: Sequence[int], compared: Sequence[int]) -> int:
    """Mean cost of a window's numbers, ten usual ones added, in 1/1024 bit."""
    return (sum(costs) + 10 * USUAL_NUMBER) // (sum(compared) + 10)


def surprises(pool: Sequence[int], least: int) -> list[int]:
    """Of each member of a pool in one statistic, large values being what surprises; 1/1024 bit."""
    ordered = sorted(pool)
    count, median = len(ordered), ordered[(len(ordered) - 1) // 2]
    found = [bits(count) - bits(count - bisect_left(ordered, value)) for value in pool]
    if ordered[-1] > ordered[-2]:
        further = bits(max(ordered[-1] - median, least)) - bits(max(ordered[-2] - median, least))
        found[list(pool).index(ordered[-1])] += further + further // 2
    return found


def rank(references: Sequence[Sequence[int]], row: Sequence[int], names: Sequence[str]) -> float:
    """Share of the pool, references and row, whose summed surprise reaches the row's."""
    sums = [0] * (len(references) + 1)
    for name in names:
        at = STATISTICS.index(name)
        pool = [*(reference[at] for reference in references), row[at]]
        found = surprises(pool, _LEAST[at])
        if name in _TWO_SIDED:
            below = surprises([-value for value in pool], _LEAST[at])
            found = [max(0, max(pair) - 1024) for pair in zip(found, below, strict=True)]
        sums = [total + one for total, one in zip(sums, found, strict=True)]
    return sum(one >= sums[-1] for one in sums) / len(sums)


def distance(names: Sequence[str], row: Sequence[int], usual: Sequence[float], score: float) -> float:
    """How far from the usual, the largest of some statistics; of sizes it is the score."""
    shares = []
    for name in names:
        at = STATISTICS.index(name)
        difference = row[at] - usual[at]
        if name in _TWO_SIDED:
            difference = abs(difference)
        shares.append(score if name == "size" else difference / max(row[at], max(1.0, usual[at])))
    return max(shares)


def standing_out(record: Mapping[str, Any], hits: Sequence[str]) -> list[str]:
    """Views of the aspects that flagged whose statistics alone rank high, most surprising first."""
    views, alpha = record["evidence"]["views"], record["configuration"]["alpha"]
    pool = len(views["references"]) + 1
    best: dict[str, float] = {}
    known = len(views["values"])
    for name in dict.fromkeys(name for aspect in hits for name in asked(aspect, known)[0]):
        at = STATISTICS.index(name)
        column, value = [reference[at] for reference in views["references"]], views["values"][at]
        place = 1 + sum(one >= value for one in column)
        if name in _TWO_SIDED:
            place = min(pool, 2 * min(place, 1 + sum(one <= value for one in column)))
        best[_VIEW[at]] = max(best.get(_VIEW[at], 0.0), math.log2(pool / place))
    ordered = sorted(best, key=lambda view: -best[view])
    return [view for view in ordered if best[view] >= math.log2(1 / alpha)] or ordered[:1]


def check_statistics(
    found: Findings, record: Mapping[str, Any], baseline: Sequence[bytes], window: Sequence[bytes]
) -> None:
    """The statistics of the window, from its lines and the recorded ages and intervals."""
    views = record["evidence"]["views"]
    row = statistics(baseline, window, views["ages"], views["intervals"], record["size"])
    row.append(surprise(views.get("bits", ()), views.get("compared", ())))
    row.append(sum(count * (count - 1) // 2 for count in Counter(window).values()))
    known = len(views["values"])
    # A record of before the pairs lacks these; one of before the values lacks both, and so did its configuration.
    least = STATISTICS.index("surprise") + ("values" in record["configuration"]["views"])
    found.add(
        "views",
        "statistics there are",
        least <= known <= len(STATISTICS),
        f"{known} of them",
        f"{known} of them",
    )
    if known < len(STATISTICS):
        found.unchecked("views", "number of statistics", "taken as recorded: a record of before has fewer")
    for name, recorded, computed in zip(STATISTICS, views["values"], row, strict=False):
        found.equal("views", f"{name} of the window", recorded, computed)
    _check_ages(found, record, baseline, window)
    _check_numbers(found, record)


def check_views(found: Findings, record: Mapping[str, Any]) -> None:
    """Medians, ranks and distances, from the recorded statistics."""
    views = record["evidence"]["views"]
    references = views["references"]
    found.equal(
        "views",
        "usual statistics",
        views["usual"],
        [middle(column) for column in zip(*references, strict=True)],
    )
    for name, (recorded_rank, recorded_distance) in views["aspects"].items():
        added, compared = asked(name, len(views["values"]))
        found.equal("views", f"rank of {name}", recorded_rank, rank(references, views["values"], added))
        computed = distance(compared, views["values"], views["usual"], record["ncd"])
        found.equal("views", f"distance of {name}", recorded_distance, computed)
    timed = views["times"] and "timing" in record["configuration"]["views"]
    expected = {"content", "mix", *(["pace"] if timed else ())}
    if "values" in record["configuration"]["views"]:
        expected.add("values")
    found.equal("views", "aspects", sorted(views["aspects"]), sorted(expected))
    found.unchecked(
        "views", "statistics of earlier windows", "taken as recorded: their events are not in the bundle"
    )
    if views.get("bits"):
        found.unchecked(
            "views",
            "bits of numbers",
            "taken as recorded: they are compared with numbers of before the bundle",
        )
    if views["intervals"]:
        found.unchecked("views", "usual interval", "taken as recorded: it reaches back 200 events")


def _check_numbers(found: Findings, record: Mapping[str, Any]) -> None:
    """What no number can cost, however the others lay."""
    views, config = record["evidence"]["views"], record["configuration"]
    costs, compared = views.get("bits", ()), views.get("compared", ())
    events = config["window"] if "values" in config["views"] else 0
    possible = len(costs) == len(compared) == events and all(
        0 <= cost <= MOST_OF_NUMBER * count for cost, count in zip(costs, compared, strict=True)
    )
    found.add("views", "bits of numbers", possible, "no more than numbers can cost", "more than that")


def _check_ages(
    found: Findings, record: Mapping[str, Any], baseline: Sequence[bytes], window: Sequence[bytes]
) -> None:
    """Ages that end inside the window or its baseline; what lies between or before is taken as recorded."""
    evidence, ages = record["evidence"], record["evidence"]["views"]["ages"]
    known: dict[int, bytes] = {}
    if not evidence["baseline_given"]:
        first = evidence["epochs"][-1][0]
        known = {first + at: skeleton(line) for at, line in enumerate(baseline)}
    latest = {like: there for there, like in known.items()}
    wrong: list[int] = []
    last: dict[bytes, int] = {}
    for at, line in enumerate(window):
        like, seq = skeleton(line), record["first_seq"] + at
        inside = at - last[like] if like in last else 0
        nearest = seq - latest.get(like, seq)  # 0: the baseline has none
        age = ages[at]
        if inside:
            right = age == inside
        else:  # somewhere before the window: at the baseline's latest like, or nearer to the window
            right = age == 0 or age > at
            right = right and (not 0 < nearest <= MEMORY or 0 < age <= nearest)
            if age and (there := known.get(seq - age)) is not None:
                right = right and there == like
        if not right:
            wrong.append(seq)
        last[like] = at
    reason = "agree with window and baseline; those that end between or before are taken as recorded"
    found.add("views", "ages", not wrong, reason, f"contradicted by the lines at event {wrong[:1]}")


def check_times(found: Findings, record: Mapping[str, Any], times: Sequence[Any]) -> None:
    """The recorded times beside those of the events; an event without one has that of the event before."""
    recorded = record["evidence"]["views"]["times"]
    if not recorded:
        return
    filled: list[Any] = []
    for at, time in enumerate(times):
        filled.append(time if time is not None else filled[-1] if filled else recorded[at])
    found.equal("views", "times of the events", recorded, filled)
