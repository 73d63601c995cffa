"""Head of the anomaly page: the sentence, what the window is, and the way to its neighbours."""

import streamlit as st

from driftlock.model import Anomaly, Stream
from driftlock.ui import links, page, words
from driftlock.ui.session import colours
from driftlock_core.numbers_text import count_text

_SEVERITY_COLOURS = {"low": "gray", "medium": "orange", "high": "orange"}


def show(anomaly: Anomaly, stream: Stream) -> None:
    """Sentence, chips and neighbours of one flagged window."""
    row = anomaly.row
    page.style(colours(), title_size="1.45rem")
    _navigation(anomaly, stream)
    st.title(words.emphasised(row.sentence), anchor=False)
    record = anomaly.record
    with st.container(horizontal=True, gap="xsmall"):
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


def _navigation(anomaly: Anomaly, stream: Stream) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "‹ Prev",
            disabled=anomaly.previous_id is None,
            on_click=_open,
            args=(anomaly.previous_id,),
            shortcut="K",
        )
        st.button(
            "Next ›", disabled=anomaly.next_id is None, on_click=_open, args=(anomaly.next_id,), shortcut="J"
        )
        st.caption(f"{count_text(anomaly.position)} of {count_text(anomaly.total)} flagged", width="content")
        if stream.run_id is not None:
            st.page_link(
                links.ANALYZE,
                label="All of this run",
                icon=":material/arrow_back:",
                query_params={"run": stream.run_id},
            )
        links.copy(links.ANOMALY, key="copy-anomaly", id=anomaly.row.id)


def _open(anomaly_id: str) -> None:
    # The chosen event and the ticked events belong to the window that is left.
    for key in [key for key in st.session_state if key == "ev" or str(key).startswith("without-")]:
        del st.session_state[key]
    st.query_params.pop("ev", None)
    st.query_params["id"] = anomaly_id
