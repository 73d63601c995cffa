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

from driftlock.services.cases_store import Reach, Span
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


def groups(spans: Sequence[Span], reaches: Mapping[str, Reach], most: int = MOST_LENGTHS) -> list[list[Span]]:
    """
    Spans that belong together, in order of time, whatever their streams; every span is in one group.

    Args:
        most: Usual lengths, of the longest windows in it, after which a group ends and another begins.
    """
    order = sorted(spans, key=lambda one: (_start(one, reaches), one.stream_id, one.anomaly_id))
    found: list[list[Span]] = []
    begun = until = longest = 0
    for span in order:
        start, stop = _start(span, reaches), _stop(span, reaches)
        if not found or start > until or start - begun > most * longest:
            found.append([])
            begun, until, longest = start, stop, 0
        found[-1].append(span)
        until = max(until, stop)
        longest = max(longest, reaches[span.stream_id].length_us, span.last_us - span.first_us)
    return found


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


def meetings(spans: Sequence[Span], reaches: Mapping[str, Reach]) -> int:
    """Pairs of incidents of two streams that belong together; overlapping windows of one stream are one incident."""
    merged = incidents(spans, reaches)
    count = 0
    for one, other in combinations(sorted(merged), 2):
        (starts, stops), (begins, ends) = merged[one], merged[other]
        # Incidents of one stream lie apart: those that begin in time, without those that have ended before.
        begun = np.searchsorted(begins, stops, side="right")
        over = np.searchsorted(ends, starts, side="left")
        count += int((begun - over).sum())
    return count


def expected_meetings(spans: Sequence[Span], reaches: Mapping[str, Reach]) -> float:
    """
    Such pairs if the streams flagged as often as they do, each at times of its own.

    Of two streams with n and m incidents inside the time T that both were
    judged in, lasting d and e on average once widened, each pair meets if the
    one begins less than d before, or e after, the other:

        n · m · (d + e) / T

    summed over all pairs of streams. Each term is at most n · m.
    """
    merged = incidents(spans, reaches)
    total = 0.0
    for one, other in combinations(sorted(merged), 2):
        first = max(reaches[one].first_us, reaches[other].first_us)
        last = min(reaches[one].last_us, reaches[other].last_us)
        if last <= first:
            continue
        (n, mine), (m, theirs) = (_inside(merged[name], first, last) for name in (one, other))
        total += n * m * min(1.0, (mine + theirs) / (last - first))
    return total


def incidents(spans: Sequence[Span], reaches: Mapping[str, Reach]) -> dict[str, tuple[Ints, Ints]]:
    """Of each stream where its widened spans, joined where they overlap, begin and end; microseconds, rising."""
    found: dict[str, list[tuple[int, int]]] = {}
    for span in sorted(spans, key=lambda one: (_start(one, reaches), one.anomaly_id)):
        start, stop = _start(span, reaches), _stop(span, reaches)
        mine = found.setdefault(span.stream_id, [])
        if mine and start <= mine[-1][1]:
            mine[-1] = mine[-1][0], max(mine[-1][1], stop)
        else:
            mine.append((start, stop))
    columns = {name: np.array(mine, dtype=np.int64).T for name, mine in found.items()}
    return {name: (ends[0], ends[1]) for name, ends in columns.items()}


def _start(span: Span, reaches: Mapping[str, Reach]) -> int:
    return span.first_us - reaches[span.stream_id].length_us // 2


def _stop(span: Span, reaches: Mapping[str, Reach]) -> int:
    return span.last_us + reaches[span.stream_id].length_us // 2


def _inside(ends: tuple[Ints, Ints], first: int, last: int) -> tuple[int, float]:
    """How many incidents begin inside a time, and how long they last on average."""
    starts, stops = ends
    inside = (starts >= first) & (starts <= last)
    many = int(np.count_nonzero(inside))
    return many, float((stops[inside] - starts[inside]).mean()) if many else 0.0
