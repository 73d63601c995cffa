"""Drift as screens ask for it: the points of one stream, and one row for each of all streams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from driftlock.errors import NotFound
from driftlock.model import Anchor, DriftPoint, Stream
from driftlock.ports import Clock
from driftlock.services.anchors_store import AnchorStore
from driftlock.services.drift_points import needed
from driftlock.services.drift_rules import BACK, DriftRule, DriftStanding, calm_standing, standing
from driftlock.services.overview_rows import StreamState
from driftlock.services.overview_store import OverviewStore
from driftlock_core.anchors_drift import SETTLING

SILENT_TIMES: Final = 10  # times the usual gap between two events
# Events are judged in batches: less than this says nothing about who sends them.
LEAST_SILENCE: Final = timedelta(minutes=5)


class DriftStore(AnchorStore, OverviewStore, Protocol):
    """A store that answers for streams and their anchors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """One stream as the table of streams shows it."""

    state: StreamState
    per_minute: float | None  # events, on average over all that was judged; None: no two times
    silent_for: timedelta | None  # longer than ten usual gaps; None: it is not, or is not fed from outside
    anchor: Anchor | None  # the active one
    point: DriftPoint | None  # the newest one of that anchor
    standing: DriftStanding | None  # None: there is no active anchor
    detectable_at: str | None  # when it was last measured what would be noticed; ISO time

    @property
    def stream(self) -> Stream:
        """The stream itself."""
        return self.state.stream


class DriftQueries:
    """Reads from *store*; the tenant always comes first, and what is another tenant's is not there."""

    def __init__(self, store: DriftStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        # Anchors that have settled, which nothing takes back.
        self._settled: set[str] = set()

    def points(self, tenant: str, stream_id: str, anchor_id: str) -> list[DriftPoint]:
        """All points of one anchor, in the order of the stream."""
        return self._store.anchors.points(tenant, stream_id, anchor_id)

    def standing(self, tenant: str, stream_id: str) -> DriftStanding | None:
        """
        Where the stream stands against its active anchor; None: it has none.

        Raises:
            NotFound: The tenant has no such stream.
        """
        stream = self._store.streams.get(tenant, stream_id)
        if stream is None:
            raise NotFound(f"There is no stream {stream_id}.")
        active = next(
            (one for one in self._store.anchors.of_stream(tenant, stream_id) if one.state == "active"), None
        )
        if active is None:
            return None
        points = needed(self._store.anchors, tenant, stream_id, active.id)
        return standing(points, DriftRule.of(stream.settings))

    def table(self, tenant: str) -> list[DriftRow]:
        """
        One row a stream, newest data first.

        Of a stream whose anchor has settled and whose newest points lie inside
        no others are read.
        """
        now = self._clock.now()
        anchors = self._store.anchors.active(tenant)
        points = self._store.anchors.newest_points(tenant, BACK)
        detectable = self._store.anchors.detectable(tenant)
        return [
            self._row(
                state,
                now,
                anchors.get(state.stream.id),
                points.get(state.stream.id, ()),
                detectable.get(state.stream.id),
            )
            for state in self._store.overview.streams(tenant, now)
        ]

    def _row(
        self,
        state: StreamState,
        now: datetime,
        anchor: Anchor | None,
        newest: Sequence[DriftPoint],
        detectable_at: str | None,
    ) -> DriftRow:
        return DriftRow(
            state=state,
            per_minute=per_minute(state),
            silent_for=silent_for(state, now),
            anchor=anchor,
            point=newest[-1] if newest else None,
            standing=None if anchor is None else self._stands(state.stream, anchor, newest),
            detectable_at=detectable_at,
        )

    def _stands(self, stream: Stream, anchor: Anchor, newest: Sequence[DriftPoint]) -> DriftStanding:
        rule = DriftRule.of(stream.settings)
        if not newest:
            return standing((), rule)
        calm = len(newest) == BACK and not any(point.outside for point in newest)
        if calm and anchor.id in self._settled:
            return calm_standing(SETTLING, newest[-1])
        found = standing(needed(self._store.anchors, stream.tenant, stream.id, anchor.id), rule)
        if found.known == SETTLING:
            self._settled.add(anchor.id)
        return found


def per_minute(state: StreamState) -> float | None:
    """Events a minute between the first and the last judged time; None where there are no two."""
    if state.first_seen is None or state.last_seen is None or state.last_seen <= state.first_seen:
        return None
    stream = state.stream
    # The times of a stream with windows are those at which its first and its last one ended, a hop from each other.
    between = (
        (stream.windows - 1) * stream.configuration.get("hop", 1) if stream.windows else stream.events - 1
    )
    return between / ((state.last_seen - state.first_seen) / timedelta(minutes=1)) or None


def silent_for(state: StreamState, now: datetime) -> timedelta | None:
    """
    How long a stream that is fed from outside has been silent, if that is unusual.

    Unusual is more than ten times the mean gap between two of its events, and
    at least five minutes.
    """
    rate = per_minute(state)
    if state.source is not None or rate is None or state.last_seen is None:
        return None
    silence = now - state.last_seen
    return silence if silence > max(SILENT_TIMES * timedelta(minutes=1 / rate), LEAST_SILENCE) else None
