"""
The score of the Numenta Anomaly Benchmark: what alerts are worth, given the labelled windows of a series.

Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms", 2015.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Windows = Sequence[tuple[int, int]]  # first and last row of each, in order, apart from each other


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a false alarm and a missed window cost; a window found at its beginning earns 1."""

    name: str
    false_alarm: float
    missed: float


PROFILES = (
    Profile(name="standard", false_alarm=0.11, missed=1.0),
    Profile(name="low FP", false_alarm=0.22, missed=1.0),
    Profile(name="low FN", false_alarm=0.11, missed=2.0),
)


@dataclass(frozen=True)
class Tally:
    """One series under one set of alerts: the raw score's parts, and events for F1."""

    raw: float
    windows: int
    found: int
    outside: int  # alerts outside every window


def warmup_of(records: int) -> int:
    """Records that the benchmark leaves unscored at the beginning of a file: 15 %, at most 750."""
    return min(int(0.15 * records), 750)


def place_value(position: float) -> float:
    """What an alert is worth: 1 well before a window's end (position −1 … 0), −1 far behind it (from 3 on)."""
    return -1.0 if position >= 3.0 else 2.0 / (1.0 + math.exp(5.0 * position)) - 1.0


def worth(count: int, windows: Windows, profile: Profile) -> tuple[np.ndarray, np.ndarray]:
    """For each record what an alert there is worth, and the window (−1: none) it lies in."""
    value = np.full(count, -profile.false_alarm)
    inside = np.full(count, -1)
    for number, (first, last) in enumerate(windows):
        width = last - first + 1
        rows = np.arange(first, last + 1)
        inside[rows] = number
        value[rows] = [place_value(-(last - row + 1) / width) / place_value(-1.0) for row in rows]
        end = windows[number + 1][0] if number + 1 < len(windows) else count
        for row in range(last + 1, end):
            value[row] = profile.false_alarm * place_value((row - last) / max(width - 1, 1))
    return value, inside


def tally(alerts: np.ndarray, windows: Windows, profile: Profile) -> Tally:
    """Of each window the best alert counts, of alerts outside every one; none in the warm-up do, where no window lies."""
    value, inside = worth(len(alerts), windows, profile)
    unscored = warmup_of(len(alerts))
    counted = alerts & (np.arange(len(alerts)) >= unscored)
    outside = counted & (inside < 0)
    raw, found = float(value[outside].sum()), 0
    for number in range(len(windows)):
        hits = value[counted & (inside == number)]
        found += len(hits) > 0
        raw += float(max([-profile.missed, *hits]))
    return Tally(raw=raw, windows=len(windows), found=found, outside=int(outside.sum()))


def normalised(tallies: Iterable[Tally], profile: Profile) -> float:
    """
    0 is a detector that never alerts, 100 one that finds each window at once and raises nothing else.

    >>> alerts = np.isin(np.arange(100), [5, 30, 65])  # the first lies in the warm-up, the last in the middle
    >>> round(normalised([tally(alerts, [(60, 69)], PROFILES[0])], PROFILES[0]), 2)
    87.49
    """
    rows = list(tallies)
    windows = sum(row.windows for row in rows)
    missed_all = -profile.missed * windows
    return 100.0 * (sum(row.raw for row in rows) - missed_all) / (windows - missed_all)


def event_f1(tallies: Iterable[Tally]) -> tuple[float, float, float]:
    """Precision, recall and F1: windows hit, against alerts outside windows."""
    rows = list(tallies)
    found, outside = sum(row.found for row in rows), sum(row.outside for row in rows)
    windows = sum(row.windows for row in rows)
    precision = found / max(found + outside, 1)
    recall = found / max(windows, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)
