"""Other limits within bounds, held against labels. Docs: docs/measures/auto-tune.md."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock.model import Label
from driftlock.services.feedback_labels import Place
from driftlock.services.tuning_budget import alphas_of
from driftlock.services.tuning_figures import counted, window_map
from driftlock.services.tuning_history import History
from driftlock_core.recount import Recount, Rule
from driftlock_core.windows import Floats, Ints

MOST_CHANGE: Final = 0.25  # of each limit, at once
THRESHOLDS: Final = (0.10, 0.80)  # no proposal goes beyond
ALPHAS: Final = (0.001, 0.20)
HELD_IN: Final = 0.7  # of the labelled places of each kind, the older ones: limits are chosen on these
LOSS: Final = 3.0  # a fault that is lost weighs as much as three false alarms that stay
_MOST_THRESHOLDS: Final = 12
_MOST_ALPHAS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far the limits may be moved at once."""

    threshold: tuple[float, float]
    alpha: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Labelled places under one rule; those that cannot be decided are in ``undecided`` and nowhere else."""

    real: int
    real_kept: int
    not_real: int
    not_real_dropped: int
    not_useful: int
    not_useful_dropped: int
    undecided: int

    @property
    def false_share(self) -> float:
        """Of the places that are flagged, those called not real."""
        useful = self.not_useful - self.not_useful_dropped
        false = self.not_real - self.not_real_dropped
        return false / (false + self.real_kept + useful) if false else 0.0

    @property
    def cost(self) -> float:
        """Share of faults lost, weighed, and share of false alarms that stay; smaller is better."""
        lost = (self.real - self.real_kept) / self.real if self.real else 0.0
        stay = (self.not_real - self.not_real_dropped) / self.not_real if self.not_real else 0.0
        return LOSS * lost + stay


def bounds(rule: Rule) -> Bounds:
    """
    A quarter of each limit in both directions, inside what is ever proposed.

    >>> bounds(Rule(threshold=0.3, alpha=0.05))
    Bounds(threshold=(0.225, 0.375), alpha=(0.0375, 0.0625))
    """
    return Bounds(threshold=_around(rule.threshold, THRESHOLDS), alpha=_around(rule.alpha, ALPHAS))


def split(places: Sequence[Place]) -> tuple[list[Place], list[Place]]:
    """The older 70 % of the places of each label, and the rest."""
    older: list[Place] = []
    newer: list[Place] = []
    for label in sorted({place.label for place in places}):
        of = sorted((one for one in places if one.label == label), key=lambda one: one.windows)
        at = round(HELD_IN * len(of))
        older += of[:at]
        newer += of[at:]
    return older, newer


def tally(history: History, found: Recount, places: Sequence[Place]) -> Tally:
    """A place is kept if any of its windows is flagged, and dropped if all of them are known not to be."""
    counts: dict[tuple[Label, bool], int] = {}
    undecided = 0
    for place in places:
        at = positions(history, place.windows)
        if found.flagged[at].any():
            counts[place.label, True] = counts.get((place.label, True), 0) + 1
        elif not len(at) or found.unknown[at].any():
            undecided += 1
        else:
            counts[place.label, False] = counts.get((place.label, False), 0) + 1

    def both(label: Label) -> int:
        return counts.get((label, True), 0) + counts.get((label, False), 0)

    return Tally(
        real=both("real"),
        real_kept=counts.get(("real", True), 0),
        not_real=both("not_real"),
        not_real_dropped=counts.get(("not_real", False), 0),
        not_useful=both("not_useful"),
        not_useful_dropped=counts.get(("not_useful", False), 0),
        undecided=undecided,
    )


def positions(history: History, windows: Sequence[int]) -> Ints:
    """Where *windows* lie in the columns of *history*; those that are not kept any more are left out."""
    numbers, wanted = history.columns.window, np.array(windows, dtype=np.int64)
    at = np.searchsorted(numbers, wanted)
    there = at < len(numbers)
    there[there] = numbers[at[there]] == wanted[there]
    found: Ints = at[there]
    return found


def best(history: History, places: Sequence[Place]) -> Rule:
    """
    The rule of least cost on *places*, the one in force included; of equally good ones the smallest move.

    Every rule is an exact recount of the stored windows.
    """
    current = history.rule
    allowed = bounds(current)
    kept: tuple[tuple[float, float, float, float], Rule] | None = None
    for threshold in _thresholds(history, places, allowed):
        for alpha in _alphas(history, allowed):
            rule = Rule(threshold=threshold, alpha=alpha)
            cost = tally(history, counted(history, rule), places).cost
            move = abs(math.log(threshold / current.threshold)) + abs(math.log(alpha / current.alpha))
            key = (round(cost, 12), round(move, 12), threshold, alpha)
            if kept is None or key < kept[0]:
                kept = key, rule
    return current if kept is None else kept[1]


def _around(limit: float, clamp: tuple[float, float]) -> tuple[float, float]:
    low = max(clamp[0], limit * (1 - MOST_CHANGE))
    high = min(clamp[1], limit * (1 + MOST_CHANGE))
    # Limits set by hand may lie outside of what is ever proposed: then they are left where they are.
    return (round(low, 6), round(high, 6)) if low <= limit <= high else (limit, limit)


def _thresholds(history: History, places: Sequence[Place], allowed: Bounds) -> list[float]:
    """The one in force and those between the distances of labelled windows: in between nothing changes."""
    low, high = allowed.threshold
    at = positions(history, sorted({window for place in places for window in place.windows}))
    distances = np.unique(window_map(history, history.rule).distance[at])
    between = (distances[1:] + distances[:-1]) / 2
    steps: Floats = np.round(np.concatenate((between, [low, high])), 3).astype(np.float64)
    steps = np.unique(steps[(steps >= low) & (steps <= high)])
    return _some(steps, _MOST_THRESHOLDS, history.rule.threshold)


def _alphas(history: History, allowed: Bounds) -> list[float]:
    """The one in force and those that ranks among the references can tell apart."""
    low, high = allowed.alpha
    steps = np.array([alpha for alpha in alphas_of(history) if low <= alpha <= high])
    return _some(steps, _MOST_ALPHAS, history.rule.alpha)


def _some(steps: Floats, most: int, current: float) -> list[float]:
    if len(steps) > most:
        steps = steps[np.unique(np.linspace(0, len(steps) - 1, most).round().astype(np.int64))]
    return sorted({current, *(float(one) for one in steps)})
