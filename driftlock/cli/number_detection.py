"""The metrics of one file: judged as series of numbers where they are such, else as text."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from driftlock.cli.number_spool import MISSING_US, NumberSpool, Origin
from driftlock.cli.stream_detection import StreamDetection
from driftlock.decode.measurements import Measurements
from driftlock.model import Event
from driftlock.services.series_fit import HEAD_EVENTS
from driftlock.services.series_plan import Judging, SeriesCounts, SeriesPlan, choose, grouped, plan
from driftlock.services.series_records import Place, series_record
from driftlock_core.series_verdict import SeriesVerdict
from driftlock_core.series_watch import SeriesWatch


class NumberDetection:
    """
    Judges the metric events of one file.

    The first 5,000 events decide, as they do in the dashboard. A warm-up is a
    share of its series, so series are judged when the file has ended; until
    then their numbers wait, on disk where they are many, and nothing else of the events.

    Args:
        as_text: Judges the same events as text.
        warmup: Records that every series learns, instead of a share of it.
    """

    def __init__(self, as_text: StreamDetection, *, judging: Judging, warmup: int | None) -> None:
        self.name = as_text.name
        self._as_text = as_text
        self._judging = judging
        self._warmup = warmup
        self._waiting: list[Event] | None = []  # None once it is decided
        self._counts: SeriesCounts | None = None  # None: as text
        self._measurements: Measurements | None = None
        self._numbers = NumberSpool()
        self._events = 0
        self._why = ""
        self._plan: SeriesPlan | None = None
        self._shortage: str | None = None
        self._judged = self._flagged = self._incidents = 0

    @property
    def note(self) -> str | None:
        """A sentence on how the numbers were judged, and on other sizes where they were judged as text."""
        said = self._why
        if self._plan is not None and self._plan.note:
            said = f"{said}; {self._plan.note}"
        if self._counts is None and self._as_text.note:
            said = f"{said}; {self._as_text.note}"
        return said or None

    @property
    def shortage(self) -> str | None:
        """A sentence where nothing could be judged."""
        return self._as_text.shortage if self._counts is None else self._shortage

    @property
    def advice(self) -> str | None:
        """What :class:`StreamDetection` advises, where they are judged as text."""
        return self._as_text.advice if self._counts is None else None

    def take(self, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
        """The next events; gives records only where they are judged as text."""
        if self._waiting is None:
            yield from self._go_on(events)
            return
        self._waiting.extend(events)
        if len(self._waiting) >= HEAD_EVENTS:
            yield from self._decide(complete=False)

    def end(self) -> Iterator[dict[str, Any]]:
        """There are no more events."""
        if self._waiting:
            yield from self._decide(complete=True)
        if self._counts is None:
            yield from self._as_text.end()
            return
        made = plan(self._counts, self._why, warmup=self._warmup)
        if isinstance(made, str):
            self._shortage = f"{made} (--judge text judges them as text)"
            return
        self._plan = made
        yield from self._records(made)

    def summary(self) -> dict[str, Any]:
        """The counts so far, under the names of a stream of text; a chance is not stated for series."""
        if self._counts is None:
            return self._as_text.summary() | {"judged": "text"}
        made = self._plan
        return {
            "stream": self.name,
            "kind": self._as_text.kind,
            "judged": "series",
            "events": self._events,
            "windows": 0,
            "numbers": self._judged,
            "flagged": self._flagged,
            "incidents": self._incidents,
            "expected_by_chance": None,
            "status": "warming_up" if self._plan is None else "ready",
            "events_needed": 0,
            "sizes": None,
            "series": []
            if made is None
            else [
                {"name": name, "records": made.records[name], "warmup": warmup}
                for name, warmup in made.warmups.items()
            ],
        }

    def _decide(self, *, complete: bool) -> Iterator[dict[str, Any]]:
        assert self._waiting is not None
        events, self._waiting = self._waiting, None
        choice = choose(
            [event.payload for event in events[:HEAD_EVENTS]],
            complete=complete and self._warmup is None,
            judging=self._judging,
        )
        self._why = choice.why
        if choice.reading is not None:
            self._counts = SeriesCounts(choice.reading)
            self._measurements = Measurements(choice.reading)
        yield from self._go_on(events)

    def _go_on(self, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
        if self._counts is None:
            yield from self._as_text.take(events)
            return
        assert self._measurements is not None
        for event in events:
            self._events += 1
            found = self._measurements.of(event.payload)
            self._counts.count(found)
            for name, value in found:
                if name not in self._counts.records:
                    continue
                at_us = MISSING_US if event.at_us is None else event.at_us
                self._numbers.add(name, value, Origin(self._events, at_us))

    def _records(self, made: SeriesPlan) -> Iterator[dict[str, Any]]:
        """By incident, and within one most bits first."""
        found: list[tuple[SeriesVerdict, Place]] = []
        for name, warmup in made.warmups.items():
            watch = SeriesWatch(name, warmup)
            for values, at_us in self._numbers.pieces(name):
                times = [math.nan if at == MISSING_US else at / 1e6 for at in at_us]
                found += [(one, self._place(one)) for one in watch.update(values, times).anomalies]
            found += [(one, self._place(one)) for one in watch.close()]
            self._judged += watch.judged
        self._numbers.close()
        incidents = grouped([(place.first_seq, place.last_seq) for _, place in found], made.round)
        self._flagged, self._incidents = len(found), max(incidents, default=0)
        order = sorted(
            zip(incidents, found, strict=True),
            key=lambda one: (one[0], -one[1][0].bits, one[1][1].first_seq, one[1][0].series),
        )
        for incident, (verdict, place) in order:
            record = series_record(verdict, place, stream=self.name, kind=self._as_text.kind)
            yield record | {"incident": incident, "reading": made.reading.as_record()}

    def _place(self, verdict: SeriesVerdict) -> Place:
        first, last = (
            self._numbers.origin(verdict.series, record) for record in (verdict.record, verdict.last_record)
        )
        return Place(
            first_seq=first.seq,
            last_seq=last.seq,
            first_at_us=None if first.at_us == MISSING_US else first.at_us,
            last_at_us=None if last.at_us == MISSING_US else last.at_us,
        )
