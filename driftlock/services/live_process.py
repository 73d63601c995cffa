"""The process that plays a scenario, and the threads that watch it."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

from driftlock.errors import ApplicationError, StoreUnavailable
from driftlock.model import Receipt, Run
from driftlock.ports import Clock
from driftlock.services.advance_series import advance_series
from driftlock.services.lease import StreamBusy
from driftlock.services.pending import PendingStore
from driftlock.services.series_plan import is_series
from driftlock.settings import surroundings

HEARTBEAT_S: Final = 1.0
# A generator that was told to stop ends at its next batch; one that waits for a server is ended.
PATIENCE_S: Final = 2.0
# For the last events to be judged, before the run is closed.
JUDGING_S: Final = 30.0
BLOCK_BYTES: Final = 256 * 1024
TRIES: Final = 30
_SAID: Final = 300  # characters of what a generator says when it fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """What is played, and where it goes."""

    scenario: str
    signal: str
    seed: int
    rate: float
    anomaly_rate: float
    duration_s: int
    tenant: str
    stream_id: str
    starts_at: datetime
    address: str | None  # of a server; None: standard output
    key: str = field(repr=False)

    def begin(self, complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
        """The process, in a group of its own, so that Ctrl+C reaches us and not it."""
        options = {
            "signal": self.signal,
            "seed": self.seed,
            "rate": self.rate,
            "anomaly-rate": self.anomaly_rate,
            "duration": f"{self.duration_s}s",
            "tenant": self.tenant,
            "stream": self.stream_id,
            "start": self.starts_at.isoformat(),
            "to": self.address or "-",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "data_generator", self.scenario, "--live", "--control"]
            + [f"--{name}={value}" for name, value in options.items()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if self.address else subprocess.PIPE,
            stderr=complaints,
            bufsize=0,
            # Arguments can be read by every user of the machine, so the key is none of them.
            env=surroundings(**({"API_KEY": self.key} if self.key else {})),
            start_new_session=True,
        )


class Playing:
    """One generator at work. Its commands return at once; a thread does the waiting."""

    def __init__(
        self,
        store: PendingStore,
        clock: Clock,
        run: Run,
        worker: str,
        generator: Generator,
        take: Callable[[str, str, bytes, str], Receipt],
    ) -> None:
        self.run = run
        self.paused = False
        self.ended = False  # nothing more will be sent
        self.error: str | None = None
        self._store = store
        self._clock = clock
        self._worker = worker
        self._generator = generator
        self._take = take
        self._stopping: float | None = None  # since when
        self._patience = JUDGING_S
        # A file and not a pipe, so that nobody has to read along.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None
        self._telling = threading.RLock()
        self._early: list[bytes] = []  # commands from before there was a process
        self._thread = threading.Thread(target=self._watch, name=f"live-{run.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def pause(self) -> None:
        """Hold the generator's time."""
        self.paused = self._tell(b"pause") or self.paused

    def resume(self) -> None:
        """Let it go on."""
        self.paused = not self._tell(b"resume") and self.paused

    def step(self) -> None:
        """One batch, if it is paused."""
        self._tell(b"step")

    def stop(self, *, at_once: bool = False) -> None:
        """End it; *at_once* without waiting for the last verdicts."""
        if at_once:
            self._patience = 0.0
        if self._stopping is None:
            self._stopping = time.monotonic()
            self._tell(b"stop")

    def join(self) -> None:
        """Wait until it has ended, a few seconds at most."""
        self._thread.join(2 * (PATIENCE_S + HEARTBEAT_S))

    def _tell(self, command: bytes) -> bool:
        with self._telling:
            if self.ended:
                return False
            if self._process is None:
                self._early.append(command)
                return True
            try:
                assert self._process.stdin is not None
                self._process.stdin.write(command + b"\n")
            except OSError:  # it has just ended
                return False
            return True

    def _watch(self) -> None:
        try:
            self._play()
        except Exception as error:  # of the store, or of starting a process
            self.error = self.error or f"It could not be played ({type(error).__name__})."
        finally:
            with self._telling:
                self.ended = True
                self.paused = False
                if self._process is not None and self._process.stdin is not None:
                    self._process.stdin.close()
            self._complaints.close()
        self._close_run()

    def _play(self) -> None:
        process = self._generator.begin(self._complaints)
        with self._telling:
            self._process = process
            for command in self._early:
                self._tell(command)
        reader = None
        if process.stdout is not None:
            reader = threading.Thread(target=self._receive, args=(process.stdout,), daemon=True)
            reader.start()
        while True:
            try:
                process.wait(HEARTBEAT_S if self._stopping is None else HEARTBEAT_S / 10)
                break
            except subprocess.TimeoutExpired:
                if not self._report("sending"):
                    self.stop()
                if self._stopping is not None and time.monotonic() - self._stopping > PATIENCE_S:
                    process.kill()
        if reader is not None:
            reader.join(PATIENCE_S)
        if process.returncode and self._stopping is None:
            self._complaints.seek(0)
            said = self._complaints.read().decode(errors="replace").strip().splitlines()
            self.error = self.error or f"The generator failed: {said[-1][:_SAID] if said else 'no reason'}"

    def _receive(self, source: IO[Any]) -> None:
        """What the generator writes, through the same door as every other event."""
        rest, number = b"", 0
        with source:
            while piece := source.read(BLOCK_BYTES):
                end = piece.rfind(b"\n") + 1
                if not end:
                    rest += piece
                    continue
                lines, rest = rest + piece[:end], piece[end:]
                try:
                    self._store_lines(lines, f"{self.run.id}-{number}")
                except ApplicationError as error:
                    self.error = str(error)
                    self.stop()
                    return
                number += 1

    def _store_lines(self, lines: bytes, delivery: str) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._take(self.run.tenant, self._generator.stream_id, lines, delivery)
                return
            except StoreUnavailable as busy:
                if attempt == TRIES or self._stopping is not None:
                    raise
                time.sleep(busy.retry_after_s)

    def _end_series(self, until: float) -> None:
        """Nothing more will come, so the anomalies of its numbers that go on have ended."""
        of = self.run.tenant, self._generator.stream_id
        stream = self._store.streams.get(*of)
        while stream is not None and is_series(stream.configuration):
            try:
                advance_series(self._store, self._clock, *of)
                return
            except StreamBusy:  # its last turn is not over
                if time.monotonic() >= until:
                    return
                time.sleep(HEARTBEAT_S / 10)

    def _report(self, step: str) -> bool:
        """Say in the run how far it is; False if it was called off or deleted."""
        run = self.run
        stream = self._store.streams.get(run.tenant, self._generator.stream_id)
        events = stream.events if stream else 0
        waiting = self._store.pending.waiting(run.tenant, self._generator.stream_id)
        answer = self._store.runs.report_progress(
            run,
            self._worker,
            now=self._clock.now(),
            step=step,
            bytes_read=0,
            events_received=events,
            events_analyzed=events - waiting,
        )
        return answer == "go on"

    def _close_run(self) -> None:
        """The run ends when what was sent is judged."""
        until = time.monotonic() + self._patience
        of = self.run.tenant, self._generator.stream_id
        try:
            while self._store.pending.waiting(*of) and time.monotonic() < until:
                self._report("judging")
                time.sleep(min(HEARTBEAT_S, max(0.0, until - time.monotonic())))
                until = min(until, time.monotonic() + self._patience)
            if not self._store.pending.waiting(*of):
                self._end_series(until)
            self._report("done")
            self._store.runs.finish(
                self.run,
                self._worker,
                "failed" if self.error else "done",
                now=self._clock.now(),
                step="failed" if self.error else "done",
                error=self.error,
            )
        except Exception:  # the store is closed already: a later worker finds the run and closes it
            return
