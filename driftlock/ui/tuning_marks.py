"""Marks beneath the NCD slider: what is ordinary here, and the limit in force."""

import math

import streamlit as st

from driftlock.ui.session import colours
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import limit_text, ncd_decimals, ncd_text


def marks(ordinary: tuple[float, float], current: float, ink: Tokens) -> str:
    """
    One line of HTML on the slider's scale of 0 to 1, and its words below.

    Args:
        ordinary: 5 and 95 % of the scores of this stream; NaN twice without windows.
        current: The NCD limit in force.
        ink: Of the reader's theme.
    """
    if math.isnan(ordinary[0]):
        return ""
    left, right = (100 * min(1.0, max(0.0, end)) for end in ordinary)
    decimals = ncd_decimals(ordinary)
    return (
        '<div aria-hidden="true" style="position:relative;height:14px;margin:0 8px">'
        f'<div style="position:absolute;left:0;right:0;top:6px;height:1px;background:{ink.hairline}"></div>'
        f'<div style="position:absolute;left:{left:.2f}%;width:{max(right - left, 0.8):.2f}%;top:2px;'
        f'height:9px;background:{ink.ordinary};border-radius:2px"></div>'
        f'<div style="position:absolute;left:{100 * min(1.0, current):.2f}%;top:0;height:14px;'
        f'border-left:2px dashed {ink.flagged}"></div></div>'
        f'<div style="font-size:13px;color:{ink.muted};line-height:1.5">■ ordinary here '
        f"{ncd_text(ordinary[0], decimals)} to {ncd_text(ordinary[1], decimals)} · ┆ now "
        f"{limit_text(current)}</div>"
    )


def show(ordinary: tuple[float, float], current: float) -> None:
    """The marks in this reader's theme."""
    if drawn := marks(ordinary, current, colours()):
        st.html(drawn)
