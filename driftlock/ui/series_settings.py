"""How numbers are judged: as series, as text, or whichever fits."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.model import Kind
from driftlock.services.series_plan import FEWEST_RECORDS, JUDGINGS, MOST_SERIES

NAMES: Final = {"automatic": "Automatic", "series": "As series", "text": "As text"}


def ask(kinds: Sequence[Kind]) -> dict[str, str]:
    """The option of the run, empty for a source without metrics."""
    if "metrics" not in kinds:
        return {}
    chosen = st.segmented_control(
        "Judge numbers",
        JUDGINGS,
        default="automatic",
        required=True,
        format_func=NAMES.__getitem__,
        key="numbers",
        bind="query-params",
        persist_state="session",
        help=(
            "As series: each number by those before it in its own series, by name and labels. "
            "As text: windows of events by compression and the profile's limits, which finds series that appear, "
            f"vanish or change names. Automatic takes series where most numbers belong to one of {FEWEST_RECORDS} "
            f"numbers or more. At most {MOST_SERIES} series are judged."
        ),
    )
    return {"judge_numbers": str(chosen or "automatic")}
