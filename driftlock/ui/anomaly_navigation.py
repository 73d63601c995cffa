"""From one flagged window to the next of its list, and back to the list."""

import streamlit as st

from driftlock.model import Anomaly, Stream
from driftlock.services.series_queries import SeriesAnomaly
from driftlock.ui import frame, links, page, review_queue, words
from driftlock.ui.review_queue import Place
from driftlock.ui.session import colours, desk, tenant
from driftlock_core.numbers_text import count_text


def head(anomaly: Anomaly | SeriesAnomaly, stream: Stream) -> None:
    """The way to the neighbours, and the sentence as the title of the page."""
    page.style(colours(), title_size="1.45rem")
    show(
        anomaly.row.id,
        stream,
        Place(
            previous_id=anomaly.previous_id,
            next_id=anomaly.next_id,
            position=anomaly.position,
            total=anomaly.total,
            name="flagged",
        ),
    )
    st.title(words.emphasised(anomaly.row.sentence), anchor=False)


def show(anomaly_id: str, stream: Stream, in_stream: Place) -> None:
    """
    Buttons to the neighbours, the place in the list, and the ways back.

    Args:
        in_stream: Where it stands among the flagged windows of its stream; used where the page was not opened from a
            list of this session.
    """
    queue = review_queue.held(anomaly_id)
    place = (queue.place(anomaly_id) if queue else None) or in_stream
    review = desk().review.review_of(tenant(), anomaly_id)
    labelled = review is not None and review.label is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="anomaly-navigation"):
        st.button(
            "‹ Prev",
            key="previous-anomaly",
            disabled=place.previous_id is None,
            on_click=open_anomaly,
            args=(place.previous_id,),
            shortcut=frame.shortcut("K"),
        )
        st.button(
            "Next ›",
            key="next-anomaly",
            # What was said about this one; now the next is what there is to do.
            type="primary" if labelled and place.next_id else "secondary",
            disabled=place.next_id is None,
            on_click=open_anomaly,
            args=(place.next_id,),
            shortcut=frame.shortcut("J"),
        )
        st.caption(f"{count_text(place.position)} of {count_text(place.total)} {place.name}", width="content")
        if queue is not None:
            st.page_link(
                queue.page,
                label="Back to the list",
                icon=":material/arrow_back:",
                query_params=dict(queue.parameters),
            )
        if stream.run_id is not None:
            st.page_link(
                links.ANALYZE,
                label="All of this run",
                icon=":material/arrow_back:" if queue is None else ":material/list:",
                query_params={"run": stream.run_id},
            )
        links.copy(links.ANOMALY, key="copy-anomaly", **_parameters(anomaly_id))


def open_anomaly(anomaly_id: str) -> None:
    """Show another window in the tab that is open; for callbacks."""
    # The chosen event and field and the ticked events belong to the window that is left.
    for key in [key for key in st.session_state if key in ("ev", "field") or str(key).startswith("without-")]:
        del st.session_state[key]
    for name in ("ev", "field"):
        st.query_params.pop(name, None)
    st.query_params["id"] = anomaly_id


def _parameters(anomaly_id: str) -> dict[str, str]:
    """The view as it is: another browser opens the same tab, event and field."""
    kept = {name: st.query_params[name] for name in ("tab", "ev", "field", "xray") if name in st.query_params}
    return {"id": anomaly_id} | kept
