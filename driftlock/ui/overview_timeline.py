"""The scores of one stream within the range, or the values of its series where it is judged as numbers."""

from typing import Final

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from driftlock.model import Stream
from driftlock.services.overview_rows import Scope
from driftlock.services.series_store import SeriesPoints
from driftlock.ui import words
from driftlock.ui.charts import PLOTLY_CONFIG, Drawing, drawn_once
from driftlock.ui.series_chart import series_chart
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.timeline_chart import HEIGHT, timeline

_ROOM: Final = "timeline-room"
_AROUND: Final = 92  # pixels of name and caption


def room(stream_id: str | None) -> DeltaGenerator:
    """
    Where the chart of that stream will stand, as high as it will be; None: there will be none.

    It is below the first screen: the list is drawn before it, and is not moved by it.
    """
    if stream_id is not None:
        st.html(f"<style>.st-key-{_ROOM} {{ min-height: {HEIGHT + _AROUND}px; }}</style>")
    return st.container(key=_ROOM)


def scores_of(scope: Scope, stream_id: str | None, *, key: str = "timeline") -> None:
    """The chart under the lanes; nothing where nothing was tested."""
    stream = desk().queries.stream(tenant(), stream_id) if stream_id else None
    if stream is None:
        return
    drawn = drawing(scope, stream)
    st.subheader(f"{words.KIND_SYMBOLS[stream.kind]} {words.literal(stream.name)}", anchor=False)
    if drawn is None:
        st.caption("Nothing of this stream was tested within the range.")
        return
    st.plotly_chart(drawn_once(drawn), key=key, theme=None, alt=drawn.alt, config=PLOTLY_CONFIG)
    st.caption(drawn.caption)


def drawing(scope: Scope, stream: Stream) -> Drawing | None:
    """What there is to draw of *stream*; None: nothing within the range."""
    columns = desk().overview.timeline(scope, stream.id)
    if columns is None or not len(columns.window):
        return _numbers(scope, stream)
    drawn = timeline(
        columns,
        colours=colours(),
        threshold=float(stream.configuration["threshold"]),
        ordinary=desk().queries.ordinary_range(tenant(), stream.id),
    )
    stands_for = columns.extra.get("stands_for", 1)
    if stands_for == 1:
        return drawn
    return Drawing(
        figure=drawn.figure,
        alt=drawn.alt,
        caption=f"{drawn.caption} One point stands for up to {words.plural(stands_for, 'window')}: "
        "lowest, highest and highest flagged are kept.",
    )


def _numbers(scope: Scope, stream: Stream) -> Drawing | None:
    plan = desk().series.plan(stream)
    if plan is None:
        return None
    strongest = desk().series.anomalies(tenant(), stream.id, limit=1)
    series = strongest[0].series if strongest else next(iter(plan.warmups))
    whole = desk().series.points(tenant(), stream.id, series)
    points = within(whole, scope)
    if not len(points.seq):
        return None
    rows = desk().series.anomalies(tenant(), stream.id, order="newest", limit=max(1, stream.flagged))
    warm = min(plan.warmups[series], len(whole.seq) - 1)
    return series_chart(
        points,
        [row for row in rows if row.series == series],
        colours=colours(),
        warmup_seq=int(whole.seq[warm]),
        unit=series,
    )


def within(points: SeriesPoints, scope: Scope) -> SeriesPoints:
    """The records of the range; all of them where events name no time."""
    times = np.asarray(points.at_us, dtype=np.int64)
    if scope.since is None or scope.until is None or not times.size or times.min() < 0:
        return points
    since, until = (round(at.timestamp() * 1_000_000) for at in (scope.since, scope.until))
    kept = (times >= since) & (times <= until)
    return SeriesPoints(
        seq=points.seq[kept],
        at_us=points.at_us[kept],
        value=points.value[kept],
        low=points.low[kept],
        high=points.high[kept],
        score=points.score[kept],
    )
