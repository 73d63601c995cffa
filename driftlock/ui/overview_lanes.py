"""The swimlane, and whose scores stand below it."""

from typing import Any, Final

import streamlit as st

from driftlock.services.overview_rows import Lane, LaneBy, Lanes, Scope, Wanted
from driftlock.ui import frame, overview_cell, overview_range, overview_reads, words
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.swimlane import swimlane
from driftlock.ui.swimlane_grid import lanes_grid
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import Profile

MOST_LANES: Final = 12
ALL_LANES: Final = 1_000
BY: Final[dict[LaneBy, str]] = {"stream": "Stream", "kind": "Kind"}
_LANES: Final = "lanes"
_BOXES: Final = "lane-boxes"
BOXES_HELP: Final = "Off: a click chooses one cell. On: a box chooses several lanes and a longer time."


def show(scope: Scope) -> None:
    """Lanes, most flagged first; choosing a cell narrows the feed."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.subheader("Where and when", anchor=False, width="content")
        st.space("stretch")
        boxes = st.toggle("Draw boxes", key=_BOXES, persist_state="session", help=BOXES_HELP)
        by: LaneBy = (
            st.segmented_control(
                "Lanes by",
                list(BY),
                default="stream",
                required=True,
                format_func=lambda one: BY[one],
                key="by",
                bind="query-params",
                persist_state="session",
                label_visibility="collapsed",
            )
            or "stream"
        )
    every = st.session_state.get("every-lane", False)
    wide, cells = overview_range.in_cells(scope)
    found = overview_reads.lanes(wide, by, cells, ALL_LANES if every else MOST_LANES)
    if found.lanes:
        _draw(scope, found, boxes=boxes)
    _more(found, every=every)


def stream_to_show(scope: Scope) -> str | None:
    """Whose scores are drawn: of the stream with the strongest flagged window, in the chosen cell if there is one."""
    cell = overview_cell.chosen()
    streams = desk().overview.streams(tenant())
    narrowed = overview_cell.narrowed(scope, streams, cell)
    if len(narrowed.stream_ids) == 1:
        return narrowed.stream_ids[0]
    wanted = Wanted(since_us=cell.since_us, until_us=cell.until_us) if cell else Wanted()
    if strongest := overview_reads.strongest(narrowed, wanted):
        return strongest.stream_id
    return next(
        (one.stream.id for one in streams if one.stream.id in narrowed.stream_ids and one.last_seen), None
    )


def _draw(scope: Scope, found: Lanes, *, boxes: bool) -> None:
    drawn = swimlane(
        found,
        colours=colours(),
        chosen=overview_cell.chosen(),
        notes=desk().overview.annotations(scope),
        warming={lane.key: said for lane in found.lanes if (said := warming(lane))},
        boxes=boxes,
    )
    lanes_grid(
        key=_LANES,
        data={"html": drawn.html, "edges": drawn.edges_us, "boxes": boxes},
        height=drawn.height,
        on_chosen_change=_chosen,
    )
    st.caption(drawn.caption)


def _chosen() -> None:
    """A click or the key Enter chooses its cell, a box all within it; a click beside all, or on the chosen one, lets go."""
    told: Any = st.session_state.get(_LANES)
    cell = overview_cell.read(str(told.chosen or "")) if told else None
    overview_cell.choose(None if cell == overview_cell.chosen() else cell)


def warming(lane: Lane) -> str | None:
    """What is said in a lane that nothing was judged in; None where something was."""
    if lane.warming is None:
        return None
    state = next((one for one in desk().overview.streams(tenant()) if one.stream.id == lane.stream_id), None)
    if state is None or not lane.warming:
        return "warming up"
    profile = Profile.from_configuration(state.stream.configuration)
    have, needed = state.stream.events, profile.baseline + profile.window
    if lane.series:
        return f"warming up: {words.plural(lane.warming, 'more event', 'more events')} needed"
    if have >= needed:
        return f"{words.plural(have, 'event')} received, being judged"
    said = f"warming up: {count_text(have)} of {words.plural(needed, 'event')}"
    return f"{said}, {left}" if (left := frame.time_left(state)) else said


def _more(found: Lanes, *, every: bool) -> None:
    if not found.more and not every:
        return
    total = len(found.lanes) + found.more
    if st.button(
        f"Show the first {MOST_LANES} of {count_text(total)}" if every else f"Show all {count_text(total)}",
        key="toggle-lanes",
        type="tertiary",
    ):
        st.session_state["every-lane"] = not every
        st.rerun()
