"""The page that lies in the archive of a case: what met, and which bundle proves which part of it."""

from collections.abc import Sequence

from driftlock.evidence import Policy
from driftlock.reports.annexes import ROWS, Grounds, what_met
from driftlock.reports.anomaly import FOOT, summary, told
from driftlock.reports.document import Block, Document, Facts, Heading, Paragraph, Table
from driftlock.reports.plain import without_marks

BUNDLES = ("File", "Anomaly", "Stream", "Recomputable", "SHA-256")


def case_report(
    grounds: Grounds, bundles: Sequence[tuple[str, ...]], *, policy: Policy, statement: str
) -> Document:
    """
    The page of one case.

    Args:
        bundles: One row each, see :data:`BUNDLES`.
        policy: Under ``digests`` no text of an event is quoted.
        statement: What the archive can prove.
    """
    blocks: list[Block] = [
        Heading("What met"),
        Facts(what_met(grounds)),
        Heading("Flagged windows, strongest first"),
        Table(ROWS, tuple(grounds.rows)),
    ]
    if grounds.more:
        blocks.append(Paragraph(f"And {grounds.more} more, weaker ones.", small=True))
    if grounds.strongest is not None:
        blocks.append(Paragraph(f"The strongest of them is anomaly {grounds.strongest.id}:", small=True))
        blocks += summary(grounds.strongest, quoted=policy != "digests")
    blocks += [
        Heading("What can be checked"),
        Paragraph(statement),
        Table(BUNDLES, tuple(bundles)),
        Paragraph(
            "Unpack the archive, then: python3 verify.py. It checks every bundle and names the file of whatever fails."
        ),
        *told(grounds.timeline),
    ]
    return Document(
        title="Evidence of a case", subtitle=without_marks(grounds.about), blocks=blocks, foot=FOOT
    )
