"""Head of a page, and the few sizes Streamlit's theme has no setting for."""

from typing import Final

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from driftlock.ui import theme_watch
from driftlock.ui.session import colours
from driftlock.ui.theme import Tokens

FRAMED: Final = "framed"  # in a session: its pages have their frame


def head(title: str, purpose: str) -> None:
    """Title and one sentence on what the page is for."""
    style(colours())
    st.title(title, anchor=False)
    st.caption(purpose)


def style(ink: Tokens, *, title_size: str = "2rem") -> None:
    """
    Rules for the frame of every page.

    Streamlit leaves 96 px free above the title: with it the primary action
    falls below the fold. A metric's label is one clipped line by default,
    which cuts words on a phone. What is chosen is written in the colour of
    buttons, which is too dark to be read on the dark theme.
    """
    _framed()
    st.html(
        f"""<style>
        [data-testid="stMainBlockContainer"] {{
          padding: 4.25rem clamp(1rem, 4vw, 3.5rem) 4rem; max-width: 84rem; }}
        [data-testid="stMainBlockContainer"] h1 {{
          padding: 0 0 .35rem; font-size: {title_size}; line-height: 1.35; }}
        [data-testid="stMainBlockContainer"] h3 {{ padding: .6rem 0 .45rem; font-size: 1.2rem; }}
        [data-testid="stMetricLabel"] p {{ white-space: normal; overflow: visible; }}
        [data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{
          color: {ink.muted}; opacity: 1; }}
        [data-testid="stButtonGroup"] [data-selected="true"] p,
        [data-testid="stTab"][data-selected="true"] p,
        [data-testid="stSliderThumbValue"] p {{ color: {ink.ordinary}; }}
        </style>"""
    )
    theme_watch.show()


def _framed() -> None:
    """
    Start over, once, where Streamlit has taken the folder of pages for the navigation.

    It does until the script that navigates has run in this process, and runs the page alone:
    without its frame, if the first address that a new process is asked for is a page's.
    """
    if FRAMED not in st.session_state:
        st.session_state[FRAMED] = True
        PagesManager.uses_pages_directory = False
        st.rerun()
