"""What the views beside the bytes measured, from their definitions and with whole numbers."""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

MEMORY: Final = 65_536
USUAL_NUMBER: Final = 1_477  # 1/1024 bit: 1/ln 2
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
    "still",
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
    "timing",
)
_TWO_SIDED: Final = ("own", "duration")
_LEAST: Final = (1, 1024, 1, 1024, 1024, 1024, 1_000_000, 1_000_000, 102, 1, 1_000_000)
# By aspect: the statistics that are added up, and those of which the largest distance counts.
ASPECTS: Final = {
    "content": (("size", "recency", "fresh", "order", "mismatch"), ("size", "recency", "order")),
    "mix": (("mismatch", "own", "order", "pairs"), ("mismatch", "order")),
    "pace": (("duration", "gap", "still"), ("duration", "gap")),
    "values": (("surprise",), ("surprise",)),
    "novelty": (("fresh",), ("fresh",)),  # asked of all statistics, not of the first ten
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
