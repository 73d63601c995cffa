"""What a stream holds for usual now: how much, since when, how varied, and whether all of it belongs there."""

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.anchors_baseline import TodaysBaseline
from driftlock.services.drift import DriftRow
from driftlock.ui import links, streams_reads, words
from driftlock.ui.payload_text import text
from driftlock.ui.session import desk, may, reader, tenant
from driftlock_core.contamination import Suspect, suspects_text
from driftlock_core.numbers_text import bytes_text, count_text, duration_text, percent_text
from driftlock_core.profiles import Profile

_LETTERS = 240
_EVENTS = 50


def show(row: DriftRow) -> None:
    """The figures, the most frequent templates, and the check of what it was learned from."""
    stream = row.stream
    found = streams_reads.baseline(stream)
    if found is None:
        st.info(
            f"This stream is learning: {count_text(stream.events)} events so far, "
            f"{count_text(stream.events_needed)} more until the first verdict. Until then nothing is usual."
        )
        return
    _figures(row, found)
    _templates(found)
    _check(row, found)


def _figures(row: DriftRow, found: TodaysBaseline) -> None:
    events = len(found.canonical)
    behind = found.cursor - found.last_seq
    with st.grid(4, min_column_width=170, gap="small", key="baseline-figures"):
        st.metric("Events", count_text(events), border=True, height="stretch")
        st.metric(
            "Distinct lines",
            percent_text(found.distinct / events),
            border=True,
            height="stretch",
            help="Of masked lines; the more of them, the more the stream varies.",
        )
        st.metric("Templates", count_text(found.templates_in_all), border=True, height="stretch")
        st.metric(
            "Compressed",
            bytes_text(found.compressed),
            border=True,
            height="stretch",
            help=f"The masked events alone, {bytes_text(found.size)} before.",
        )
    learned = words.place(found.first_at, found.last_at, found.first_seq, found.last_seq)
    span = (
        f", which took {duration_text((found.last_at - found.first_at).total_seconds() * 1e6)}"
        if found.first_at and found.last_at and found.last_at > found.first_at
        else ""
    )
    age = (
        f" and {duration_text((row.state.last_seen - found.last_at).total_seconds() * 1e6)}"
        if found.last_at and row.state.last_seen and row.state.last_seen > found.last_at
        else ""
    )
    st.caption(
        f"Learned from events {count_text(found.first_seq)} to {count_text(found.last_seq)}, "
        f"{words.literal(learned)} UTC{span}. It ends {words.plural(behind, 'event')}{age} before the newest judged "
        "one: it rolls on every four windows, and waits where something was flagged."
    )


def _templates(found: TodaysBaseline) -> None:
    st.markdown("**Most frequent templates**")
    events = len(found.canonical)
    st.dataframe(
        {
            "Events": [one.count for one in found.templates],
            "Share": [percent_text(one.count / events) for one in found.templates],
            "Template": [text(one.text.encode(), _LETTERS) for one in found.templates],
        },
        hide_index=True,
        height="content" if len(found.templates) < 12 else 420,
        column_config={
            "Events": st.column_config.NumberColumn(width=70),
            "Share": st.column_config.TextColumn(width=70, alignment="right"),
            "Template": st.column_config.TextColumn(width=900),
        },
        alt="The most frequent templates of the baseline with their counts",
    )
    left = found.templates_in_all - len(found.templates)
    st.caption(
        "Lines of one template differ only in names and numbers; its last line stands for it."
        + (f" {count_text(left)} rarer templates are not shown." if left else "")
    )


def _check(row: DriftRow, found: TodaysBaseline) -> None:
    st.markdown("**Is all of it usual?**")
    if not found.suspects:
        st.markdown("No stretch of this baseline stands out from the rest of it.")
        st.caption(
            "Every window was held against all others. A fault that fills more than two windows explains itself and "
            "is not found this way; nor is anything said of baselines under 160 events."
        )
        return
    said = suspects_text(found.suspects)
    st.warning(words.literal(f"{said[0].upper()}{said[1:]} (counted from the baseline's first event)."))
    for one in found.suspects:
        _events(row, found, one)
    if may("streams"):
        _relearn(row, found)


def _events(row: DriftRow, found: TodaysBaseline, one: Suspect) -> None:
    first, last = (found.first_seq - 1 + at for at in (one.first, one.last))
    with st.expander(f"Events {count_text(first)} to {count_text(last)}, NCD {one.ncd:.2f}"):
        stored = desk().queries.stored(tenant(), row.stream.id, first, min(last, first + _EVENTS - 1))
        st.code(
            "\n".join(f"{count_text(seq)}  {text(body, _LETTERS)}" for seq, body in stored.items()),
            language=None,
        )


def _relearn(row: DriftRow, found: TodaysBaseline) -> None:
    ranges = [(found.first_seq - 1 + one.first, found.first_seq - 1 + one.last) for one in found.suspects]
    with st.popover("Exclude and learn anew", key="relearn"):
        st.markdown(
            "A new stream is made with the same settings and given the stored events from this baseline on, without "
            "those above. This stream and its verdicts stay as they are; senders go on sending to it until you "
            "give them the new id."
        )
        reason = st.text_input("Reason (required)", key="relearn-reason")
        if not st.button("Learn anew", type="primary", key="relearn-go", disabled=not reason.strip()):
            return
        try:
            new = desk().stream_settings.succeed(
                tenant(),
                row.stream.id,
                kind=row.stream.kind,
                profile=Profile.from_configuration(row.stream.configuration),
                reason=reason,
                by=reader(),
                after_seq=found.first_seq - 1,
                skip=ranges,
            )
        except ApplicationError as error:
            st.error(words.literal(str(error)))
            return
        streams_reads.forget()
        st.switch_page(links.STREAMS, query_params={"stream": new.id})
