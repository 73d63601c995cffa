"""What all drawings share: one frame, fixed heights, and an alternative text with the main fact."""

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from driftlock.ui.theme import Tokens

# Zooming is done with the mouse on the chart itself; the bar of buttons covers the labels.
PLOTLY_CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "scrollZoom": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A figure, what it shows in one sentence, and what a reader must know to read it."""

    figure: go.Figure
    alt: str
    caption: str


def frame(colours: Tokens, *, height: int, x_title: str, y_title: str) -> go.Figure:
    """An empty figure in the theme's colours; *height* in pixels."""
    figure = go.Figure()
    axis: dict[str, Any] = {
        "gridcolor": colours.hairline,
        "linecolor": colours.border,
        "zeroline": False,
        "tickfont": {"color": colours.text, "size": 12},
        "title": {"font": {"color": colours.muted, "size": 12}},
        "automargin": True,
    }
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 12, "t": 28, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.text, "size": 12},
        hoverlabel={
            "bgcolor": colours.surface,
            "bordercolor": colours.border,
            "font": {"color": colours.text},
        },
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"color": colours.text, "size": 12},
        },
    )
    figure.update_xaxes(**axis, title_text=x_title, showgrid=False)
    figure.update_yaxes(**axis, title_text=y_title)
    return figure
