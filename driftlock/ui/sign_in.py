"""Who may see a page: asked at each run, before anything is drawn."""

import logging
from typing import Any, Final
from urllib.parse import quote, urlsplit

import streamlit as st

from driftlock.errors import StoreUnavailable
from driftlock.ui import session, sign_in_provider
from driftlock.ui.page import FRAMED
from driftlock.ui.session import CHOSEN

PUBLIC: Final = frozenset({"verify"})  # pages that nobody signs in for
NO_TENANT: Final = "There is no tenant of that name, or nothing of it for you."

_log: Final = logging.getLogger(__name__)


def known() -> bool:
    """
    Whether somebody looks who may; asked of the database at every run.

    Where it does not answer, whoever looked a moment ago may look on: the page says what is wrong.
    """
    wanted = st.query_params.get("t")
    if wanted:
        st.session_state[CHOSEN] = wanted
    try:
        return session.look() is not None
    except StoreUnavailable:
        _log.warning("the store did not answer")
        return session.believe() is not None


def admit(page: Any, *, known: bool) -> None:
    """
    Go on where *page* may be drawn for this reader, else show what has to be done first, and stop.

    A tenant that the address names is one of the reader's, or answers as one that is not there.
    """
    if not known:
        _hide_sidebar()
        st.session_state[FRAMED] = True
        if page.url_path in PUBLIC:
            page.run()
        else:
            _sign_in()
        st.stop()
    me = session.who()
    _write_cookie()
    if not me.signed_in:
        return
    wanted = st.query_params.get("t")
    if wanted and wanted != me.tenant:
        st.session_state.pop(CHOSEN, None)
        st.error(NO_TENANT)
        if st.button("To my own", key="own-tenant"):
            st.query_params.clear()
            st.rerun()
        st.stop()
    if len(me.tenants) > 1:
        st.session_state[CHOSEN] = me.tenant
        st.query_params["t"] = me.tenant
    if me.reader == "visitor":
        st.caption(
            "Demo data, deleted after 24 h. " + ("[Sign in](/auth/login)" if session.gated() else ""),
        )


def sign_out(*, everywhere: bool) -> None:
    """End this session, or all of the reader's; open pages end at their next click."""
    found = session.signed_in()
    opened = session.app()
    if found is not None:
        opened.sessions.end_id(found.id)
        if everywhere and found.user_id is not None:
            opened.sessions.end_all(found.user_id)
    st.session_state.clear()
    if sign_in_provider.known_there():
        st.logout()
        st.stop()  # a run that followed would take the way there back, where it was not yet sent


def _sign_in() -> None:
    try:
        session.app().accounts.any()
    except StoreUnavailable:
        st.error("The database cannot be read. Try again in a moment.")
        return
    if session.gated():
        here = urlsplit(st.context.url or "/")
        then = here.path + (f"?{here.query}" if here.query else "")
        st.title("You are signed out", anchor=False)
        st.html(f'<a href="/auth/login?next={quote(then or "/", safe="")}" target="_self">Sign in</a>')
        return
    # Imported here: it draws into the page as soon as it is made, and only this page needs it.
    from driftlock.ui import sign_in_form

    sign_in_form.show()


def _write_cookie() -> None:
    if not session.gated() and session.TOKEN in st.session_state:
        from driftlock.ui import sign_in_form

        sign_in_form.write_cookie()


def _hide_sidebar() -> None:
    st.html(
        '<style>[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }</style>'
    )
