"""Deletion of a stream, of the tenant, of one person's data: counted first, typed out, never undone."""

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import DEMO
from driftlock.ui import admin_person, admin_said, frame, words
from driftlock.ui.session import desk, reader, tenant


def show() -> None:
    """Each says what would go before it can be pressed."""
    st.markdown(
        "What is deleted here is gone for good. Backups and files that were handed out before still hold it; the audit "
        "log keeps that it was deleted, by whom, and how many rows."
    )
    with st.container(border=True):
        st.subheader("One person's data", anchor=False)
        admin_person.show()
    with st.container(border=True):
        st.subheader("One stream", anchor=False)
        _stream()
    with st.container(border=True):
        st.subheader("The whole tenant", anchor=False)
        _tenant()


def _stream() -> None:
    states = [one for one in desk().overview.streams(tenant()) if one.stream.run_id is None]
    if not states:
        st.caption("There is no stream of its own. What an analysis made is deleted with it, on Analyze.")
        return
    labels = frame.names(states)
    chosen = st.selectbox(
        "Stream",
        [None, *labels],
        format_func=lambda one: "choose one" if one is None else labels.get(one, one),
        key="delete-stream",
    )
    if chosen is None:
        return
    try:
        counts = desk().forgetting.stream_counts(tenant(), chosen)
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.markdown(f"This would go: {words.literal(counts.sentence)}.")
    typed = st.text_input("Type the stream's name as it stands above", key="delete-stream-typed")
    st.button(
        "Delete the stream",
        key="delete-stream-go",
        disabled=typed != labels[chosen],
        on_click=_forget_stream,
        args=(chosen,),
    )


def _tenant() -> None:
    if tenant() == DEMO:
        st.caption(
            "This tenant belongs to the installation and stays. Its streams can be deleted one by one."
        )
        return
    row = desk().tenants.get(tenant())
    st.markdown(f"This would go: {words.literal(desk().forgetting.tenant_counts(tenant()).sentence)}.")
    st.caption(
        "Its people lose their membership, and their account if they are in no other tenant; its keys end. Its id is "
        "never given again. Everybody is signed out of it, you too."
    )
    typed = st.text_input(f"Type the tenant's name: {words.literal(row.name)}", key="delete-tenant-typed")
    st.button(
        "Delete the tenant",
        key="delete-tenant-go",
        disabled=typed != row.name,
        on_click=_forget_tenant,
    )


def _forget_stream(stream_id: str) -> None:
    _forget("forget_stream", stream_id)
    for key in ("delete-stream", "delete-stream-typed"):
        st.session_state.pop(key, None)


def _forget_tenant() -> None:
    _forget("forget_tenant")


def _forget(verb: str, *ids: str) -> None:
    try:
        gone = getattr(desk().forgetting, verb)(tenant(), *ids, by=reader())
    except ApplicationError as error:
        admin_said.say(str(error), well=False)
        return
    st.cache_data.clear()  # pages keep lists of streams for a moment
    admin_said.say(f"Deleted: {gone.sentence}.")
