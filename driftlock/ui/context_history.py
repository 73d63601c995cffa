"""How often the same cause was flagged before and after, day by day."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from driftlock.services.pattern_history import PatternHistory
from driftlock.services.series_queries import SeriesAnomaly
from driftlock.ui import context_notes, view_words, words
from driftlock.ui.charts import PLOTLY_CONFIG, Drawing, frame
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text

HEIGHT: Final = 170  # pixels
MOST_STREAMS: Final = 5


def show(anomaly_id: str, views: Sequence[str] = ("bytes",)) -> None:
    """
    First and last time, count, and one bar a day.

    Args:
        views: That stand out in the window; without the bytes no line is what the pattern is made of.
    """
    history = desk().review.same_pattern(tenant(), anomaly_id)
    st.markdown("**Same pattern**", help=HELP)
    if not history.pattern:
        st.caption("No pattern was formed for this window, so there is nothing to compare it with.")
        return
    st.markdown(sentence(history))
    if "bytes" not in views and history.count > 1:
        st.caption(
            f"No single line carries this window, so its pattern is the views it stands out by: "
            f"{view_words.plain(views).lower()}. Others of it may have another cause."
        )
    if len(history.per_day) > 1:
        drawing = days(history, colours())
        st.plotly_chart(drawing.figure, key="pattern-days", alt=drawing.alt, config=PLOTLY_CONFIG)
        st.caption(drawing.caption)


HELP: Final = (
    "Windows share a pattern if the same line carries them, its numbers and names aside; where the bytes do not "
    "stand out, if the same views do. Alerts of numbers share one if it is the same series and the same reading."
)


def show_series(anomaly: SeriesAnomaly) -> None:
    """The same for an alert of a series, with the notes of its time."""
    show(anomaly.row.id)
    seen = anomaly.row.seen_at
    context_notes.show(
        anomaly.row.stream_id, seen - context_notes.EITHER_SIDE, seen + context_notes.EITHER_SIDE
    )


def sentence(history: PatternHistory) -> str:
    """Count, first and last time, and the streams."""
    if history.count == 1:
        return f"Flagged once: this is the only time, {words.literal(words.moment(history.first_seen))} UTC."
    named = ", ".join(
        f"{words.literal(one.stream_name)} {count_text(one.count)}" for one in history.streams[:MOST_STREAMS]
    )
    more = len(history.streams) - MOST_STREAMS
    return (
        f"Flagged **{count_text(history.count)} times**, first {words.literal(words.moment(history.first_seen))}, last "
        f"{words.literal(words.moment(history.last_seen))} UTC: {named}{f' and {more} more streams' if more > 0 else ''}."
    )


def days(history: PatternHistory, ink: Tokens) -> Drawing:
    """One bar a day in UTC; days without one are empty."""
    figure = frame(ink, height=HEIGHT, x_title="Day, UTC", y_title="Flagged")
    figure.add_trace(
        go.Bar(
            x=[day for day, _ in history.per_day],
            y=[count for _, count in history.per_day],
            marker={"color": ink.flagged, "line": {"width": 0}},
            hovertemplate="%{x|%Y-%m-%d}: %{y}<extra></extra>",
        )
    )
    figure.update_layout(showlegend=False, bargap=0.2)
    figure.update_yaxes(rangemode="tozero", tickformat="d")
    day, most = max(history.per_day, key=lambda one: (one[1], one[0]))
    return Drawing(
        figure=figure,
        alt=f"Flagged with this pattern on {words.plural(len(history.per_day), 'day')}; most on {day}: {most}.",
        caption=f"Most on {day}: {count_text(most)}.",
    )
