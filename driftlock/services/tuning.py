"""What other limits would have meant for a stream, and new limits from now on. Docs: docs/measures/tuning.md."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import numpy as np

from driftlock.model import ScoreColumns
from driftlock.ports import Clock
from driftlock.services import tuning_apply, tuning_budget, tuning_changed, tuning_figures, tuning_limits
from driftlock.services.complete import WIDE
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_budget import BudgetAnswer, Curve
from driftlock.services.tuning_changed import Changed
from driftlock.services.tuning_changes import CannotTune, ProfileChange, TuningStore
from driftlock.services.tuning_counts import Limit
from driftlock.services.tuning_figures import Figures, WindowMap
from driftlock.services.tuning_history import History, between
from driftlock.services.tuning_left import left
from driftlock.services.tuning_limits import GateNotice, ReferencesNotice
from driftlock_core.calibration import Calibration, Ranked, calibrated
from driftlock_core.errors import InvalidProfile
from driftlock_core.numbers_text import count_text
from driftlock_core.recount import Recounter, Rule
from driftlock_core.stored_windows import StoredWindows, first_references
from driftlock_core.window_views.catalogue import ASPECTS
from driftlock_core.windows import Ints

# Of a range, the share a limit is chosen on; the rest shows what it is worth.
HELD_IN: Final = 0.7
# Streams whose numbers are kept at hand: 100,000 windows are 25 MB.
_KEPT: Final = 4

Answer = TypeVar("Answer")


class Tuning:
    """The questions and the two verbs of tuning; the tenant always comes first."""

    def __init__(self, store: TuningStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], tuple[Any, History]] = OrderedDict()
        self._lock = threading.Lock()

    def history(
        self,
        tenant: str,
        stream_id: str,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        without_suppressed: bool = False,
    ) -> History:
        """
        The windows seen from *since* to before *until*, with what is needed to decide them again.

        Asking again is cheap as long as nothing about the stream has changed.

        Args:
            without_suppressed: Leave those out of all counts of flags whose pattern is suppressed now.

        Raises:
            NotFound: The tenant has no such stream.
            CannotTune: It is judged as series.
        """
        whole = self._whole(tenant, stream_id)
        first, stop = between(whole.every, since, until)
        first = max(first, whole.first)
        left_out = None
        if without_suppressed:
            hidden = self._store.tuning.suppressed(tenant, stream_id, self._clock.now())
            left_out = np.isin(whole.every.window, hidden)
        changes = self._store.tuning.changes(tenant, stream_id)
        return replace(whole, first=first, stop=max(first, stop), changes=changes, left_out=left_out)

    def figures(
        self,
        history: History,
        limit: Limit,
        calibration: Calibration | None = None,
        how: Alarms | None = None,
    ) -> Figures:
        """
        What *limit* would have meant; with a *calibration* also the expectation it corrects.

        Args:
            how: Flags are counted; without one each is an alarm.

        Raises:
            CannotTune: Limits that could never decide anything.
        """
        return _asked(lambda: tuning_figures.figures(history, limit, calibration, how))

    def held_out(self, history: History) -> tuple[History, History]:
        """The first 70 % of the windows, to choose limits on, and the last 30 %, to see what they are worth."""
        at = round(HELD_IN * history.windows)
        return history.part(0, at), history.part(at, history.windows)

    def changed(
        self,
        history: History,
        current: Limit,
        candidate: Limit,
        hows: tuple[Alarms, Alarms] = (Alarms(), Alarms()),
    ) -> Changed:
        """Which alarms *candidate* adds, drops and keeps; raises :class:`CannotTune` as :meth:`figures`."""
        return _asked(lambda: tuning_changed.changed(history, current, candidate, hows))

    def rule_for_budget(
        self, history: History, alarms_per_day: float, threshold: float, how: Alarms | None = None
    ) -> BudgetAnswer:
        """The largest p limit within a budget of false alarms, or why there is none."""
        return _asked(lambda: tuning_budget.budget(history, alarms_per_day, threshold, how or Alarms()))

    def curve(self, history: History, threshold: float, how: Alarms | None = None) -> Curve:
        """Expected and raised alarms over the p limit, at one NCD limit."""
        return _asked(lambda: tuning_budget.curve(history, threshold, how or Alarms()))

    def map(self, history: History, rule: Rule | None = None) -> WindowMap:
        """Every window by the distance and the p that decide it; without a *rule* under the one in force."""
        return _asked(lambda: tuning_figures.window_map(history, rule or history.rule))

    def gate_notice(self, history: History, rule: Rule) -> GateNotice | None:
        """Whether its NCD limit decides nothing, or is never reached."""
        return _asked(lambda: tuning_limits.gate_notice(history, rule))

    def references_notice(self, history: History, rule: Rule) -> ReferencesNotice | None:
        """Whether its p limit is too small for all views to be heard."""
        return _asked(lambda: tuning_limits.references_notice(history, rule))

    def calibration(self, history: History, quiet: range | None = None) -> Calibration:
        """
        Whether small p-values come as often as they say.

        Args:
            quiet: Window numbers of a stretch in which nothing was wrong; without it the whole range.
        """
        first, stop = history.first, history.stop
        if quiet is not None:
            first, stop = max(first, quiet.start), min(stop, quiet.stop)
        recounter, k = history.recounter, history.profile.chunks_per_window
        at = np.arange(first, max(first, stop), k)
        ranks = recounter.ranks
        ranked = at[np.isfinite(ranks[at]).all(axis=1)] if ranks.shape[1] else at[:0]
        by_views = 2 * len(ranked) >= len(at) > 0
        at = ranked if by_views else at
        return calibrated(
            Ranked(
                names=recounter.names if by_views else ("p_stream",),
                p=ranks[at] if by_views else history.every.p_stream[at][:, None],
                m=recounter.pools(by_views=by_views)[at],
                factor=recounter.looked_at if by_views else 1,
                every=k,
            )
        )

    def sensitivity_rule(self, value: float) -> Rule:
        """Limits between strict (0), balanced (0.5) and sensitive (1)."""
        return tuning_limits.sensitivity_rule(value)

    def missing(self, history: History, rule: Rule) -> int:
        """Windows of the range that cannot be decided yet under *rule* and that the usual completing job fills."""
        if not self.completable(rule):
            return 0
        return int(_asked(lambda: tuning_figures.counted(history, rule)).unknown.sum())

    def completable(self, rule: Rule) -> bool:
        """Whether the usual completing job computes all that *rule* needs; beyond, only the one for all limits does."""
        return rule.threshold >= WIDE.threshold and rule.alpha <= WIDE.alpha

    def caption(self, history: History) -> str:
        """What a recount is and what it is not, to stand below every number that rests on one."""
        return (
            f"Recounted from the stored numbers of {count_text(history.windows)} windows, with the baselines as they "
            "were. A baseline keeps clear of flagged windows, so the stream, run again under other limits, may be "
            "measured against other baselines and have some windows flagged otherwise."
        )

    def apply(
        self, tenant: str, stream_id: str, rule: Rule, *, reason: str, by: str, how: Alarms | None = None
    ) -> ProfileChange:
        """Judge what comes from now on by *rule*; see :func:`driftlock.services.tuning_apply.apply`."""
        return tuning_apply.apply(
            self._store, self._clock, tenant, stream_id, rule, reason=reason, by=by, how=how
        )

    def undo(self, tenant: str, stream_id: str, change_id: str, *, reason: str, by: str) -> ProfileChange:
        """Bring back the limits from before a change; see :func:`driftlock.services.tuning_apply.undo`."""
        return tuning_apply.undo(self._store, self._clock, tenant, stream_id, change_id, reason=reason, by=by)

    def changes(self, tenant: str, stream_id: str) -> list[ProfileChange]:
        """Changes of the stream's limits, oldest first."""
        return self._store.tuning.changes(tenant, stream_id)

    def _whole(self, tenant: str, stream_id: str) -> History:
        stream, profile = tuning_apply.tunable(self._store, self._clock, tenant, stream_id)
        key = tenant, stream_id
        stamp = stream.windows, stream.removed_through, profile, self._store.tuning.stamp(tenant, stream_id)
        with self._lock:
            if key in self._held and self._held[key][0] == stamp:
                self._held.move_to_end(key)
                return replace(self._held[key][1], stream=stream)
        columns, first, missing = self._store.verdicts.scores(tenant, stream_id), 0, ""
        if stream.removed_through:
            columns, cold, first, missing = left(stream, profile, columns)
        else:
            events = self._store.events.between(tenant, stream_id, 1, profile.baseline)
            cold = first_references([event.payload for event in events], profile)
        found = History(
            stream=stream,
            profile=profile,
            recounter=Recounter(stored_windows(columns, cold), profile),
            every=columns,
            known_labels=self._store.tuning.labels(tenant, stream_id),
            first=first,
            stop=len(columns.window),
            gone=missing,
        )
        with self._lock:
            self._held[key] = stamp, found
            self._held.move_to_end(key)
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return found


def stored_windows(columns: ScoreColumns, cold: Ints) -> StoredWindows:
    """The columns of all windows of a stream as the engine recounts them."""
    extra = columns.extra

    def of_aspects(what: str) -> Any:
        return np.column_stack([extra[f"{aspect.name}_{what}"] for aspect in ASPECTS])

    return StoredWindows(
        size=extra["size"],
        mu=extra["mu"],
        cbar=extra["cbar"],
        score=columns.ncd,
        exact=columns.exact,
        p_stream=columns.p_stream,
        p_perm=columns.p_perm,
        ranks=of_aspects("p"),
        distances=of_aspects("distance"),
        cold=cold,
    )


def _asked(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except InvalidProfile as error:
        raise CannotTune(f"These limits cannot be used: {error}.") from error
