"""
Annexes to reports that a supervisor or an auditor asks for.

They hold what was measured and what people did; everything only the
organisation can know is a question with room for its answer. No date, deadline
or threshold of a law is quoted: those depend on the case and on who reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from driftlock.reports.anomaly import Seen, Told, summary, told
from driftlock.reports.document import Block, Document, Facts, Heading, Paragraph, Table, ToFill
from driftlock.reports.plain import when, without_marks

Annex = Literal["dora", "nis2", "ai_log"]
ANNEXES: Final[tuple[Annex, ...]] = get_args(Annex)
TITLES: Final[Mapping[Annex, str]] = {
    "dora": "DORA incident annex",
    "nis2": "NIS2 incident annex",
    "ai_log": "AI runtime log annex",
}
_FOR: Final[Mapping[Annex, str]] = {
    "dora": "Technical annex to a report on an ICT-related incident under Regulation (EU) 2022/2554 (DORA).",
    "nis2": "Technical annex to a notification of an incident under Directive (EU) 2022/2555 (NIS2).",
    "ai_log": "Technical annex on events recorded while an AI system ran, for the log-keeping duties of Regulation "
    "(EU) 2024/1689 (AI Act).",
}
_QUESTIONS: Final[Mapping[Annex, tuple[tuple[str, str], ...]]] = {
    "dora": (
        ("Which services and functions were affected, and how critical are they?", ""),
        ("How many clients, counterparts and transactions were affected?", ""),
        (
            "For how long, and in which countries?",
            "The times of the first and last flagged events stand above.",
        ),
        ("Were data lost, altered or disclosed?", ""),
        ("What is the economic impact?", ""),
        (
            "How is the incident classified, by whom and on what grounds?",
            "The severity above is the tool's, not this.",
        ),
        ("What was the root cause, and what was done?", ""),
    ),
    "nis2": (
        ("Which services were affected, and who depends on them?", ""),
        ("Is an unlawful or malicious act suspected? Could there be an impact across borders?", ""),
        (
            "How severe is the incident, and what is its impact?",
            "The severity above is the tool's, not this.",
        ),
        ("Which indicators of compromise are known?", "The costliest lines above may hold some."),
        ("What kind of threat or root cause triggered it, and which measures were taken?", ""),
    ),
    "ai_log": (
        ("Which AI system and version ran, for which purpose, under whose oversight?", ""),
        ("Which reference data and input data do the recorded events relate to?", ""),
        ("Who reviewed the flagged interactions, and what followed?", "What was labelled here stands above."),
        ("Was there a risk to persons, or a serious incident?", ""),
    ),
}
SAYS_NOT: Final = (
    "This annex states what was measured and done; it is no legal assessment, sets no classification and names no "
    "deadline. What the organisation alone can know is asked below and left open."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an annex rests on."""

    about: str  # the anomaly, the case, or the period, in words
    first: datetime
    last: datetime
    streams: Sequence[str]
    strongest: Seen | None
    rows: Sequence[tuple[str, ...]]  # one a flagged window: see ROWS
    more: int  # flagged beyond those
    chance: str  # one sentence on what chance alone explains
    timeline: Sequence[Told]
    bundles: Sequence[tuple[str, str]]  # anomaly, SHA-256 of its evidence bundle
    audit: str  # where its records stand in the audit log


ROWS: Final = ("Last event (UTC)", "Stream", "Severity", "Extra bits", "p", "Label", "Anomaly")


def what_met(grounds: Grounds) -> tuple[tuple[str, str], ...]:
    """When, where, and how many chance alone would have flagged."""
    return (
        ("First flagged event", when(grounds.first)),
        ("Last flagged event", when(grounds.last)),
        ("Streams", ", ".join(grounds.streams) or "none"),
        ("Expected by chance", grounds.chance),
    )


def annex(which: Annex, grounds: Grounds, *, quoted: bool) -> Document:
    """
    One of the annexes.

    Args:
        quoted: Whether texts of events may stand in it.
    """
    blocks: list[Block] = [
        Paragraph(_FOR[which]),
        Paragraph(SAYS_NOT, small=True),
        Heading("Scope"),
        Facts(
            (
                ("About", grounds.about),
                *what_met(grounds),
            )
        ),
        Heading("Flagged windows"),
        Table(ROWS, tuple(grounds.rows)),
    ]
    if grounds.more:
        blocks.append(Paragraph(f"And {grounds.more} more, weaker ones, in the list export.", small=True))
    if grounds.strongest is not None:
        blocks.append(Paragraph(f"The strongest of them is anomaly {grounds.strongest.id}:", small=True))
        blocks += summary(grounds.strongest, quoted=quoted)
    blocks += told(grounds.timeline)
    blocks += [
        Heading("Proof"),
        Table(
            ("Anomaly", "SHA-256 of its evidence bundle"),
            tuple(grounds.bundles),
            empty="No evidence bundle was made of these yet.",
        ),
        Paragraph(grounds.audit),
        Heading("To be completed by the organisation"),
        *(ToFill(question, hint) for question, hint in _QUESTIONS[which]),
    ]
    return Document(
        title=TITLES[which],
        subtitle=without_marks(grounds.about),
        blocks=blocks,
        foot="Driftlock. Measured by compression; every flagged window recomputes from its evidence bundle.",
    )
