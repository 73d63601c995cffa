"""The page before an audience: no menu, and nothing smaller than 18 pixels."""

from typing import Final

import plotly.graph_objects as go
import streamlit as st

LETTERS: Final = 18  # pixels
_STYLE: Final = f"""<style>
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"] {{ display: none; }}
[data-testid="stMainBlockContainer"] {{ padding-top: 1.2rem; max-width: 100rem; }}
[data-testid="stMain"] :is(p, li, td, th, label p, button p, a p, kbd, code),
[data-testid="stMain"] [data-testid="stCaptionContainer"] p,
[data-testid="stMain"] [data-testid="stTable"] p,
[data-testid="stMain"] [data-testid="stMarkdownContainer"] span:not([data-testid="stIconMaterial"], h1 *, h2 *, h3 *),
[data-testid="stMain"] [data-testid="stMetricLabel"] *
  {{ font-size: max({LETTERS}px, 1.2rem) !important; line-height: 1.45; }}
[data-testid="stMain"] .st-key-narration p {{ font-size: 1.6rem !important; }}
[data-testid="stMain"] h3 {{ font-size: 1.5rem; }}
</style>"""


def presenting() -> bool:
    """Whether the page is shown to an audience."""
    return st.query_params.get("present") == "1"


def style() -> None:
    """Rules for the whole page."""
    st.html(_STYLE)


def larger(figure: go.Figure) -> go.Figure:
    """*figure* with letters of 18 pixels while the page is shown to an audience, else as it is."""
    if not presenting():
        return figure
    letters = {"size": LETTERS}
    figure.update_layout(font=letters, legend_font=letters, height=figure.layout.height + 3 * LETTERS)
    figure.update_xaxes(tickfont=letters, title_font=letters)
    figure.update_yaxes(tickfont=letters, title_font=letters)
    figure.update_annotations(font=letters)
    return figure
