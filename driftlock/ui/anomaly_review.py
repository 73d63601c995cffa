"""What is said about one flagged window or alert: buttons, what stands now, and how it is taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import AnomalyRow
from driftlock.services.review import Review, Suppression
from driftlock.services.series_store import SeriesAnomalyRow
from driftlock.ui import (
    case_people,
    exporting,
    feedback_status,
    frame,
    overview_actions,
    overview_history,
    words,
)
from driftlock.ui.note_form import EXAMPLE, MOST_NOTE, TEXT, add
from driftlock.ui.session import desk, may, reader, tenant

_STANDS: Final = {
    "real": ("✓ Real", "green"),
    "not_real": ("✕ Not real", "gray"),
    "not_useful": ("– Not useful", "gray"),
}


def chip(row: AnomalyRow | SeriesAnomalyRow) -> None:
    """Badges of what stands: label, end of a snooze, suppression; "Open" where nothing was said."""
    review = desk().review.review_of(tenant(), row.id)
    text, colour = standing(review)
    st.badge(text, color=colour, help=_by(review))  # type: ignore[arg-type]
    feedback_status.badges(review)
    if hidden := suppressed(row.pattern):
        until = "until it is ended" if hidden.until is None else f"until {words.moment(hidden.until)} UTC"
        st.badge(
            "Suppressed pattern",
            color="gray",
            help=words.literal(f"{until}, by {case_people.name(hidden.by)}"),
        )


def standing(review: Review | None) -> tuple[str, str]:
    """
    What a review says in a word or two, and the colour of its badge.

    >>> standing(None)
    ('○ Open', 'blue')
    """
    if review is not None and review.label is not None:
        return _STANDS[review.label]
    if review is not None and review.snoozed_until is not None:
        return words.literal(f"◷ Snoozed until {words.moment(review.snoozed_until)} UTC"), "gray"
    return "○ Open", "blue"


def _by(review: Review | None) -> str | None:
    if review is None:
        return None
    reason = f"; {review.reason}" if review.reason else ""
    return words.literal(
        f"{case_people.name(review.changed_by)}, {words.moment(review.changed_at)} UTC{reason}"
    )


def suppressed(pattern: str) -> Suppression | None:
    """The suppression that hides this pattern now, if one does."""
    return next(
        (one for one in desk().review.suppressions(tenant()) if pattern and one.pattern == pattern), None
    )


def bar(row: AnomalyRow | SeriesAnomalyRow, export: Callable[[], bytes]) -> None:
    """
    Everything that can be said and done about one window or alert.

    Args:
        export: Gives the record as a file.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="anomaly-review"):
        overview_actions.bar([row], key=f"one-{row.id}")
        if may("label"):
            _note(row.seen_at, row.stream_id)
            _rest_of_pattern(row)
        overview_history.undo_last()
        overview_history.show()
        if may("export"):
            st.download_button(
                "Export",
                data=exporting.noted(lambda _app: export(), "anomaly", row.id),
                file_name=f"{row.id}.json",
                mime="application/json",
                on_click="ignore",
                icon=":material/download:",
                key="export-record",
                help="The record of this window as JSON",
                shortcut=frame.shortcut("E"),
            )


def _rest_of_pattern(row: AnomalyRow | SeriesAnomalyRow) -> None:
    """Once this one has a label: the same for all others of its pattern."""
    review = desk().review.review_of(tenant(), row.id)
    if review is None or review.label is None or not row.pattern:
        return
    others = desk().review.same_pattern(tenant(), row.id).count - 1
    if others > 0:
        st.button(
            f"Same for the other {others} of this pattern",
            key="label-pattern",
            type="tertiary",
            on_click=_label_pattern,
            args=(row.id,),
        )


def _label_pattern(anomaly_id: str) -> None:
    review = desk().review.review_of(tenant(), anomaly_id)
    if review is None or review.label is None:
        return
    try:
        change = desk().review.label(tenant(), [anomaly_id], review.label, by=reader(), scope="pattern")
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
        return
    st.toast(
        f"{overview_history.said(change)}. Z undoes it."
        if change.id is not None
        else "All of this pattern say so already."
    )


def _note(at: datetime, stream_id: str) -> None:
    with (
        st.popover("Note…", icon=":material/edit_note:", key="note-here"),
        st.form("note", clear_on_submit=True, border=False),
    ):
        st.caption(f"At {words.moment(at)} UTC on this stream; drawn as ✎ on time lines.")
        st.text_area("Note", max_chars=MOST_NOTE, key=TEXT, placeholder=EXAMPLE)
        st.form_submit_button("Add", type="primary", on_click=add, args=(at, stream_id))
