"""Incidents: flagged windows that overlap or touch are one."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A stretch of events covered by flagged windows without a gap."""

    first_seq: int
    last_seq: int
    windows: tuple[int, ...]


def incidents(flagged: Iterable[tuple[int, int, int]]) -> list[Incident]:
    """
    Group flagged windows, given as (window, first_seq, last_seq) in stream order.

    >>> [incident.windows for incident in incidents([(0, 1, 50), (5, 51, 100), (11, 111, 160)])]
    [(0, 5), (11,)]
    """
    groups: list[Incident] = []
    for window, first_seq, last_seq in flagged:
        if groups and first_seq <= groups[-1].last_seq + 1:
            before = groups.pop()
            first_seq, windows = before.first_seq, (*before.windows, window)
        else:
            windows = (window,)
        groups.append(Incident(first_seq=first_seq, last_seq=last_seq, windows=windows))
    return groups
