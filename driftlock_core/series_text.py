"""An anomaly of a series in words; every number is one of its record's."""

import math
from typing import Final

from driftlock_core.explain import Explanation
from driftlock_core.numbers_text import MINUS, bits_text, count_text, p_text
from driftlock_core.series_verdict import SeriesVerdict
from driftlock_core.views.value_context import SPAN as CONTEXT_SPAN

_PLAIN_ABOVE: Final = 1e15
_PLAIN_BELOW: Final = 1e-4
READING_NAMES: Final = {
    "value": "distance to the nearest value seen before",
    "context": f"order of the newest {CONTEXT_SPAN} values",
    "window": "mix of the newest values",
    "season": "distance to what came at such a time of the period",
    "stuck": "standing still",
}


def value_text(value: float) -> str:
    """
    A measured value: five significant digits at least, whole numbers whole.

    >>> value_text(93.20), value_text(-0.0123456), value_text(1234567.0), value_text(math.nan)
    ('93.2', '−0.012346', '1234567', '—')
    """
    if not math.isfinite(value):
        return "—"
    size = abs(value)
    if size and not _PLAIN_BELOW <= size < _PLAIN_ABOVE:
        shown = f"{size:.4e}"
    elif size >= 10_000 or size == int(size):
        shown = f"{size:.0f}"
    else:
        shown = f"{size:.{4 - math.floor(math.log10(size)) if size else 0}f}".rstrip("0").rstrip(".")
    return f"{MINUS}{shown}" if value < 0 and shown != "0" else shown


def expected_text(verdict: SeriesVerdict) -> str:
    """
    The expected range, or the one value it comes to.
    """
    low, high = value_text(verdict.low), value_text(verdict.high)
    return low if low == high else f"{low} to {high}"


def explain_series(verdict: SeriesVerdict, *, at: str | None) -> Explanation:
    """
    Put an anomaly into words.

    Args:
        verdict: Its record.
        at: When its alert came, as the reader writes times; None where events name no time.
    """
    return Explanation(
        sentence=_sentence(verdict, at), paragraph=_paragraph(verdict), method=_method(verdict)
    )


def _sentence(verdict: SeriesVerdict, at: str | None) -> str:
    place = f"at {at}" if at else f"at record {count_text(verdict.record + 1)}"
    came = f"**{verdict.series}** {place}: "
    bits = f"**{bits_text(verdict.bits)} bits** beyond the usual"
    if verdict.outside:
        return (
            f"{came}**{value_text(verdict.value)}** where **{expected_text(verdict)}** was expected; {bits}"
        )
    why = {
        "value": f"no earlier value is that near to it as usual (nearest {value_text(verdict.nearest)})",
        "context": f"the order of the last {CONTEXT_SPAN} values is one that hardly ever came before",
        "window": "the mix of the newest values is not that of the values before",
        "season": "it is far from what came at such a time of the period",
        "stuck": "the series stands still as it hardly ever did",
    }.get(verdict.view, f"the reading “{verdict.view}” is surprised")
    return f"{came}{value_text(verdict.value)} is within the expected {expected_text(verdict)}, but **{why}**; {bits}"


def _paragraph(verdict: SeriesVerdict) -> str:
    length = verdict.last_record - verdict.record + 1
    stretch = (
        "It is one record long."
        if length == 1
        else f"It stretches over {count_text(length)} records, {count_text(verdict.record + 1)} to "
        f"{count_text(verdict.last_record + 1)} of the series."
    )
    rank = round(1 / verdict.p) if verdict.p > 0 else 0
    return (
        f"From the records before, nine in ten values were expected within {expected_text(verdict)}; "
        f"{value_text(verdict.value)} came. The nearest value seen before is {value_text(verdict.nearest)}. "
        f"{stretch} What surprised most was the {READING_NAMES.get(verdict.view, verdict.view)}. "
        f"p = {p_text(verdict.p, verdict.p)}: about one in {count_text(rank)} of the records before it had as "
        f"large an excess. It is not the chance that the record is ordinary: records that follow each other "
        f"are alike. The first {count_text(verdict.warmup)} records were learned and not judged."
    )


def _method(verdict: SeriesVerdict) -> str:
    free, limit = verdict.parameters["free_decades"], verdict.parameters["alert_score"]
    lines = [
        f"{READING_NAMES.get(name, name)}: {surprise:.3f} decades"
        for name, surprise in zip(verdict.readings, verdict.surprise, strict=True)
    ]
    passing = [surprise - free for surprise in verdict.surprise if surprise > free]
    terms = " + ".join(f"{part:.3f}" for part in passing)
    lines += [
        f"excess = what passes {free:g} in each = {terms or '0'} = {math.fsum(passing):.3f} decades",
        f"an alert from {limit:g} decades on, and from more where the series has raised alerts lately",
        f"extra bits = excess · log2(10) = {verdict.bits:.2f}",
        f"score = {verdict.score:.3f}"
        + (", the excess" if verdict.page else ", the excess folded below the limit of a page"),
    ]
    return "\n".join(lines)
