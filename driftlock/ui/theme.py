"""Colour tokens of the two themes. Every meaning they carry is also carried by a shape or a word."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """One theme. Names say what a colour is for, not how it looks."""

    background: str
    surface: str
    text: str  # also the observed series
    muted: str
    border: str  # outline of controls, at least 3:1
    hairline: str  # decoration only: grid and dividers
    action: str
    ordinary: str  # ordinary and reference series, links
    ordinary_band: str  # the same, see-through
    flagged: str  # flagged marks and crossed limits
    flagged_band: str
    flagged_text: str
    comparison: str
    ok: str
    warn: str
    error: str
    novel_fill: str  # bytes the baseline does not hold
    repeat_fill: str  # bytes repeated inside the window
    steps: tuple[str, str, str, str, str]  # of an amount, from none to much


LIGHT: Final = Tokens(
    background="#FFFFFF",
    surface="#F5F7FA",
    text="#0E151D",
    muted="#556273",
    border="#8795A6",
    hairline="#CBD3DD",
    action="#0B5CAD",
    ordinary="#0B5CAD",
    ordinary_band="rgba(11, 92, 173, 0.15)",
    flagged="#C24E00",
    flagged_band="rgba(194, 78, 0, 0.14)",
    flagged_text="#A03F00",
    comparison="#CC79A7",
    ok="#00724F",
    warn="#8A5A00",
    error="#A3204A",
    novel_fill="#FFD9A8",
    repeat_fill="#CFE6F7",
    steps=("#E8EEF5", "#BCD2E8", "#86AFD8", "#4A86C1", "#0B5CAD"),
)

DARK: Final = Tokens(
    background="#10151C",
    surface="#19212B",
    text="#E9EEF4",
    muted="#A7B3C1",
    border="#6F7F92",
    hairline="#334050",
    action="#2B72BB",
    ordinary="#7CBBF7",
    ordinary_band="rgba(124, 187, 247, 0.18)",
    flagged="#FF9A4D",
    flagged_band="rgba(255, 154, 77, 0.18)",
    flagged_text="#FFB47A",
    comparison="#6F7F92",
    ok="#4CC9A0",
    warn="#F0C04A",
    error="#FF8FB0",
    novel_fill="#6B3A00",
    repeat_fill="#173B57",
    steps=("#1F2A36", "#27435F", "#34638D", "#4F8FC6", "#7CBBF7"),
)


def tokens(theme_type: str | None) -> Tokens:
    """
    The tokens of the reader's theme; light until the browser has told which it is.

    >>> tokens("dark").text, tokens(None).text
    ('#E9EEF4', '#0E151D')
    """
    return DARK if theme_type == "dark" else LIGHT
