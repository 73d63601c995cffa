"""Streams that are fed from outside: judged while they grow, a little of each in turn."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from driftlock.errors import NotFound, StoreUnavailable
from driftlock.model import Kind, moment
from driftlock.ports import Clock
from driftlock.services.advance import advance
from driftlock.services.advance_series import advance_series
from driftlock.services.faults import log_fault
from driftlock.services.lease import StreamBusy
from driftlock.services.series_plan import SeriesCounts, SeriesPlan, choose, is_series, plan
from driftlock.services.series_store import SeriesStore

logger = logging.getLogger(__name__)

# As many events are worth a call of the engine (benchmarks/speed/streams.py); fewer wait so long at most.
TURN_EVENTS: Final = 200
LONGEST_WAIT: Final = timedelta(seconds=1)
# The states of all series are written at every turn, so turns of series are fewer.
SERIES_TURN_EVENTS: Final = 2_000
SERIES_WAIT: Final = timedelta(seconds=5)
# Of one stream, before the others have their turn.
MOST_EVENTS: Final = 5_000
# Counts of events at which it is asked whether the numbers of a growing stream are series; the last one is
# what decides for a file, and there it is text if it is not series.
HEADS: Final = (500, 1_000, 2_000, 5_000)
# A stream that failed for a reason of the program is left alone for so long.
AFTER_FAILURE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A stream with events that are not judged yet."""

    tenant: str
    stream_id: str
    kind: Kind
    configuration: dict[str, Any]
    cursor: int  # last seq that was judged
    events: int  # that wait
    since_us: int  # when the first of them came in


class PendingTable(Protocol):
    """Which streams have something to judge."""

    def behind(self) -> list[Behind]:
        """Of all tenants, fed from outside or live, those that wait longest first."""

    def waiting(self, tenant: str, stream_id: str) -> int:
        """Events of one stream that are not judged yet."""


class PendingStore(SeriesStore, Protocol):
    """A store that tells what waits."""

    @property
    def pending(self) -> PendingTable: ...


class Pending:
    """
    The turns of all growing streams.

    A turn is one transaction: an end at any moment repeats nothing and loses
    nothing. How events are cut into turns changes no verdict.
    """

    def __init__(self, store: PendingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._asked: dict[tuple[str, str], int] = {}  # head that was too short to be series
        self._failed: dict[tuple[str, str], datetime] = {}

    def work(self, *, due_only: bool = True) -> bool:
        """
        Give each stream that is due one turn; answers whether there was one.

        Args:
            due_only: Whether few events that came in just now are left for later.
        """
        worked = False
        waiting = self._store.pending.behind()
        now = self._clock.now()
        self._forget(waiting, now)
        for stream in waiting:
            if (stream.tenant, stream.stream_id) in self._failed:
                continue
            if not due_only or _is_due(stream, now):
                worked |= self._turn(stream)
        return worked

    def _turn(self, stream: Behind) -> bool:
        of = stream.tenant, stream.stream_id
        try:
            as_series = self._as_series(stream)
            if as_series is None:
                return False
            if as_series:
                advance_series(self._store, self._clock, *of, most_events=MOST_EVENTS, ends=False)
            else:
                advance(self._store, self._clock, *of, most_events=MOST_EVENTS)
        except (StreamBusy, NotFound):  # somebody else is at it, or it is gone: the next look finds that out
            return False
        except StoreUnavailable:  # nothing is wrong with the stream: the next look tries again
            raise
        except Exception as error:
            log_fault(logger, error, f"stream {stream.stream_id}")
            self._failed[of] = self._clock.now()
            return False
        return True

    def _as_series(self, stream: Behind) -> bool | None:
        """Whether a stream is judged as series; None as long as too few events tell."""
        if is_series(stream.configuration):
            return True
        if stream.kind != "metrics" or stream.cursor:
            return False
        of = stream.tenant, stream.stream_id
        for head in HEADS:
            if stream.events < head:
                return None
            if self._asked.get(of, 0) >= head:
                continue
            if (made := self._plan(of, head)) is not None:
                self._store.streams.configure(*of, made.configuration())
                return True
            self._asked[of] = head
        return False

    def _plan(self, of: tuple[str, str], head: int) -> SeriesPlan | None:
        """By exactly the first *head* events, however many there are by now."""
        payloads = [event.payload for event in self._store.events.between(*of, 1, head)]
        choice = choose(payloads, complete=True)
        if choice.reading is None:
            return None
        counts = SeriesCounts(choice.reading)
        counts.take(payloads)
        made = plan(counts, choice.why)
        return None if isinstance(made, str) else made

    def _forget(self, waiting: Sequence[Behind], now: datetime) -> None:
        there = {(stream.tenant, stream.stream_id) for stream in waiting}
        self._asked = {of: head for of, head in self._asked.items() if of in there}
        self._failed = {of: at for of, at in self._failed.items() if now - at < AFTER_FAILURE}


def _is_due(stream: Behind, now: datetime) -> bool:
    series = stream.kind == "metrics"
    enough = SERIES_TURN_EVENTS if series else TURN_EVENTS
    longest = SERIES_WAIT if series else LONGEST_WAIT
    return stream.events >= enough or now - moment(stream.since_us) >= longest
