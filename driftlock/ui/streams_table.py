"""All streams of the tenant: what each holds for usual, and whether that moves."""

from typing import Any, Final

import streamlit as st

from driftlock.services.drift import DriftRow
from driftlock.ui import demo_data, frame, links, streams_new, streams_reads, streams_words, words
from driftlock.ui.session import may
from driftlock_core.numbers_text import MISSING

MOST_ROWS: Final = 1_000
MOST_SAID: Final = 5  # findings of one sort above the table
_TABLE: Final = "streams-table"


def show() -> None:
    """Silent and drifting streams first, then the table; a chosen row opens its stream."""
    rows = streams_reads.rows()
    with st.container(horizontal=True, vertical_alignment="center"):
        if may("streams"):
            streams_new.button()
        links.copy(links.STREAMS, key="copy-streams")
    if not rows and demo_data.being_prepared():
        streams_reads.forget()  # the first stream shall be seen when it is there
        return
    if not rows:
        st.info("No streams yet. Make one and send it events, or analyze a file: its stream appears here.")
        st.page_link(links.ANALYZE, label="Go to Analyze")
        return
    _findings(rows)
    shown = rows[:MOST_ROWS]
    labels = frame.names([row.state for row in rows])
    st.dataframe(
        table(shown, labels),
        hide_index=True,
        key=_TABLE,
        on_select=lambda: _open([row.stream.id for row in shown]),
        selection_mode="single-row",
        height="content" if len(shown) < 16 else 560,
        column_config={
            "Stream": st.column_config.TextColumn(width="medium", pinned=True),
            "Warm-up": st.column_config.ProgressColumn(
                min_value=0,
                max_value=1,
                format="percent",
                width="small",
                help="Events until the first verdict.",
            ),
            "Events/min": st.column_config.TextColumn(
                width="small", alignment="right", help="On average over all that was judged."
            ),
            "Baseline reaches back": st.column_config.TextColumn(
                help="Events of baseline and window at that rate."
            ),
            "Anchor": st.column_config.TextColumn(
                width="small", help="The baseline that drift is measured from."
            ),
            "Drift ÷ limit": st.column_config.ProgressColumn(
                min_value=0,
                max_value=2,
                format="%.2f",
                width="small",
                help="Distance over the upper end of the ordinary range; above 1 it lies outside.",
            ),
            "Drift now": st.column_config.TextColumn(width=250, help=streams_words.DISTANCE_HELP),
            "Calibration": st.column_config.TextColumn(help=words.HELP["expected"]),
            "Detectability": st.column_config.TextColumn(
                help="When it was last measured how many foreign lines would be noticed."
            ),
            "Last event": st.column_config.TextColumn(help="The newest judged one; UTC."),
        },
        alt=f"{words.plural(len(shown), 'stream')} with warm-up, rate, anchor, drift and calibration",
    )
    left = len(rows) - len(shown)
    st.caption(
        "Choose a row to open its stream."
        + (f" Shown are the {MOST_ROWS:,} with the newest data; {left:,} more are not." if left else "")
    )


def table(rows: list[DriftRow], labels: dict[str, str]) -> dict[str, list[Any]]:
    """One row a stream."""
    return {
        "Stream": [labels[row.stream.id] for row in rows],
        "Kind": [words.kind(row.stream.kind) for row in rows],
        "Drift ÷ limit": [_of_limit(row) for row in rows],
        "Drift now": [
            "numbers: does not apply" if row.state.series else streams_words.now(row.point, row.standing)
            for row in rows
        ],
        "Calibration": [streams_words.chance(row) for row in rows],
        "Events/min": [MISSING if row.per_minute is None else _rate(row.per_minute) for row in rows],
        "Warm-up": [_warm(row) for row in rows],
        "Baseline reaches back": [streams_words.age(row) for row in rows],
        "Anchor": [MISSING if row.anchor is None else streams_words.named(row.anchor) for row in rows],
        "Detectability": [
            f"measured {row.detectable_at[:10]}" if row.detectable_at else "not measured" for row in rows
        ],
        "Profile": [
            words.PROFILE_NAMES.get(name, name)
            for name in (str(row.stream.configuration.get("name", MISSING)) for row in rows)
        ],
        "Last event": [words.moment(row.state.last_seen) for row in rows],
    }


def _findings(rows: list[DriftRow]) -> None:
    """What needs somebody to look, before the table."""
    _warn(
        [streams_words.silence(row) for row in rows if row.silent_for is not None],
        "streams are silent",
        ":material/volume_off:",
    )
    _warn(
        [
            f"{row.stream.name} has drifted: {streams_words.now(row.point, row.standing)}."
            for row in rows
            if row.standing is not None and row.standing.phase == "drifting"
        ],
        "streams have drifted",
        ":material/trending_up:",
    )


def _warn(said: list[str], what: str, icon: str) -> None:
    if not said:
        return
    if len(said) == 1:
        st.warning(words.literal(said[0]), icon=icon)
        return
    lines = "\n".join(f"- {words.literal(one)}" for one in said[:MOST_SAID])
    left = f"\n- and {len(said) - MOST_SAID:,} more" if len(said) > MOST_SAID else ""
    st.warning(f"{len(said):,} {what}:\n{lines}{left}", icon=icon)


def _warm(row: DriftRow) -> float | None:
    stream = row.stream
    total = stream.events + stream.events_needed
    return None if row.state.series or not total else 1 - stream.events_needed / total


def _rate(per_minute: float) -> str:
    return f"{per_minute:,.3g}" if per_minute < 1000 else f"{per_minute:,.0f}"


def _of_limit(row: DriftRow) -> float | None:
    point = row.point
    if point is None or point.high <= 0:
        return None
    return min(2.0, max(0.0, point.distance / point.high))


def _open(ids: list[str]) -> None:
    chosen = st.session_state[_TABLE].selection.rows
    if chosen:
        st.query_params["stream"] = ids[chosen[0]]
