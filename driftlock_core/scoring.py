"""
Scores of whole units (sessions, windows, records, texts) against a set of baseline units.

Several views read each unit, each in code lengths of its own; every statistic
becomes a surprise by its rank among the baseline's left-out values; the
surprises are added up, and the sum is ranked once more. The shape of the
baseline units, and nothing else, decides which views read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.compressors import compressor_named
from driftlock_core.errors import TooFewEvents
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED, Profile
from driftlock_core.surprise import Ranked, leave_out_blocks
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.masks import choose_masking
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

    Raises:
        TooFewEvents: Fewer than 20 baseline units.
    """

    def __init__(
        self,
        baseline: Sequence[Sequence[bytes]],
        *,
        profile: Profile = BALANCED,
        overlapping: bool = False,
    ) -> None:
        if len(baseline) < FEWEST_UNITS:
            raise TooFewEvents(needed=FEWEST_UNITS, have=len(baseline))
        self.masking = choose_masking(baseline, profile.masks)
        self._text_masker: Masker | None = None
        units = self._units(baseline)
        self.reading = read(units)
        if self.reading.shape == "texts":
            # Times and ids would make every later line of a log a new text; numbers are part of what is said.
            self._text_masker = Masker(profile.masks - {"number"})
            units = self._units(baseline)
        if overlapping:
            groups, calibrating = leave_out_blocks(len(units))
        else:
            groups, calibrating = own_groups(len(units)), np.ones(len(units), dtype=np.bool_)
        self._views = views_of(self.reading.shape, units, groups, compressor_named(profile.compressor))
        self._ranked: list[list[Ranked]] = []
        totals = np.zeros(int(calibrating.sum()))
        for view in self._views:
            inside = view.inside()[calibrating]
            ranked = [
                Ranked(inside[:, column], two_sided=statistic.two_sided)
                for column, statistic in enumerate(view.statistics)
            ]
            # Added up view by view, as score() does: equal units get equal sums to the last bit.
            total = np.zeros(len(totals))
            for column, one in enumerate(ranked):
                total += one.inside(inside[:, column])
            totals += total
            self._ranked.append(ranked)
        self._ordered = np.sort(totals)

    def score(self, units: Sequence[Sequence[bytes]]) -> UnitScores:
        """Score and p-value of each unit, whatever else is scored with it."""
        asked = self._units(units)
        by_view: dict[str, Floats] = {}
        for view, ranked in zip(self._views, self._ranked, strict=True):
            outside = view.outside(asked)
            total = np.zeros(len(asked))
            for column, one in enumerate(ranked):
                total += one.outside(outside[:, column])
            by_view[view.name] = total
        scores = sum(by_view.values(), start=np.zeros(len(asked)))
        at_least = len(self._ordered) - np.searchsorted(self._ordered, scores, side="left")
        return UnitScores(scores=scores, p_values=(1 + at_least) / (1 + len(self._ordered)), by_view=by_view)

    def _units(self, units: Sequence[Sequence[bytes]]) -> list[Unit]:
        masker, text = self.masking.masker, self._text_masker
        return [
            Unit(raw=tuple(text.canonical(unit) if text else unit), canonical=tuple(masker.canonical(unit)))
            for unit in units
        ]


def score_units(
    baseline: Sequence[Sequence[bytes]],
    units: Sequence[Sequence[bytes]],
    *,
    profile: Profile = BALANCED,
    overlapping: bool = False,
) -> UnitScores:
    """
    Score *units* against *baseline*; see :class:`Scorer`.

    >>> calm = [[b"GET /a", b"GET /b"]] * 30
    >>> scored = score_units(calm, [[b"GET /a", b"GET /b"], [b"panic: out of memory"]])
    >>> [round(float(p), 3) for p in scored.p_values]
    [1.0, 0.032]
    """
    return Scorer(baseline, profile=profile, overlapping=overlapping).score(units)
