"""
Power: how often a fault put into one window of a real stream is found.

*Found* means: the window that is aligned with the fault, the one that begins
with its first event and ends with its last, is flagged. Neighbours that overlap
it in part do not count.
"""

from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import mean

import numpy as np

from benchmarks.quality.detection_call import judged
from benchmarks.quality.injections import KINDS, SILENT, WINDOW, Base, Injection, base_of
from benchmarks.quality.material import Log
from benchmarks.quality.results import Direction, Result
from benchmarks.quality.workers import each
from driftlock_core import PROFILES, Profile

FIRST = 600  # events before the first fault: from there on windows of a new stream are ready
POSITIONS = {"balanced": 30, "sensitive": 10, "strict": 10}  # windows of each log that get each fault


@dataclass(frozen=True)
class Found:
    """Of one log: windows with one kind of fault under one profile."""

    log: str
    found: int
    tried: int


def positions(base: Base, count: int, hop: int, room: int = SILENT + WINDOW) -> list[int]:
    """Window starts scattered over a stream, each at the head of a hop, with *room* events from there on."""
    last = len(base.log) - room
    starts = np.linspace(FIRST, last, count) if last >= FIRST else np.empty(0)
    return sorted({int(start) // hop * hop for start in starts})


def with_fault(base: Base, start: int, altered: Log) -> Log:
    """The stream up to *start*, then the altered window."""
    before = base.log.taken(np.arange(start))
    return Log(
        base.log.name,
        before.events + altered.events,
        np.concatenate((before.times, altered.times)),
        base.log.stamp,
    )


def is_found(base: Base, start: int, altered: Log, profile: Profile) -> bool:
    """Whether the last window of the stream, the one with the fault, is flagged."""
    stream = with_fault(base, start, altered)
    return bool(judged(stream.events, profile, stream.times).flagged[-1])


def tried(base: Base, name: str, inject: Injection, profile: Profile) -> Found:
    """One kind of fault at all positions; each depends on log, kind and position alone."""
    found = total = 0
    for start in positions(base, POSITIONS[profile.name], profile.hop):
        altered = inject(base, start, Random(f"{base.log.name} {name} {start}"))
        if altered is not None:
            total += 1
            found += is_found(base, start, altered, profile)
    return Found(base.log.name, found, total)


def of_log(log: Log) -> dict[tuple[str, str], Found]:
    """By kind and profile; the kind "null" is the share of unaltered windows flagged, all ready ones."""
    base = base_of(log)
    rows = {}
    for profile in PROFILES.values():
        windows = judged(base.log.events, profile, base.log.times)
        flagged = windows.flagged[windows.ready]
        rows["null", profile.name] = Found(log.name, int(flagged.sum()), len(flagged))
        for name, inject in KINDS.items():
            rows[name, profile.name] = tried(base, name, inject, profile)
    return rows


def measure(logs: list[Log]) -> list[Result]:
    """Mean over logs with its standard error, for *balanced* also each log."""
    by_log = each(of_log, logs)
    results = []
    for kind, profile in by_log[0]:
        rows = [row for found in by_log if (row := found[kind, profile]).tried]
        if not rows:
            continue
        better: Direction = "lower" if kind == "null" else "higher"
        share, error = pooled(rows)
        results.append(
            Result(
                id=f"power/{kind}/{profile}", value=share, unit="share of windows", better=better, error=error
            )
        )
        if profile == "balanced":
            results += [
                Result(
                    id=f"power/{kind}/{profile}/{row.log}",
                    value=row.found / row.tried,
                    unit="share of windows",
                    better=better,
                )
                for row in rows
            ]
    return results


def pooled(rows: list[Found]) -> tuple[float, float]:
    """
    Mean of the logs' shares, and its binomial standard error for these logs.

    A log with k of n found enters the error with (k + 1) / (n + 2), so that 0
    of n is not taken for certain.

    >>> share, error = pooled([Found("a", 5, 10), Found("b", 0, 10)])
    >>> round(share, 2), round(error, 3)
    (0.25, 0.09)
    """
    guesses = [((row.found + 1) / (row.tried + 2), row.tried) for row in rows]
    variance = sum(share * (1 - share) / count for share, count in guesses) / len(rows) ** 2
    return mean(row.found / row.tried for row in rows), sqrt(variance)
