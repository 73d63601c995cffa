"""
Which flagged windows of several streams belong together. Docs: docs/how-to/feedback.md.

A window only says that something inside it was unusual: what caused it may
lie anywhere in the window, so half a window is added on both sides. Two
flagged windows belong together when what is so widened overlaps: the time
between them is at most the mean of the usual lengths of their windows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from driftlock.services.cases_spans import Spans
from driftlock.services.cases_store import Span
from driftlock_core.windows import Ints

# Many streams that are flagged now and then connect hours that have nothing to do with each other.
MOST_LENGTHS: Final = 12


def case_id(anomaly_id: str) -> str:
    """
    32 hex digits, the same for the same first anomaly.

    >>> case_id("c5ad1d03b080b44d")
    '7ecbe77ba3ec4abb63686ddf419a76df'
    """
    return hashlib.blake2b(f"case {anomaly_id}".encode(), digest_size=16).hexdigest()


def groups(spans: Spans, most: int = MOST_LENGTHS) -> list[Ints]:
    """
    Rows of spans that belong together, in order of time, whatever their streams; every span is in one group.

    Args:
        most: Usual lengths, of the longest windows in it, after which a group ends and another begins.
    """
    order = spans.order()
    begins: list[int] = []  # places in the order
    begun = until = longest = 0
    columns = (spans.start[order], spans.stop[order], spans.length[order])
    for at, (start, stop, length) in enumerate(zip(*(one.tolist() for one in columns), strict=True)):
        if not at or start > until or start - begun > most * longest:
            begins.append(at)
            begun, until, longest = start, stop, 0
        until = max(until, stop)
        longest = max(longest, length)
    return np.split(order, begins[1:]) if begins else []


def assigned(
    group: Sequence[Span], members: Mapping[str, str], begins: Mapping[str, tuple[int, str]]
) -> tuple[str, list[Span]] | None:
    """
    The case of a group, and those of the group that are new to it.

    Args:
        members: Case by anomaly, as kept.
        begins: When each kept case began, and its id.

    Returns:
        The earliest of the cases the group touches already, so that ids never
        change; else a new one, named after the group's first span. None: it is
        of one stream alone, or nothing in it is new.
    """
    fresh = [span for span in group if span.anomaly_id not in members]
    touched = {members[span.anomaly_id] for span in group if span.anomaly_id in members} & set(begins)
    if not fresh:
        return None
    if touched:
        return min(touched, key=begins.__getitem__), fresh
    if len({span.stream_id for span in fresh}) < 2:
        return None
    first = min(fresh, key=lambda one: (one.first_us, one.stream_id, one.anomaly_id))
    return case_id(first.anomaly_id), fresh


def meetings(spans: Spans) -> int:
    """Pairs of incidents of two streams that belong together; overlapping windows of one stream are one incident."""
    ends = list(incidents(spans).values())
    if not ends:
        return 0
    starts, stops = (np.concatenate(some) for some in zip(*ends, strict=True))
    # Of all incidents those that begin in time, without those that have ended before. Those of one stream lie
    # apart, so that of its own stream each meets itself alone; and each pair is counted from both sides.
    begun = np.searchsorted(np.sort(starts), stops, side="right")
    over = np.searchsorted(np.sort(stops), starts, side="left")
    return int((begun - over - 1).sum()) // 2


def expected_meetings(spans: Spans) -> float:
    """
    Such pairs if the streams flagged as often as they do, each at times of its own.

    Of two streams with n and m incidents inside the time T that both were
    judged in, lasting d and e on average once widened, each pair meets if the
    one begins less than d before, or e after, the other:

        n · m · (d + e) / T

    summed over all pairs of streams. Each term is at most n · m.
    """
    merged = incidents(spans)
    lasted = {
        name: np.concatenate(([0], np.cumsum(stops - starts))) for name, (starts, stops) in merged.items()
    }
    total = 0.0
    for pair in combinations(sorted(merged), 2):
        one, other = (spans.reaches[name] for name in pair)
        first, last = max(one.first_us, other.first_us), min(one.last_us, other.last_us)
        if last <= first:
            continue
        (n, mine), (m, theirs) = (_inside(merged[name][0], lasted[name], first, last) for name in pair)
        total += n * m * min(1.0, (mine + theirs) / (last - first))
    return total


def incidents(spans: Spans) -> dict[int, tuple[Ints, Ints]]:
    """By place of the stream, where its widened spans, joined where they overlap, begin and end; both rising."""
    order = spans.order()
    stream, starts, stops = spans.stream[order], spans.start[order], spans.stop[order]
    found = {}
    for name in np.unique(stream).tolist():
        mine = stream == name
        start, reached = starts[mine], np.maximum.accumulate(stops[mine])
        begins = np.flatnonzero(np.concatenate(([True], start[1:] > reached[:-1])))
        found[name] = start[begins], reached[np.concatenate((begins[1:], [len(start)])) - 1]
    return found


def _inside(starts: Ints, lasted: Ints, first: int, last: int) -> tuple[int, float]:
    """How many incidents begin inside a time, and how long they last on average."""
    low, high = np.searchsorted(starts, first, side="left"), np.searchsorted(starts, last, side="right")
    many = int(high - low)
    return many, float(lasted[high] - lasted[low]) / many if many else 0.0
