"""The views of a recorded window measured again, also with other events in its place."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from driftlock_core.profiles import Profile
from driftlock_core.ranks import middle
from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import Aspect, aspects_of_first
from driftlock_core.window_views.conformal import ranked_among
from driftlock_core.window_views.like_lines import line_keys
from driftlock_core.window_views.past import distances
from driftlock_core.window_views.skeleton import skeleton_keys
from driftlock_core.window_views.standing_out import views_standing_out
from driftlock_core.window_views.statistics import statistics_of
from driftlock_core.window_views.values import USUAL_BITS


class ViewsAgain(NamedTuple):
    """What the views say of one window."""

    evidence: ViewEvidence
    p: float  # with the factor; 1 if no aspect meets both limits
    flagged: bool
    views: tuple[str, ...]  # that stand out, if flagged


class RecordedViews:
    """
    The decision of the views on any events in the place of a recorded window's.

    An event that is not the original one gets the age it usually has in the
    baseline, and its numbers count as usual; how long ago the original ones were
    last seen and what their numbers cost is taken from the record, since that
    reaches further back than the events at hand.

    Args:
        baseline: Canonical events of the epoch that decided.
        original: Canonical events of the window.
    """

    def __init__(
        self,
        recorded: ViewEvidence,
        profile: Profile,
        baseline: Sequence[bytes],
        original: Sequence[bytes],
    ) -> None:
        self._recorded = recorded
        self._profile = profile
        self._baseline, self._original = skeleton_keys(baseline), skeleton_keys(original)
        self._ages = np.array(recorded.ages, dtype=np.int64)
        self._usual_ages: dict[int, int] = {}  # by template
        none = (0,) * len(recorded.ages)
        self._paces = (
            (np.array(recorded.intervals, dtype=np.int64), np.array(recorded.stills or none, dtype=np.int64))
            if recorded.intervals
            else None
        )
        self._bits = np.array(recorded.bits or none, dtype=np.int64)
        self._compared = np.array(recorded.compared or none, dtype=np.int64)
        self._references = np.array(recorded.references, dtype=np.int64)
        self._usual = np.array([middle(column) for column in self._references.T])
        asked = aspects_of_first(len(recorded.values))
        self._aspects = [aspect for aspect in asked if aspect.name in recorded.aspects]

    def measured(
        self, window: Sequence[bytes], replaced: Collection[int] = (), *, size: int, score: float, factor: int
    ) -> ViewsAgain:
        """
        With the canonical events of *window* in place of the original ones.

        Args:
            replaced: Positions of events whose numbers are others, though the line may read alike.
            size, score: S and the exact N of *window*.
            factor: Views looked at.
        """
        recorded, profile, keys = self._recorded, self._profile, skeleton_keys(window)
        ages, bits, compared = self._ages.copy(), self._bits.copy(), self._compared.copy()
        others = np.flatnonzero(keys != self._original).tolist()
        for at in others:
            ages[at] = self._usual_age(int(keys[at]))
        for at in {*others, *replaced}:
            bits[at] = USUAL_BITS * compared[at]
        count = len(self._baseline)
        numbers = np.unique(np.concatenate((self._baseline, keys)), return_inverse=True)[1]
        row = statistics_of(
            [numbers[:count]],
            np.array([0]),
            numbers[count:],
            line_keys(window),
            ages,
            self._paces,
            (bits, compared),
            np.array([size]),
            profile,
        )[:, : len(recorded.values)]  # a record of before a statistic was thought of lacks it
        found: dict[str, tuple[float, float]] = {}
        hits: list[Aspect] = []
        for aspect, p in zip(self._aspects, self._ranks(row), strict=True):
            distance = float(distances(aspect, row, self._usual, np.array([score]))[0])
            found[aspect.name] = p, distance
            if factor * p <= profile.alpha and distance >= profile.threshold:
                hits.append(aspect)
        evidence = ViewEvidence(
            aspects=found,
            values=tuple(row[0].tolist()),
            usual=tuple(self._usual.tolist()),
            references=recorded.references,
            ages=tuple(ages.tolist()),
            times=recorded.times,
            intervals=recorded.intervals,
            usual_us=recorded.usual_us,
            bits=tuple(bits.tolist()) if recorded.bits else (),
            compared=recorded.compared,
            stills=recorded.stills,
        )
        p = min((factor * found[aspect.name][0] for aspect in hits), default=1.0)
        views = views_standing_out(evidence, hits, profile.alpha) if hits else ()
        return ViewsAgain(evidence, p, bool(hits), views)

    def _ranks(self, row: npt.NDArray[np.int64]) -> list[float]:
        """Among the recorded references, one per aspect."""
        if not self._aspects:
            return []
        m = len(self._references)
        table = np.concatenate((self._references, row))
        ranks, _ = ranked_among(table, np.array([m]), m, np.array([[m]]), self._aspects)
        found: list[float] = ranks[:, 0, 0].tolist()
        return found

    def _usual_age(self, key: int) -> int:
        """Median distance of neighbouring occurrences; the baseline's length where there are not two."""
        if key not in self._usual_ages:
            positions = np.flatnonzero(self._baseline == key)
            several = len(positions) > 1
            self._usual_ages[key] = int(np.median(np.diff(positions))) if several else len(self._baseline)
        return self._usual_ages[key]
