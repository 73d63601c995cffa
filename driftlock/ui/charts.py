"""What all drawings share: one frame, fixed heights, and an alternative text with the main fact."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.io import to_json

from driftlock.ui.theme import Tokens

# Zooming is done with the mouse on the chart itself; the bar of buttons covers the labels.
PLOTLY_CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "scrollZoom": False}
FONT: Final = '"Source Sans", sans-serif'  # that of the pages
_NUMBERS: Final = frozenset({"x", "y", "customdata"})


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
    figure = go.Figure(
        layout={
            # With a template of its own a figure takes twice as long to make.
            "template": "none",
            "height": height,
            "margin": {"l": left, "r": 12, "t": 28, "b": below, "pad": 7.5},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": colours.text, "size": 12, "family": FONT, "weight": 400},
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.border,
                "font": {"color": colours.text, "size": 11.25, "family": FONT},
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"color": colours.text, "size": 12},
            },
            "xaxis": axis | {"title": {"text": x_title, "font": title, "standoff": 18.75}, "showgrid": False},
            "yaxis": axis | {"title": {"text": y_title, "font": title, "standoff": 22.5}},
        }
    )
    figure.layout.template = None
    return figure


def drawn_once(drawing: Drawing) -> go.Figure:
    """
    The figure of *drawing*, to be shown with ``theme=None``: a browser then draws it once, not twice.

    Streamlit hands a figure to Plotly when the chart appears, and once more, as a copy, when it knows how wide
    the chart is. Plotly draws again whatever it cannot tell from what it drew before: a template, numbers that
    are not in a plain list, and any list without a word that its numbers are the same. That word is a digest of
    all that is drawn.
    """
    figure = drawing.figure
    for trace in figure.data:
        for name in _NUMBERS & set(trace):
            numbers = trace[name]
            if isinstance(numbers, np.ndarray) and numbers.dtype.kind in "iuf":
                trace[name] = None  # else it would be seen to be the same, and left as it is
                trace[name] = numbers.tolist()
    figure.layout.datarevision = None
    digest = blake2b(to_json(figure, validate=False).encode(), digest_size=8).hexdigest()
    figure.layout.datarevision = digest
    return figure


def escaped(text: str) -> str:
    """Names of others, so that Plotly does not read them as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
