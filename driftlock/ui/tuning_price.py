"""What each pair of limits would cost a month, the current point marked."""

import weakref
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import streamlit as st

from driftlock.services import plans
from driftlock.services.tuning_changes import CannotTune
from driftlock.services.tuning_history import History
from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.session import colours, desk
from driftlock.ui.theme import Tokens
from driftlock.ui.tuning_pictures import draw
from driftlock_core.numbers_text import count_text, limit_text
from driftlock_core.recount import Rule

HEIGHT: Final = 460  # pixels
SIZE: Final = 20  # limits on each side


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Incidents in the range by NCD limit (rows) and p limit (columns); −1 where they cannot be known."""

    thresholds: tuple[float, ...]
    alphas: tuple[float, ...]
    incidents: npt.NDArray[np.int64]


def show(history: History, candidate: Rule | None) -> None:
    """The grid and the plans."""
    st.caption(plans.UNIT)
    if history.days is None:
        st.info("The events of this stream name no times, so nothing can be said about a month.")
        return
    grid = _grid(history)
    draw(
        price_chart(grid, history.days, colours=colours(), current=history.rule, candidate=candidate),
        key="price",
        note=f" From {words.plural(history.windows, 'window')}, taken to a month at their rate: an estimate.",
    )
    for title, rule in (("Current", history.rule), ("Candidate", candidate)):
        price = None if rule is None else desk().tuning.figures(history, rule).price
        if price is not None:
            st.markdown(f"**{title}:** {words.literal(price.sentence)}")


def _grid(history: History) -> Grid:
    """Counted once for a stream as it stands: what a grid shows does not hang on the candidate."""
    # By itself, and not by a number that the next one may have once it is gone.
    key = (weakref.ref(history.recounter), history.first, history.stop)
    kept: tuple[object, Grid] | None = st.session_state.get("tuning-price-grid")
    if kept is not None and kept[0] == key:
        return kept[1]
    grid = grid_of(history)
    st.session_state["tuning-price-grid"] = (key, grid)
    return grid


def grid_of(history: History) -> Grid:
    """Recount the range under twenty times twenty pairs of limits."""
    curve = desk().tuning.curve(history, history.rule.threshold)
    at = np.unique(np.linspace(0, len(curve.alphas) - 1, SIZE).round().astype(np.int64))
    alphas = tuple(float(one) for one in curve.alphas[at])
    thresholds = tuple((step + 1) / SIZE for step in range(SIZE))
    incidents = np.full((len(thresholds), len(alphas)), -1, dtype=np.int64)
    for row, threshold in enumerate(thresholds):
        for column, alpha in enumerate(alphas):
            try:
                figures = desk().tuning.figures(history, Rule(threshold=threshold, alpha=alpha))
            except CannotTune:
                continue
            if not figures.unknown:
                incidents[row, column] = figures.incidents
    return Grid(thresholds=thresholds, alphas=alphas, incidents=incidents)


def price_chart(
    grid: Grid, days: float, *, colours: Tokens, current: Rule, candidate: Rule | None
) -> Drawing:
    """
    Draw a square for each pair of limits, the larger the more detections a month.

    Args:
        grid: Incidents in the range.
        days: Length of the range.
        colours: Of the reader's theme.
        current, candidate: Marked.
    """
    figure = frame(colours, height=HEIGHT, x_title="p limit", y_title="NCD limit")
    rows, columns = np.nonzero(grid.incidents >= 0)
    months = [
        plans.per_month(int(grid.incidents[row, column]), days)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    most = max(months, default=0)
    said = [plans.price(count).sentence for count in months]
    figure.add_trace(
        go.Scatter(
            x=columns,
            y=[grid.thresholds[row] for row in rows],
            mode="markers",
            name="detections a month",
            marker={
                "symbol": "square",
                "size": [3 + 10 * float(np.sqrt(count / most)) if most else 3 for count in months],
                "color": colours.ordinary,
            },
            customdata=said,
            text=[limit_text(grid.alphas[column]) for column in columns],
            hovertemplate="NCD ≥ %{y:.2f}, p ≤ %{text}<br>%{customdata}<extra></extra>",
        )
    )
    for rule, name, symbol, colour in (
        (current, "current", "circle-open", colours.text),
        (candidate, "candidate", "diamond-open", colours.flagged),
    ):
        if rule is not None and (name == "current" or rule != current):
            figure.add_trace(
                go.Scatter(
                    # Columns are equally wide; a limit between two of them lies between them.
                    x=[
                        float(np.interp(np.log(rule.alpha), np.log(grid.alphas), np.arange(len(grid.alphas))))
                    ],
                    y=[rule.threshold],
                    mode="markers",
                    name=f"{name}: NCD ≥ {limit_text(rule.threshold)}, p ≤ {limit_text(rule.alpha)}",
                    marker={
                        "symbol": symbol,
                        "size": 20,
                        "color": colour,
                        "line": {"width": 3, "color": colour},
                    },
                    hoverinfo="name",
                )
            )
    every = max(1, -(-len(grid.alphas) // 10))  # so many labels find room
    ticks = range(0, len(grid.alphas), every)
    figure.update_xaxes(tickvals=list(ticks), ticktext=[limit_text(grid.alphas[at]) for at in ticks])
    left_out = int(np.count_nonzero(grid.incidents < 0))
    caption = f"The largest square stands for {words.plural(most, 'detection')} a month."
    if left_out:
        caption += f" {words.plural(left_out, 'pair')} of limits not drawn: windows are not decided there."
    return Drawing(
        figure=figure,
        alt=(
            f"Detections a month for {count_text(len(months))} pairs of limits: between "
            f"{count_text(min(months, default=0))} and {count_text(most)}."
        ),
        caption=caption,
    )
