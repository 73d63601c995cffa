"""Show: what a finished run found, stream by stream."""

import streamlit as st

from driftlock.model import Run, ScoreColumns, Stream
from driftlock.ui import (
    decoding,
    downloads,
    drift_notices,
    flagged_table,
    progress,
    series_result,
    settings_form,
    truth,
    words,
)
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.timeline_chart import Interval, timeline
from driftlock_core.numbers_text import MISSING, count_text
from driftlock_core.profiles import Profile


def show(run: Run) -> None:
    """Metric cards, timeline, table and downloads of each stream of *run*."""
    st.subheader(words.literal(run.name), anchor=False)
    if run.state != "done":
        progress.ended_early(run)
    streams = desk().queries.streams(tenant(), run.id)
    if run.report is not None:
        decoding.show(run.report)
    if note := run.options.get("sizes_note"):
        st.info(words.literal(f"Smaller sizes were used: {note}."))
    if shortage := run.options.get("too_short"):
        st.warning(words.literal(f"Too few events for a verdict: {shortage}."))
    if note := run.options.get("numbers_note"):
        st.info(words.literal(f"{note[:1].upper()}{note[1:]}."))
    if run.state != "done" and not run.events_analyzed:
        return
    stream = _chosen(streams)
    if stream is None:
        if run.state == "done":
            st.info("Nothing to compare: this source holds no events.")
        return
    if (plan := desk().series.plan(stream)) is not None:
        series_result.show(run, stream, plan)
        return
    st.caption(used(stream))
    _cards(stream, ended_early=run.state != "done")
    if not stream.windows:
        st.info("No window of this stream was tested, so there is nothing to show yet.")
        return
    drift_notices.show(stream)
    columns = desk().queries.scores(tenant(), stream.id)
    _timeline(stream, columns, truth.reveal(run, stream, columns))
    flagged_table.show(stream)
    downloads.show(run, stream)


def used(stream: Stream) -> str:
    """Limits and sizes the verdicts were made with."""
    profile = Profile.from_configuration(stream.configuration)
    return words.literal(
        f"{words.limits(profile.name, profile.threshold, profile.alpha)}; {settings_form.sizes(profile)}"
    )


def _chosen(streams: list[Stream]) -> Stream | None:
    if len(streams) < 2:
        return streams[0] if streams else None
    by_id = {stream.id: stream for stream in streams}
    picked = st.segmented_control(
        "Kind",
        list(by_id),
        default=streams[0].id,
        required=True,
        format_func=lambda i: words.kind(by_id[i].kind),
        key="stream",
    )
    return by_id.get(str(picked), streams[0])


def _cards(stream: Stream, *, ended_early: bool) -> None:
    chance = f"≤ {words.expected(stream.expected_by_chance)}" if stream.windows else MISSING
    cards = {
        "Events": (count_text(stream.events), None),
        "Windows tested": (count_text(stream.windows), words.HELP["windows"]),
        "Flagged": (count_text(stream.flagged), words.HELP["flagged"]),
        "Expected by chance": (chance, words.HELP["expected"]),
        "Incidents": (count_text(stream.incidents), words.HELP["incidents"]),
    }
    with st.grid(5, min_column_width=150, gap="small"):
        for label, (value, explained) in cards.items():
            st.metric(label, value, border=True, height="stretch", help=explained)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = words.flagged_beside_chance(stream.flagged, stream.expected_by_chance)
        st.markdown(f"**{said}**", width="content")
        if ended_early and not stream.windows:
            return  # more events will not come: what they would lead to is of no use
        needed = f", {count_text(stream.events_needed)} more events needed" if stream.events_needed else ""
        st.badge(
            f"{words.STATUS_NAMES[stream.status]}{needed}",
            color="green" if stream.status == "ready" else "blue",
            help=words.HELP["status"],
        )


def _timeline(stream: Stream, columns: ScoreColumns, shown: tuple[Interval, ...]) -> None:
    drawing = timeline(
        columns,
        colours=colours(),
        threshold=float(stream.configuration["threshold"]),
        ordinary=desk().queries.ordinary_range(tenant(), stream.id),
        truth=shown,
    )
    st.plotly_chart(drawing.figure, key="timeline", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)
