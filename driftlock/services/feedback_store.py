"""What feedback needs kept: who called which window what, and the windows that queues show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, get_args

from driftlock.model import Label
from driftlock.ports import Store

QueueName = Literal["newest", "boundary", "random", "disagreements"]
QUEUES: Final[tuple[QueueName, ...]] = get_args(QueueName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one person said of one window or alert that lay before their eyes."""

    id: str
    stream_id: str
    anomaly_id: str | None  # None: a window that was not flagged
    window: int | None  # None: an alert of a series
    label: Label
    reason: str | None
    scope: str  # this, pattern, stream: how far the label was meant to reach
    queue: QueueName | None  # that showed it; None: found otherwise
    note: str | None
    by: str
    at: datetime
    withdrawn_at: datetime | None = None

    @property
    def place(self) -> str | int:
        """The same for votes about the same thing of one stream."""
        return self.anomaly_id or self.window or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWindow:
    """A judged window as it lies in its stream."""

    window: int
    first_seq: int
    last_seq: int
    seen_us: int
    score: float
    p: float | None  # the larger of both, as far as computed; None: neither
    flagged: bool


class VoteTable(Protocol):
    """Votes that stand, for reading; how they are given and withdrawn is a matter of the desk."""

    def of_stream(self, tenant: str, stream_id: str, since: datetime | None = None) -> list[Vote]:
        """Standing votes, oldest first."""

    def of_anomaly(self, tenant: str, anomaly_id: str) -> list[Vote]:
        """All votes, those withdrawn included, oldest first."""

    def unlabelled(self, tenant: str, stream_id: str, now: datetime, limit: int) -> list[str]:
        """
        Of each incident without any label its strongest window, and alerts without one; the newest first.

        What is snoozed or suppressed at *now* is left out.
        """

    def not_flagged(self, tenant: str, stream_id: str, windows: Collection[int]) -> list[StoredWindow]:
        """Those of *windows* that are stored, could be decided and were not flagged, by number."""

    def flagged(self, tenant: str, stream_id: str, windows: Collection[int]) -> dict[int, str]:
        """Ids of the anomalies among *windows*."""

    def reached(self, tenant: str, stream_id: str) -> int:
        """Anomalies with a label that nobody looked at: a label of their pattern or stream reaches them."""


class FeedbackStore(Store, Protocol):
    """A store that keeps votes too."""

    @property
    def votes(self) -> VoteTable: ...


def by_place(votes: Sequence[Vote]) -> dict[str | int, list[Vote]]:
    """Votes about the same thing together, in the order of the first of each."""
    found: dict[str | int, list[Vote]] = {}
    for vote in votes:
        found.setdefault(vote.place, []).append(vote)
    return found
