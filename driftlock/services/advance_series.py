"""Stored numbers through the detectors of their series."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from driftlock.decode.measurements import Measurements
from driftlock.ports import Claim, Clock, StoredEvent
from driftlock.services.lease import LEASE, claimed, lost
from driftlock.services.patterns import series_pattern
from driftlock.services.series_plan import SeriesPlan, grouped
from driftlock.services.series_records import Place, series_anomaly_id, series_record
from driftlock.services.series_store import FoundSeriesAnomaly, SeriesPoints, SeriesStep, SeriesStore
from driftlock_core.series_verdict import SeriesVerdict
from driftlock_core.series_watch import SeriesWatch

# The states of all series are written with every slab, so slabs are larger than those of text.
SLAB_EVENTS: Final = 20_000
# Records of a series that get an expected range for the chart: it takes milliseconds where the past is long.
BAND_POINTS: Final = 400


def advance_series(
    store: SeriesStore,
    clock: Clock,
    tenant: str,
    stream_id: str,
    *,
    slab_events: int = SLAB_EVENTS,
    most_events: int | None = None,
    ends: bool = True,
    on_slab: Callable[[int], None] | None = None,
) -> int:
    """
    Judge the stored numbers that have not been judged yet.

    As :func:`driftlock.services.advance.advance`, for a stream whose
    configuration is a :class:`SeriesPlan`'s.

    Args:
        ends: Whether no more will come: then the anomalies that go on end with the last event, also if it was
            judged before.

    Returns:
        Records taken behind the warm-ups.

    Raises:
        NotFound: The tenant has no such stream.
        StreamBusy: The lease is somebody else's.
    """
    judged = 0
    if most_events is not None:
        slab_events = min(slab_events, most_events)
    with claimed(store.detections, clock, tenant, stream_id) as claim:
        for step in _Slabs(store, tenant, stream_id, claim).work(slab_events, ends=ends):
            if not store.series.save(tenant, stream_id, step, until=clock.now() + LEASE):
                raise lost(claim)
            judged += step.judged
            if on_slab is not None:
                on_slab(step.cursor)
            if most_events is not None and step.cursor - claim.cursor >= most_events:
                break
    return judged


class _Slabs:
    """A claimed stream's events as finished steps, one slab after the other."""

    def __init__(self, store: SeriesStore, tenant: str, stream_id: str, claim: Claim) -> None:
        self._store = store
        self._of = tenant, stream_id
        self._claim = claim
        self._plan = SeriesPlan.from_configuration(claim.configuration)
        self._number = {name: number for number, name in enumerate(self._plan.warmups)}
        self._watches = {
            name: SeriesWatch(name, warmup, band_every=-(-self._plan.records[name] // BAND_POINTS))
            for name, warmup in self._plan.warmups.items()
        }
        self._measurements = Measurements(self._plan.reading)
        # Where the records lie that an anomaly may still name: those of the open stretch and of the slab.
        self._stretches = [(first, last) for _, first, last in store.series.stretches(*self._of)]
        self._begun: dict[str, tuple[int, int | None, int]] = {}
        if claim.state is not None:
            self._restore(claim.state)

    def work(self, slab_events: int, *, ends: bool) -> Iterator[SeriesStep]:
        """Read and judge slab by slab; the caller keeps each before asking for the next."""
        cursor = self._claim.cursor
        slab = self._store.events.after(*self._of, cursor, slab_events)
        if ends and not slab and any(watch.open for watch in self._watches.values()):
            yield self._step([], cursor, last=True)
        while slab:
            following = self._store.events.after(*self._of, slab[-1].seq, slab_events)
            yield self._step(slab, cursor, last=ends and not following)
            cursor, slab = slab[-1].seq, following

    def _step(self, slab: list[StoredEvent], cursor: int, *, last: bool) -> SeriesStep:
        """The slab behind *cursor*; without events it moves nothing and only ends what goes on."""
        before = sum(watch.judged for watch in self._watches.values())
        points, anomalies = self._judge(slab, last=last)
        judged = sum(watch.judged for watch in self._watches.values())
        self._stretches += [(found.place.first_seq, found.place.last_seq) for found in anomalies]
        return SeriesStep(
            owner=self._claim.owner,
            before=cursor,
            cursor=slab[-1].seq if slab else cursor,
            state=self._state(),
            status="ready" if judged else "warming_up",
            points=points,
            anomalies=anomalies,
            judged=judged - before,
            incidents=max(grouped(self._stretches, self._plan.round), default=0),
        )

    def _judge(
        self, slab: list[StoredEvent], *, last: bool
    ) -> tuple[list[tuple[int, SeriesPoints]], list[FoundSeriesAnomaly]]:
        events: dict[str, list[StoredEvent]] = {}
        values: dict[str, list[float]] = {}
        for event in slab:
            for name, value in self._measurements.of(event.payload):
                if name in self._watches:
                    events.setdefault(name, []).append(event)
                    values.setdefault(name, []).append(value)
        points, found = [], []
        for name, watch in self._watches.items():
            of_series = events.get(name, [])
            first = watch.records
            times = [math.nan if event.at_us is None else event.at_us / 1e6 for event in of_series]
            watched = watch.update(values.get(name, []), times)
            ended = [*watched.anomalies, *(watch.close() if last else ())]
            for verdict in ended:
                found.append(self._found(verdict, of_series, first))
            self._remember(watch, of_series, first)
            if of_series:
                columns = SeriesPoints(
                    seq=np.array([event.seq for event in of_series], dtype=np.int64),
                    at_us=np.array(
                        [-1 if event.at_us is None else event.at_us for event in of_series], dtype=np.int64
                    ),
                    value=np.array(values[name], dtype=np.float64),
                    low=watched.low,
                    high=watched.high,
                    score=watched.score,
                )
                points.append((self._number[name], columns))
        return points, found

    def _remember(self, watch: SeriesWatch, of_series: list[StoredEvent], first: int) -> None:
        """Where the anomaly that goes on into the next slab began and, so far, ends."""
        going_on = watch.open
        if going_on is None:
            self._begun.pop(f"{watch.name} first", None)
            self._begun.pop(f"{watch.name} last", None)
            return
        for end, record in (("first", going_on.record), ("last", going_on.last_record)):
            if record >= first:
                event = of_series[record - first]
                self._begun[f"{watch.name} {end}"] = event.seq, event.at_us, event.seen_us

    def _found(self, verdict: SeriesVerdict, of_series: list[StoredEvent], first: int) -> FoundSeriesAnomaly:
        (first_seq, first_at, _), (last_seq, last_at, seen) = (
            (of_series[at].seq, of_series[at].at_us, of_series[at].seen_us)
            if (at := record - first) >= 0
            else self._begun[f"{verdict.series} {end}"]
            for end, record in (("first", verdict.record), ("last", verdict.last_record))
        )
        place = Place(
            first_seq=first_seq,
            last_seq=last_seq,
            first_at_us=first_at,
            last_at_us=last_at,
            seen_us=seen,
        )
        record = series_record(verdict, place, stream=self._claim.stream_name)
        return FoundSeriesAnomaly(
            id=series_anomaly_id(self._of[1], verdict.series, verdict.record),
            place=place,
            severity=verdict.severity,
            pattern=series_pattern(verdict.series, verdict.view),
            sentence=record["explanation"]["sentence"],
            record=record,
        )

    def _state(self) -> bytes:
        """Every watch behind a head that says how long each is."""
        parts = [watch.save() for watch in self._watches.values()]
        head = json.dumps(
            {
                "sizes": [len(part) for part in parts],
                "begun": self._begun,
            },
            allow_nan=False,
        ).encode()
        return b"".join([len(head).to_bytes(8, "big"), head, *parts])

    def _restore(self, state: bytes) -> None:
        size = int.from_bytes(state[:8], "big")
        head = json.loads(state[8 : 8 + size])
        place = 8 + size
        for name, length in zip(list(self._watches), head["sizes"], strict=True):
            self._watches[name] = SeriesWatch.load(state[place : place + length])
            place += length
        self._begun = {
            # States of earlier versions held no time of arrival.
            key: (seq, at_us, seen[0] if seen else at_us or 0)
            for key, (seq, at_us, *seen) in head["begun"].items()
        }
