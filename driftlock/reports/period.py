"""What a range of time held: counts beside what chance explains, the strongest, what people said and changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from driftlock.reports.annexes import ROWS
from driftlock.reports.document import Block, Document, Facts, Heading, Paragraph, Table
from driftlock.reports.plain import when
from driftlock_core.numbers_text import count_text

STREAMS: Final = ("Stream", "Kind", "Status", "Tested", "Flagged", "By chance, at most about")
CHANGES: Final = ("At (UTC)", "By", "What", "Of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A range of time of one tenant."""

    tenant: str
    since: datetime | None
    until: datetime | None
    tested: int
    flagged: int
    expected: float
    numbers_flagged: int
    incidents: int
    suppressed: int
    labels: Sequence[tuple[str, int]]  # label, flagged windows that carry it
    streams: Sequence[tuple[str, ...]]  # see STREAMS
    rows: Sequence[tuple[str, ...]]  # the strongest, see ROWS
    changes: Sequence[tuple[str, ...]]  # of limits, anchors, suppressions: see CHANGES


def summary_of(period: Period) -> Document:
    """The report."""
    span = (
        f"{when(period.since)} to {when(period.until)}"
        if period.since and period.until
        else f"up to {when(period.until)}"
        if period.until
        else "no judged data"
    )
    blocks: list[Block] = [
        Heading("In one look"),
        Facts(
            (
                ("Windows tested", count_text(period.tested)),
                ("Windows flagged", count_text(period.flagged)),
                ("Expected by chance", f"at most about {count_text(round(period.expected))}"),
                ("Alerts of number series", count_text(period.numbers_flagged)),
                ("Incidents", count_text(period.incidents)),
                ("Of patterns that are hidden", count_text(period.suppressed)),
                *((f"Labelled {label}", count_text(count)) for label, count in period.labels),
            )
        ),
        Paragraph(
            "Expected by chance: how many windows would have been flagged if nothing at all had been wrong. For "
            "number series it is not stated.",
            small=True,
        ),
        Heading("Streams"),
        Table(STREAMS, tuple(period.streams), empty="There is no stream."),
        Heading("The strongest"),
        Table(
            ROWS, tuple(period.rows), empty="Nothing was flagged. That is not proof that nothing was wrong."
        ),
        Heading("What was changed"),
        Table(CHANGES, tuple(period.changes), empty="Nothing was changed in this range."),
    ]
    return Document(
        title="Period summary",
        subtitle=f"Tenant {period.tenant} · {span}",
        blocks=blocks,
        foot="Driftlock. Counts are of stored verdicts; a recorded verdict never changes.",
    )


def listing(title: str, subtitle: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Document:
    """A list of a screen as a document."""
    return Document(
        title=title,
        subtitle=subtitle,
        blocks=(Table(head, tuple(rows), empty="The list is empty."),),
        foot="Driftlock",
    )
