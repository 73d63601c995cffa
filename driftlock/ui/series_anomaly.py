"""Anomaly page of a number: its series, what was expected, how far it is off, and the proof."""

import streamlit as st

from driftlock.model import Stream
from driftlock.services.series_queries import SeriesAnomaly, around
from driftlock.services.series_store import SeriesAnomalyRow
from driftlock.ui import (
    anomaly_navigation,
    anomaly_review,
    anomaly_ways,
    context_history,
    links,
    series_record,
    words,
)
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.replay_bar import as_file
from driftlock.ui.series_chart import series_chart
from driftlock.ui.series_result import HELP, expected, records, when
from driftlock.ui.session import colours, desk, tenant
from driftlock_core.numbers_text import count_text, p_text
from driftlock_core.series_text import READING_NAMES, expected_text, value_text
from driftlock_core.series_verdict import SeriesVerdict

# Records shown on either side of the stretch: three times its length, and never fewer than a few screens' worth.
_FEWEST_AROUND = 60


def show(anomaly: SeriesAnomaly, stream: Stream) -> None:
    """Sentence, three cards, and the tabs."""
    anomaly_navigation.head(anomaly, stream)
    _chips(anomaly)
    anomaly_review.bar(anomaly.row, lambda: as_file(anomaly.record))
    anomaly_ways.show(anomaly.row.id)
    _cards(anomaly)
    tabs = {
        "Series": _series,
        "At the same time": _together,
        "Is it chance?": _chance,
        "Context": context_history.show_series,
        "Record": series_record.show,
    }
    for tab, draw in zip(
        st.tabs(list(tabs), key="tab", bind="query-params", on_change="rerun"), tabs.values(), strict=True
    ):
        if tab.open:
            with tab:
                draw(anomaly)


def _chips(anomaly: SeriesAnomaly) -> None:
    row = anomaly.row
    with st.container(horizontal=True, gap="xsmall"):
        anomaly_review.chip(row)
        st.badge("▲ Flagged", color="orange")
        st.badge(
            f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity} severity",
            color="orange",
            help=HELP["severity"],
        )
        st.badge(words.kind("metrics"), color="gray")
        st.badge(words.literal(row.stream_name), color="gray")
        st.badge(words.literal(when(row)), color="gray")
        if row.first_at is not None:
            st.badge(f"{records(row).capitalize()} of the series", color="gray")
        st.badge(f"Incident {anomaly.incident}", color="gray", help=HELP["incidents"])


def _cards(anomaly: SeriesAnomaly) -> None:
    verdict = anomaly.verdict
    with st.grid(min_column_width=270, gap="small"):
        with st.container(border=True, height="stretch"):
            st.metric("Value", value_text(verdict.value))
            st.markdown(f"Expected **{words.literal(expected_text(verdict))}**")
            st.caption(
                f"{HELP['expected']} Nearest value seen before: {words.literal(value_text(verdict.nearest))}."
            )
        with st.container(border=True, height="stretch"):
            st.metric("Extra bits", words.signed_bits(verdict.bits), help=HELP["bits"])
            st.markdown(f"Most surprised: **{READING_NAMES.get(verdict.view, verdict.view)}**")
            st.caption(
                f"Score {verdict.score:.2f} decades; an alert from {_limit(verdict, 'alert_score')} on."
            )
        with st.container(border=True, height="stretch"):
            st.metric("p", p_text(verdict.p, verdict.p), help=HELP["p"])
            ranked = round(1 / verdict.p) if verdict.p > 0 else 0
            st.markdown(f"About one in {count_text(ranked)} of the records before it had as large an excess.")
            st.caption(
                "Shown, and not what decides: the score does. Records that follow each other are alike."
            )


def _limit(verdict: SeriesVerdict, name: str) -> str:
    return f"{verdict.parameters[name]:g}" if name in verdict.parameters else "its limit"


def _series(anomaly: SeriesAnomaly) -> None:
    row, verdict = anomaly.row, anomaly.verdict
    whole = desk().series.points(tenant(), row.stream_id, row.series)
    length = row.last_record - row.record + 1
    everything = st.toggle("The whole series", key="whole-series")
    reach = len(whole.seq) if everything else max(_FEWEST_AROUND, 3 * length)
    points = around(whole, row.record, row.last_record, reach)
    drawing = series_chart(
        points,
        [one for one in _of_series(anomaly) if one.series == row.series],
        colours=colours(),
        warmup_seq=int(whole.seq[min(verdict.warmup, len(whole.seq) - 1)]),
        unit=row.series,
        emphasised=row.id,
    )
    st.plotly_chart(drawing.figure, key="anomaly-chart", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)
    st.markdown("**What each reading says**")
    st.table(readings(verdict), border="horizontal")


def _of_series(anomaly: SeriesAnomaly) -> list[SeriesAnomalyRow]:
    return desk().series.anomalies(tenant(), anomaly.row.stream_id, order="newest", limit=anomaly.total)


def readings(verdict: SeriesVerdict) -> dict[str, list[str]]:
    """Decades of each reading; those that pass one decade add up to the score."""
    free = verdict.parameters.get("free_decades", 1.0)
    return {
        "Reading": [READING_NAMES.get(name, name) for name in verdict.readings],
        "Decades": [f"{surprise:.2f}" for surprise in verdict.surprise],
        "Counts": [f"{max(0.0, surprise - free):.2f}" for surprise in verdict.surprise],
    }


def _together(anomaly: SeriesAnomaly) -> None:
    rows = list(anomaly.together)
    st.caption(
        f"{words.plural(len(rows), 'flagged stretch', 'flagged stretches')} of this incident, most bits first. That they come together says nothing "
        "about which is the cause."
    )
    st.dataframe(
        {
            "Series": [row.series for row in rows],
            "When": [when(row) for row in rows],
            "Value": [value_text(row.value) for row in rows],
            "Expected": [expected(row) for row in rows],
            "Extra bits": [words.signed_bits(row.bits) for row in rows],
            "Open": [links.address(links.ANOMALY, id=row.id) for row in rows],
        },
        hide_index=True,
        height="content" if len(rows) < 12 else 460,
        column_config={"Open": st.column_config.LinkColumn(display_text="Open", width=60)},
        alt="Flagged stretches of the same incident",
    )


def _chance(anomaly: SeriesAnomaly) -> None:
    explanation = anomaly.record["explanation"]
    st.markdown(words.emphasised(explanation["paragraph"]))
    st.caption(HELP["chance"])
    st.code(explanation["method"], language=None, wrap_lines=True)
