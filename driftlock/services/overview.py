"""What is unusual in many streams at once, whether it is more than chance, and where to look first."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from driftlock.errors import ApplicationError
from driftlock.model import ScoreColumns, microseconds
from driftlock.ports import Clock, Order
from driftlock.services.lanes import lanes_of
from driftlock.services.overview_rows import (
    Annotation,
    Feed,
    FeedRow,
    Figures,
    Lane,
    LaneBy,
    Lanes,
    Scope,
    SelfCheck,
    SelfCheckLine,
    Span,
    Standing,
    StreamState,
    Wanted,
)
from driftlock.services.overview_store import Buckets, OverviewStore
from driftlock.services.window_totals import window_totals

__all__ = [
    "SPANS",
    "Annotation",
    "Feed",
    "FeedRow",
    "Figures",
    "InvalidRange",
    "Lane",
    "LaneBy",
    "Lanes",
    "Overview",
    "Scope",
    "SelfCheck",
    "SelfCheckLine",
    "Span",
    "Standing",
    "StreamState",
    "Wanted",
]

SPANS: Final[dict[Span, timedelta | None]] = {
    "15min": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "all": None,
}
SPARKS: Final = 24  # buckets of the small chart
TIMELINE_POINTS: Final = (
    900  # three to a stretch of three pixels; a browser takes a millisecond for each mark
)


class InvalidRange(ApplicationError):
    """A range of time that ends before it begins, or has no time zone."""


class Overview:
    """
    Reads from *store*; the tenant always comes first.

    A run past its time is gone at that minute, with its streams, as in :class:`Queries`.
    """

    def __init__(self, store: OverviewStore, clock: Clock) -> None:
        self._table = store.overview
        self._clock = clock

    def streams(self, tenant: str) -> list[StreamState]:
        """All streams, newest data first; those without any at the end."""
        return self._table.streams(tenant, self._clock.now())

    def scope(
        self, tenant: str, stream_ids: Sequence[str] | None, span: Span | tuple[datetime, datetime]
    ) -> Scope:
        """
        Streams and range to ask about.

        A span counts back from the newest judged data of the chosen streams, so
        that a file of last year and a stream that runs now both show something.

        Args:
            stream_ids: None: all but those of played scenarios. Unknown ids are left out.
            span: Or the first and the last moment, both included.

        Raises:
            InvalidRange: The last moment lies before the first, or one of them has no time zone.
        """
        states = self.streams(tenant)
        if stream_ids is None:
            chosen = [state for state in states if state.source != "scenario"]
        else:
            known = {state.stream.id: state for state in states}
            chosen = [known[one] for one in dict.fromkeys(stream_ids) if one in known]
        ids = tuple(state.stream.id for state in chosen)
        if not isinstance(span, str):
            first, last = span
            if first.tzinfo is None or last.tzinfo is None:
                raise InvalidRange("A range of time needs a time zone at both ends.")
            if last < first:
                raise InvalidRange(f"The range ends at {last:%Y-%m-%d %H:%M:%S}, before it begins.")
            return Scope(tenant=tenant, stream_ids=ids, since=first, until=last)
        newest = _newest(chosen)
        back = SPANS[span]
        since = None if newest is None or back is None else newest - back
        return Scope(tenant=tenant, stream_ids=ids, since=since, until=newest)

    def figures(self, scope: Scope) -> Figures:
        """Counts of all windows and alerts in the scope, suppressed ones included."""
        states = self._of(scope)
        windows = window_totals(self._table, scope, states).values()
        of_windows, of_series = self._table.flagged_totals(scope, self._clock.now())
        sparks = [0] * SPARKS
        if (buckets := _buckets(scope, states, SPARKS)) is not None:
            for rows in self._table.flagged(scope, buckets):
                for row in rows:
                    sparks[row.bucket] += row.count
        return Figures(
            flagged=of_windows.count,
            expected_by_chance=math.fsum(one.chance for one in windows),
            tested=sum(one.tested for one in windows),
            series_flagged=of_series.count,
            incidents=of_windows.incidents + of_series.incidents,
            suppressed=of_windows.suppressed + of_series.suppressed,
            flagged_by_bucket=tuple(sparks),
            untested_streams=tuple(state.stream for state in states if not state.stream.windows),
            data_until=_newest(states),
        )

    def lanes(self, scope: Scope, by: LaneBy, buckets: int = 48, most: int = 12) -> Lanes:
        """
        One lane a stream, or one a kind; those with most flagged first.

        Args:
            buckets: Parts of equal length the range is cut into.
            most: Lanes to answer; how many are left out is said.
        """
        states = self._of(scope)
        scope = replace(
            scope, stream_ids=tuple(state.stream.id for state in states)
        )  # some may be gone by now
        return lanes_of(self._table, scope, states, by, _buckets(scope, states, buckets), buckets, most)

    def feed(
        self, scope: Scope, wanted: Wanted, *, order: Order = "newest", offset: int = 0, limit: int = 50
    ) -> Feed:
        """Flagged windows and alerts: newest first, or by severity and then by extra bits."""
        return self._table.feed(scope, wanted, order, offset, limit, self._clock.now())

    def feed_count_after(self, scope: Scope, seen_us: int) -> int:
        """How many were seen after *seen_us* (microseconds since 1970), suppressed ones left out."""
        return self._table.newer(scope, seen_us, self._clock.now())

    def timeline(
        self, scope: Scope, stream_id: str, most_points: int = TIMELINE_POINTS
    ) -> ScoreColumns | None:
        """
        Scores of one stream of the scope within its range.

        Above *most_points* windows, the lowest and the highest of each bucket of
        windows and its highest flagged one are kept; ``extra["stands_for"]`` says how many windows
        one row may stand for. None: nothing was tested there, or the stream is judged as numbers.
        """
        if stream_id not in scope.stream_ids:
            return None
        return self._table.scores(scope, stream_id, most_points)

    def annotations(self, scope: Scope) -> list[Annotation]:
        """Notes about moments in the range, of its streams or of all, earliest first."""
        return self._table.annotations(scope)

    def last_self_check(self, tenant: str) -> SelfCheck | None:
        """The newest finished detectability job."""
        return self._table.last_self_check(tenant, self._clock.now())

    def _of(self, scope: Scope) -> list[StreamState]:
        chosen = set(scope.stream_ids)
        return [state for state in self.streams(scope.tenant) if state.stream.id in chosen]


def _newest(states: Sequence[StreamState]) -> datetime | None:
    return max((state.last_seen for state in states if state.last_seen is not None), default=None)


def _buckets(scope: Scope, states: Sequence[StreamState], count: int) -> Buckets | None:
    """The range cut into parts; None where it has no data and no ends."""
    oldest = min((state.first_seen for state in states if state.first_seen is not None), default=None)
    since, until = scope.since or oldest, scope.until
    if since is None or until is None:
        return None
    return Buckets(low=microseconds(since), high=microseconds(until) + 1, count=count)
