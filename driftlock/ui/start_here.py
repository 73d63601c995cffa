"""Whether the checklist for newcomers is shown: put away per person, by whoever has an account, else per session."""

from typing import Final

import streamlit as st

from driftlock.ui.session import app, who

DISMISSED: Final = "start-here-dismissed"  # in a session and among a person's preferences
_JUST: Final = "start-here-just"  # dismissed by the act before: undoing is offered


def dismissed() -> bool:
    """As the session holds it, which asks for the person's wish once."""
    if DISMISSED not in st.session_state:
        user_id = _account()
        st.session_state[DISMISSED] = bool(user_id and app().accounts.preference(user_id, DISMISSED))
    return bool(st.session_state[DISMISSED])


def just_dismissed() -> bool:
    """Whether it was put away by what was done last; a second question is answered no."""
    return bool(st.session_state.pop(_JUST, False))


def dismiss() -> None:
    """Put it away; it comes back from Help."""
    _set(True)
    st.session_state[_JUST] = True


def bring_back() -> None:
    """Show it again."""
    _set(False)
    st.session_state.pop(_JUST, None)


def _set(away: bool) -> None:
    st.session_state[DISMISSED] = away
    if (user_id := _account()) is not None:
        app().accounts.prefer(user_id, DISMISSED, away)


def _account() -> str | None:
    me = who()
    return me.reader if me.signed_in and me.reader != "visitor" else None
