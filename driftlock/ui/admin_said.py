"""What came of the last thing that was asked for, above what it changed."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui import words

_SAID: Final = "admin-said"


def act(verb: Callable[..., Any], *args: Any, done: str, **given: Any) -> bool:
    """
    For callbacks of buttons: do it, and say at the next run what came of it.

    Args:
        done: A sentence for when it went well; never with a secret in it.

    Returns:
        Whether it went well.
    """
    try:
        verb(*args, **given)
    except ApplicationError as error:
        st.session_state[_SAID] = (False, str(error))
        return False
    st.session_state[_SAID] = (True, done)
    return True


def say(text: str, *, well: bool = True) -> None:
    """At the next run."""
    st.session_state[_SAID] = (well, text)


def show() -> None:
    """Once."""
    said: tuple[bool, str] | None = st.session_state.pop(_SAID, None)
    if said is not None:
        well, text = said
        (st.success if well else st.error)(words.literal(text))
        st.toast(words.literal(text))  # for who has scrolled away from it


def close(popover: str) -> None:
    """For callbacks of buttons inside: what comes of them must not stand behind it."""
    st.session_state[popover] = False
