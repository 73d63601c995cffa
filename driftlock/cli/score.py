"""``driftlock score``: one score and p-value per unit of a file, against a baseline file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

import click

from driftlock.cli.failure import Failure
from driftlock.cli.profile_options import CUSTOM
from driftlock.cli.series import series_lines
from driftlock.cli.sources import STANDARD_INPUT, open_source, shown_name
from driftlock.cli.units import UNITS, By, Unit, read_lines, units_of
from driftlock.model import KINDS, Kind
from driftlock_core.errors import TooFewEvents
from driftlock_core.profiles import BALANCED, PROFILES
from driftlock_core.scoring import score_units

DEFAULT_ALPHA: Final = 0.05


@click.command("score")
@click.option("--baseline", metavar="FILE", help="Ordinary events, a JSON object a line.")
@click.option(
    "--input", "input_path", required=True, metavar="FILE", help="Events to score, in the same form."
)
@click.option("--unit", type=click.Choice(UNITS), help="What gets a score of its own.")
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
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Telemetry kind; all are scored alike, except metrics with --warmup.",
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
        lines = series_lines(input_path, warmup)
        # Read before the output is opened: an input that cannot be read leaves earlier scores as they were.
        first = next(lines)
        with _written(output) as target:
            target.writelines(chain([first], lines))
        return
    if baseline is None or unit is None:
        raise Failure(
            "Give --baseline and --unit, or --kind metrics and --warmup if the input is a numeric series."
        )
    if baseline == input_path == STANDARD_INPUT:
        raise Failure("Only one of --baseline and --input can be standard input.")
    known = _units(baseline, unit, window, hop)
    asked = _units(input_path, unit, window, hop)
    if not asked:
        raise Failure(f"“{shown_name(input_path)}” holds no events. Choose a file with at least one line.")
    base = replace(PROFILES.get(profile, BALANCED), seed=seed)
    try:
        scored = score_units(
            [u.events for u in known],
            [u.events for u in asked],
            profile=base,
            overlapping=unit == "window" and hop < window,
        )
    except TooFewEvents as error:
        raise Failure(
            f"The baseline “{shown_name(baseline)}” holds {error.have} units by {unit}; at least "
            f"{error.needed} are needed for a p-value. Choose a longer file."
        ) from error
    with _written(output) as target:
        for one, score, p_value in zip(asked, scored.scores.tolist(), scored.p_values.tolist(), strict=True):
            record = {
                "unit": one.name,
                "group": one.group,
                "score": score,
                "p_value": p_value,
                "flagged": p_value <= alpha,
            }
            target.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    if scored.another_regime:
        click.echo(
            f"driftlock: {scored.share_unlike:.0%} of the {len(asked)} units have p ≤ 0.10 where about 10% "
            "should: as a whole they are unlike the baseline. The order of the scores still tells them apart, "
            "p-values and flags do not. Choose a baseline from nearer in time.",
            err=True,
        )


def _units(path: str, by: By, window: int, hop: int) -> list[Unit]:
    name = shown_name(path)
    with open_source(path) as source:
        return units_of(read_lines(source, name), by, name, window=window, hop=hop)


@contextmanager
def _written(path: str) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield click.get_binary_stream("stdout")
        return
    with open(path, "wb") as target:
        yield target
