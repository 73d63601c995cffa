"""One event of the window: where its bytes were copied from, and the baseline event it is most like."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.services.examine import EventCost
from driftlock.ui import byte_map_view
from driftlock.ui.byte_map_lines import Line
from driftlock.ui.payload_text import text
from driftlock.ui.session import desk, examination, tenant
from driftlock_core.attribution import difference, nearest, novel_tokens
from driftlock_core.numbers_text import bits_text, count_text, percent_text

TWIN_HELP: Final = (
    "The baseline event that best predicts this one: with it alone known, the event takes fewest bits. Tried are the "
    "events that its bytes are copied from; where there are none, all of the baseline."
)
MOST_PIECES: Final = 30
MOST_ROWS: Final = 6  # of them in sight; more are scrolled to
MOST_WORDS: Final = 12
MOST_CHARACTERS: Final = 4_000


def pick(seqs: Sequence[int]) -> int:
    """The event to look at closer; part of the address, the first of *seqs* where none is named."""
    chosen = st.selectbox(
        "Look closer at event",
        [str(seq) for seq in seqs],
        key="ev",
        bind="query-params",
        width=220,
    )
    return int(chosen) if chosen is not None and chosen.isdigit() and int(chosen) in seqs else seqs[0]


def show(anomaly_id: str, cost: EventCost, line: Line) -> None:
    """Sources of the copied bytes on one side, the nearest ordinary event on the other."""
    baseline = examination().masked_baseline(tenant(), anomaly_id)
    stored = desk().queries.baseline_events(tenant(), anomaly_id)
    seq = cost.event.seq
    with st.container(border=True):
        st.markdown(f"**Event {count_text(seq)}** · {bits_text(cost.bits)} bits given the baseline")
        words = [text(token, 60) for token in novel_tokens(cost.canonical, baseline, MOST_WORDS)]
        if words:
            st.html(byte_map_view.chips("New words", words))
        else:
            st.caption("Every word of this event occurs in the baseline.")
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**Copied from**")
            _sources(line, [event.seq for event in stored])
        with right:
            like = nearest(cost.canonical, baseline)
            st.markdown(
                f"**Most like baseline event {count_text(stored[like.index].seq)}** "
                f"({percent_text(like.similarity)} of words shared)"
            )
            st.html(byte_map_view.diff(like.segments))
            _twin(anomaly_id, cost, baseline, like.index, [event.seq for event in stored])
            st.caption("Struck out: only in the baseline event. Underlined: only here.")
        if st.toggle("Show the event as received", key="raw"):
            st.code(text(cost.event.payload, MOST_CHARACTERS), language=None, wrap_lines=True)


def _twin(
    anomaly_id: str, cost: EventCost, baseline: Sequence[bytes], like: int, baseline_seqs: Sequence[int]
) -> None:
    seq = cost.event.seq
    twin = examination().twins(tenant(), anomaly_id, [seq])[seq]
    saves = (
        f"known alone, it takes {bits_text(twin.bits)} bits instead of {bits_text(twin.alone_bits)} "
        f"({percent_text(twin.predicts)} saved)"
    )
    # Two numbers of one line are one answer.
    if baseline[twin.index] == baseline[like]:
        st.markdown(f"It is also its nearest twin: {saves}.", help=TWIN_HELP)
        return
    st.markdown(
        f"**Nearest twin: baseline event {count_text(baseline_seqs[twin.index])}**; {saves}", help=TWIN_HELP
    )
    st.html(byte_map_view.diff(difference(baseline[twin.index], cost.canonical)))


def _sources(line: Line, baseline_seqs: Sequence[int]) -> None:
    copied = [piece for piece in line.pieces if piece.source_event is not None]
    if not copied:
        st.caption("No byte of this event was copied from the baseline.")
        return
    longest = sorted(copied, key=lambda piece: -piece.size)[:MOST_PIECES]
    st.dataframe(
        {
            "Baseline event": [count_text(baseline_seqs[piece.source_event or 0]) for piece in longest],
            "At byte": [count_text(piece.source_offset or 0) for piece in longest],
            "Bytes": [piece.size for piece in longest],
            "Text": [piece.text for piece in longest],
        },
        hide_index=True,
        height="content" if len(longest) <= MOST_ROWS else 250,
        column_config={
            "Baseline event": st.column_config.TextColumn(width=110, alignment="right"),
            "At byte": st.column_config.TextColumn(width=60, alignment="right"),
            "Bytes": st.column_config.NumberColumn(width=60),
        },
        alt="Runs of bytes copied from baseline events, longest first",
    )
