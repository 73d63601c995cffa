"""Head of the anomaly page: the way to its neighbours, the sentence, what the window is, what is said of it, where it leads."""

import streamlit as st

from driftlock.model import Anomaly, Stream
from driftlock.ui import anomaly_navigation, anomaly_review, anomaly_ways, replay_bar, words
from driftlock_core.numbers_text import count_text


def show(anomaly: Anomaly, stream: Stream) -> None:
    """Neighbours, sentence, chips, and the buttons of one flagged window."""
    row = anomaly.row
    anomaly_navigation.head(anomaly, stream)
    record = anomaly.record
    with st.container(horizontal=True, gap="xsmall"):
        anomaly_review.chip(row)
        st.badge("▲ Flagged" if record["flagged"] else "Not flagged", color="orange")
        st.badge(f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity} severity", color="orange")
        st.badge(words.kind(row.kind), color="gray")
        st.badge(words.literal(row.stream_name), color="gray")
        st.badge(
            words.literal(words.limits(record["profile"], record["threshold"], record["alpha"])), color="gray"
        )
        if row.first_at is not None and row.last_at is not None:
            st.badge(words.literal(f"{words.span(row.first_at, row.last_at)} UTC"), color="gray")
        st.badge(f"Events {count_text(row.first_seq)}–{count_text(row.last_seq)}", color="gray")
        st.badge(f"Incident {row.incident}", color="gray", help=words.HELP["incidents"])
        if row.status != "ready":
            st.badge(words.STATUS_NAMES.get(row.status, row.status), color="blue", help=words.HELP["status"])
    anomaly_review.bar(row, lambda: replay_bar.as_file(record))
    anomaly_ways.show(row.id)
