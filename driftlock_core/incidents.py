"""Incidents: flagged windows that overlap, touch or lie no further apart than a gap are one."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A stretch of events from the first of its flagged windows to the last."""

    first_seq: int
    last_seq: int
    windows: tuple[int, ...]


def incidents(flagged: Iterable[tuple[int, int, int]], gap: int = 0) -> list[Incident]:
    """
    Group flagged windows, given as (window, first_seq, last_seq) in stream order.

    Args:
        gap: Events between two windows of one incident, at most; at 0 they overlap or touch.

    >>> [incident.windows for incident in incidents([(0, 1, 50), (5, 51, 100), (11, 111, 160)])]
    [(0, 5), (11,)]
    >>> [incident.windows for incident in incidents([(0, 1, 50), (5, 51, 100), (11, 111, 160)], gap=10)]
    [(0, 5, 11)]
    """
    groups: list[Incident] = []
    for window, first_seq, last_seq in flagged:
        if groups and first_seq <= groups[-1].last_seq + 1 + gap:
            before = groups.pop()
            first_seq, windows = before.first_seq, (*before.windows, window)
        else:
            windows = (window,)
        groups.append(Incident(first_seq=first_seq, last_seq=last_seq, windows=windows))
    return groups
