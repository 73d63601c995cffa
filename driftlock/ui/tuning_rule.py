"""The candidate rule of the tuning page: its name, the steps of its sliders, and what the widgets hold."""

import math
from typing import Final, Literal

import streamlit as st

from driftlock_core.profiles import PROFILES

Drive = Literal["limits", "budget", "sensitivity"]
Statistic = Literal["ncd", "distance", "bits"]
DRIVES: Final[dict[Drive, str]] = {
    "limits": "Limits",
    "budget": "Alarm budget",
    "sensitivity": "Sensitivity",
}
CUSTOM: Final = "custom"
CHOICES: Final = (*PROFILES, CUSTOM)
LARGEST_P: Final = 0.2  # of the slider; the field beside it goes on
_STEPS: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def named(threshold: float, alpha: float) -> str:
    """
    The profile with these limits, or custom.

    >>> named(0.45, 0.01), named(0.45, 0.05)
    ('strict', 'custom')
    """
    same = (name for name, one in PROFILES.items() if (one.threshold, one.alpha) == (threshold, alpha))
    return next(same, CUSTOM)


def p_steps(smallest: float, largest: float = LARGEST_P) -> list[float]:
    """
    Even steps on a log scale, from the smallest p a stream can express.

    >>> p_steps(0.0249)
    [0.0249, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2]
    """
    decades = range(math.floor(math.log10(smallest)), 1)
    steps = [round(step * 10.0**decade, 12) for decade in decades for step in _STEPS]
    return [smallest, *(step for step in steps if smallest < step <= largest)]


def nearest(steps: list[float], value: float) -> float:
    """
    The step closest to *value* on the log scale.

    >>> nearest([0.01, 0.1, 0.2], 0.05)
    0.1
    """
    return min(steps, key=lambda step: abs(math.log(step / value)))


def put(threshold: float, alpha: float) -> None:
    """Make these limits the candidate's; before its widgets are drawn, as in a callback."""
    st.session_state.ncd = threshold
    st.session_state.p = alpha


def show(key: str, value: object, *, again: bool = False) -> None:
    """
    What the widget of *key* shows from here on, before it is drawn.

    Said only where it differs: each time it is said, the browser takes it, and forgets what a hand has just set.

    Args:
        again: Say it all the same, as the address does not have it yet: the browser writes there what it is told.
    """
    if again or st.session_state.get(key) != value:
        st.session_state[key] = value


def beginning(key: str, value: float) -> float | None:
    """
    What the slider of *key* begins with, where it is not drawn yet; else None, and :func:`show` says it.

    A browser that has yet to fetch the program of its sliders may miss what it is told, never what one begins with.
    """
    if key not in st.session_state:
        return value
    show(key, value)
    return None


def put_profile() -> None:
    """A profile was chosen: its limits are the candidate's. Custom leaves them as they are."""
    if (chosen := PROFILES.get(str(st.session_state.prof))) is not None:
        put(chosen.threshold, chosen.alpha)


def take_over(key: str, slider: str) -> None:
    """The slider was moved: the field beside it, which is part of the address, holds its value."""
    st.session_state[key] = st.session_state[slider]


def from_address() -> None:
    """A hand-written address may name a profile and no limits."""
    asked = st.query_params.get("prof", "").lower()  # an address holds names as they are shown
    told = any(key in st.query_params or key in st.session_state for key in ("ncd", "p"))
    if not told and (chosen := PROFILES.get(asked)) is not None:
        put(chosen.threshold, chosen.alpha)
