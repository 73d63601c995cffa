"""A secret or a link that is shown once, and is nowhere afterwards."""

import streamlit as st

from driftlock.ui import links, session


@st.dialog("Shown once", dismissible=False, width="medium")
def key(made: str) -> None:
    """
    A new API key.

    It is held by the open dialog alone: not in the session, the address or a log.
    """
    st.markdown("This is the key. Only what it is checked by is kept, so nobody can show it again.")
    st.code(made, language=None, wrap_lines=True)
    st.caption("Senders put it behind “Authorization: Bearer”.")
    if st.button("I have stored it", type="primary", key="stored-it"):
        st.rerun()


@st.dialog("Shown once", dismissible=False, width="medium")
def link(path: str, said: str) -> None:
    """
    A link for somebody else.

    Args:
        path: Below the address of the server.
        said: What it does, and how long.
    """
    st.markdown(said)
    st.code(f"{links.root()}{path}", language=None, wrap_lines=True)
    st.markdown("Nothing is mailed: pass it on yourself, to nobody else. It works once.")
    if not session.gated():
        st.caption("Links open where the pages are served by `driftlock serve`; this server is another one.")
    if st.button("I have passed it on", type="primary", key="passed-on"):
        st.rerun()
