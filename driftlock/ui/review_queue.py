"""The list that a flagged window was opened from: what comes before and after it, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

_HELD: Final = "review-queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One window in a list."""

    previous_id: str | None
    next_id: str | None
    position: int  # 1-based
    total: int
    name: str  # of the list, for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A list as it stood when one of its rows was opened."""

    ids: tuple[str, ...]
    name: str
    page: str  # file of the page it stands on
    parameters: Mapping[str, str | Sequence[str]]  # of that page's address

    def place(self, anomaly_id: str) -> Place | None:
        """Where the window stands in it; None if it is not one of them."""
        if anomaly_id not in self.ids:
            return None
        at = self.ids.index(anomaly_id)
        return Place(
            previous_id=self.ids[at - 1] if at else None,
            next_id=self.ids[at + 1] if at + 1 < len(self.ids) else None,
            position=at + 1,
            total=len(self.ids),
            name=self.name,
        )


def remember(
    ids: Sequence[str], *, name: str, page: str, parameters: Mapping[str, str | Sequence[str]] | None = None
) -> None:
    """
    Keep a list for the page of one window; called by a list just before it opens a row.

    Args:
        ids: Of windows and alerts, in the order shown.
        name: For people: "this list", "open in Overview".
        page: One of the files in :mod:`driftlock.ui.links`.
        parameters: Of the list's address, so that the way back shows it as it was.
    """
    st.session_state[_HELD] = Queue(ids=tuple(ids), name=name, page=page, parameters=dict(parameters or {}))


def held(anomaly_id: str) -> Queue | None:
    """The list that holds this window, if it was opened from one in this session."""
    queue = st.session_state.get(_HELD)
    return queue if isinstance(queue, Queue) and anomaly_id in queue.ids else None
