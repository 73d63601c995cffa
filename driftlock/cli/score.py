"""``driftlock score``: one score and p-value per unit of a file, against a baseline file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

import click
from click.exceptions import Exit

from driftlock.cli.baseline_sample import MOST_BYTES, MOST_UNITS, sampled
from driftlock.cli.failure import Failure, report
from driftlock.cli.given_file import GivenFile, given_file
from driftlock.cli.kind_option import kind_option
from driftlock.cli.profile_options import CUSTOM
from driftlock.cli.progress import shown_progress
from driftlock.cli.score_kind import Survey, surveyed, taken
from driftlock.cli.scored_units import ScoredUnits
from driftlock.cli.series import series_lines
from driftlock.cli.sources import STANDARD_INPUT, shown_name
from driftlock.cli.stopping import Stopping
from driftlock.cli.units import UNITS, By, Unit, no_group, read_lines, unit_count, units_of
from driftlock.cli.whole_lines import written
from driftlock.model import Kind
from driftlock_core.errors import TooFewEvents
from driftlock_core.profiles import BALANCED, PROFILES, Profile
from driftlock_core.scoring import Scorer

DEFAULT_ALPHA: Final = 0.05


@click.command("score")
@click.option("--baseline", metavar="FILE", help="Ordinary events, a JSON object a line.")
@click.option(
    "--input", "input_path", required=True, metavar="FILE", help="Events to score, in the same form."
)
@click.option(
    "--unit", type=click.Choice(UNITS), help="What gets a score of its own.  [default: as suits the kind]"
)
@click.option(
    "--window",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Lines in a window, for --unit window.",
)
@click.option(
    "--hop",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Lines from one window to the next.",
)
@click.option("--output", required=True, metavar="FILE", help="Where the scores go; - is standard output.")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=DEFAULT_ALPHA,
    show_default=True,
    metavar="X",
    help="Largest p-value to flag.",
)
@kind_option(
    "Telemetry kind of the baseline, which decides unit and reading; metrics with --warmup: a series."
)
@click.option(
    "--warmup",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --kind metrics: a numeric series, judged record by record after its first N.",
)
@click.option(
    "--profile",
    type=click.Choice([*PROFILES, CUSTOM]),
    default=BALANCED.name,
    show_default=True,
    help="Whose compressor and masks are used; its limits are for detect.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Goes into the profile; scoring itself draws nothing at random.",
)
def command(
    baseline: str | None,
    input_path: str,
    unit: By | None,
    window: int,
    hop: int,
    output: str,
    alpha: float,
    kind: Kind | None,
    warmup: int | None,
    profile: str,
    seed: int,
) -> None:
    """
    Score the units of one file against the units of a baseline file.

    Both files hold a JSON object a line, {"body": text or object, "group": …}, and may be gzip or
    zstd compressed; other keys are ignored. Each unit gets one line: unit, group, score (higher is
    more anomalous), p_value and flagged. The exit code is 0, or 2 after an error.

    With --kind metrics and --warmup, and without --baseline, the input is a series instead: time and
    value a line, as CSV or as {"ts", "value"}. Each record is judged by the records before it.
    """
    if output != STANDARD_INPUT and any(
        path and Path(path).resolve() == Path(output).resolve() for path in (baseline, input_path)
    ):
        raise Failure(
            f"--output “{shown_name(output)}” is one of the inputs and would be overwritten. Name another file."
        )
    if warmup is not None:
        if kind != "metrics" or baseline is not None:
            raise Failure("--warmup is for a series: give it with --kind metrics and without --baseline.")
        size = None if input_path == STANDARD_INPUT else Path(input_path).stat().st_size
        name, shown = shown_name(input_path), output == STANDARD_INPUT
        with shown_progress(name, size, output_is_shown=shown) as progress:
            _write(series_lines(input_path, warmup, progress=progress), output)
        return
    if baseline is None:
        raise Failure("Give --baseline, or --kind metrics and --warmup if the input is a numeric series.")
    if baseline == input_path == STANDARD_INPUT:
        raise Failure("Only one of --baseline and --input can be standard input.")
    base = replace(PROFILES.get(profile, BALANCED), seed=seed)
    with given_file(baseline) as known, given_file(input_path) as asked:
        _score(known, asked, output, Wanted(kind, unit, window, hop, alpha, base))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say of units and scores."""

    kind: Kind | None
    unit: By | None
    window: int  # lines
    hop: int  # lines
    alpha: float
    profile: Profile


def _score(known: GivenFile, asked: GivenFile, output: str, wanted: Wanted) -> None:
    """
    Look both files through, learn the one, score the other.

    The files are read twice, so that a line that cannot be read is told before
    earlier scores are overwritten.
    """
    seen = _surveyed(known), _surveyed(asked)
    how = taken(*seen, kind=wanted.kind, unit=wanted.unit)
    if how.by == "group":
        for file, survey in zip((known, asked), seen, strict=True):
            if survey.first_without_group is not None:
                raise no_group(file.name, survey.first_without_group)
    units_in = partial(_units, by=how.by, window=wanted.window, hop=wanted.hop)
    with units_in(known) as units:
        sample = sampled(units, most_units=MOST_UNITS, most_bytes=MOST_BYTES[how.by])
    if not seen[1].events:
        raise Failure(f"“{asked.name}” holds no events. Choose a file with at least one line.")
    try:
        scorer = Scorer(
            [unit.events for unit in sample.units],
            profile=wanted.profile,
            overlapping=how.by == "window" and wanted.hop < wanted.window,
            shape=how.profile.shape,
        )
    except TooFewEvents as error:
        raise Failure(
            f"The baseline “{known.name}” holds {error.have} units by {how.by}; at least "
            f"{error.needed} are needed for a p-value. Choose a longer file."
        ) from error
    report(f"scored by {how.by} as {how.kind}: {how.evidence}")
    if sample.capped:
        report(
            f"of the {sample.of} baseline units {len(sample.units)} are used, those whose 0-based numbers have the "
            f"smallest SHA-256: more than {MOST_UNITS} units or {MOST_BYTES[how.by] // 1024**2} MiB are not held."
        )
    scored = ScoredUnits(scorer, alpha=wanted.alpha)
    with units_in(asked) as units:
        count = unit_count(how.by, seen[1].events, window=wanted.window, hop=wanted.hop)
        if count is None:
            _write(scored.lines(units), output, done=lambda: scored.events, of=seen[1].events)
        else:
            _write(scored.lines(units), output, done=lambda: scored.units, of=count)
    if scored.another_regime:
        report(
            f"{scored.unlike / scored.units:.0%} of the {scored.units} units have p ≤ 0.10 where about 10% "
            "should: as a whole they are unlike the baseline. The order of the scores still tells them apart, "
            "p-values and flags do not. Choose a baseline from nearer in time."
        )


def _surveyed(file: GivenFile) -> Survey:
    with file.opened() as source, shown_progress(file.name, file.size, output_is_shown=False) as progress:
        return surveyed(read_lines(source, file.name, progress=progress))


@contextmanager
def _units(file: GivenFile, *, by: By, window: int, hop: int) -> Iterator[Iterator[Unit]]:
    with file.opened() as source:
        yield units_of(read_lines(source, file.name), by, file.name, window=window, hop=hop)


def _write(
    pieces: Iterator[bytes], output: str, *, done: Callable[[], int] = int, of: int | None = None
) -> None:
    """
    Whole lines, as they come; a request to stop ends them.

    Args:
        done: How much has been scored, for the progress.
        of: How much there is, if that is known.
    """
    # Made before the output is opened: an input that cannot be read leaves earlier scores as they were.
    first = next(pieces)
    shown = output == STANDARD_INPUT
    with (
        written(output) as target,
        Stopping() as stopping,
        shown_progress("scoring", of, output_is_shown=shown) as progress,
    ):
        for piece in chain([first], pieces):
            target.write(piece)
            progress(done())
            if stopping.signal is not None:
                break
    if stopping.signal is not None:
        report(
            f"stopped: {target.lines} units are scored, each on a whole line; the rest of the input is not."
        )
        raise Exit(128 + stopping.signal)
