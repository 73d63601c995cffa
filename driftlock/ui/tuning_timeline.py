"""The score of every window, with what the candidate keeps, adds and drops."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.model import ScoreColumns
from driftlock.ui import words
from driftlock.ui.charts import Drawing
from driftlock.ui.theme import Tokens
from driftlock.ui.timeline_chart import kept, positions, timeline
from driftlock_core.numbers_text import count_text

Bools = npt.NDArray[np.bool_]


def changed_timeline(
    columns: ScoreColumns,
    current: Bools,
    candidate: Bools,
    *,
    colours: Tokens,
    threshold: float,
    ordinary: tuple[float, float],
    real: Bools,
    not_real: Bools,
) -> Drawing:
    """
    Draw the scores with three marks that differ in shape: ▲ kept, outlined ▲ newly flagged, struck △ dropped.

    Args:
        columns: One row a window, in stream order, at least one.
        current, candidate: Which windows each rule flags.
        colours: Of the reader's theme.
        threshold: The candidate's NCD limit.
        ordinary: 5 and 95 % of the scores of this stream.
        real, not_real: Which windows are labelled so.
    """
    both, gained, lost = current & candidate, candidate & ~current, current & ~candidate
    drawing = timeline(
        replace(columns, flagged=both), colours=colours, threshold=threshold, ordinary=ordinary
    )
    figure = drawing.figure
    x, _ = positions(columns)
    scores = np.asarray(columns.ncd, dtype=np.float64)
    # The same thinning as of the line, so that a stream of any length stays one picture.
    marked, stands_for = kept(scores, gained | lost)
    for which, name, symbol, colour in (
        (gained, "newly flagged", "triangle-up-open", colours.flagged),
        (lost, "no longer flagged", "triangle-up-open", colours.muted),
    ):
        rows = marked[which[marked]]
        if rows.size:
            _marks(figure, columns, x, rows, name, symbol, colour, 14 if which is gained else 11)
    struck = marked[lost[marked]]
    if struck.size:
        _marks(figure, columns, x, struck, "struck", "line-ew-open", colours.muted, 20)
    for which, name, text in ((real, "labelled real", "●"), (not_real, "labelled not real", "✕")):
        rows = np.flatnonzero(which)
        if rows.size:
            figure.add_trace(
                go.Scatter(
                    x=x[rows],
                    y=scores[rows],
                    mode="text",
                    text=[text] * rows.size,
                    textposition="top center",
                    textfont={"color": colours.text, "size": 12},
                    name=name,
                    hoverinfo="skip",
                )
            )
    counts = [count_text(int(np.count_nonzero(which))) for which in (both, gained, lost)]
    caption = (
        f"▲ {counts[0]} kept · outlined ▲ {counts[1]} newly flagged · struck △ {counts[2]} no longer flagged. "
        "● labelled real, ✕ labelled not real. Dashed: the candidate's NCD limit; band: ordinary range, "
        "5 to 95 % of this stream's windows."
    )
    below = int(np.count_nonzero(candidate & (scores < threshold)))
    if below:
        caption += (
            f" {words.plural(below, 'window')} flagged below the limit: by something else than "
            f"{'its' if below == 1 else 'their'} bytes."
        )
    if stands_for > 1:
        caption += (
            f" One point stands for up to {words.plural(stands_for, 'window')}: lowest, highest and "
            "marked are kept."
        )
    return Drawing(
        figure=figure,
        alt=(
            f"Score of {words.plural(scores.size, 'window')}: the candidate keeps {counts[0]} flagged, "
            f"adds {counts[1]} and drops {counts[2]}."
        ),
        caption=caption,
    )


def _marks(
    figure: go.Figure,
    columns: ScoreColumns,
    x: npt.NDArray[Any],
    rows: npt.NDArray[np.int64],
    name: str,
    symbol: str,
    colour: str,
    size: int,
) -> None:
    figure.add_trace(
        go.Scatter(
            x=x[rows],
            y=np.asarray(columns.ncd)[rows],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": size, "color": colour, "line": {"color": colour, "width": 2}},
            customdata=np.asarray(columns.window)[rows],
            hoverinfo="skip" if name == "struck" else None,
            hovertemplate=None
            if name == "struck"
            else f"{name.capitalize()}: window %{{customdata}}<br>NCD %{{y:.3f}}<extra></extra>",
        )
    )
