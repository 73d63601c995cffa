"""The window's dearest trace as a waterfall of its spans."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from driftlock.model import Anomaly
from driftlock.services.trace_spans import Step, Waterfall
from driftlock.ui import words
from driftlock.ui.charts import PLOTLY_CONFIG, Drawing, frame
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import bits_text, count_text, duration_text

ROW_HEIGHT: Final = 24  # pixels
MOST_SPANS: Final = 60
_LETTERS: Final = 38


def show(anomaly: Anomaly) -> None:
    """The chart, and what of the trace the window does not hold."""
    found = desk().context.waterfall(tenant(), anomaly.row.id)
    st.markdown("**Dearest trace of the window**")
    if found is None:
        st.info(
            "No event of this window names a trace, a span, a start and a duration, so there is no waterfall."
        )
        return
    st.markdown(sentence(found))
    bits = anomaly.record["description"]["event_bits"]
    drawing = waterfall(
        found, bits, ordinary=anomaly.record["description"]["ordinary_event_bits"], ink=colours()
    )
    st.plotly_chart(drawing.figure, key="waterfall", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)


def sentence(found: Waterfall) -> str:
    """Which trace, what it costs, and whether parts of it are elsewhere."""
    among = f" Of {words.plural(found.traces, 'trace')} here it takes most bits." if found.traces > 1 else ""
    parts = (
        f" **The window holds a part of it only:** {words.plural(found.missing_parents, 'span')} "
        f"{'names a parent' if found.missing_parents == 1 else 'name parents'} outside the window, drawn at the left."
        if found.missing_parents
        else " Spans of it that lie outside the window are not shown."
    )
    return (
        f"Trace **{words.literal(found.trace_id)}**: {words.plural(len(found.steps), 'span')}, "
        f"{bits_text(found.bits)} bits.{among}{parts}"
    )


def waterfall(found: Waterfall, bits: Sequence[float], *, ordinary: float, ink: Tokens) -> Drawing:
    """
    One bar a span, parents above their children, from the first start.

    Args:
        found: At least one span.
        bits: Of each event of the window.
        ordinary: Bits of an ordinary event; bars of spans above twice as many are hatched.
        ink: Of the reader's theme.
    """
    steps = found.steps[:MOST_SPANS]
    begin = min(step.span.start_us for step in steps)
    end = max(step.span.start_us + step.span.duration_us for step in steps)
    unit, name = (1e6, "Seconds") if end - begin >= 10_000_000 else (1e3, "Milliseconds")
    dear = [bits[step.span.position] > 2 * ordinary for step in steps]
    figure = frame(
        ink, height=90 + ROW_HEIGHT * len(steps), x_title=f"{name} from the first span's start", y_title=""
    )
    # A span of no length would be invisible.
    least = (end - begin) / 400 / unit
    figure.add_trace(
        go.Bar(
            base=[(step.span.start_us - begin) / unit for step in steps],
            x=[max(least, step.span.duration_us / unit) for step in steps],
            y=list(range(len(steps))),
            orientation="h",
            marker={
                "color": [ink.flagged if one else ink.ordinary for one in dear],
                "line": {"width": 0},
                "pattern": {
                    "shape": ["/" if one else "" for one in dear],
                    "fillmode": "overlay",
                    "fgcolor": ink.background,
                    "size": 6,
                    "solidity": 0.25,
                },
            },
            text=[duration_text(step.span.duration_us) for step in steps],
            textposition="outside",
            cliponaxis=False,
            customdata=[[label(step, None), bits_text(bits[step.span.position])] for step in steps],
            hovertemplate="%{customdata[0]}<br>%{text} · %{customdata[1]} bits<extra></extra>",
        )
    )
    figure.update_yaxes(
        tickvals=list(range(len(steps))),
        ticktext=[label(step, _LETTERS) for step in steps],
        autorange="reversed",
        showgrid=False,
    )
    # Room for the duration behind the longest bar, on a phone too.
    figure.update_xaxes(range=[0, 1.3 * (end - begin) / unit or 1])
    figure.update_layout(showlegend=False, bargap=0.3)
    longest = max(steps, key=lambda step: step.span.duration_us)
    cut = (
        f" The first {MOST_SPANS} of {count_text(len(found.steps))} spans."
        if len(found.steps) > MOST_SPANS
        else ""
    )
    return Drawing(
        figure=figure,
        alt=(
            f"Waterfall of {words.plural(len(steps), 'span')} over {duration_text(end - begin)}; the longest, "
            f"{longest.span.name}, takes {duration_text(longest.span.duration_us)}; {sum(dear)} cost over twice an "
            "ordinary event."
        ),
        caption=f"Hatched: spans that cost over twice the bits of an ordinary event. Children stand below parents.{cut}",
    )


def label(step: Step, most: int | None) -> str:
    """Service and name, indented by depth; as plain text of a chart."""
    service = f"{step.span.service}: " if step.span.service else ""
    text = f"{'· ' * min(step.depth, 8)}{service}{step.span.name}"
    if most is not None and len(text) > most:
        text = f"{text[: most - 1]}…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
