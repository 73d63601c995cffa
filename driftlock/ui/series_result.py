"""Show: what was found among the numbers of a run, series by series."""

from typing import Final

import streamlit as st

from driftlock.model import Run, Stream
from driftlock.services.series_plan import SeriesPlan
from driftlock.services.series_store import SeriesAnomalyRow
from driftlock.ui import anomaly_pages, links, series_downloads, words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.series_chart import series_chart
from driftlock.ui.session import colours, desk, tenant
from driftlock_core.numbers_text import MISSING, count_text, p_text
from driftlock_core.series_text import value_text

HELP: Final = {
    "judged": "Numbers behind the warm-up of their series, each judged by those before it.",
    "flagged": "Alerts; those that follow each other on one series are joined into one.",
    "chance": (
        "Not stated: an alert adds up several readings of records that resemble their neighbours, so no rate "
        "follows from p alone."
    ),
    "incidents": "Flagged stretches of any series that overlap, or lie within one round of all series.",
    "severity": "From the alert's score: ▲ worth a look, ▲▲ worth waking somebody, ▲▲▲ twice as far.",
    "expected": "The central 90 % of what the records before led to expect.",
    "bits": "Bits the number needs beyond what numbers of this series usually need.",
    "p": "Rank of the number's excess among those before it; not the chance that it is ordinary.",
}


def show(run: Run, stream: Stream, plan: SeriesPlan) -> None:
    """Counts, the chart of one series, the table of all anomalies, and downloads."""
    _cards(stream)
    strongest = desk().series.anomalies(tenant(), stream.id, limit=1)
    series = _chosen(plan, strongest[0].series if strongest else None)
    _chart(stream, plan, series)
    _table(stream)
    series_downloads.show(run, stream)


def _cards(stream: Stream) -> None:
    cards = {
        "Events": (count_text(stream.events), None),
        "Numbers judged": (count_text(stream.windows), HELP["judged"]),
        "Flagged": (count_text(stream.flagged), HELP["flagged"]),
        "Expected by chance": (MISSING, HELP["chance"]),
        "Incidents": (count_text(stream.incidents), HELP["incidents"]),
    }
    with st.grid(min_column_width=150, gap="small"):
        for label, (value, explained) in cards.items():
            st.metric(label, value, border=True, height="stretch", help=explained)
    st.markdown(f"**{rate(stream.flagged, stream.windows)}** · by chance alone: not stated")


def rate(flagged: int, judged: int) -> str:
    """
    How often there was an alert, in words.

    >>> rate(3, 1530), rate(0, 20)
    ('3 flagged · one in 510 numbers judged', '0 flagged among 20 numbers judged')
    """
    if not flagged:
        return f"0 flagged among {words.plural(judged, 'number')} judged"
    return (
        f"{count_text(flagged)} flagged · one in {count_text(max(1, round(judged / flagged)))} numbers judged"
    )


def _chosen(plan: SeriesPlan, strongest: str | None) -> str:
    names = list(plan.warmups)
    if len(names) == 1:
        return names[0]
    picked = st.selectbox(
        f"Series, one of {len(names)}",
        names,
        index=names.index(strongest) if strongest in names else 0,
        key="series",
        persist_state="session",
    )
    return str(picked)


def _chart(stream: Stream, plan: SeriesPlan, series: str) -> None:
    points = desk().series.points(tenant(), stream.id, series)
    if not len(points.seq):
        st.info("Nothing of this series was judged before the run ended.")
        return
    rows = [row for row in _every(stream) if row.series == series]
    warmup = plan.warmups[series]
    drawing = series_chart(
        points,
        rows,
        colours=colours(),
        warmup_seq=int(points.seq[min(warmup, len(points.seq) - 1)]),
        unit=series,
    )
    st.plotly_chart(drawing.figure, key="series-chart", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(
        f"{drawing.caption} The first {words.plural(warmup, 'record')} of "
        f"{count_text(len(points.seq))} were learned and not judged."
    )


def _every(stream: Stream) -> list[SeriesAnomalyRow]:
    return desk().series.anomalies(tenant(), stream.id, order="newest", limit=max(1, stream.flagged))


def _table(stream: Stream) -> None:
    st.subheader("Flagged numbers", anchor=False)
    if not stream.flagged:
        st.info(
            f"No number was flagged; {words.plural(stream.windows, 'number')} judged. "
            "That is not proof that nothing is wrong: it means no series raised an alert."
        )
        return
    order, offset = anomaly_pages.pick(stream.flagged)
    rows = desk().series.anomalies(
        tenant(), stream.id, order=order, offset=offset, limit=anomaly_pages.PAGE_SIZE
    )
    anomaly_pages.show(
        [row.id for row in rows],
        table(rows, desk().series.incidents(tenant(), stream.id)),
        {
            "Severity": st.column_config.TextColumn(width=105, help=HELP["severity"]),
            "Series": st.column_config.TextColumn(width=240),
            "Value": st.column_config.TextColumn(width=80, alignment="right"),
            "Expected": st.column_config.TextColumn(width=150, help=HELP["expected"]),
            "Extra bits": st.column_config.TextColumn(width=84, alignment="right", help=HELP["bits"]),
            "p": st.column_config.TextColumn(width=76, alignment="right", help=HELP["p"]),
            "Incident": st.column_config.TextColumn(width=76, alignment="right", help=HELP["incidents"]),
            "Open": st.column_config.LinkColumn(display_text="Open", width=60),
        },
        order=order,
        offset=offset,
        noun="number",
        key=stream.id,
    )


def table(rows: list[SeriesAnomalyRow], incidents: dict[str, int]) -> dict[str, list[str]]:
    """Columns of the table as they are read on screen."""
    return {
        "Severity": [f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity}" for row in rows],
        "Series": [row.series for row in rows],
        "Value": [value_text(row.value) for row in rows],
        "Expected": [expected(row) for row in rows],
        "Extra bits": [words.signed_bits(row.bits) for row in rows],
        "When": [when(row) for row in rows],
        "Open": [links.address(links.ANOMALY, id=row.id) for row in rows],  # the last columns may be cut off
        "Incident": [count_text(incidents.get(row.id, 0)) for row in rows],
        "p": [p_text(row.p, row.p) for row in rows],
    }


def when(row: SeriesAnomalyRow) -> str:
    """The stretch in time, or by the records of its series where events name no time."""
    if row.first_at is None:
        return records(row)
    if row.last_at is None or row.last_at == row.first_at:
        return words.moment(row.first_at)
    return words.span(row.first_at, row.last_at)


def records(row: SeriesAnomalyRow) -> str:
    """The stretch by the records of its series, counted from 1."""
    if row.record == row.last_record:
        return f"record {count_text(row.record + 1)}"
    return f"records {count_text(row.record + 1)}–{count_text(row.last_record + 1)}"


def expected(row: SeriesAnomalyRow) -> str:
    """The expected range, or the one value it comes to."""
    low, high = value_text(row.low), value_text(row.high)
    return low if low == high else f"{low} to {high}"
