"""What anchors need kept beside what advancing keeps, and the questions they put to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from driftlock.errors import ApplicationError
from driftlock.model import Anchor, DriftPoint
from driftlock.ports import AnchorTable, NewAnchor, Store
from driftlock_core.severity import Severity


class CannotAnchor(ApplicationError):
    """No anchor can be made of this, or this one not be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnomaly:
    """A flagged window that nobody has settled yet: not labelled, not resolved, not snoozed."""

    id: str
    window: int
    first_seq: int
    last_seq: int
    severity: Severity
    sentence: str


class AnchorDesk(AnchorTable, Protocol):
    """Anchors as people change them, and as tables of streams show them."""

    def state(self, tenant: str, stream_id: str) -> tuple[int, bytes | None]:
        """
        The detector's last seq and its state; None: nothing was judged yet.

        Raises:
            NotFound: No such stream.
        """

    def put(self, new: NewAnchor) -> None:
        """
        Keep it; where it is active, the one that was is kept for comparison from now on.

        Raises:
            NotFound: No such stream.
        """

    def change(self, anchor: Anchor) -> None:
        """State, times and figures of an anchor that is there; of two active ones the other becomes a kept one."""

    def active(self, tenant: str) -> Mapping[str, Anchor]:
        """The active anchor of each stream that has one."""

    def newest_points(self, tenant: str, most: int) -> Mapping[str, Sequence[DriftPoint]]:
        """The newest *most* points of each stream's active anchor, in the order of the stream."""

    def open_anomalies(
        self, tenant: str, stream_id: str, first_seq: int, last_seq: int, now: datetime
    ) -> list[OpenAnomaly]:
        """Open flagged windows that share an event with the range, in stream order."""

    def detectable(self, tenant: str) -> Mapping[str, str]:
        """When the newest finished measurement of what would be noticed ended, by stream; ISO time in UTC."""


class AnchorStore(Store, Protocol):
    """A store that keeps anchors as people change them too."""

    @property
    def anchors(self) -> AnchorDesk: ...
