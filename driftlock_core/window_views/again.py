"""The views of a recorded window measured again, also with other events in its place."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from driftlock_core.profiles import Profile
from driftlock_core.ranks import middle
from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import ASPECTS, Aspect
from driftlock_core.window_views.conformal import conformal_p
from driftlock_core.window_views.past import distances
from driftlock_core.window_views.skeleton import skeleton_keys
from driftlock_core.window_views.standing_out import views_standing_out
from driftlock_core.window_views.statistics import statistics_of


class ViewsAgain(NamedTuple):
    """What the views say of one window."""

    evidence: ViewEvidence
    p: float  # with the factor; 1 if no aspect meets both limits
    flagged: bool
    views: tuple[str, ...]  # that stand out, if flagged


def measure_again(
    recorded: ViewEvidence,
    profile: Profile,
    baseline: Sequence[bytes],
    original: Sequence[bytes],
    window: Sequence[bytes],
    *,
    size: int,
    score: float,
    factor: int,
) -> ViewsAgain:
    """
    The decision of the views on *window*, canonical events in the place of the *original* ones.

    An event that is not the original one gets the age it usually has in the
    baseline; how long ago the original ones were last seen is taken from the
    record, since that reaches further back than the events at hand.

    Args:
        size, score: S and the exact N of *window*.
        factor: Views looked at.
    """
    base, keys, before = (skeleton_keys(events) for events in (baseline, window, original))
    ages = np.array(recorded.ages, dtype=np.int64)
    for at in np.flatnonzero(keys != before).tolist():
        ages[at] = _usual_age(np.flatnonzero(base == keys[at]), len(base))
    intervals = np.array(recorded.intervals, dtype=np.int64) if recorded.intervals else None
    numbers = np.unique(np.concatenate((base, keys)), return_inverse=True)[1]
    baseline_numbers, own = numbers[: len(base)], numbers[len(base) :]
    row = statistics_of([baseline_numbers], np.array([0]), own, ages, intervals, np.array([size]), profile)
    references = np.array(recorded.references, dtype=np.int64)
    usual = np.array([middle(column) for column in references.T])
    found: dict[str, tuple[float, float]] = {}
    hits: list[Aspect] = []
    for aspect in (aspect for aspect in ASPECTS if aspect.name in recorded.aspects):
        columns = aspect.columns
        p = float(conformal_p(references[:, columns], row[:, columns], aspect.sides, aspect.least)[0])
        distance = float(distances(aspect, row, usual, np.array([score]))[0])
        found[aspect.name] = p, distance
        if factor * p <= profile.alpha and distance >= profile.threshold:
            hits.append(aspect)
    evidence = ViewEvidence(
        aspects=found,
        values=tuple(row[0].tolist()),
        usual=tuple(usual.tolist()),
        references=recorded.references,
        ages=tuple(ages.tolist()),
        times=recorded.times,
        intervals=recorded.intervals,
        usual_us=recorded.usual_us,
    )
    p = min((factor * found[aspect.name][0] for aspect in hits), default=1.0)
    views = views_standing_out(evidence, hits, profile.alpha) if hits else ()
    return ViewsAgain(evidence, p, bool(hits), views)


def _usual_age(positions: "np.ndarray[tuple[int], np.dtype[np.intp]]", count: int) -> int:
    """Median distance of neighbouring occurrences; the baseline's length where there are not two."""
    return int(np.median(np.diff(positions))) if len(positions) > 1 else count
