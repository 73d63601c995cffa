"""One series along its records: values, what was expected, and what was flagged."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.services.series_store import SeriesAnomalyRow, SeriesPoints
from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock.ui.timeline_chart import Interval, kept
from driftlock_core.series_text import value_text

HEIGHT: Final = 320  # pixels
# Shaded stretches drawn; beyond, only the marks are: each shade is a shape of its own and slows the page.
MOST_STRETCHES: Final = 200
_AXIS_LETTERS: Final = 32


def series_chart(
    points: SeriesPoints,
    anomalies: Sequence[SeriesAnomalyRow],
    *,
    colours: Tokens,
    warmup_seq: int,
    unit: str,
    emphasised: str | None = None,
    shaded: Interval | None = None,
) -> Drawing:
    """
    Draw the values of a series; never smoothed.

    Args:
        points: Its records, at least one; a part of them may be given.
        anomalies: Those of this series; what lies outside *points* is not drawn.
        colours: Of the reader's theme.
        warmup_seq: Event of the first record that was judged; what comes before is shaded as learned.
        unit: What the vertical axis shows.
        emphasised: Id of the anomaly whose stretch alone is shaded.
        shaded: Events that are shaded and named besides.
    """
    value = np.asarray(points.value, dtype=np.float64)
    seq = np.asarray(points.seq, dtype=np.int64)
    times = np.asarray(points.at_us, dtype=np.int64)
    by_time = bool(times.min() >= 0 and (np.diff(times) >= 0).all() and times[-1] > times[0])
    x: npt.NDArray[Any] = times.astype("datetime64[us]") if by_time else seq
    marked = [one for one in anomalies if seq[0] <= one.first_seq <= seq[-1]]
    at_mark = np.searchsorted(seq, [one.first_seq for one in marked]).astype(np.int64)
    figure = frame(colours, height=HEIGHT, x_title="Time, UTC" if by_time else "Event", y_title=_axis(unit))
    if warmup_seq > seq[0]:
        end = min(int(np.searchsorted(seq, warmup_seq)), seq.size - 1)
        _shade(figure, x[0], x[end], colours.surface, "learned", colours.muted)
    for one in marked[:MOST_STRETCHES] if emphasised is None else [m for m in marked if m.id == emphasised]:
        start, end = np.searchsorted(seq, (one.first_seq, one.last_seq))
        _shade(
            figure, x[start], x[min(int(end), seq.size - 1)], colours.flagged_band, "", colours.flagged_text
        )
    if shaded is not None:
        start = min(int(np.searchsorted(seq, shaded.first)), seq.size - 1)
        end = max(start, int(np.searchsorted(seq, shaded.last, "right")) - 1)
        _shade(figure, x[start], x[end], colours.flagged_band, shaded.label, colours.flagged_text)
    _add_band(figure, points, x, colours)
    flagged = np.zeros(seq.size, dtype=np.bool_)
    flagged[at_mark] = True
    numbers = np.where(np.isnan(value), np.nanmedian(value) if (value == value).any() else 0.0, value)
    rows, stands_for = kept(numbers, flagged)
    figure.add_trace(
        go.Scatter(
            x=x[rows],
            y=value[rows],
            mode="lines+markers" if rows.size < 150 else "lines",
            line={"color": colours.text, "width": 1.3},
            marker={"size": 4, "color": colours.text},
            name="value",
            hovertemplate="%{y}<extra></extra>",
        )
    )
    if marked:
        figure.add_trace(
            go.Scatter(
                x=x[at_mark],
                y=value[at_mark],
                mode="markers",
                marker={
                    "symbol": "triangle-up",
                    "size": 12,
                    "color": colours.flagged,
                    "line": {"color": colours.background, "width": 1},
                },
                name="flagged",
                customdata=[[_expected(one.low, one.high), words.signed_bits(one.bits)] for one in marked],
                hovertemplate="Flagged: %{y}<br>expected %{customdata[0]}<br>%{customdata[1]} bits"
                "<extra></extra>",
            )
        )
    figure.update_layout(showlegend=False)
    return Drawing(figure=figure, alt=_alt(value, marked, unit), caption=_caption(stands_for))


def _axis(unit: str) -> str:
    """The name without its labels, as long as the axis has room for."""
    name = unit.partition("{")[0] or "value"
    return name if len(name) <= _AXIS_LETTERS else f"{name[: _AXIS_LETTERS - 1]}…"


def _expected(low: float, high: float) -> str:
    return value_text(low) if low == high else f"{value_text(low)} to {value_text(high)}"


def _add_band(figure: go.Figure, points: SeriesPoints, x: npt.NDArray[Any], colours: Tokens) -> None:
    """The expected range, from one record that has one to the next."""
    low, high = np.asarray(points.low), np.asarray(points.high)
    known = np.flatnonzero(~np.isnan(low))
    if known.size < 2:
        return
    for edge, fill in ((low, None), (high, "tonexty")):
        figure.add_trace(
            go.Scatter(
                x=x[known],
                y=edge[known],
                mode="lines",
                line={"width": 0.7, "color": colours.ordinary},
                fill=fill,
                fillcolor=colours.ordinary_band,
                hoverinfo="skip",
                name="expected",
            )
        )


def _shade(figure: go.Figure, start: Any, end: Any, fill: str, label: str, ink: str) -> None:
    plain = [v.item() if isinstance(v, np.integer) else v for v in (start, end)]
    figure.add_vrect(x0=plain[0], x1=plain[1], fillcolor=fill, line_width=0, layer="below", name=label)
    if label:
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


def _alt(value: npt.NDArray[np.float64], marked: Sequence[SeriesAnomalyRow], unit: str) -> str:
    measured = value[~np.isnan(value)]
    ends = (
        f"between {value_text(float(measured.min()))} and {value_text(float(measured.max()))}"
        if measured.size
        else "none of them measured"
    )
    return f"{words.plural(value.size, 'record')} of {unit}, {ends}; {len(marked)} flagged."


def _caption(stands_for: int) -> str:
    base = (
        "Line: values as they came. Band: the central 90 % of what the records before led to expect. "
        "▲ flagged, with its stretch shaded."
    )
    if stands_for == 1:
        return base
    return (
        f"{base} One point stands for up to {words.plural(stands_for, 'record')}: "
        "lowest, highest and flagged are kept."
    )
