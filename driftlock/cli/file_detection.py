"""One file through the detector: a stream for each telemetry kind in it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from driftlock.cli.number_detection import NumberDetection
from driftlock.cli.profile_options import Choice
from driftlock.cli.stream_detection import StreamDetection
from driftlock.model import DecodingReport, Event, Kind, Recognition
from driftlock.services.series_plan import Judging
from driftlock_core.compressors import compressor_named

SKIPS_SHOWN: Final = 5
_SUMMED: Final = ("events", "windows", "flagged", "incidents")


class FileDetection:
    """
    Judges the events of one file, kind by kind.

    Args:
        name: What the file is called in records; a kind other than the file's is added to it.
        propose: Whether streams too short for the profile's sizes may get smaller ones.
        baseline: Raw events of a fixed baseline.
        judging: What numbers are judged as; with a fixed baseline always as text.
        warmup: Records that every series learns, instead of a share of it.
        skip: Events to leave out at the beginning of each stream; their numbers count from the next one.
    """

    def __init__(
        self,
        name: str,
        recognition: Recognition,
        choice: Choice,
        *,
        propose: bool,
        baseline: Sequence[bytes] | None = None,
        judging: Judging = "automatic",
        warmup: int | None = None,
        skip: int = 0,
    ) -> None:
        self.name = name
        self._recognition = recognition
        self._choice = choice
        # A given baseline has been read for the choice's sizes.
        self.profile = choice.profile_for(recognition.kind) if baseline is None else choice.profile
        self._propose = propose and not choice.sizes_given
        self._baseline = baseline
        self._judging: Judging = judging if baseline is None else "text"
        self._warmup = warmup
        self._skip = skip
        self._to_skip: dict[Kind, int] = {}
        self._advised: set[str] = set()
        self._streams: dict[Kind, StreamDetection | NumberDetection] = {}
        self._main = self._stream(recognition.kind)

    def take(self, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
        """The next events; gives the records of the flagged windows they complete."""
        by_kind: dict[Kind, list[Event]] = {}
        for event in events:
            by_kind.setdefault(event.kind, []).append(event)
        for kind, group in by_kind.items():
            stream = self._stream(kind)
            left_out = min(self._to_skip[kind], len(group))
            self._to_skip[kind] -= left_out
            yield from stream.take(group[left_out:])

    def end(self) -> Iterator[dict[str, Any]]:
        """There are no more events."""
        for stream in self._streams.values():
            yield from stream.end()

    def advices(self) -> list[str]:
        """What the first baselines hold that is unlike the rest of them; each sentence once."""
        found = {stream.name: stream.advice for stream in self._streams.values()}
        said = [
            f"{name}: {advice}"
            for name, advice in found.items()
            if advice is not None and name not in self._advised
        ]
        self._advised.update(name for name, advice in found.items() if advice is not None)
        return said

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
        if self._skip and not any(stream.summary()["events"] for stream in self._streams.values()):
            return f"“{self.name}” holds no more than the {self._skip} events to skip. Give a smaller --skip."
        shortages = [stream.shortage for stream in self._streams.values()]
        if not all(shortages):
            return None
        step = "a smaller --window" if self._choice.sizes_given else "more events"
        return f"“{self.name}” is too short: {shortages[0]}. Run again with {step}."

    def summary(self, report: DecodingReport) -> dict[str, Any]:
        """The counts of all streams, plain values ready for JSON."""
        streams = [stream.summary() for stream in self._streams.values()]
        chances = [stream["expected_by_chance"] for stream in streams]
        main, seen = self._main.summary(), self._recognition.kind_seen
        return {
            "name": self.name,
            **{count: sum(s[count] for s in streams) for count in _SUMMED},
            "expected_by_chance": None if None in chances else sum(chances),
            "numbers": sum(stream.get("numbers", 0) for stream in streams),
            "judged": main.get("judged", "text"),
            "status": main["status"],
            "stationary": all(stream.get("stationary", True) for stream in streams),
            "drift": [f"{stream['stream']}: {stream['drift']}" for stream in streams if stream.get("drift")],
            "profile": self.profile.name,
            "threshold": self.profile.threshold,
            "alpha": self.profile.alpha,
            "p_mode": self.profile.p_mode,
            "seed": self.profile.seed,
            "compressor": self.profile.compressor,
            "compressor_version": compressor_named(self.profile.compressor).version,
            "sizes": main["sizes"],
            "format": self._recognition.format,
            "kind": self._recognition.kind,
            "kind_evidence": self._recognition.kind_evidence,
            "kind_seen": None if seen is None else {"counts": seen.counts, "fields": list(seen.fields)},
            "compression": self._recognition.compression,
            "lines": report.lines,
            "skipped": report.skipped,
            "skipped_lines": [
                {"line": skip.line, "reason": skip.reason} for skip in report.skipped_lines[:SKIPS_SHOWN]
            ],
            "notes": self.notes,
            "streams": streams,
        }

    def _stream(self, kind: Kind) -> StreamDetection | NumberDetection:
        if kind not in self._streams:
            self._to_skip[kind] = self._skip
            name = self.name if kind == self._recognition.kind else f"{self.name} ({kind})"
            profile = self._choice.profile_for(kind) if self._baseline is None else self.profile
            as_text = StreamDetection(
                name,
                kind,
                profile,
                propose=self._propose,
                baseline=self._baseline,
                left_out=self._skip,
            )
            self._streams[kind] = (
                NumberDetection(as_text, judging=self._judging, warmup=self._warmup)
                if kind == "metrics" and self._judging != "text"
                else as_text
            )
        return self._streams[kind]
