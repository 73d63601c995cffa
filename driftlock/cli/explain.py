"""``driftlock explain``: recorded verdicts in words, and computed again."""

import textwrap
from collections.abc import Iterator
from typing import Final

import click

from driftlock.cli.failure import Failure, report
from driftlock.cli.kind_option import kind_option
from driftlock.cli.number_recomputing import RecordedNumber, recompute_numbers
from driftlock.cli.record_file import Recorded, read_records
from driftlock.cli.sources import shown_name
from driftlock.cli.table import WIDTH, emphasized, printable
from driftlock.decode import FORMATS
from driftlock.model import Kind
from driftlock_core.recompute import Recomputation

AnyRecorded = Recorded | RecordedNumber

DIFFERENT: Final = 1
_LONGEST_VALUE: Final = 34  # letters of a differing value; some are lists of hundreds of numbers


@click.command("explain")
@click.argument("records", metavar="RECORDS")
@click.option("--window", type=click.IntRange(min=0), metavar="N", help="Only this window.")
@click.option("--events", "events_path", metavar="FILE", help="Recompute the records from this file.")
@click.option(
    "--baseline", "baseline_path", metavar="FILE", help="The baseline file detect was given, if any."
)
@click.option(
    "--skip", type=click.IntRange(min=0), default=0, metavar="N", help="As given to detect, if it was."
)
@click.option("--format", type=click.Choice(FORMATS), help="As given to detect.")
@kind_option("As given to detect.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    records: str,
    window: int | None,
    events_path: str | None,
    baseline_path: str | None,
    skip: int,
    format: str | None,
    kind: Kind | None,
) -> None:
    """
    Explain the flagged windows in RECORDS, a file written by detect with --output jsonl or json.

    With --events every number is computed again from the original file. The exit code is then 0 if
    all are identical, 1 if one differs, 2 after an error.
    """
    recorded = _chosen(read_records(records), window)
    results: dict[object, Recomputation] = {}
    if events_path is not None:
        from driftlock.cli.recomputing import recompute_from

        recorded = _of_file(recorded, shown_name(events_path))
        windows = [one for one in recorded if isinstance(one, Recorded)]
        numbers = [one for one in recorded if isinstance(one, RecordedNumber)]
        if windows:
            results.update(
                recompute_from(
                    events_path, windows, baseline_path=baseline_path, skip=skip, format=format, kind=kind
                ).items()
            )
        if numbers:
            results.update(
                recompute_numbers(events_path, numbers, skip=skip, format=format, kind=kind).items()
            )
    for number, one in enumerate(recorded):
        if number:
            click.echo("\n" + "─" * WIDTH + "\n")
        click.echo("\n".join(_text(one)))
        if result := results.get(one.key):
            click.echo("\n" + "\n".join(_outcome(result)))
    if not recorded:
        report("there is nothing to explain: no window was flagged")
    ctx.exit(0 if all(result.identical for result in results.values()) else DIFFERENT)


def _chosen(recorded: list[AnyRecorded], window: int | None) -> list[AnyRecorded]:
    if window is None:
        return recorded
    windows = [one for one in recorded if isinstance(one, Recorded)]
    if chosen := [one for one in windows if one.verdict.window == window]:
        return list(chosen)
    there = ", ".join(str(one.verdict.window) for one in windows[:8]) or "none"
    raise Failure(
        f"There is no record of window {window}; the windows recorded are {there}. Choose one of them."
    )


def _of_file(recorded: list[AnyRecorded], name: str) -> list[AnyRecorded]:
    """The records of the file called *name*; of one stream alone all of them, it may have been renamed."""
    streams = list(dict.fromkeys(one.stream for one in recorded))
    own = [one for one in recorded if one.stream == name or one.stream.startswith(f"{name} (")]
    if len(streams) <= 1:
        return recorded
    if not own:
        raise Failure(
            f"The records are of {', '.join(streams)}, none of them of “{name}”. Name one of these files."
        )
    if len(own) < len(recorded):
        report(f"records of other files than {name} are left out")
    return own


def _text(one: AnyRecorded) -> Iterator[str]:
    words = one.record["explanation"]
    yield from _wrapped(words["sentence"])
    yield ""
    yield from _wrapped(words["paragraph"])
    yield ""
    for line in words["method"].split("\n"):
        yield from _wrapped(line, indent="  ")


def _wrapped(text: str, *, indent: str = "") -> list[str]:
    # Wrapped with its ** and set bold afterwards, so that a line is at worst a little short.
    lines = textwrap.wrap(
        printable(text), WIDTH, initial_indent=indent, subsequent_indent=2 * indent, break_on_hyphens=False
    )
    return emphasized("\n".join(lines)).split("\n")


def _outcome(result: Recomputation) -> Iterator[str]:
    total, different = len(result.checks), len(result.differences)
    if different:
        yield click.style(f"Different: {different} of {total} numbers.", fg="red", bold=True)
    else:
        yield click.style(f"Identical: all {total} numbers.", fg="green", bold=True)
    for check in result.differences:
        yield f"  {check.name}: recorded {_cut(check.recorded)}, computed {_cut(check.computed)}"
    yield f"Recomputed from {result.scope}."


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
