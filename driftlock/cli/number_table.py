"""The block of one flagged number, for people, 100 columns wide."""

from typing import Any, Final

import click

from driftlock_core.numbers_text import bits_text, count_text, p_text
from driftlock_core.series_text import value_text
from driftlock_core.series_verdict import SeriesVerdict

SEVERITY_COLOURS: Final = {"low": "cyan", "medium": "yellow", "high": "red"}


def lines(record: dict[str, Any]) -> tuple[str, str]:
    """The two lines above the sentence: which number of which series, and the figures."""
    verdict = SeriesVerdict.from_record(record)
    severity = click.style(record["severity"], fg=SEVERITY_COLOURS[record["severity"]])
    last = "" if verdict.last_record == verdict.record else f" to {count_text(verdict.last_record + 1)}"
    records = f"record{'s' if last else ''} {count_text(verdict.record + 1)}{last}"
    low, high = value_text(verdict.low), value_text(verdict.high)
    expected = low if low == high else f"{low} to {high}"
    return (
        f"{click.style('Number', bold=True)} · {records} of its series · {severity}",
        f"  value {value_text(verdict.value)}   expected {expected}   nearest {value_text(verdict.nearest)}   "
        f"p {p_text(verdict.p, verdict.p)}   +{bits_text(verdict.bits)} bits",
    )
