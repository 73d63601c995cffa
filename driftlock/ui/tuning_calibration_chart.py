"""How often each rank came in a quiet stretch, against how often it should."""

from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text

HEIGHT: Final = 320  # pixels

Floats = npt.NDArray[np.float64]


def calibration_chart(
    alphas: Floats,
    observed: Floats,
    expected: Floats,
    low: Floats,
    high: Floats,
    *,
    colours: Tokens,
    windows: int,
    every: int,
    verdict: str,
) -> Drawing:
    """
    Draw the observed share of windows whose rank is at most each alpha, with diagonal and band.

    Args:
        alphas: Limits on one rank, rising, in (0, 1].
        observed: Shares found.
        expected: Shares that exchangeable windows give: alphas, but for the steps of whole ranks.
        low, high: Where 95 % of honest ranks would put the share of so many windows.
        colours: Of the reader's theme.
        windows: Behind the band.
        every: One window in so many was taken for it.
        verdict: In words.
    """
    figure = frame(
        colours, height=HEIGHT, x_title="Limit on the rank, log scale", y_title="Share of windows, log scale"
    )
    # None of the windows is a share of 0, for which a logarithm has no place.
    floor = 0.5 * float(min(alphas[0], *(part[part > 0].min(initial=1.0) for part in (observed, low))))
    figure.add_trace(
        go.Scatter(
            x=np.concatenate((alphas, alphas[::-1])),
            y=np.concatenate((high, np.maximum(low, floor)[::-1])),
            fill="toself",
            fillcolor=colours.ordinary_band,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name="95 % band of honest p-values",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=alphas,
            y=alphas,
            mode="lines",
            name="diagonal: as often as p says",
            line={"color": colours.muted, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=alphas,
            y=np.maximum(expected, floor),
            mode="lines",
            name="expected by the test",
            line={"color": colours.ordinary, "width": 1.5, "dash": "dash"},
            customdata=expected,
            hovertemplate="rank ≤ %{x:.3g}: %{customdata:.3g} expected<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=alphas,
            y=np.maximum(observed, floor),
            mode="lines+markers",
            name="observed",
            line={"color": colours.text, "width": 2, "shape": "hv"},
            marker={"size": 5, "color": colours.text},
            customdata=observed,
            hovertemplate="rank ≤ %{x:.3g}: %{customdata:.3g} of the windows<extra></extra>",
        )
    )
    figure.update_xaxes(type="log", exponentformat="none")
    figure.update_yaxes(type="log", exponentformat="none", range=[np.log10(floor), 0.05])
    return Drawing(
        figure=figure,
        alt=f"Observed share of windows against the limit on their rank, diagonal and 95 % band: {verdict}.",
        caption=(
            f"Band for {count_text(windows)} windows, one in {every}, since neighbours share events. "
            "Less than the diagonal is expected between whole ranks. A share of none is drawn at the lower edge."
        ),
    )
