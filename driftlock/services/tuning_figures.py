"""What a rule would have meant on a history: the numbers on the cards."""

from dataclasses import dataclass
from decimal import Decimal
from math import isnan, sqrt

from driftlock.services.plans import Price, per_month, price
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_counts import Limit, alarmed, incident_count
from driftlock.services.tuning_history import History
from driftlock.services.tuning_places import labelled_places
from driftlock_core.calibration import Calibration
from driftlock_core.recount import Recount, Rule
from driftlock_core.windows import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A rule on a history. Windows of which too little is stored are in ``unknown`` and nowhere else."""

    limit: Limit
    how: Alarms
    flagged: int  # without those left out
    alarms: int  # flagged windows that the repeats make alarms
    left_out: int  # flagged too, but of a suppressed pattern
    incidents: int  # of alarms no further apart than the gap
    tested: int  # windows
    days: float | None  # None: times are missing; then nothing a day is known
    alarms_per_day: float | None
    incidents_per_day: float | None
    alarms_per_1000: float | None  # of the windows tested; None without any
    expected: float | None  # alarms by chance, at most about; None where that is not known
    expected_per_day: float | None
    expected_per_1000: float | None
    expected_at_calibration: float | None  # None: not measured, or no more than expected
    expected_at_calibration_per_day: float | None
    chance_share: float | None  # expected / alarms, at most 1; None where there are none
    unknown: int
    by_views: int  # windows decided by all views; of the rest the bytes decide
    labelled_real: int  # places, not windows: see tuning_places.py
    real_windows: int
    real_kept: int
    real_kept_range: tuple[float, float] | None  # share, Wilson 95 %; None without labels
    labelled_not_real: int  # places
    not_real_windows: int
    not_real_dropped: int
    not_real_dropped_range: tuple[float, float] | None
    # A month; None: times are missing. What is billed goes by flags alone, whatever counts as an alarm.
    price: Price | None

    @property
    def detections_per_month(self) -> int | None:
        """What is billed, see services/plans.py."""
        return None if self.price is None else self.price.detections

    @property
    def plan(self) -> str | None:
        """The cheapest that serves so many."""
        return None if self.price is None else self.price.plan.name

    @property
    def cost_per_month(self) -> Decimal | None:
        """US dollars; None where it is not known."""
        return None if self.price is None else self.price.cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowMap:
    """Every window of a range by what decides it under a rule."""

    window: Ints
    ncd: Floats
    distance: Floats
    p: Floats  # NaN where not computed
    by_views: Bools
    flagged: Bools
    unknown: Bools


def counted(history: History, rule: Rule) -> Recount:
    """The windows of the range under *rule*."""
    found, taken = history.recounter.at(rule), slice(history.first, history.stop)
    return Recount(
        flagged=found.flagged[taken],
        unknown=found.unknown[taken],
        chance=found.chance[taken],
        by_views=found.by_views[taken],
    )


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """
    95 % interval of a share; None without anything to share.

    References:
        Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if of == 0:
        return None
    z = 1.959963984540054
    share, scale = hits / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / scale
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def figures(
    history: History, limit: Limit, calibration: Calibration | None = None, how: Alarms | None = None
) -> Figures:
    """
    The cards of *limit* on *history*.

    Args:
        calibration: With one also what it makes of the expectation.
        how: Flags are counted; without one each is an alarm.
    """
    how = how or Alarms()
    found, columns = alarmed(history, limit, how), history.columns
    flagged, raised = int(found.flagged.sum()), int(found.alarms.sum())
    places = columns.extra["first_seq"], columns.last_seq
    incidents = incident_count(found.alarms, *places, gap=how.gap * history.profile.window)
    tested, days = history.windows, history.days
    expected = _known(float(found.chance.sum()))
    measured = None
    if calibration is not None and expected is not None and isinstance(limit, Rule):
        factor = calibration.factor_at(limit.alpha)
        if factor is not None and factor > 1:
            measured = float(alarmed(history, limit, how, factor).chance.sum())
    real = labelled_places(history, "real", found.alarms, found.unknown)
    not_real = labelled_places(history, "not_real", found.alarms, found.unknown)

    def a_day(count: float | None) -> float | None:
        return None if days is None or count is None else count / days

    def per_1000(count: float | None) -> float | None:
        return 1000 * count / tested if tested and count is not None else None

    billed = incident_count(found.flagged | found.left_out, *places)
    return Figures(
        limit=limit,
        how=how,
        flagged=flagged,
        alarms=raised,
        left_out=int(found.left_out.sum()),
        incidents=incidents,
        tested=tested,
        days=days,
        alarms_per_day=a_day(raised),
        incidents_per_day=a_day(incidents),
        alarms_per_1000=per_1000(raised),
        expected=expected,
        expected_per_day=a_day(expected),
        expected_per_1000=per_1000(expected),
        expected_at_calibration=measured,
        expected_at_calibration_per_day=a_day(measured),
        chance_share=min(1.0, expected / raised) if raised and expected is not None else None,
        unknown=int(found.unknown.sum()),
        by_views=int(found.by_views.sum()),
        labelled_real=real.decided,
        real_windows=real.windows,
        real_kept=real.raised,
        real_kept_range=wilson(real.raised, real.decided),
        labelled_not_real=not_real.decided,
        not_real_windows=not_real.windows,
        not_real_dropped=not_real.silent,
        not_real_dropped_range=wilson(not_real.silent, not_real.decided),
        price=None if days is None else price(per_month(billed, days)),
    )


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def window_map(history: History, rule: Rule) -> WindowMap:
    """Where every window of the range lies for *rule*."""
    found, placed = counted(history, rule), history.recounter.placed(rule)
    taken = slice(history.first, history.stop)
    return WindowMap(
        window=history.columns.window,
        ncd=history.columns.ncd,
        distance=placed.distance[taken],
        p=placed.p[taken],
        by_views=found.by_views,
        flagged=found.flagged,
        unknown=found.unknown,
    )
