"""One run at work: its source decoded, received, and judged, with counted progress."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import BinaryIO

from driftlock.decode import Decoding, decode
from driftlock.decode.ceiling import may_exceed
from driftlock.errors import ApplicationError
from driftlock.model import Event, Kind, Run, RunState, Stream
from driftlock.ports import Clock, Spool
from driftlock.services.advance import advance
from driftlock.services.advance_series import advance_series
from driftlock.services.fitting import asked_for, fit_streams
from driftlock.services.lease import StreamBusy
from driftlock.services.receive import receive
from driftlock.services.runs import too_many
from driftlock.services.series_plan import is_series
from driftlock.services.series_store import SeriesStore
from driftlock.services.streams import blank_stream, id_in_run
from driftlock.services.working import STALE, go_on, see_through
from driftlock.settings import MAX_EVENTS, MAX_UNPACKED_BYTES

logger = logging.getLogger(__name__)


def work_on_next(store: SeriesStore, spool: Spool, clock: Clock, worker: str) -> bool:
    """
    Take the oldest run that waits, or was left behind, and see it through; False if there is none.

    However the run ends, this returns: the outcome stands in the run.
    """
    now = clock.now()
    run = store.runs.claim(worker, now=now, stale=now - STALE)
    if run is None:
        return False
    see_through(_Analysis(store, spool, clock, run, worker), logger)
    return True


class _Analysis:
    """The steps of one run. Each progress report may end it with Cancelled or Gone."""

    def __init__(self, store: SeriesStore, spool: Spool, clock: Clock, run: Run, worker: str) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._run = run
        self._worker = worker
        self._step = "reading"
        self._bytes_read = 0
        self._received = 0
        self._analyzed: dict[str, int] = defaultdict(int)
        self._streams: dict[Kind, Stream] = {
            stream.kind: stream for stream in store.streams.of_run(run.tenant, run.id)
        }

    @property
    def name(self) -> str:
        """For the log."""
        return f"run {self._run.id}"

    def work(self) -> None:
        """From the source to the last verdict."""
        if self._run.source == "live":  # whoever played it is gone
            self._end_series()
            raise ApplicationError(
                "The program ended while this was sent. What came in until then is judged and kept."
            )
        source = self._spool.open(self._run.id)
        if source is None:
            raise ApplicationError(
                "The source of this run is no longer here: the program was restarted in between. "
                "Start the analysis again with the same file."
            )
        with source:
            self._count(source)
            self._read(source)
        fitted = fit_streams(self._store, self._run, self._streams, self._report)
        self._step = "analyzing"
        self._report()
        for stream in self._streams.values():
            judge = advance_series if stream.id in fitted.as_series else advance
            # What a worker before this one has judged counts, too.
            self._judged(stream.id, self._store.detections.cursor(stream.tenant, stream.id))
            judge(
                self._store,
                self._clock,
                stream.tenant,
                stream.id,
                on_slab=partial(self._judged, stream.id),
            )
        if len(fitted.shortages) == len(self._streams):
            raise ApplicationError(f"There are too few events for a verdict: {'; '.join(fitted.shortages)}.")
        self._finish("done")

    def _end_series(self) -> None:
        for stream in self._streams.values():
            if is_series(stream.configuration):
                with suppress(StreamBusy):
                    advance_series(self._store, self._clock, stream.tenant, stream.id)

    def finish_cancelled(self) -> None:
        """Close the run at the reader's wish; what was judged until then stays."""
        self._finish("cancelled")

    def finish_failed(self, error: str) -> None:
        """Close the run with a sentence that says why."""
        self._finish("failed", error)

    def _finish(self, state: RunState, error: str | None = None) -> None:
        if self._store.runs.finish(
            self._run, self._worker, state, now=self._clock.now(), step=state, error=error
        ):
            self._spool.remove(self._run.id)

    def _count(self, source: BinaryIO) -> None:
        """
        Refuse a source of too many events before the first one is stored.

        Storing millions of events to remove them again would fill the disk
        first. Decoding twice costs, so it is done only where it can matter.
        """
        most = self._run.options.get("max_events", MAX_EVENTS)
        decoding = self._decode(source)
        source.seek(0)
        if may_exceed(
            source, most, format=decoding.recognition.format, name=self._run.name, limit=self._most_unpacked
        ):
            source.seek(0)
            decoding = self._decode(source)
            self._step = "counting"
            count = 0
            for batch in decoding:
                count += len(batch)
                if count > most:
                    raise too_many(self._run.name, most)
                self._report()
            self._step = "reading"
        source.seek(0)

    @property
    def _most_unpacked(self) -> int:
        """Bytes."""
        return int(self._run.options.get("max_unpacked_bytes", MAX_UNPACKED_BYTES))

    def _decode(self, source: BinaryIO) -> Decoding:
        run = self._run
        return decode(
            source,
            name=run.name,
            format=run.options.get("format"),
            kind=run.options.get("kind"),
            digest=bytes.fromhex(run.sha256 or ""),
            limit=self._most_unpacked,
        )

    def _read(self, source: BinaryIO) -> None:
        run = self._run
        decoding = self._decode(source)
        for batch in decoding:
            for kind, events in _by_kind(batch).items():
                stream = self._streams.get(kind) or self._add_stream(kind, decoding.recognition.kind)
                receive(self._store, self._clock, run.tenant, stream.id, events)
            self._bytes_read = decoding.bytes_read
            self._received += len(batch)
            self._report()
        self._store.runs.describe(run, report=decoding.report())

    def _add_stream(self, kind: Kind, main_kind: Kind) -> Stream:
        run = self._run
        stream = blank_stream(
            run.tenant,
            name=run.name if kind == main_kind else f"{run.name} ({kind})",
            kind=kind,
            profile=asked_for(run, kind),
            created_at=self._clock.now(),
            run_id=run.id,
            expires_at=self._store.runs.expires_at(run.tenant, run.id),
            stream_id=id_in_run(run.id, kind),
        )
        self._store.streams.add(stream)
        self._streams[kind] = stream
        return stream

    def _judged(self, stream_id: str, seq: int) -> None:
        self._analyzed[stream_id] = seq
        self._report()

    def _report(self) -> None:
        go_on(
            self._store.runs.report_progress(
                self._run,
                self._worker,
                now=self._clock.now(),
                step=self._step,
                bytes_read=self._bytes_read,
                events_received=self._received,
                events_analyzed=sum(self._analyzed.values()),
            )
        )


def _by_kind(batch: Sequence[Event]) -> dict[Kind, list[Event]]:
    kinds: dict[Kind, list[Event]] = {}
    for event in batch:
        kinds.setdefault(event.kind, []).append(event)
    return kinds
