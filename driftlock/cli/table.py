"""What ``detect`` writes for people: a short block per flagged window and a line of counts, 100 columns wide."""

import math
import re
import textwrap
import unicodedata
from itertools import zip_longest
from typing import Any, Final

import click

from driftlock.cli import number_table
from driftlock.model import Recognition
from driftlock_core.compressors import compressor_text
from driftlock_core.numbers_text import (
    bits_text,
    count_text,
    limit_text,
    ncd_decimals,
    ncd_text,
    p_text,
)
from driftlock_core.profiles import Profile
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.findings_text import VIEW_NAMES, lead_text

WIDTH: Final = 100
EVENTS_SHOWN: Final = 3
EVENT_LINES: Final = 2

_INDENT: Final = 20
_ROOM: Final = WIDTH - _INDENT
_RAGGED: Final = 24  # letters a line may be shorter for the sake of a good place to cut
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_SEVERITY_COLOURS: Final = {"low": "cyan", "medium": "yellow", "high": "red"}


class Table:
    """Blocks of text, each written as soon as its window is judged."""

    def __init__(self) -> None:
        self._files = 0
        self._incident: tuple[str, int] | None = None

    def begin(self, name: str, head: str, kind: str) -> None:
        """Name and reading of the file, and what the reading rests on."""
        click.echo(("\n" if self._files else "") + click.style(printable(name), bold=True) + f"  {head}")
        click.echo("\n".join(_wrapped(kind)))
        self._files += 1

    def advice(self, sentence: str) -> None:
        """Below the head, before the first window is judged."""
        click.echo("\n".join(_wrapped(sentence)))

    def anomaly(self, record: dict[str, Any]) -> None:
        """The block of one window."""
        incident = record["stream"], record["incident"]
        if incident != self._incident:
            self._incident = incident
            click.echo("\n" + f"── Incident {count_text(record['incident'])} ".ljust(WIDTH, "─"))
        click.echo("\n" + (number_block(record) if "series" in record else block(record)))

    def end(self, summary: dict[str, Any]) -> None:
        """The line of counts."""
        click.echo("\n" + footer(summary))

    def failed(self, name: str, message: str) -> None:
        """Nothing: the message is on standard error already."""

    def close(self) -> None:
        """Nothing is held back."""


def head(reading: str, profile: Profile) -> str:
    """What a file was taken for and the limits it is judged by, in one line."""
    return (
        f"{reading} · {profile.name}: NCD ≥ {limit_text(profile.threshold)}, "
        f"p ≤ {limit_text(profile.alpha)} · {compressor_text(profile.compressor)}"
    )


def kind_line(recognition: Recognition, profile: Profile) -> str:
    """Why the kind was taken, and the sizes that go with it; numbers may be judged without windows."""
    if recognition.kind == "metrics":
        return recognition.kind_evidence
    return (
        f"{recognition.kind_evidence} Baseline {profile.baseline}, window {profile.window}, "
        f"hop {profile.hop} events."
    )


def block(record: dict[str, Any]) -> str:
    """Place, numbers, sentence and dearest events of one flagged window."""
    severity = click.style(record["severity"], fg=_SEVERITY_COLOURS[record["severity"]])
    calibrating = "" if record["status"] == "ready" else f" · {record['status']}"
    lines = [
        click.style(f"Window {count_text(record['window'])}", bold=True)
        + f" · {_place(record)} · {severity}{calibrating}",
        "  " + "   ".join(_figures(record)),
        *_wrapped(record["explanation"]["sentence"]),
    ]
    findings = [Finding.from_record(finding) for finding in record["description"].get("findings", ())]
    for finding in findings:
        if (told := lead_text(finding)) not in record["explanation"]["sentence"]:
            lines += _wrapped(f"{VIEW_NAMES[finding.view]}: {told}")
    # The dearest events say nothing about how often, in which order or when.
    if (
        not findings
        or {"bytes", "templates"} & {finding.view for finding in findings}
        or record["ncd"] >= record["threshold"]
    ):
        lines += _events(record)
    return "\n".join(lines)


def _figures(record: dict[str, Any]) -> list[str]:
    """Views and p where the views decided, both p-values of the bytes where those did; NCD and bits always."""
    ncd = ncd_text(record["ncd"], ncd_decimals(tuple(record["ordinary_range"])), at_least=record["threshold"])
    bits = f"{'+' if round(record['extra_bits']) > 0 else ''}{bits_text(record['extra_bits'])} bits"
    if record["decided_by"] == "views":
        floor = record["factor"] / (len(record["evidence"]["views"]["references"]) + 1)
        names = ", ".join(VIEW_NAMES[view] for view in record["views"])
        p = p_text(record["p"], floor, at_most=record["alpha"])
        return [names, f"p {p}", f"NCD {ncd}", bits]
    stream_floor, permutation_floor = 1 / (record["m"] + 1), 1 / (record["permutations"] + 1)
    return [
        f"NCD {ncd}",
        f"p_stream {p_text(record['p_stream'], stream_floor, at_most=record['alpha'])}",
        f"p_perm {p_text(record['p_perm'], permutation_floor, at_most=record['alpha'])}",
        bits,
    ]


def number_block(record: dict[str, Any]) -> str:
    """Place, figures and sentence of one flagged number."""
    return "\n".join([*number_table.lines(record), *_wrapped(record["explanation"]["sentence"])])


def footer(summary: dict[str, Any]) -> str:
    """Counts, what chance alone would do, status, and what could not be read."""
    counts = [_many(summary["events"], "event")]
    if summary["numbers"]:
        counts.append(f"{_many(summary['numbers'], 'number')} judged")
    if summary["windows"] or not summary["numbers"]:
        counts.append(f"{_many(summary['windows'], 'window')} tested")
    counts += [
        f"{count_text(summary['flagged'])} flagged",
        _many(summary["incidents"], "incident"),
        _status(summary),
    ]
    lines = [
        " · ".join(counts),
        "expected by chance: not stated for numbers judged as series"
        if summary["expected_by_chance"] is None
        else f"expected by chance: at most about {_rounded_up(summary['expected_by_chance'])} flagged",
    ]
    for sentence in summary["drift"]:
        lines += textwrap.wrap(printable(sentence), WIDTH)
    if summary["skipped"]:
        reasons = "; ".join(f"line {s['line']}: {s['reason']}" for s in summary["skipped_lines"][:3])
        more = "; …" if summary["skipped"] > 3 else ""
        skipped = f"{_many(summary['skipped'], 'line')} skipped: {printable(reasons)}{more}"
        lines += textwrap.wrap(skipped, WIDTH)
    return "\n".join(lines)


def emphasized(text: str) -> str:
    """``**bold**`` as a terminal shows it; where the output is no terminal the codes are taken out again."""
    return _BOLD.sub(lambda match: click.style(match[1], bold=True), text)


def printable(text: str) -> str:
    """Without control characters: an event must not steer the reader's terminal."""
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else "·" for c in text)


def _place(record: dict[str, Any]) -> str:
    events = f"events {count_text(record['first_seq'])} to {count_text(record['last_seq'])}"
    if record["first_at"] is None or record["last_at"] is None:
        return events
    first, last = (record[name].replace("T", " ").removesuffix("Z") for name in ("first_at", "last_at"))
    first, last = first.partition(".")[0], last.partition(".")[0]
    shown = last.partition(" ")[2] if first[:10] == last[:10] else last
    return f"{events} · {first} to {shown} UTC"


def _wrapped(sentence: str) -> list[str]:
    lines = textwrap.wrap(printable(_BOLD.sub(r"\1", sentence)), WIDTH - 2)
    return [f"  {line}" for line in lines]


def _events(record: dict[str, Any]) -> list[str]:
    lines = []
    for top in record["description"]["top"][:EVENTS_SHOWN]:
        times = f" ×{top['count']}" if top["count"] > 1 else ""
        cost = f"{bits_text(top['bits']):>8} bits{times}"
        text = f"#{count_text(record['first_seq'] + top['position'])} {printable(top['text'])}"
        shown, rest = _pieces(text)
        if rest:
            shown[-1] += " …"
            if top["novel_tokens"]:
                new = printable("new here: " + ", ".join(top["novel_tokens"]))
                shown.append(new if len(new) <= _ROOM else new[: _ROOM - 2] + " …")
        lines += [f"{start:<{_INDENT}}{piece}" for start, piece in zip_longest([cost], shown, fillvalue="")]
    return lines


def _pieces(text: str) -> tuple[list[str], str]:
    """The first lines of an event, cut where a word or a JSON member ends if one does, and what is left."""
    pieces: list[str] = []
    while text and len(pieces) < EVENT_LINES:
        end = _ROOM - 2
        if len(text) <= end:
            return [*pieces, text], ""
        end = max(text.rfind(mark, end - _RAGGED, end) for mark in " ,;") + 1 or end
        pieces.append(text[:end].rstrip())
        text = text[end:]
    return pieces, text


def _status(summary: dict[str, Any]) -> str:
    if summary["status"] == "warming_up":
        return "warming up, no window could be judged"
    return str(summary["status"])


def _rounded_up(expected: float) -> str:
    """An upper estimate is rounded up: to tenths below one, else to whole numbers."""
    if expected < 1:
        return f"{max(1, math.ceil(10 * expected)) / 10:.1f}"
    return count_text(math.ceil(expected))


def _many(count: int, noun: str) -> str:
    return f"{count_text(count)} {noun}{'' if count == 1 else 's'}"
