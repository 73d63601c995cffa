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
from driftlock.cli.kind_option import kind_option
from driftlock.cli.output import Json, JsonLines, Output
from driftlock.cli.profile_options import Choice, choose, profile_options
from driftlock.cli.progress import shown_progress
from driftlock.cli.sources import STANDARD_INPUT, open_source, shown_name
from driftlock.cli.table import Table, head, kind_line
from driftlock.decode import FORMATS, decode
from driftlock.errors import ApplicationError
from driftlock.model import KINDS, DecodingReport, Event, Kind, Recognition
from driftlock.services.series_plan import JUDGINGS, Judging
from driftlock_core.errors import DriftlockError

FLAGGED: Final = 1


@click.command("detect")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@profile_options
@kind_option("Telemetry kind, which decides the sizes unless they are given; auto: the recognised one.")
@click.option("--format", type=click.Choice(FORMATS), help="File format instead of the recognised one.")
@click.option(
    "--judge",
    "judging",
    type=click.Choice(JUDGINGS),
    default="automatic",
    show_default=True,
    help="Metrics as series, each number by its own past, or as text; series takes any file for metrics.",
)
@click.option(
    "--warmup",
    type=click.IntRange(min=1),
    metavar="N",
    help="With series: learn the first N numbers of each.  [default: 15 %, 50 to 750]",
)
@click.option(
    "--skip",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Leave out the first N events of each stream; numbers count from the next.",
)
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
    judging: Judging,
    warmup: int | None,
    skip: int,
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
    if follow:
        if judging == "series" or warmup is not None:
            raise Failure(
                "A series is judged when its file has ended. Leave --follow out, or --judge series."
            )
        judging = "text"
    if judging == "series" and kind is None:
        kind = "metrics"
    run = DetectionRun(
        choice,
        baseline,
        format=format,
        kind=kind,
        judging=judging,
        warmup=warmup,
        skip=skip,
        output=_output(output, len(files)),
    )
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
        judging: Judging,
        warmup: int | None,
        skip: int,
        output: Output,
    ) -> None:
        self.output = output
        self._choice = choice
        self._baseline = baseline
        self._format = format
        self._kind: Kind | None = kind
        self._judging: Judging = judging
        self._warmup = warmup
        self._skip = skip
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
                        self._write(detection, detection.take(batch))
                        progress(decoding.bytes_read)
                self._write(detection, detection.end())
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
        with open_source(path) as source, Growing(source, wait) as growing:
            following = Following(
                growing.pieces(),
                name=name,
                format=self._format,
                kind=self._kind,
                lines=self._lines_to_see(),
            )
            detection = self._begin(name, following.recognition, propose=False)
            pending: list[Event] = []

            def judge() -> None:
                self._write(detection, detection.take(pending))
                pending.clear()

            for event in following.events(caught_up=judge):
                pending.append(event)
            judge()
            self._write(detection, detection.end())
            self._close(detection, following.report())

    def _begin(self, name: str, recognition: Recognition, *, propose: bool) -> FileDetection:
        packed = f", {recognition.compression}" if recognition.compression else ""
        detection = FileDetection(
            name,
            recognition,
            self._choice,
            propose=propose,
            baseline=self._baseline,
            judging=self._judging,
            warmup=self._warmup,
            skip=self._skip,
        )
        self.output.begin(
            name,
            head(f"{recognition.kind}, {recognition.format}{packed}", detection.profile),
            kind_line(recognition, detection.profile),
        )
        return detection

    def _lines_to_see(self) -> int:
        """Lines of a growing file that are waited for before it is decided what it is."""
        if self._baseline is not None:
            return self._choice.profile.window
        # Before the first verdict of the kind that needs fewest events nothing is lost by waiting.
        kinds = KINDS if self._kind is None else (self._kind,)
        return min(self._choice.profile_for(kind).events_needed for kind in kinds)

    def _write(self, detection: FileDetection, records: Iterable[dict[str, Any]]) -> None:
        for record in records:
            self._advise(detection)  # the baseline is complete before the first window is
            self._flagged += 1
            self.output.anomaly(record)
        self._advise(detection)

    def _advise(self, detection: FileDetection) -> None:
        for sentence in detection.advices():
            self.output.advice(sentence)

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
