"""
Where and when something stood out: a lane a stream or kind, a cell a stretch of time.

Cells are bars and not markers: a marker's size is in pixels, so that markers
of 48 stretches would overlap on a phone and leave gaps on a desk. A heatmap
would scale too, but nobody can click it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.services.overview_rows import Annotation, Lanes
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.overview_cell import Cell
from driftlock.ui.swimlane_text import alternative, caption, escaped, hover, label, step, width
from driftlock.ui.theme import Tokens

LANE_HEIGHT: Final = 28  # pixels
EDGES_HEIGHT: Final = 64  # pixels, axis and notes
BELOW: Final = 44  # pixels, times of two lines
_TALL: Final = 0.72  # of a lane's height
_CLEAR: Final = "rgba(0, 0, 0, 0)"


def swimlane(
    lanes: Lanes,
    *,
    colours: Tokens,
    chosen: Cell | None = None,
    notes: Sequence[Annotation] = (),
    warming: Mapping[str, str] | None = None,
    boxes: bool = False,
) -> Drawing:
    """
    Draw the lanes, the first on top.

    Args:
        lanes: At least one lane.
        colours: Of the reader's theme.
        chosen: The cell the feed is filtered to.
        notes: Drawn above the lanes at the moment they speak of.
        warming: By a lane's key, what is said in a lane that nothing was tested in.
        boxes: Dragging draws a box around cells; then a click chooses none.
    """
    many = len(lanes.lanes)
    labels = [label(lane) for lane in lanes.lanes]
    figure = frame(
        colours,
        height=EDGES_HEIGHT + LANE_HEIGHT * many,
        x_title="",
        y_title="",
        room=(max(map(width, labels)) + 14, BELOW),
    )
    edges = np.asarray(lanes.edges_us, dtype=np.int64)
    timed = bool(edges[-1] > edges[0])
    if not timed:  # nothing was tested in any lane: there is room for what is said of them, and no time
        edges = np.arange(edges.size, dtype=np.int64) * 1_000_000
    middles = (edges[:-1] + edges[1:]) // 2
    # Plotly takes the width of a bar on a time axis in milliseconds.
    widths_ms = np.diff(edges) / 1_000
    _add_cells(figure, lanes, middles, widths_ms, colours)
    _add_flagged(figure, lanes, middles, colours)
    for place, lane in enumerate(lanes.lanes):
        if said := (warming or {}).get(lane.key):
            _say(figure, said, edges, place, colours)
    if chosen is not None:
        _outline(figure, lanes, chosen, colours)
    _add_notes(figure, notes, edges, colours)
    figure.update_xaxes(
        range=[_time(edges[0]), _time(edges[-1])],
        fixedrange=True,
        ticks="outside",
        ticklen=4,
        tickcolor=colours.border,
        title_standoff=6,
        tickangle=0,
    )
    figure.update_yaxes(
        tickvals=list(range(many)),
        ticktext=labels,
        # The first lane on top, and room above it for notes.
        range=[many - 0.45, -0.95 if notes else -0.55],
        showgrid=False,
        fixedrange=True,
        ticklabelstandoff=6,
    )
    if not timed:
        figure.update_xaxes(showticklabels=False, ticks="", title_text="")
    figure.update_layout(
        margin_t=6,
        barmode="overlay",
        bargap=0,
        showlegend=False,
        dragmode="select" if boxes else False,
        hovermode="closest",
        clickmode="event" if boxes else "event+select",
    )
    return Drawing(figure=figure, alt=alternative(lanes), caption=caption(lanes, boxes=boxes))


def _add_cells(
    figure: go.Figure,
    lanes: Lanes,
    middles: npt.NDArray[np.int64],
    widths_ms: npt.NDArray[np.float64],
    colours: Tokens,
) -> None:
    times, places, fills, outlines, patterns, told, keys = [], [], [], [], [], [], []
    for place, lane in enumerate(lanes.lanes):
        for bucket, middle in enumerate(middles):
            times.append(_time(middle))
            places.append(place - _TALL / 2)
            bits, tested = float(lane.strongest_bits[bucket]), int(lane.tested[bucket])
            # Of a series' numbers only alerts have bits: where nothing was raised the cell is of the first fill.
            filled = tested or np.isfinite(bits)
            fills.append(
                colours.steps[step(bits) if np.isfinite(bits) else 0] if filled else colours.hairline
            )
            outlines.append(colours.border if filled else _CLEAR)
            patterns.append("/" if lane.tested_known and not tested else "")
            told.append(hover(lane, lanes, bucket))
            keys.append([lane.key, bucket])
    figure.add_trace(
        go.Bar(
            x=times,
            y=[_TALL] * len(times),
            base=places,
            width=list(np.tile(widths_ms, len(lanes.lanes))),
            marker={
                "color": fills,
                "line": {"color": outlines, "width": 0.6},
                # The hatch takes the colour of its bar.
                "pattern": {"shape": patterns, "fillmode": "replace", "size": 6, "solidity": 0.2},
            },
            customdata=keys,
            hovertext=told,
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            name="cells",
        )
    )


def _add_flagged(figure: go.Figure, lanes: Lanes, middles: npt.NDArray[np.int64], colours: Tokens) -> None:
    marks = [
        (place, bucket, lane)
        for place, lane in enumerate(lanes.lanes)
        for bucket in np.flatnonzero(np.asarray(lane.flagged)).tolist()
    ]
    if not marks:
        return
    figure.add_trace(
        go.Scatter(
            x=[_time(middles[bucket]) for _, bucket, _ in marks],
            y=[place for place, _, _ in marks],
            mode="markers",
            marker={
                "symbol": "triangle-up",
                "size": 11,
                "opacity": 1,
                "color": colours.flagged,
                "line": {"color": colours.background, "width": 1.2},
            },
            customdata=[[lane.key, bucket] for _, bucket, lane in marks],
            hovertext=[hover(lane, lanes, bucket) for _, bucket, lane in marks],
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            name="flagged",
        )
    )


def _say(figure: go.Figure, said: str, edges: npt.NDArray[np.int64], place: int, colours: Tokens) -> None:
    figure.add_annotation(
        x=_time(edges[0]),
        y=place,
        text=escaped(said),
        showarrow=False,
        xanchor="left",
        xshift=6,
        bgcolor=colours.background,
        font={"color": colours.muted, "size": 12},
    )


def _outline(figure: go.Figure, lanes: Lanes, chosen: Cell, colours: Tokens) -> None:
    places = [at for at, lane in enumerate(lanes.lanes) if lane.key in chosen.lanes]
    for first, last in stretches(places):
        _frame(figure, chosen, first, last, colours)


def stretches(places: Sequence[int]) -> list[tuple[int, int]]:
    """
    First and last of neighbours; *places* ascend.

    >>> stretches([2, 3, 5]), stretches([])
    ([(2, 3), (5, 5)], [])
    """
    firsts = [one for one in places if one - 1 not in places]
    lasts = [one for one in places if one + 1 not in places]
    return list(zip(firsts, lasts, strict=True))


def _frame(figure: go.Figure, chosen: Cell, first: int, last: int, colours: Tokens) -> None:
    figure.add_shape(
        type="rect",
        x0=_time(chosen.since_us),
        x1=_time(chosen.until_us),
        y0=first - _TALL / 2 - 0.06,
        y1=last + _TALL / 2 + 0.06,
        line={"color": colours.text, "width": 2.5},
        name="chosen",
    )


def _add_notes(
    figure: go.Figure,
    notes: Sequence[Annotation],
    edges: npt.NDArray[np.int64],
    colours: Tokens,
) -> None:
    shown = [note for note in notes if edges[0] <= _us(note.about) <= edges[-1]]
    for note in shown:
        figure.add_vline(
            x=_time(_us(note.about)), line={"color": colours.muted, "width": 1, "dash": "dot"}, name="note"
        )
    if shown:
        figure.add_trace(
            go.Scatter(
                x=[_time(_us(note.about)) for note in shown],
                y=[-0.72] * len(shown),
                mode="text",
                text=["✎"] * len(shown),
                textfont={"color": colours.text, "size": 14},
                hovertext=[escaped(note.text) for note in shown],
                hovertemplate="%{hovertext}<extra></extra>",
                name="notes",
            )
        )


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _time(us: Any) -> Any:
    return np.int64(us).astype("datetime64[us]")
