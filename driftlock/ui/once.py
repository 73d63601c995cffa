"""Acts that a double click would do twice: what came of the first is the answer to the second."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import streamlit as st

SECONDS: Final = 2.0  # between two clicks of one wish, on a page that is slow to answer
_HELD: Final = "acts-done"
_T = TypeVar("_T")


class _Held:
    """
    Of one session, which each click gives a thread of its own while the one before it is still at work.

    That one is stopped at the next thing it asks of its session, so what has been done is kept without asking it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.acts: dict[str, tuple[object, Any, float]] = {}


def begin() -> None:
    """Before anything can be clicked on in this session."""
    _held()


def done(act: str, asked: object, do: Callable[[], _T]) -> _T:
    """
    What comes of *do*; or what came of it, where the very same was asked for a moment ago, or is being done.

    Args:
        asked: All that the act depends on; compared with ``==``.
    """
    held = _held()
    with held.lock:
        before = held.acts.get(act)
        if before is not None and before[0] == asked and time.monotonic() <= before[2]:
            result: _T = before[1]
            return result
        result = do()
        held.acts[act] = (asked, result, time.monotonic() + SECONDS)
        return result


def _held() -> _Held:
    if _HELD not in st.session_state:
        st.session_state[_HELD] = _Held()
    held: _Held = st.session_state[_HELD]
    return held
