"""The cards: how much was flagged, how much of it chance alone explains, and how much was looked at."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from driftlock.services.overview_rows import Figures, Scope
from driftlock.ui import frame, overview_reads, range_pick, words
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.spark_bars import spark_bars
from driftlock_core.numbers_text import MISSING, count_text, duration_text

SERIES_HELP: Final = (
    "Alerts of streams judged as numbers. How many chance would raise is not stated: an alert adds up several "
    "readings of records that resemble their neighbours."
)
DATA_HELP: Final = "The newest judged data of the streams shown; the range counts back from here."
# Below its number the small chart would make one card, and with it the row, twice as high as it need be.
_BESIDE_THE_NUMBER: Final = """<style>
.st-key-figures [data-testid="stMetric"] { min-height: 7.5rem; }
.st-key-figures [data-testid="stMetricValue"] { font-size: 1.9rem; }
.st-key-flagged-card { position: relative; height: 100%; }
.st-key-flagged-card > div:last-child {
  position: absolute; right: 1rem; bottom: .8rem; width: 60%; height: 1.9rem; pointer-events: none; }
.st-key-flagged-card [data-testid="stHtml"] { height: 1.9rem; }
</style>"""
UNTESTED: Final = "Streams that have not enough events yet for a first verdict."


def show(scope: Scope) -> None:
    """Five cards, and the sentence that sets what was flagged beside chance."""
    figures = overview_reads.figures(scope)
    st.html(_BESIDE_THE_NUMBER)
    with st.grid(5, min_column_width=150, gap="small", key="figures"):
        _flagged(figures)
        st.metric(
            "Expected by chance",
            f"≤ {words.expected(figures.expected_by_chance)}" if figures.tested else MISSING,
            border=True,
            height="stretch",
            help=words.HELP["expected"],
        )
        st.metric(
            "Incidents",
            count_text(figures.incidents),
            border=True,
            height="stretch",
            help=words.HELP["incidents"],
        )
        untested = len(figures.untested_streams)
        st.metric(
            "Windows tested",
            count_text(figures.tested),
            delta=f"{words.plural(untested, 'stream')} not tested yet" if untested else None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=f"{words.HELP['windows']} {UNTESTED if untested else ''}".strip(),
        )
        _data_until(figures.data_until)
    _beside_chance(figures, scope)


def _flagged(figures: Figures) -> None:
    with st.container(height="stretch", key="flagged-card"):
        st.metric(
            f"Flagged, {range_pick.said().lower() if isinstance(frame.chosen_range(), str) else 'custom'}",
            count_text(figures.flagged),
            border=True,
            height="stretch",
            help=f"{words.HELP['flagged']} Bars: flagged windows and alerts along the range.",
        )
        st.html(
            spark_bars(
                figures.flagged_by_bucket,
                fill=colours().text,
                title="Flagged windows and alerts along the range",
            )
        )


def _data_until(at: datetime | None) -> None:
    utc = at.astimezone(UTC) if at else None
    st.metric(
        "Data until, UTC",
        # Else the browser would take the minutes for the name of an emoji, and load all names there are.
        words.literal(f"{utc:%H:%M:%S}") if utc else MISSING,
        delta=f"{utc:%Y-%m-%d}" if utc else None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=DATA_HELP,
    )


def _beside_chance(figures: Figures, scope: Scope) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{words.flagged_beside_chance(figures.flagged, figures.expected_by_chance)}**"
            if figures.tested
            else "No window was tested in this range.",
            width="content",
        )
        if figures.series_flagged:
            st.badge(
                f"and {words.plural(figures.series_flagged, 'alert')} among numbers",
                color="gray",
                help=SERIES_HELP,
            )
        if figures.suppressed:
            st.badge(
                f"{count_text(figures.suppressed)} of them suppressed",
                color="gray",
                help="They are counted, and left out of the feed unless asked for.",
            )
        shown = [one for one in desk().overview.streams(tenant()) if one.stream.id in scope.stream_ids]
        if silent := frame.silent_for(shown, datetime.now(UTC)):
            st.badge(
                f"no data for {duration_text(silent.total_seconds() * 1_000_000)}",
                icon=":material/schedule:",
                color="orange",
                help="More than three times what a window of a stream that is fed has taken on average.",
            )
