"""A secret or a link that is shown once, and is nowhere afterwards."""

import threading
from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui import admin_said, links, session

Shown = tuple[str, str, str]  # key or link, what is shown, what it does
_WAITS: Final = "shown-once"


class _Held:
    """
    Of one session, which each click gives a thread of its own while the one before it is still at work.

    That one is stopped at the next thing it asks of its session, so what was made is kept without asking it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waits: Shown | None = None


def make(verb: Callable[..., Any], *args: Any, shown: Callable[[Any], Shown], **given: Any) -> bool:
    """
    For callbacks of buttons: make it, and show it from the next run on until it is stored.

    While one waits to be stored no other is made: of a double click the second would take the first one's place,
    and nobody could ever read that.

    Args:
        shown: :func:`key` or :func:`link` of what *verb* made.

    Returns:
        Whether it was made; if not, the next run says why.
    """
    held = _held()
    with held.lock:
        if held.waits is not None:
            return False
        try:
            held.waits = shown(verb(*args, **given))
        except ApplicationError as error:
            admin_said.say(str(error), well=False)
            return False
    return True


def key(made: str) -> Shown:
    """A new API key."""
    return "key", made, ""


def link(path: str, said: str) -> Shown:
    """
    A link for somebody else.

    Args:
        path: Below the address of the server.
        said: What it does, and how long.
    """
    return "link", path, said


def waits() -> bool:
    """Whether something was made that nobody has stored yet."""
    return _held().waits is not None


def show() -> None:
    """
    What waits to be stored, in a dialog that every run opens anew.

    It is held by this session alone, and only until then: not in the address or a log. A dialog that one run alone
    opens is closed by the next, as a key that is pressed or a connection that comes back begins one.
    """
    if (waiting := _held().waits) is None:
        return
    what, made, said = waiting
    if what == "key":
        _key(made)
    else:
        _link(made, said)


@st.dialog("Shown once", dismissible=False, width="medium")
def _key(made: str) -> None:
    st.markdown("This is the key. Only what it is checked by is kept, so nobody can show it again.")
    st.code(made, language=None, wrap_lines=True)
    st.caption("Senders put it behind “Authorization: Bearer”.")
    if st.button("I have stored it", type="primary", key="stored-it", on_click=_stored):
        st.rerun()


@st.dialog("Shown once", dismissible=False, width="medium")
def _link(path: str, said: str) -> None:
    st.markdown(said)
    st.code(f"{links.root()}{path}", language=None, wrap_lines=True)
    st.markdown("Nothing is mailed: pass it on yourself, to nobody else. It works once.")
    if not session.gated():
        st.caption("Links open where the pages are served by `driftlock serve`; this server is another one.")
    if st.button("I have passed it on", type="primary", key="passed-on", on_click=_stored):
        st.rerun()


def _stored() -> None:
    _held().waits = None


def _held() -> _Held:
    if _WAITS not in st.session_state:
        st.session_state[_WAITS] = _Held()
    held: _Held = st.session_state[_WAITS]
    return held
