"""What people wrote beside a case or an anomaly, and what they do with an anomaly without labelling it."""

from collections.abc import Sequence
from typing import Final, Literal

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.cases import LONGEST_COMMENT
from driftlock.services.cases_store import Comment
from driftlock.ui import case_people, words
from driftlock.ui.session import desk, may, reader, tenant

MOST: Final = 50  # shown


def show(kind: Literal["case", "anomaly"], object_id: str, comments: Sequence[Comment]) -> None:
    """The comments, oldest first, and a field for the next one."""
    st.markdown("**Comments**")
    names = case_people.names()
    for one in comments[-MOST:]:
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            who = names.get(one.by, one.by)
            st.markdown(
                f"{words.literal(one.text)}  \n:small[:gray[{words.literal(f'{words.moment(one.at)} UTC · {who}')}]]",
                width="stretch",
            )
            if one.by == reader() and may("label"):
                st.button(
                    "Remove", key=f"comment-{one.id}", type="tertiary", on_click=_remove, args=(one.id,)
                )
    if not comments:
        st.caption("None yet.")
    if not may("label"):
        return
    with st.form(f"comment-{kind}", clear_on_submit=True, border=False):
        st.text_area("Comment", max_chars=LONGEST_COMMENT, key=_text_of(object_id), height=80)
        st.form_submit_button("Add comment", on_click=_add, args=(kind, object_id))


def of_anomaly(anomaly_id: str) -> None:
    """Beside an anomaly: its comments."""
    show("anomaly", anomaly_id, desk().cases.comments(tenant(), "anomaly", anomaly_id))


def _text_of(object_id: str) -> str:
    """Key of the field."""
    return f"comment-text-{object_id}"


def _add(kind: Literal["case", "anomaly"], object_id: str) -> None:
    # A callback, as it is done before another click can begin another run: the browser has emptied the field by then.
    text = st.session_state[_text_of(object_id)]
    try:
        desk().cases.comment(tenant(), kind, object_id, text, by=reader())
    except ApplicationError as error:
        st.session_state[_text_of(object_id)] = text
        st.toast(words.literal(str(error)), icon=":material/error:")


def _remove(comment_id: str) -> None:
    try:
        desk().cases.remove_comment(tenant(), comment_id, by=reader())
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
