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


def frame(
    colours: Tokens, *, height: int, x_title: str, y_title: str, room: tuple[int, int] | None = None
) -> go.Figure:
    """
    An empty figure in the theme's colours.

    Args:
        height: Pixels.
        room: Pixels left of the upright axis and below the other, for what is written there. None: as much
            as it turns out to need, for which a browser draws everything once more.
    """
    axis: dict[str, Any] = {
        "gridcolor": colours.hairline,
        "linecolor": colours.border,
        "zeroline": False,
        "tickfont": {"color": colours.text, "size": 12},
        "automargin": room is None,
    }
    title = {"color": colours.muted, "size": 12}
    left, below = room or (8, 8)
    return go.Figure(
        layout={
            # The theme is added in the browser; with a template of its own a figure takes twice as long to make.
            "template": "none",
            "height": height,
            "margin": {"l": left, "r": 12, "t": 28, "b": below},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": colours.text, "size": 12},
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.border,
                "font": {"color": colours.text},
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"color": colours.text, "size": 12},
            },
            "xaxis": axis | {"title": {"text": x_title, "font": title}, "showgrid": False},
            "yaxis": axis | {"title": {"text": y_title, "font": title}},
        }
    )
