"""What was done at this desk, newest first, each with the way back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.permissions import Permission
from driftlock.services.review import Change
from driftlock.ui import case_people, frame, overview_reads, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock_core.numbers_text import count_text

MOST: Final = 12
LABEL_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"real": "real", "not_real": "not real", "not_useful": "not useful"}
)


def undo_last() -> None:
    """A button that takes the last change back, where there is one."""
    last = next((one for one in desk().review.history(tenant(), limit=MOST) if undoable(one)), None)
    if last is not None:
        st.button(
            "Undo",
            key="undo-last",
            icon=":material/undo:",
            type="tertiary",
            shortcut=frame.shortcut("Z"),
            help=said(last),
            on_click=undo,
            args=(last.id,),
        )


def show() -> None:
    """What was done lately, behind a button; nothing where nothing was done."""
    changes = desk().review.history(tenant(), limit=MOST)
    if not changes:
        return
    called = case_people.names()
    with st.popover("History", icon=":material/history:", key="history"):
        for change in changes:
            with st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
            ):
                st.markdown(
                    f"{words.literal(said(change))}  \n:small[:gray[{words.literal(f'{words.moment(change.at)} UTC · {called.get(change.by, change.by)}')}]]",
                    width="stretch",
                )
                if undoable(change):
                    st.button(
                        "Undo", key=f"undo-{change.id}", type="tertiary", on_click=undo, args=(change.id,)
                    )


def undoable(change: Change) -> bool:
    """Whether there is something to take back, and the reader may."""
    needs: Permission = "suppress" if change.what in ("suppress", "resume") else "label"
    return change.id is not None and change.what != "undo" and change.undone_at is None and may(needs)


def said(change: Change) -> str:
    """
    A change in words.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 20, tzinfo=UTC)
    >>> said(Change(id="a", what="label", count=3, at=at, by="visitor", says={"label": "not_real"}))
    '3 labelled not real'
    """
    many = count_text(change.count)
    match change.what:
        case "label":
            text = f"{many} labelled {LABEL_WORDS.get(str(change.says.get('label')), 'otherwise')}"
        case "snooze":
            text = f"{many} snoozed"
        case "state":
            text = (
                f"{many} {'opened again' if change.says.get('state') == 'open' else change.says.get('state')}"
            )
        case "assign":
            text = f"{many} {'assigned' if change.says.get('assignee') else 'given back'}"
        case "suppress":
            text = f"Pattern suppressed, {many} with it"
        case "resume":
            text = f"Suppression ended, {many} shown again"
        case "annotate":
            text = "Note added"
        case "remove_note":
            text = "Note removed"
        case _:
            text = f"{many} restored by undo"
    return f"{text} (undone)" if change.undone_at is not None else text


def undo(change_id: str) -> None:
    """Take a change back and say what came of it; what was changed since stays as it is."""
    try:
        done = desk().review.undo(tenant(), change_id, by=reader())
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
        return
    overview_reads.forget()
    left = f" {words.plural(len(done.left), 'one')} changed since, left alone." if done.left else ""
    gone = f" {count_text(done.gone)} not kept any more." if done.gone else ""
    st.toast(f"Undone: {count_text(done.count)} restored.{left}{gone}", icon=":material/undo:")
