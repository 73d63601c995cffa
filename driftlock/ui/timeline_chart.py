"""The score of every window along a stream, with the limit that was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.model import ScoreColumns
from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text, limit_text, ncd_text

MOST_POINTS: Final = 5_000
BUCKETS: Final = 1_500  # each keeps its lowest and highest window: at most 3,000 points and the flagged
HEIGHT: Final = 280  # pixels
ROOM: Final = (64, 58)  # pixels: two-digit scores and a title, times of two lines and a title

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Events *first* to *last*, 1-based and inclusive, that deserve a shade."""

    first: int
    last: int
    label: str


def kept(ncd: npt.NDArray[np.float64], flagged: npt.NDArray[np.bool_]) -> tuple[Rows, int]:
    """
    Rows to draw, and how many windows one of them may stand for.

    Up to 5,000 windows all are drawn. Above that, windows are gathered in
    buckets of equal length, of which the lowest, the highest and every
    flagged one are kept (the highest flagged one where even those are too many).
    """
    total = ncd.size
    if total <= MOST_POINTS:
        return np.arange(total), 1
    starts = np.linspace(0, total, BUCKETS + 1).astype(np.int64)
    rows: list[int] = []
    every_flag = int(np.count_nonzero(flagged)) <= MOST_POINTS - 2 * BUCKETS
    for start, end in pairwise(starts):
        bucket = ncd[start:end]
        rows += [start + int(np.argmin(bucket)), start + int(np.argmax(bucket))]
        marks = start + np.flatnonzero(flagged[start:end])
        if marks.size:
            rows += marks.tolist() if every_flag else [int(marks[np.argmax(ncd[marks])])]
    return np.unique(np.array(rows, dtype=np.int64)), int(np.diff(starts).max())


def positions(columns: ScoreColumns) -> tuple[npt.NDArray[Any], bool]:
    """Where each window lies along the axis, and whether that is a time: else it is its last event."""
    last_seq = np.asarray(columns.last_seq, dtype=np.int64)
    times = np.asarray(columns.last_at_us, dtype=np.int64)
    by_time = bool(times.size and times.min() >= 0 and (np.diff(times) >= 0).all() and times[-1] > times[0])
    return (times.astype("datetime64[us]") if by_time else last_seq), by_time


def timeline(
    columns: ScoreColumns,
    *,
    colours: Tokens,
    threshold: float,
    ordinary: tuple[float, float],
    truth: Sequence[Interval] = (),
) -> Drawing:
    """
    Draw the score of each window at its last event; never smoothed.

    Args:
        columns: One row a window, in stream order, at least one.
        colours: Of the reader's theme.
        threshold: The NCD limit the verdicts were made with.
        ordinary: 5 and 95 % of the scores of this stream.
        truth: What was hidden, drawn only when it is asked for.
    """
    scores = np.asarray(columns.ncd, dtype=np.float64)
    flagged = np.asarray(columns.flagged, dtype=bool)
    rows, stands_for = kept(scores, flagged)
    last_seq = np.asarray(columns.last_seq, dtype=np.int64)
    x, by_time = positions(columns)
    figure = frame(
        colours,
        height=HEIGHT,
        x_title="End of window, UTC" if by_time else "Last event of window",
        y_title="NCD (size-matched)",
        room=ROOM,
    )

    figure.add_hrect(
        y0=ordinary[0],
        y1=ordinary[1],
        fillcolor=colours.ordinary_band,
        line_width=0,
        layer="below",
        name="ordinary range",
    )
    _shade_truth(figure, truth, last_seq, x, colours)
    _shade_calibration(figure, np.asarray(columns.ready, dtype=bool), x, colours)
    exact = np.asarray(columns.exact, dtype=bool)
    _add_scores(figure, columns, rows, x, exact, colours, markers=rows.size < 150)
    _add_flagged(figure, columns, rows[flagged[rows]], x, colours)
    # An axis that includes the limit even where nothing comes near it: the distance is the message.
    lowest, highest = float(min(scores.min(), ordinary[0], 0)), float(max(scores.max(), threshold))
    room = (highest - lowest) * 0.12
    figure.update_yaxes(range=[lowest - room / 2, highest + room])
    figure.add_hline(
        y=threshold,
        line={"color": colours.flagged, "width": 1.5, "dash": "dash"},
        annotation={
            "text": f"limit {limit_text(threshold)}",
            "font": {"color": colours.flagged_text, "size": 12},
            "xanchor": "left",
            "x": 0,
            "yanchor": "bottom",
        },
    )
    figure.update_layout(showlegend=False)  # the caption names every mark
    return Drawing(
        figure=figure,
        alt=_alt(scores, flagged, threshold, ordinary),
        caption=_caption(stands_for, int(np.count_nonzero(flagged & (scores < threshold)))),
    )


def _add_scores(
    figure: go.Figure,
    columns: ScoreColumns,
    rows: Rows,
    x: npt.NDArray[Any],
    exact: npt.NDArray[np.bool_],
    colours: Tokens,
    *,
    markers: bool,
) -> None:
    scores = np.asarray(columns.ncd, dtype=np.float64)[rows]
    said = np.where(exact[rows], "", np.where(scores > 0, "at most ", "at least "))
    figure.add_trace(
        go.Scatter(
            x=x[rows],
            y=scores,
            mode="lines+markers" if markers else "lines",
            line={"color": colours.text, "width": 1.4, "shape": "hv"},
            marker={"size": 4, "color": colours.text},
            name="window",
            customdata=np.column_stack(
                [
                    np.asarray(columns.window)[rows],
                    said,
                    [words.p_value(float(v)) for v in columns.p_stream[rows]],
                ]
            ),
            hovertemplate="Window %{customdata[0]}<br>NCD %{customdata[1]}%{y:.3f}"
            "<br>p stream %{customdata[2]}<extra></extra>",
        )
    )


def _add_flagged(
    figure: go.Figure, columns: ScoreColumns, rows: Rows, x: npt.NDArray[Any], colours: Tokens
) -> None:
    if not rows.size:
        return
    bits = np.asarray(columns.extra_bits, dtype=np.float64)[rows]
    figure.add_trace(
        go.Scatter(
            x=x[rows],
            y=np.asarray(columns.ncd)[rows],
            mode="markers",
            marker={
                "symbol": "triangle-up",
                "size": 11,
                "color": colours.flagged,
                "line": {"color": colours.background, "width": 1},
            },
            name="flagged",
            customdata=np.column_stack(
                [np.asarray(columns.window)[rows], [words.signed_bits(b) for b in bits]]
            ),
            hovertemplate="Flagged: window %{customdata[0]}<br>NCD %{y:.3f}"
            "<br>%{customdata[1]} bits<extra></extra>",
        )
    )


def _shade_calibration(
    figure: go.Figure, ready: npt.NDArray[np.bool_], x: npt.NDArray[Any], colours: Tokens
) -> None:
    if ready.size < 2 or ready[0]:
        return
    end = int(np.argmax(ready)) if ready.any() else ready.size - 1
    _shade(figure, x[0], x[end], colours.surface, "calibrating", colours.muted)


def _shade_truth(
    figure: go.Figure, truth: Sequence[Interval], last_seq: Rows, x: npt.NDArray[Any], colours: Tokens
) -> None:
    for interval in truth:
        start, end = np.searchsorted(last_seq, (interval.first, interval.last))
        end = min(max(int(end), int(start) + 1), x.size - 1)
        _shade(
            figure,
            x[min(int(start), end)],
            x[end],
            colours.flagged_band,
            interval.label,
            colours.flagged_text,
        )


def _shade(figure: go.Figure, start: Any, end: Any, fill: str, label: str, ink: str) -> None:
    plain = [v.item() if isinstance(v, np.integer) else v for v in (start, end)]
    figure.add_vrect(x0=plain[0], x1=plain[1], fillcolor=fill, line_width=0, layer="below", name=label)
    figure.add_annotation(
        x=plain[0],
        y=1,
        yref="paper",
        text=label,
        showarrow=False,
        xanchor="left",
        yanchor="top",
        font={"color": ink, "size": 11},
    )


def _alt(
    scores: npt.NDArray[np.float64],
    flagged: npt.NDArray[np.bool_],
    threshold: float,
    ordinary: tuple[float, float],
) -> str:
    many = count_text(int(np.count_nonzero(flagged)))
    return (
        f"Score of {words.plural(scores.size, 'window')}: {many} flagged, "
        f"highest NCD {ncd_text(float(scores.max()))}, limit {limit_text(threshold)}, "
        f"ordinary range {ncd_text(ordinary[0])} to {ncd_text(ordinary[1])}."
    )


def _caption(stands_for: int, by_views: int) -> str:
    base = (
        "Band: ordinary range, 5 to 95 % of this stream's windows. Dashed: the NCD limit in use. ▲ flagged."
    )
    if by_views:
        # The NCD is that of the bytes; counts, order and timing have distances of their own.
        many = f"{words.plural(by_views, 'flagged window')} below the limit {'stands' if by_views == 1 else 'stand'}"
        base += f" {many} out by something else than {'its' if by_views == 1 else 'their'} bytes."
    if stands_for == 1:
        return base
    return (
        f"{base} One point stands for up to {words.plural(stands_for, 'window')}: "
        "lowest, highest and flagged are kept."
    )
