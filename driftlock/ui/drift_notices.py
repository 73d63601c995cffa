"""Notices on a result: a baseline that holds what is unlike the rest of it, a stream that left its past."""

import streamlit as st

from driftlock.model import Stream
from driftlock.ui import words
from driftlock.ui.payload_text import text
from driftlock.ui.session import desk, tenant
from driftlock_core.contamination import Suspect, suspects_text
from driftlock_core.numbers_text import count_text

MOST_EVENTS = 50
MOST_CHARACTERS = 300


def show(stream: Stream) -> None:
    """Nothing for a stream like its past whose baseline is like itself."""
    if found := desk().queries.baseline_suspects(stream):
        said = suspects_text(found)
        st.warning(
            words.literal(
                f"{said[0].upper()}{said[1:]}. What is like them was taken as usual while they were in the "
                "baseline. If they are faults, analyze the events behind them."
            )
        )
        for one in found:
            _events(stream, one)
    if sentence := desk().queries.recent_flags(stream).sentence:
        st.warning(
            words.literal(
                f"{sentence[0].upper()}{sentence[1:]}. It no longer goes on as before: read what is flagged as "
                "one change, not as many anomalies."
            )
        )


def _events(stream: Stream, suspect: Suspect) -> None:
    """The events themselves, folded."""
    last = min(suspect.last, suspect.first + MOST_EVENTS - 1)
    with st.expander(f"Events {count_text(suspect.first)} to {count_text(last)}"):
        stored = desk().queries.stored(tenant(), stream.id, suspect.first, last)
        shown = [f"{count_text(seq)}  {text(payload, MOST_CHARACTERS)}" for seq, payload in stored.items()]
        st.code("\n".join(shown), language=None)
