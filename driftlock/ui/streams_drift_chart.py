"""Distance from the anchor over time, and anchors held against each other."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from driftlock.model import DriftPoint, moment
from driftlock.services.anchors import DriftRuler
from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.streams_words import distance
from driftlock.ui.theme import Tokens
from driftlock_core.anchors_drift import JUDGED_FROM, SETTLING, Drift

HEIGHT: Final = 280  # pixels
MOST_POINTS: Final = 2_000
CELL: Final = 64  # pixels


def trend(points: Sequence[DriftPoint], *, colours: Tokens, timed: bool) -> Drawing:
    """
    The distance of each point, its ordinary range, and where it lies outside.

    Args:
        points: At least one, in the order of the stream.
        timed: Whether the times of the points mean anything; else they stand by event number.
    """
    shown = points[-MOST_POINTS:]
    at = [moment(one.seen_us) for one in shown] if timed else [one.seq for one in shown]
    figure = frame(
        colours,
        height=HEIGHT,
        x_title="time, UTC" if timed else "last event of the baseline",
        y_title="distance from the anchor",
    )
    figure.add_trace(
        go.Scatter(
            x=at,
            y=[one.high for one in shown],
            mode="lines",
            line={"width": 0},
            showlegend=False,
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=at,
            y=[one.low for one in shown],
            mode="lines",
            line={"width": 0},
            fill="tonexty",
            fillcolor=colours.ordinary_band,
            name="ordinary range, 5–95 %",
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=at,
            y=[one.distance for one in shown],
            mode="lines+markers" if len(shown) <= 200 else "lines",
            line={"color": colours.text, "width": 1.5},
            marker={"size": 5, "color": colours.text},
            name="distance",
            customdata=[[one.seq, one.p] for one in shown],
            hovertemplate="distance %{y:.3f}<br>baseline to event %{customdata[0]}<br>p %{customdata[1]}<extra></extra>",
        )
    )
    before = len(points) - len(shown)
    outside = [place for place, one in enumerate(shown) if one.outside and place + before >= JUDGED_FROM]
    if outside:
        figure.add_trace(
            go.Scatter(
                x=[at[place] for place in outside],
                y=[shown[place].distance for place in outside],
                mode="markers",
                marker={"symbol": "triangle-up", "size": 10, "color": colours.flagged},
                name="outside",
                hoverinfo="skip",
            )
        )
    if len(points) > JUDGED_FROM > before:
        figure.add_vline(
            x=at[JUDGED_FROM - 1 - before],
            line={"color": colours.muted, "width": 1, "dash": "dot"},
        )
    newest = shown[-1]
    return Drawing(
        figure=figure,
        alt=(
            f"Distance from the anchor at {words.plural(len(shown), 'point')}: {distance(newest.distance)} now, the "
            f"ordinary range ends at {distance(newest.high)}; {words.plural(len(outside), 'judged point')} outside."
        ),
        caption=(
            f"One point a baseline that shares no event with the one before. The first {JUDGED_FROM}, left of the dotted "
            f"line, are not judged; {SETTLING} ordinary ones settle the range."
            + (
                f" Shown are the newest {MOST_POINTS:,} of {len(points):,} points."
                if len(points) > len(shown)
                else ""
            )
        ),
    )


def matrix(ruler: DriftRuler, labels: Sequence[str], *, colours: Tokens) -> Drawing:
    """
    Each stretch (rows) against each other (columns); the nearest of a row is outlined.

    Args:
        labels: Of the stretches, in order.
    """
    count = len(labels)
    figure = frame(colours, height=CELL * count + 110, x_title="", y_title="")
    most = max((one.distance for line in ruler.rows for one in line), default=0.0) or 1.0
    cells = [
        (row, column, ruler.rows[row][column])
        for row in range(count)
        for column in range(count)
        if row != column
    ]
    nearest = {row: found[0] for row in range(count) if (found := ruler.nearest(row))}
    figure.add_trace(
        go.Scatter(
            x=[labels[column] for _, column, _ in cells],
            y=[labels[row] for row, _, _ in cells],
            mode="markers+text",
            marker={
                "symbol": "square",
                "size": CELL - 14,
                "color": [_step(one, most, colours) for _, _, one in cells],
                "line": {
                    "width": [3 if nearest.get(row) == column else 1 for row, column, _ in cells],
                    "color": [
                        colours.text if nearest.get(row) == column else colours.border
                        for row, column, _ in cells
                    ],
                },
            },
            text=[distance(one.distance) for _, _, one in cells],
            textfont={"color": [_ink(one, most, colours) for _, _, one in cells], "size": 12},
            customdata=[[one.high, one.p] for _, _, one in cells],
            hovertemplate="%{y} and %{x}: %{text}<br>chance reaches %{customdata[0]:.3f}, p %{customdata[1]}<extra></extra>",
            showlegend=False,
        )
    )
    figure.update_xaxes(type="category", categoryarray=list(labels), range=[-0.6, count - 0.4], side="top")
    figure.update_yaxes(
        type="category", categoryarray=list(labels), range=[count - 0.4, -0.6], showgrid=False
    )
    return Drawing(
        figure=figure,
        alt=f"Distances between {words.plural(count, 'stretch', 'stretches')}, nearest neighbours outlined",
        caption="The thick outline names the nearest of each row.",
    )


def nearest_text(ruler: DriftRuler, labels: Sequence[str], row: int) -> str | None:
    """Which stretch one is most like, and whether chance alone could make them differ so much."""
    found = ruler.nearest(row)
    if found is None:
        return None
    place, one = found
    told = (
        f"further apart ({distance(one.distance)}) than chance makes them ({distance(one.high)})"
        if one.outside
        else f"no further apart ({distance(one.distance)}) than chance makes them ({distance(one.high)})"
    )
    return f"{labels[row]} is most like {labels[place]}; the two are {told}."


def _place(one: Drift, most: float) -> int:
    return min(4, max(0, int(5 * one.distance / most)))


def _step(one: Drift, most: float, colours: Tokens) -> str:
    return colours.steps[_place(one, most)]


def _ink(one: Drift, most: float, colours: Tokens) -> str:
    return colours.background if _place(one, most) >= 3 else colours.text
