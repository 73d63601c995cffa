"""
Scores of whole units (sessions, windows, records, texts) against a set of baseline units.

Several views read each unit, each in code lengths of its own; every statistic
becomes a surprise by its rank among the baseline's left-out values; the
surprises are added up, and the sum is ranked once more. The shape of the
baseline units, and nothing else, decides which views read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from driftlock_core.compressors import compressor_named
from driftlock_core.errors import TooFewEvents
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED, Profile
from driftlock_core.surprise import Ranked, leave_out_blocks
from driftlock_core.views.contract import Unit, View, own_groups
from driftlock_core.views.masks import TOO_FEW, choose_masking, recurring_share
from driftlock_core.views.reading import read, views_of

Floats = npt.NDArray[np.float64]

FEWEST_UNITS: Final = 20  # the smallest p-value is then 1/21, just below the usual 0.05


# The input as a whole is unlike the baseline when, of at least so many units, more than this share have a
# p-value that should come up in one of ten: a new regime, not many anomalies.
REGIME_UNITS: Final = 100
REGIME_SHARE: Final = 0.7
REGIME_P: Final = 0.10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitScores:
    """One entry per unit: ``scores`` in nats, higher is more anomalous; ``p_values`` conformal, in (0, 1]."""

    scores: Floats
    p_values: Floats
    by_view: dict[str, Floats]  # each view's part of the score, in nats

    @property
    def share_unlike(self) -> float:
        """Share of units with p ≤ 0.10; about a tenth where they are exchangeable with the baseline."""
        return float(np.mean(self.p_values <= REGIME_P)) if len(self.p_values) else 0.0

    @property
    def another_regime(self) -> bool:
        """Whether the units as a whole are unlike the baseline, so that their p-values say little."""
        return len(self.p_values) >= REGIME_UNITS and self.share_unlike > REGIME_SHARE


class Scorer:
    """
    Knows a baseline and scores any number of units against it; scoring teaches it nothing.

    Args:
        baseline: Raw events of each baseline unit.
        profile: Whose masks and compressor are used; its limits are not.
        overlapping: Neighbouring units share events (windows with a hop), so
            whole blocks of them are left out together.
        shape: As what units of single events are read; None: as what they look like.

    Raises:
        TooFewEvents: Fewer than 20 baseline units.
    """

    def __init__(
        self,
        baseline: Sequence[Sequence[bytes]],
        *,
        profile: Profile = BALANCED,
        overlapping: bool = False,
        shape: Literal["records", "texts"] | None = None,
    ) -> None:
        if len(baseline) < FEWEST_UNITS:
            raise TooFewEvents(needed=FEWEST_UNITS, have=len(baseline))
        # A line that a neighbour holds because both hold the same event does not recur.
        self.masking = choose_masking(disjoint(baseline) if overlapping else baseline, profile.masks)
        self._raw: Masker | None = None  # None: as received
        self._canonical = self.masking.masker
        units = self._units(baseline)
        self.reading = read(units)
        if shape is not None and self.reading.shape != "sessions":
            self.reading = replace(self.reading, shape=shape)
        if self.reading.shape == "texts":
            # Times and ids would make every later line of a log a new text; numbers are part of what is said.
            self._raw = Masker(profile.masks - {"number"})
            if recurring_share([unit.canonical for unit in units]) < TOO_FEW:
                # Free text: masking its numbers too makes no line recur, so one masked form serves all views.
                self._canonical = self._raw
            units = self._units(baseline)
        if overlapping:
            groups, calibrating = leave_out_blocks(len(units))
        else:
            groups, calibrating = own_groups(len(units)), np.ones(len(units), dtype=np.bool_)
        views = views_of(self.reading.shape, units, groups, compressor_named(profile.compressor))
        totals = np.zeros(int(calibrating.sum()))
        self._views: list[_Surprising] = []
        for view in views:
            inside = view.inside()[calibrating]
            self._views.append(_Surprising(view, inside))
            totals += self._views[-1].inside(inside)
        self._ordered = np.sort(totals)

    def score(self, units: Sequence[Sequence[bytes]]) -> UnitScores:
        """Score and p-value of each unit, whatever else is scored with it."""
        asked = self._units(units)
        by_view = {one.view.name: one.outside(asked) for one in self._views}
        scores = sum(by_view.values(), start=np.zeros(len(asked)))
        at_least = len(self._ordered) - np.searchsorted(self._ordered, scores, side="left")
        return UnitScores(scores=scores, p_values=(1 + at_least) / (1 + len(self._ordered)), by_view=by_view)

    def _units(self, units: Sequence[Sequence[bytes]]) -> list[Unit]:
        canonical = [tuple(self._canonical.canonical(unit)) for unit in units]
        if self._raw is None:
            raw = [tuple(unit) for unit in units]
        elif self._raw is self._canonical:
            raw = canonical
        else:
            raw = [tuple(self._raw.canonical(unit)) for unit in units]
        return [*map(Unit, raw, canonical)]


class _Surprising:
    """
    A fitted view, and what its statistics add to the score.

    Args:
        view: Fitted.
        inside: Its statistics of the baseline units that calibrate.
    """

    def __init__(self, view: View, inside: Floats) -> None:
        self.view = view
        self._ranked = [
            Ranked(column, two_sided=statistic.two_sided)
            for column, statistic in zip(inside.T, view.statistics, strict=True)
        ]

    def inside(self, statistics: Floats) -> Floats:
        """The view's part of the scores of the baseline's own units, in nats."""
        surprises = [one.inside(column) for one, column in zip(self._ranked, statistics.T, strict=True)]
        return _summed(surprises, len(statistics))

    def outside(self, units: Sequence[Unit]) -> Floats:
        """The view's part of the scores of units the baseline does not hold, in nats."""
        statistics = self.view.outside(units)
        surprises = [one.outside(column) for one, column in zip(self._ranked, statistics.T, strict=True)]
        return _summed(surprises, len(units))


def _summed(surprises: list[Floats], units: int) -> Floats:
    # View by view, inside as outside: equal units get equal sums to the last bit.
    total = np.zeros(units)
    for surprise in surprises:
        total += surprise
    return total


def disjoint(windows: Sequence[Sequence[bytes]]) -> list[Sequence[bytes]]:
    """
    Of windows that share events with their neighbours, as many as share none, from the first on.

    How far one reaches into the next is read off their events: the longest end of
    one that begins the other.

    >>> disjoint([[b"a", b"b", b"c"], [b"b", b"c", b"d"], [b"d", b"e", b"f"]])
    [[b'a', b'b', b'c'], [b'd', b'e', b'f']]
    """
    kept: list[Sequence[bytes]] = []
    begin = end = 0  # of the window at hand, and of the last one kept, in events of the stream
    for at, window in enumerate(windows):
        if at:
            before = windows[at - 1]
            most = min(len(before), len(window)) - 1
            shared = next((n for n in range(most, 0, -1) if list(before[-n:]) == list(window[:n])), 0)
            begin += len(before) - shared
        if begin >= end:
            kept.append(window)
            end = begin + len(window)
    return kept


def score_units(
    baseline: Sequence[Sequence[bytes]],
    units: Sequence[Sequence[bytes]],
    *,
    profile: Profile = BALANCED,
    overlapping: bool = False,
    shape: Literal["records", "texts"] | None = None,
) -> UnitScores:
    """
    Score *units* against *baseline*; see :class:`Scorer`.

    >>> calm = [[b"GET /a", b"GET /b"]] * 30
    >>> scored = score_units(calm, [[b"GET /a", b"GET /b"], [b"panic: out of memory"]])
    >>> [round(float(p), 3) for p in scored.p_values]
    [1.0, 0.032]
    """
    return Scorer(baseline, profile=profile, overlapping=overlapping, shape=shape).score(units)
