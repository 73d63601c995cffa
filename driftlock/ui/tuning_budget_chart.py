"""Alarms a day against the p limit: what chance alone would raise, and what is raised."""

from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import limit_text, rate_text

HEIGHT: Final = 360  # pixels, as the map beside it

Floats = npt.NDArray[np.float64]


def budget_chart(
    alphas: Floats,
    expected: Floats,
    flagged: Floats,
    *,
    colours: Tokens,
    current: float,
    candidate: float,
    per_day: bool,
) -> Drawing:
    """
    Draw both curves over the p limit, at one NCD limit.

    Args:
        alphas: p limits, rising, at least one.
        expected: By chance alone, at most about.
        flagged: Windows the limit would have flagged.
        colours: Of the reader's theme.
        current, candidate: The p limits compared.
        per_day: Whether both are a day; else of 1000 windows.
    """
    rate = "a day" if per_day else "per 1000"
    figure = frame(
        colours,
        height=HEIGHT,
        x_title="p limit, log scale",
        y_title="Windows a day, log scale" if per_day else "Of 1000 windows, log scale",
    )
    for values, name, colour, dash in (
        (expected, "expected by chance, at most about", colours.ordinary, "dash"),
        (flagged, "flagged", colours.text, "solid"),
    ):
        figure.add_trace(
            go.Scatter(
                x=alphas,
                # A logarithm has no place for none at all: the line begins where there is something.
                y=np.where(values > 0, values, np.nan),
                mode="lines",
                name=name,
                line={"color": colour, "width": 2, "dash": dash, "shape": "hv"},
                hovertemplate=f"p ≤ %{{x:.3g}}: %{{y:.3g}} {rate}, {name}<extra></extra>",
            )
        )
    for alpha, name, colour, height in (
        (current, "current", colours.muted, 0.99),
        (candidate, "candidate", colours.flagged_text, 0.9),
    ):
        figure.add_vline(x=alpha, line={"color": colour, "width": 1.5, "dash": "dot"})
        right = alpha > float(np.sqrt(alphas[0] * alphas[-1]))
        figure.add_annotation(
            x=float(np.log10(alpha)),
            y=height,
            yref="paper",
            yanchor="top",
            xanchor="right" if right else "left",
            text=f"{name} {limit_text(alpha)}",
            showarrow=False,
            font={"color": colour, "size": 12},
        )
    figure.update_xaxes(type="log", exponentformat="none")
    figure.update_yaxes(type="log", exponentformat="none")
    at = int(np.searchsorted(alphas, candidate, side="right")) - 1
    said = (
        f"at {limit_text(candidate)} at most about {rate_text(float(expected[at]))} {rate} by chance and "
        f"{rate_text(float(flagged[at]))} flagged"
        if at >= 0
        else f"{limit_text(candidate)} lies below the smallest drawn, {limit_text(float(alphas[0]))}"
    )
    return Drawing(
        figure=figure,
        alt=f"Windows {rate} against the p limit: {said}.",
        caption="At the candidate's NCD limit. A line begins where there is more than none.",
    )
