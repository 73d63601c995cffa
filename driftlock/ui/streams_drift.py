"""Drift: the distance of the baseline from its anchor, what came and went, and when it is told."""

import streamlit as st

from driftlock.model import Anchor, moment
from driftlock.services.anchors import TODAY
from driftlock.services.drift import DriftRow
from driftlock.services.drift_rules import DriftRule, standing
from driftlock.ui import streams_drift_chart, streams_reads, streams_words, words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.payload_text import text
from driftlock.ui.session import colours
from driftlock_core.anchors_templates import TemplateMove
from driftlock_core.numbers_text import bits_text, count_text

_LETTERS = 240
_MOST = 40
_WAYS = {"arrived": "new", "left": "gone", "more": "more", "fewer": "fewer"}


def show(row: DriftRow) -> None:
    """Sentence, trend, templates, ruler."""
    found = streams_reads.anchors(row.stream)
    active = next((one for one in found if one.state == "active"), None)
    if active is None:
        _without(found)
    else:
        _trend(row, active)
        _moves(row, active)
    _ruler(row, found)


def _without(found: list[Anchor]) -> None:
    if found:
        st.info("No anchor is active, so no drift is measured. Activate one on the tab Anchors.")
    else:
        st.info(
            "Drift is the distance of today's baseline from one that was frozen on a day, its anchor. The first is "
            "frozen by itself once the stream is calibrated; on the tab Anchors one can be made from any range."
        )


def _trend(row: DriftRow, active: Anchor) -> None:
    points = streams_reads.points(row.stream, active)
    rule = DriftRule.of(row.stream.settings)
    st.markdown(
        words.literal(streams_words.sentence(standing(points, rule), rule)), help=streams_words.DISTANCE_HELP
    )
    if not points:
        return
    timed = points[-1].seen_us > points[0].seen_us or len(points) == 1
    drawing = streams_drift_chart.trend(points, colours=colours(), timed=timed)
    st.plotly_chart(drawing.figure, key="drift-trend", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)
    with st.expander("As a table"):
        newest = points[::-1][:200]
        st.dataframe(
            {
                "Seen (UTC)": [words.moment(moment(one.seen_us)) for one in newest],
                "Baseline to event": [one.seq for one in newest],
                "Distance": [streams_words.distance(one.distance) for one in newest],
                "Ordinary to": [streams_words.distance(one.high) for one in newest],
                "p": [words.p_value(one.p) for one in newest],
                "Outside": ["▲" if one.outside else "" for one in newest],
            },
            hide_index=True,
            alt="Points of drift, newest first",
        )
    st.caption(
        f"Drift is told after {rule.hours} hours outside the range; it ends with the second point inside in a row. "
        + (
            f"After {rule.reset_hours} hours outside, today's baseline becomes the anchor by itself."
            if rule.reset
            else "The anchor is never reset by itself here; see Settings."
        )
    )


def _moves(row: DriftRow, active: Anchor) -> None:
    st.markdown("**Which templates came, and which went, since the anchor**")
    if streams_reads.baseline(row.stream) is None:
        st.caption("There is no baseline yet.")
        return
    compared = streams_reads.comparison(row.stream, active.id, TODAY)
    moves(compared.moves)


def moves(found: tuple[TemplateMove, ...]) -> None:
    """The table of templates that moved between two stretches."""
    if not found:
        st.markdown("None: every template of one is in the other, no more than twice as often.")
        return
    shown = found[:_MOST]
    st.dataframe(
        {
            "": [_WAYS[one.move] for one in shown],
            "Then": [one.in_anchor for one in shown],
            "Now": [one.in_today for one in shown],
            "Bits": [bits_text(one.bits) for one in shown],
            "Template": [text(one.text.encode(), _LETTERS) for one in shown],
        },
        hide_index=True,
        height="content" if len(shown) < 12 else 420,
        column_config={
            "": st.column_config.TextColumn(width=64),
            "Then": st.column_config.NumberColumn(width=64),
            "Now": st.column_config.NumberColumn(width=64),
            "Bits": st.column_config.TextColumn(width=80, alignment="right"),
            "Template": st.column_config.TextColumn(width="large"),
        },
        alt="Templates that came or went between the two stretches, with the bits they cost",
    )
    left = len(found) - len(shown)
    st.caption(
        "Bits of a template's lines given the other stretch, summed; listed are templates of one side alone, or at "
        "least twice as frequent there."
        + (f" {count_text(left)} cheaper ones are not shown." if left else "")
    )


def _ruler(row: DriftRow, found: list[Anchor]) -> None:
    st.markdown("**Drift ruler**")
    if not found:
        st.caption("With two anchors, or one and a baseline, each is held against each other here.")
        return
    ruler = streams_reads.ruler(row.stream, found)
    if len(ruler.ids) < 2:
        st.caption("There is nothing to hold the anchor against yet.")
        return
    notes = {one.id: f"{number}: {one.note}"[:28] for number, one in enumerate(found, start=1)}
    labels = ["today" if one == TODAY else notes[one] for one in ruler.ids]
    if ruler.ids[-1] == TODAY and (said := streams_drift_chart.nearest_text(ruler, labels, len(labels) - 1)):
        st.markdown(words.literal(f"{said[0].upper()}{said[1:]}"))
    drawing = streams_drift_chart.matrix(ruler, labels, colours=colours())
    st.plotly_chart(drawing.figure, key="drift-ruler", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(
        drawing.caption
        + (
            f" {words.plural(len(ruler.left_out), 'anchor')} of other masks or sizes cannot be compared."
            if ruler.left_out
            else ""
        )
    )
