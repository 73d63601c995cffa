"""Recorded verdicts computed again from the file they were found in, in one pass over it."""

from collections.abc import Sequence
from itertools import islice

from driftlock.cli.failure import Failure
from driftlock.cli.record_file import Recorded
from driftlock.cli.sources import open_source, shown_name
from driftlock.decode import decode
from driftlock.model import Kind
from driftlock_core.measure import needed
from driftlock_core.recompute import Recomputation, recompute


class Recomputing:
    """
    Recomputes verdicts of one stream while its events pass by.

    Only the events that verdicts still to come ask for are held.
    """

    def __init__(
        self, recorded: Sequence[Recorded], baseline: Sequence[bytes] | None, *, skip: int = 0
    ) -> None:
        self.results: dict[int, Recomputation] = {}  # by window
        self._waiting = sorted(recorded, key=lambda one: one.verdict.last_seq)
        self._baseline = baseline
        self._events: dict[int, bytes] = {}
        self._seq = -skip

    @property
    def waiting(self) -> Sequence[Recorded]:
        """Whose last event has not come by."""
        return self._waiting

    @property
    def events(self) -> int:
        """How many came by behind those left out."""
        return max(0, self._seq)

    def take(self, payload: bytes) -> None:
        """The next event."""
        self._seq += 1
        if not self._waiting or self._seq < 1:
            return
        self._events[self._seq] = payload
        if self._seq < self._waiting[0].verdict.last_seq:
            self._forget()
            return
        verdict = self._waiting.pop(0).verdict
        self.results[verdict.window] = recompute(verdict, self._events, baseline=self._baseline)
        self._forget()

    def _forget(self) -> None:
        """Drop from the front what nobody asks for; verdicts in order ask for later and later events."""
        oldest = needed(self._waiting[0].verdict)[0][0] if self._waiting else self._seq + 1
        for seq in list(self._events):
            if seq >= oldest:
                break
            del self._events[seq]


def recompute_from(
    path: str,
    recorded: Sequence[Recorded],
    *,
    baseline_path: str | None,
    skip: int = 0,
    format: str | None,
    kind: Kind | None,
) -> dict[tuple[str, int], Recomputation]:
    """
    Recompute all of *recorded*, records of the streams of the file at *path*.

    Args:
        skip: Events that were left out at the beginning of each stream.

    Returns:
        By stream name and window.

    Raises:
        Failure: The file is too short for a record, or the baseline's file was not named.
        MalformedPayload: The file cannot be read.
    """
    name = shown_name(path)
    streams: dict[str, list[Recorded]] = {}
    for one in recorded:
        streams.setdefault(one.stream, []).append(one)
    work = {
        stream: Recomputing(group, _baseline(group, baseline_path, format=format, kind=kind), skip=skip)
        for stream, group in streams.items()
    }
    with open_source(path) as source:
        decoding = decode(source, name=name, format=format, kind=kind)
        # A file with several kinds made a stream of each; seqs count within the kind.
        several = decoding.recognition.format == "otlp_json" and kind is None
        by_kind = {group[0].record.get("kind"): work[stream] for stream, group in streams.items()}
        for event in decoding.events():
            if several and event.kind in by_kind:
                by_kind[event.kind].take(event.payload)
            elif not several:
                for one_stream in work.values():
                    one_stream.take(event.payload)
    for stream, done in work.items():
        if done.waiting:
            raise Failure(
                f"“{name}” has {done.events} events of {stream}, but window {done.waiting[0].verdict.window} "
                f"ends at event {done.waiting[0].verdict.last_seq}. Name the file the records were made from."
            )
    return {
        (stream, window): result for stream, done in work.items() for window, result in done.results.items()
    }


def _baseline(
    group: Sequence[Recorded], path: str | None, *, format: str | None, kind: Kind | None
) -> list[bytes] | None:
    """The events of a given baseline, None where the stream was its own."""
    verdict = group[0].verdict
    if not verdict.evidence.baseline_given:
        return None
    if path is None:
        raise Failure("The records were made with a baseline file. Name it with --baseline.")
    with open_source(path) as source:
        decoding = decode(source, name=shown_name(path), format=format, kind=kind)
        return [event.payload for event in islice(decoding.events(), verdict.configuration["baseline"])]
