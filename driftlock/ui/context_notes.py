"""Notes that people wrote about the time around a window."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import ScoreColumns, moment
from driftlock.services.overview_rows import Annotation
from driftlock.ui import case_people, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock.ui.theme import Tokens
from driftlock.ui.timeline_chart import positions

EITHER_SIDE: Final = timedelta(minutes=30)


def reach(columns: ScoreColumns, seen_at: datetime) -> tuple[datetime, datetime]:
    """First and last moment of the windows around, or half an hour on either side where they name no time."""
    times = np.asarray(columns.last_at_us, dtype=np.int64)
    if times.size and times.min() >= 0:
        return moment(int(times.min())), moment(int(times.max()))
    return seen_at - EITHER_SIDE, seen_at + EITHER_SIDE


def between(stream_id: str, since: datetime, until: datetime) -> list[Annotation]:
    """Notes of this stream and of all streams, oldest first."""
    scope = desk().overview.scope(tenant(), [stream_id], (since, until))
    return sorted(desk().overview.annotations(scope), key=lambda note: (note.about, note.id))


def mark(figure: go.Figure, columns: ScoreColumns, notes: Sequence[Annotation], colours: Tokens) -> None:
    """Draw each note as a dotted line with ✎ on a timeline of *columns*; not where its axis is no time."""
    if not positions(columns)[1]:
        return
    for note in notes:
        about = note.about.replace(tzinfo=None)
        figure.add_vline(x=about, line={"color": colours.muted, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=about,
            y=1,
            yref="paper",
            yanchor="bottom",
            text="✎",
            showarrow=False,
            font={"color": colours.text, "size": 14},
            hovertext=words.plain(note.text).replace("<", "&lt;"),
        )


def show(stream_id: str, since: datetime, until: datetime) -> None:
    """The notes in words, each with the way to take it away."""
    notes = between(stream_id, since, until)
    st.markdown("**Notes of this stretch**")
    if not notes:
        st.caption("None. *Note…* above writes one at the time of this window." if may("label") else "None.")
    for note in notes:
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
        ):
            st.markdown(
                f"✎ {words.literal(note.text)}  \n:small[:gray[{words.literal(f'{words.moment(note.about)} UTC · {case_people.name(note.by)}')}]]",
                width="stretch",
            )
            if may("label"):
                st.button(
                    "Remove", key=f"remove-{note.id}", type="tertiary", on_click=_remove, args=(note.id,)
                )


def _remove(annotation_id: str) -> None:
    try:
        desk().review.remove_annotation(tenant(), annotation_id, by=reader())
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
        return
    st.toast("Note removed. Z undoes it.")
