"""A verdict in words: one sentence, one paragraph, and the method with every number put in."""

from dataclasses import asdict, dataclass

from driftlock_core.chance_text import how_often_text
from driftlock_core.describe import Description
from driftlock_core.explain_bytes import bytes_paragraph, bytes_sentence
from driftlock_core.explain_views import views_paragraph, views_sentence
from driftlock_core.method_text import method_text
from driftlock_core.notices_text import notices
from driftlock_core.numbers_text import count_text
from driftlock_core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three levels of the same record. Plain text; the numbers that count stand between ``**``."""

    sentence: str
    paragraph: str
    method: str  # lines separated by newlines

    def as_record(self) -> dict[str, str]:
        """Plain values, ready for JSON."""
        return asdict(self)


def explain(
    verdict: Verdict,
    description: Description,
    *,
    stream: str,
    ordinary_range: tuple[float, float],
    windows_per_day: float | None,
) -> Explanation:
    """
    Put a verdict into words. Every number is one of the record's, or follows from it by a formula shown.

    Args:
        verdict: Flagged or not.
        description: Of the same window.
        stream: What the reader calls the stream.
        ordinary_range: 5 and 95 % of the NCD of this stream's windows.
        windows_per_day: Measured rate, or None where the stream has no times.
    """
    # A star would end the bold type around the name.
    start = f"Window {count_text(verdict.window)} on **{' '.join(stream.split()).replace('*', '∗')}**"
    if verdict.decided_by == "views":
        sentence = views_sentence(start, verdict, description)
        before, after = views_paragraph(verdict, description, ordinary_range)
    else:
        sentence = bytes_sentence(start, verdict, description)
        before, after = bytes_paragraph(verdict, description, ordinary_range)
    return Explanation(
        sentence=sentence,
        paragraph=" ".join(
            part
            for part in (
                *before,
                how_often_text(verdict, windows_per_day),
                *after,
                *notices(verdict, description, ordinary_range),
            )
            if part
        ),
        method=method_text(verdict, description),
    )
