"""Templates of a window beside those of its baseline."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.ui import llm_text, words
from driftlock.ui.payload_text import text
from driftlock_core.numbers_text import bits_text, count_text
from driftlock_core.template_counts import TemplateCount

MOST_HERE: Final = 25
MOST_GONE: Final = 10
_LETTERS: Final = 300


def show(found: Sequence[TemplateCount], events: int, baseline: int) -> None:
    """
    The table, with what is new, more and gone.

    Args:
        found: As the examination gives them.
        events: In the window.
        baseline: Events of the baseline.
    """
    here = [one for one in found if one.in_window]
    gone = [one for one in found if not one.in_window]
    shown = [*here[:MOST_HERE], *gone[:MOST_GONE]]
    st.markdown("**Templates, beside the baseline**")
    st.dataframe(
        table(shown),
        hide_index=True,
        height="content" if len(shown) < 12 else 460,
        column_config={
            "Here": st.column_config.NumberColumn(width=56),
            "Baseline": st.column_config.NumberColumn(width=74),
            "As often": st.column_config.TextColumn(width=84),
            "Bits": st.column_config.TextColumn(width=70, alignment="right"),
            "Template": st.column_config.TextColumn(width="large"),
        },
        alt="How often each template comes in the window and in its baseline",
    )
    left = len(here) - len(here[:MOST_HERE]), len(gone) - len(gone[:MOST_GONE])
    more = (
        f" Not shown: {count_text(left[0])} more of the window, {count_text(left[1])} more that are missing."
        * (sum(left) > 0)
    )
    new = sum(one.change == "new" for one in here)
    st.caption(
        f"{words.plural(len(here), 'template')} in {words.plural(events, 'event')}, {count_text(new)} of them new; "
        f"{count_text(len(gone))} of the baseline's {words.plural(baseline, 'event')} missing. As often: beside a "
        f"window's share of the baseline. Lines of one template differ only in names and numbers.{more}"
    )


def table(found: Sequence[TemplateCount]) -> dict[str, list[str] | list[int]]:
    """One row a template."""
    return {
        "As often": [often(one) for one in found],
        "Here": [one.in_window for one in found],
        "Baseline": [one.in_baseline for one in found],
        "Bits": [bits_text(one.bits) if one.in_window else "" for one in found],
        "Template": [
            text((llm_text.summary(one.text.encode()) or one.text).encode(), _LETTERS) for one in found
        ],
    }


def often(one: TemplateCount) -> str:
    """
    How the count compares with a window's share of the baseline.

    >>> often(TemplateCount(text="", in_window=10, in_baseline=16, usual=2.0, bits=0.0))
    '5.0×'
    >>> often(TemplateCount(text="", in_window=3, in_baseline=0, usual=0.0, bits=0.0))
    'new'
    """
    if one.factor is None:
        return one.change
    return f"{one.factor:.1f}×" if one.factor < 99.95 else f"{count_text(round(one.factor))}×"
