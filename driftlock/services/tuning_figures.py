"""What a rule would have meant on a history: the numbers on the cards."""

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

import numpy as np

from driftlock.services.plans import Price, per_month, price
from driftlock.services.records import anomaly_id
from driftlock.services.tuning_history import History
from driftlock_core.calibration import Calibration
from driftlock_core.recount import Recount, Rule
from driftlock_core.windows import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A rule on a history. Windows of which too little is stored are in ``unknown`` and nowhere else."""

    rule: Rule
    flagged: int
    incidents: int  # flagged windows that overlap or touch are one
    tested: int  # windows
    days: float | None  # None: times are missing; then nothing a day is known
    alarms_per_day: float | None  # flagged windows
    incidents_per_day: float | None
    flagged_per_1000: float | None  # of the windows tested; None without any
    expected: float  # flagged windows by chance, at most about
    expected_per_day: float | None
    expected_per_1000: float | None
    expected_at_calibration: float | None  # None: not measured, or no more than expected
    expected_at_calibration_per_day: float | None
    chance_share: float | None  # expected / flagged, at most 1; None where nothing is flagged
    unknown: int
    by_views: int  # windows decided by all views; of the rest the bytes decide
    labelled_real: int
    real_kept: int
    real_kept_range: tuple[float, float] | None  # share, Wilson 95 %; None without labels
    labelled_not_real: int
    not_real_dropped: int
    not_real_dropped_range: tuple[float, float] | None
    price: Price | None  # of as many incidents a month; None: times are missing

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
class ChangedWindows:
    """Windows, column by column."""

    window: Ints
    first_seq: Ints
    last_seq: Ints
    seen_us: Ints
    ncd: Floats
    distance: Floats  # that decides under the candidate
    p: Floats  # that decides under the candidate, NaN where not computed
    extra_bits: Floats
    anomaly_ids: tuple[str | None, ...]  # None: not flagged when it was judged, so there is no record

    def __len__(self) -> int:
        return len(self.window)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changed:
    """What a candidate changes against the current rule."""

    gained: ChangedWindows
    lost: ChangedWindows
    kept: ChangedWindows
    current: Bools  # flagged under it, one entry per window of the range
    candidate: Bools


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Over the p limit, at one NCD limit; a day, or per 1,000 windows where times are missing."""

    alphas: Floats
    expected: Floats
    flagged: Floats
    unknown: Ints  # windows
    per_day: bool

    @property
    def expected_per_day(self) -> Floats:
        """NaN where times are missing."""
        return self.expected if self.per_day else np.full(len(self.alphas), np.nan)

    @property
    def flagged_per_day(self) -> Floats:
        """NaN where times are missing."""
        return self.flagged if self.per_day else np.full(len(self.alphas), np.nan)


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


def incident_count(flagged: Bools, first_seq: Ints, last_seq: Ints) -> int:
    """Flagged windows that overlap or touch are one incident; windows in stream order."""
    at = np.flatnonzero(flagged)
    if not len(at):
        return 0
    return 1 + int(np.count_nonzero(first_seq[at[1:]] > last_seq[at[:-1]] + 1))


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


def figures(history: History, rule: Rule, calibration: Calibration | None = None) -> Figures:
    """The cards of *rule* on *history*; with a *calibration* also what it makes of the expectation."""
    found, columns = counted(history, rule), history.columns
    flagged, expected = int(found.flagged.sum()), float(found.chance.sum())
    incidents = incident_count(found.flagged, columns.extra["first_seq"], columns.last_seq)
    tested, days = history.windows, history.days
    measured = None
    if calibration is not None:
        factor = calibration.factor_at(rule.alpha)
        measured = expected * factor if factor is not None and factor > 1 else None
    known = ~found.unknown
    real = history.labelled("real") & known
    not_real = history.labelled("not_real") & known
    kept, dropped = int((real & found.flagged).sum()), int((not_real & ~found.flagged).sum())

    def a_day(count: float | None) -> float | None:
        return None if days is None or count is None else count / days

    def per_1000(count: float) -> float | None:
        return 1000 * count / tested if tested else None

    return Figures(
        rule=rule,
        flagged=flagged,
        incidents=incidents,
        tested=tested,
        days=days,
        alarms_per_day=a_day(flagged),
        incidents_per_day=a_day(incidents),
        flagged_per_1000=per_1000(flagged),
        expected=expected,
        expected_per_day=a_day(expected),
        expected_per_1000=per_1000(expected),
        expected_at_calibration=measured,
        expected_at_calibration_per_day=a_day(measured),
        chance_share=min(1.0, expected / flagged) if flagged else None,
        unknown=int(found.unknown.sum()),
        by_views=int(found.by_views.sum()),
        labelled_real=int(real.sum()),
        real_kept=kept,
        real_kept_range=wilson(kept, int(real.sum())),
        labelled_not_real=int(not_real.sum()),
        not_real_dropped=dropped,
        not_real_dropped_range=wilson(dropped, int(not_real.sum())),
        price=None if days is None else price(per_month(incidents, days)),
    )


def changed(history: History, current: Rule, candidate: Rule) -> Changed:
    """Windows that one of the two rules flags, by which of them."""
    before, after = counted(history, current).flagged, counted(history, candidate).flagged
    placed = history.recounter.placed(candidate)
    taken = slice(history.first, history.stop)
    distance, p, columns = placed.distance[taken], placed.p[taken], history.columns

    def of(which: Bools) -> ChangedWindows:
        at = np.flatnonzero(which)
        recorded = columns.flagged[at].tolist()
        ids = [anomaly_id(history.stream.id, window) for window in columns.window[at].tolist()]
        return ChangedWindows(
            window=columns.window[at],
            first_seq=columns.extra["first_seq"][at],
            last_seq=columns.last_seq[at],
            seen_us=columns.extra["seen_us"][at],
            ncd=columns.ncd[at],
            distance=distance[at],
            p=p[at],
            extra_bits=columns.extra_bits[at],
            anomaly_ids=tuple(one if there else None for one, there in zip(ids, recorded, strict=True)),
        )

    return Changed(
        gained=of(after & ~before),
        lost=of(before & ~after),
        kept=of(before & after),
        current=before,
        candidate=after,
    )


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
