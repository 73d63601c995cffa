"""One file through the detector: a stream for each telemetry kind in it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from driftlock.cli.profile_options import Choice
from driftlock.cli.stream_detection import StreamDetection
from driftlock.model import DecodingReport, Event, Kind, Recognition
from driftlock_core.compressors import compressor_named

SKIPS_SHOWN: Final = 5
_SUMMED: Final = ("events", "windows", "flagged", "incidents", "expected_by_chance")


class FileDetection:
    """
    Judges the events of one file, kind by kind.

    Args:
        name: What the file is called in records; a kind other than the file's is added to it.
        propose: Whether streams too short for the profile's sizes may get smaller ones.
        baseline: Raw events of a fixed baseline.
    """

    def __init__(
        self,
        name: str,
        recognition: Recognition,
        choice: Choice,
        *,
        propose: bool,
        baseline: Sequence[bytes] | None = None,
    ) -> None:
        self.name = name
        self._recognition = recognition
        self._profile = choice.profile
        self._sizes_given = choice.sizes_given
        self._propose = propose and not choice.sizes_given
        self._baseline = baseline
        self._streams: dict[Kind, StreamDetection] = {}
        self._main = self._stream(recognition.kind)

    def take(self, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
        """The next events; gives the records of the flagged windows they complete."""
        by_kind: dict[Kind, list[Event]] = {}
        for event in events:
            by_kind.setdefault(event.kind, []).append(event)
        for kind, group in by_kind.items():
            yield from self._stream(kind).take(group)

    def end(self) -> Iterator[dict[str, Any]]:
        """There are no more events."""
        for stream in self._streams.values():
            yield from stream.end()

    @property
    def notes(self) -> list[str]:
        """A sentence for each stream that was judged with other sizes than asked for, or not at all."""
        return [
            f"{stream.name}: {sentence}."
            for stream in self._streams.values()
            for sentence in (stream.note, stream.shortage)
            if sentence
        ]

    @property
    def too_short(self) -> str | None:
        """Why no stream could be judged, and what to do; None if one was."""
        shortages = [stream.shortage for stream in self._streams.values()]
        if not all(shortages):
            return None
        step = "a smaller --window" if self._sizes_given else "more events"
        return f"“{self.name}” is too short: {shortages[0]}. Run again with {step}."

    def summary(self, report: DecodingReport) -> dict[str, Any]:
        """The counts of all streams, plain values ready for JSON."""
        streams = [stream.summary() for stream in self._streams.values()]
        main = self._main.summary()
        return {
            "name": self.name,
            **{count: sum(s[count] for s in streams) for count in _SUMMED},
            "status": main["status"],
            "profile": self._profile.name,
            "threshold": self._profile.threshold,
            "alpha": self._profile.alpha,
            "p_mode": self._profile.p_mode,
            "seed": self._profile.seed,
            "compressor": self._profile.compressor,
            "compressor_version": compressor_named(self._profile.compressor).version,
            "sizes": main["sizes"],
            "format": self._recognition.format,
            "kind": self._recognition.kind,
            "compression": self._recognition.compression,
            "lines": report.lines,
            "skipped": report.skipped,
            "skipped_lines": [
                {"line": skip.line, "reason": skip.reason} for skip in report.skipped_lines[:SKIPS_SHOWN]
            ],
            "notes": self.notes,
            "streams": streams,
        }

    def _stream(self, kind: Kind) -> StreamDetection:
        if kind not in self._streams:
            name = self.name if kind == self._recognition.kind else f"{self.name} ({kind})"
            self._streams[kind] = StreamDetection(
                name, kind, self._profile, propose=self._propose, baseline=self._baseline
            )
        return self._streams[kind]
