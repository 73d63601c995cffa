"""``driftlock detect``: flagged windows of files and streams."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click

from driftlock.cli.failure import Failure, report
from driftlock.cli.file_detection import FileDetection
from driftlock.cli.following import Following
from driftlock.cli.given_baseline import read_baseline
from driftlock.cli.growing import Growing, Wait, end_of_input, wait_a_moment
from driftlock.cli.output import Json, JsonLines, Output
from driftlock.cli.profile_options import Choice, choose, profile_options
from driftlock.cli.progress import shown_progress
from driftlock.cli.sources import STANDARD_INPUT, open_source, shown_name
from driftlock.cli.table import Table, head
from driftlock.decode import FORMATS, decode
from driftlock.errors import ApplicationError
from driftlock.model import KINDS, DecodingReport, Event, Kind, Recognition
from driftlock_core.errors import DriftlockError

FLAGGED: Final = 1


@click.command("detect")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@profile_options
@click.option("--kind", type=click.Choice(KINDS), help="Telemetry kind instead of the recognised one.")
@click.option("--format", type=click.Choice(FORMATS), help="File format instead of the recognised one.")
@click.option("--follow", is_flag=True, help="Go on reading as the file grows; Ctrl+C stops.")
@click.option(
    "--output",
    type=click.Choice(["table", "jsonl", "json"]),
    default="table",
    show_default=True,
    help="A table to read, a line of JSON per flagged window, or one JSON object.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    kind: Kind | None,
    format: str | None,
    follow: bool,
    output: str,
    **options: Any,
) -> None:
    """
    Judge each window of FILE against the events before it and show the flagged ones.

    FILE may be gzip or zstd compressed; - is standard input. The exit code is
    0 if nothing was flagged, 1 if something was, 2 after an error.
    """
    if follow and len(files) > 1:
        raise Failure("--follow reads one file. Start one command for each.")
    choice, baseline = choose(**options), None
    if choice.baseline_file is not None:
        choice, baseline, note = read_baseline(choice.baseline_file, choice, format=format, kind=kind)
        report(note)
    run = DetectionRun(choice, baseline, format=format, kind=kind, output=_output(output, len(files)))
    if follow:
        run.follow(files[0], wait=ctx.obj)
    else:
        for path in files:
            run.read(path)
    run.output.close()
    ctx.exit(run.exit_code)


class DetectionRun:
    """One call of the command: files one after the other, and what they come to."""

    def __init__(
        self,
        choice: Choice,
        baseline: list[bytes] | None,
        *,
        format: str | None,
        kind: Kind | None,
        output: Output,
    ) -> None:
        self.output = output
        self._choice = choice
        self._baseline = baseline
        self._format = format
        self._kind: Kind | None = kind
        self._flagged = 0
        self._failed = False

    @property
    def exit_code(self) -> int:
        """An error outweighs what was flagged: the answer is not complete."""
        if self._failed:
            return Failure.exit_code
        return FLAGGED if self._flagged else 0

    def read(self, path: str) -> None:
        """Judge a file from its beginning to its end; an error is reported and the next file may come."""
        name = shown_name(path)
        try:
            with open_source(path) as source:
                decoding = decode(source, name=name, format=self._format, kind=self._kind)
                detection = self._begin(name, decoding.recognition, propose=True)
                with shown_progress(name, _size(path)) as progress:
                    for batch in decoding:
                        self._write(detection.take(batch))
                        progress(decoding.bytes_read)
                self._write(detection.end())
                if too_short := detection.too_short:
                    raise Failure(too_short)
                self._close(detection, decoding.report())
        except BrokenPipeError:
            raise
        except OSError as error:
            self._fail(name, Failure.of_file(error).message)
        except (ApplicationError, DriftlockError, Failure) as error:
            self._fail(name, str(error))

    def follow(self, path: str, *, wait: Wait | None = None) -> None:
        """Judge a source as it grows, until it is stopped."""
        name = shown_name(path)
        if wait is None:
            wait = end_of_input if path == STANDARD_INPUT else wait_a_moment
        profile = self._choice.profile
        with open_source(path) as source, Growing(source, wait) as growing:
            following = Following(
                growing.pieces(),
                name=name,
                format=self._format,
                kind=self._kind,
                lines=profile.events_needed if self._baseline is None else profile.window,
            )
            detection = self._begin(name, following.recognition, propose=False)
            pending: list[Event] = []

            def judge() -> None:
                self._write(detection.take(pending))
                pending.clear()

            for event in following.events(caught_up=judge):
                pending.append(event)
            judge()
            self._write(detection.end())
            self._close(detection, following.report())

    def _begin(self, name: str, recognition: Recognition, *, propose: bool) -> FileDetection:
        packed = f", {recognition.compression}" if recognition.compression else ""
        self.output.begin(
            name, head(f"{recognition.kind}, {recognition.format}{packed}", self._choice.profile)
        )
        return FileDetection(name, recognition, self._choice, propose=propose, baseline=self._baseline)

    def _write(self, records: Iterable[dict[str, Any]]) -> None:
        for record in records:
            self._flagged += 1
            self.output.anomaly(record)

    def _close(self, detection: FileDetection, decoded: DecodingReport) -> None:
        for note in detection.notes:
            report(note)
        self.output.end(detection.summary(decoded))

    def _fail(self, name: str, message: str) -> None:
        self._failed = True
        report(message)
        self.output.failed(name, message)


def _output(name: str, files: int) -> Output:
    if name == "table":
        return Table()
    return JsonLines() if name == "jsonl" else Json(files)


def _size(path: str) -> int | None:
    return None if path == STANDARD_INPUT else Path(path).stat().st_size
