"""What weakens a verdict, said beside it."""

from typing import Final

from driftlock_core.describe import Description
from driftlock_core.numbers_text import count_text
from driftlock_core.verdict import Verdict

FEW_LINES: Final = 20  # distinct lines in a window, below which permutations look alike


def notices(
    verdict: Verdict, description: Description, ordinary_range: tuple[float, float]
) -> tuple[str, ...]:
    """Those that apply; where the views decide, not those on the p-values of the bytes."""
    by_views = verdict.decided_by == "views"
    found = []
    if not by_views and ordinary_range[0] >= verdict.threshold:
        found.append("Practically every window of this stream meets this NCD limit; p decides.")
    if verdict.status == "calibrating" and not permutation_by_choice(verdict):
        too_few = verdict.decided_by == "p_perm"
        views = verdict.evidence.views
        m = len(views.references) if by_views and views is not None else verdict.m
        past = "1 past window is" if m == 1 else f"{count_text(m)} past windows are"
        found.append(
            f"The stream is still calibrating: {past} too few for "
            f"{'ranks' if by_views else 'p_stream'} {'to have a say' if too_few else 'to be fine-grained'}."
        )
    if len(verdict.evidence.epochs) > 1:
        first, last, chunks = verdict.evidence.epochs[0]
        part = "chunk was" if chunks == 1 else f"{count_text(chunks)} chunks were"
        found.append(
            f"Its first {part} measured against an older baseline (events {count_text(first)} to "
            f"{count_text(last)}) than the single events."
        )
    if not by_views and description.distinct < FEW_LINES:
        lines = "line" if description.distinct == 1 else "lines"
        found.append(
            f"The window has only {description.distinct} distinct {lines}: many permutations look alike, "
            f"so p_perm is coarse."
        )
    if description.beyond_reach:
        compressor = verdict.compressor.split()[0]
        found.append(
            f"The baseline is beyond reach: its distinct lines are longer than {compressor} can look back, "
            f"so the oldest of them were left out."
        )
    return tuple(found)


def permutation_by_choice(verdict: Verdict) -> bool:
    """Whether the profile asks for p_perm alone, not the lack of past windows."""
    return verdict.configuration.get("p_mode") == "permutation"
