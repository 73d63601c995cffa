"""What can be said about flagged windows, one or many at once. Each is remembered and can be undone."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import Label
from driftlock.services.review import Change
from driftlock.ui import feedback_status, frame, overview_reads, words
from driftlock.ui.overview_history import said
from driftlock.ui.session import desk, may, reader, tenant

LABELS: Final[tuple[tuple[Label, str, str, str], ...]] = (
    ("real", "Real", "Y", ":material/check:"),
    ("not_real", "Not real", "N", ":material/close:"),
    ("not_useful", "Not useful", "U", ":material/do_not_disturb_on:"),
)
SNOOZES: Final = {"1 hour": 1, "8 hours": 8, "1 day": 24, "7 days": 168}
ENDS: Final = {"7 days": 7, "30 days": 30, "Until it is ended": None}


class Flagged(Protocol):
    """What the buttons need of a flagged window or alert."""

    @property
    def id(self) -> str: ...

    @property
    def pattern(self) -> str:
        """The same for those of one cause; empty: none was formed."""


def bar(rows: Sequence[Flagged], *, key: str) -> None:
    """
    Buttons for the chosen *rows* that the reader's role has, switched off where none is chosen.

    Args:
        key: Tells this bar from others of the page; with the row in it where the bar is about one, so that a click
            that is late means the row it was on and not the one that has taken its place.
    """
    if may("label"):
        _labels(rows, key=key)
    more(rows, key=key)


def more(rows: Sequence[Flagged], *, key: str) -> None:
    """The same without the three labels."""
    if may("label"):
        _snooze_popover(rows, key=key)
        feedback_status.popover([row.id for row in rows], key=key, do=do)
    if may("suppress"):
        _suppress_popover(rows, key=key)


def _labels(rows: Sequence[Flagged], *, key: str) -> None:
    for label, text, letter, icon in LABELS:
        st.button(
            text,
            key=f"{key}-{label}",
            icon=icon,
            disabled=not rows,
            shortcut=frame.shortcut(letter),
            on_click=_label,
            args=([row.id for row in rows], label),
        )


def _snooze_popover(rows: Sequence[Flagged], *, key: str) -> None:
    with st.popover("Snooze…", key=f"{key}-snooze", icon=":material/snooze:", disabled=not rows):
        st.caption("Put aside; they come back by themselves.")
        for text, hours in SNOOZES.items():
            st.button(
                text,
                key=f"{key}-snooze-{hours}",
                width="stretch",
                on_click=_snooze,
                args=([row.id for row in rows], hours),
            )


def _suppress_popover(rows: Sequence[Flagged], *, key: str) -> None:
    first = {row.pattern: row for row in rows if row.pattern}
    with st.popover("Suppress…", key=f"{key}-suppress", icon=":material/visibility_off:", disabled=not first):
        st.caption(
            f"Hides all flagged windows of {words.plural(len(first), 'pattern')}, in every stream, those to "
            "come included. They stay in every count."
        )
        st.selectbox("For", list(ENDS), key=f"{key}-suppress-end")
        st.text_input("Reason", key=f"{key}-suppress-reason", max_chars=200)
        st.button(
            "Suppress",
            key=f"{key}-suppress-now",
            type="primary",
            on_click=_suppress,
            args=([row.id for row in first.values()], key),
        )


def _label(ids: list[str], label: Label) -> None:
    do(lambda: desk().review.label(tenant(), ids, label, by=reader()))


def _snooze(ids: list[str], hours: int) -> None:
    do(lambda: desk().review.snooze(tenant(), ids, datetime.now(UTC) + timedelta(hours=hours), by=reader()))


def _suppress(ids: list[str], key: str) -> None:
    # Asked of the fields themselves: a text that this very click has ended came after the button was drawn.
    days = ENDS[st.session_state[f"{key}-suppress-end"]]
    reason = st.session_state[f"{key}-suppress-reason"] or ""
    until = None if days is None else datetime.now(UTC) + timedelta(days=days)
    for anomaly_id in ids:
        do(
            lambda one=anomaly_id: desk().review.suppress(  # type: ignore[misc]
                tenant(), one, until=until, by=reader(), reason=reason.strip() or None
            )
        )


def do(act: Callable[[], Change], *, undo: str = "Undo with Z, or in History.") -> None:
    """Act, and say what was done, and how it is undone, or why not."""
    try:
        change = act()
    except ApplicationError as error:
        st.toast(words.literal(str(error)), icon=":material/error:")
        return
    overview_reads.forget()
    if change.id is None:
        st.toast("Nothing to change: it stands so already.")
        return
    st.toast(f"{said(change)}. {undo}", icon=":material/check:", duration=10)
