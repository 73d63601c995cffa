"""Labels: how far they have come, which window comes next, and what is said of it."""

from typing import Final

import streamlit as st

from driftlock.model import Label
from driftlock.services.feedback import Item
from driftlock.services.feedback_store import QueueName
from driftlock.services.review import Change
from driftlock.services.tuning_changes import CannotTune
from driftlock.ui import (
    feedback_card,
    feedback_pick,
    feedback_progress,
    frame,
    overview_actions,
    overview_history,
    words,
)
from driftlock.ui.session import desk, may, reader, tenant

QUEUES: Final[dict[QueueName, str]] = {
    "newest": "Newest",
    "boundary": "Boundary",
    "random": "Random unflagged",
    "disagreements": "Disagreements",
}
HELP: Final[dict[QueueName, str]] = {
    "newest": "Of each incident without a label its strongest window, the newest first.",
    "boundary": "Windows nearest to the limits, flagged or not: a label there says most about the limits.",
    "random": "Windows that were not flagged, drawn at random; the same for everybody until midnight UTC. "
    "They tell how much is missed.",
    "disagreements": "Windows of which people said different things, the latest first.",
}
EMPTY: Final[dict[QueueName, str]] = {
    "newest": "Nothing waits here: every incident of this stream has a label, is snoozed or suppressed, or nothing "
    "was flagged.",
    "boundary": "No window near the limits is without a label.",
    "random": "You have looked at every window drawn for today. Others are drawn after midnight UTC.",
    "disagreements": "Nobody has said different things of the same window.",
}
_AT: Final = "feedback-at"  # place in the queue
_DONE: Final = "feedback-done"  # labelled in this session while its queue still holds it


def show() -> None:
    """Queue, progress and card of one stream."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="queue"):
        state = feedback_pick.stream()
        if state is None:
            return
        chosen = st.segmented_control(
            "Queue",
            list(QUEUES),
            default="newest",
            required=True,
            format_func=QUEUES.__getitem__,
            key="q",
            bind="query-params",
            on_change=_restart,
        )
    stream_id = state.stream.id
    name: QueueName = chosen if chosen in QUEUES else "newest"
    feedback_progress.show(desk().feedback.progress(tenant(), stream_id))
    try:
        items = desk().feedback.queue(tenant(), stream_id, name, by=reader())
    except CannotTune as error:
        st.info(words.literal(str(error)))
        return
    done: set[Item] = st.session_state.get(_DONE, set())
    items = [item for item in items if item not in done]
    if items:
        at = min(st.session_state.get(_AT, 0), len(items) - 1)
        feedback_card.show(items[at], lambda: _buttons(items[at], name, at, len(items)))
    else:
        st.info(EMPTY[name])
    st.caption(HELP[name])
    with st.container(horizontal=True, gap="small"):
        overview_history.show()
        if not items:
            overview_history.undo_last()


def _buttons(item: Item, name: QueueName, at: int, total: int) -> None:
    """The three labels, what goes with them, and the way to the next window."""
    key = feedback_card.key_of(item)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="vote"):
        if may("label"):
            for label, text, letter, icon in overview_actions.LABELS:
                st.button(
                    text,
                    key=f"vote-{label}-{key}",  # a second click means the window that it was on
                    icon=icon,
                    type="primary" if label == "real" else "secondary",
                    shortcut=frame.shortcut(letter),
                    on_click=_vote,
                    args=(item, label, name, key),
                )
            overview_history.undo_last()
        for text, letter, to in (("Previous", "K", at - 1), ("Skip", "J", at + 1)):
            st.button(
                text,
                key=f"feedback-{text.lower()}",
                type="tertiary",
                shortcut=frame.shortcut(letter),
                disabled=not 0 <= to < total,
                on_click=_go,
                args=(to,),
            )
        st.caption(f"{at + 1} of {total}", width="content")
    if may("label"):
        feedback_card.options(item, key)


def _vote(item: Item, label: Label, name: QueueName, key: str) -> None:
    said = feedback_card.said(key)

    def act() -> Change:
        if item.anomaly_id is None:
            assert item.window is not None
            return desk().feedback.label_window(
                *(tenant(), item.stream_id, item.window, label),
                by=reader(),
                reason=said.reason,
                note=said.note,
                queue=name,
            )
        return desk().review.label(
            tenant(),
            [item.anomaly_id],
            label,
            by=reader(),
            reason=said.reason,
            note=said.note,
            scope=said.scope,
            queue=name,
        )

    overview_actions.do(act, undo="Z undoes it.")
    if name == "disagreements":
        st.session_state[_DONE] = {*st.session_state.get(_DONE, set()), item}


def _go(to: int) -> None:
    st.session_state[_AT] = to


def _restart() -> None:
    st.session_state.pop(_AT, None)
    st.session_state.pop(_DONE, None)
