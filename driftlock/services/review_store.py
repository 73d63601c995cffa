"""What reviews need kept."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol, get_args

from driftlock.model import Label
from driftlock.services.feedback_store import Vote
from driftlock.services.pattern_history import PatternHistory

What = Literal["label", "snooze", "state", "assign", "suppress", "resume", "annotate", "remove_note", "undo"]
ReviewState = Literal["open", "acknowledged", "investigating", "resolved"]
REVIEW_STATES: Final[tuple[ReviewState, ...]] = get_args(ReviewState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What stands beside one anomaly."""

    anomaly_id: str
    stream_id: str
    label: Label | None
    reason: str | None
    note: str | None
    snoozed_until: datetime | None
    changed_at: datetime
    changed_by: str
    state: ReviewState = "open"
    assignee: str | None = None  # a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An anomaly of a window or of a series."""

    id: str
    stream_id: str
    pattern: str  # empty: none was formed
    window: int | None = None  # None: of a series


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenPattern:
    """What was said when a pattern was hidden."""

    id: str
    pattern: str
    until: datetime | None  # None: until it is ended
    reason: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSuppression(HiddenPattern):
    """A pattern that is hidden, or was."""

    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNote:
    """An annotation."""

    id: str
    stream_id: str | None
    about_us: int
    text: str
    at: datetime
    by: str
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChange:
    """
    One action as it is remembered.

    ``detail`` holds ``count``, ``says`` and whatever its undo needs; a list of
    changes comes with the first two alone.
    """

    id: str
    what: What
    detail: Mapping[str, Any]
    at: datetime
    by: str
    undone_at: datetime | None = None
    undone_by: str | None = None


class Desk(Protocol):
    """One tenant's desk inside one transaction: all that is written is kept, or nothing of it."""

    def targets(self, ids: Collection[str]) -> list[Target]:
        """Those of *ids* that are there, in no order that means anything."""

    def alike(self, patterns: Collection[str]) -> list[Target]: ...

    def of_streams(self, stream_ids: Collection[str]) -> list[Target]: ...

    def has_stream(self, stream_id: str) -> bool: ...

    def reviews(self, ids: Collection[str]) -> dict[str, Review]:
        """By the id of the anomaly."""

    def put_reviews(self, reviews: Sequence[Review]) -> None:
        """Instead of what stood there."""

    def drop_reviews(self, ids: Collection[str]) -> None: ...

    def votes(self, anomaly_ids: Collection[str]) -> list[Vote]:
        """Standing votes about these anomalies, oldest first."""

    def window_votes(self, stream_id: str, window: int) -> list[Vote]:
        """Standing votes about a window that was not flagged, oldest first."""

    def votes_by_id(self, ids: Collection[str]) -> list[Vote]:
        """Votes of these ids, those withdrawn included."""

    def add_votes(self, votes: Sequence[Vote]) -> None: ...

    def withdraw_votes(self, ids: Collection[str], at: datetime | None) -> None:
        """Withdraw them, or with None let them stand again."""

    def was_flagged(self, stream_id: str, window: int) -> bool | None:
        """None: there is no such window."""

    def suppressions(self, pattern: str | None = None) -> list[StoredSuppression]:
        """Those that were not ended, of one pattern or of all, oldest first."""

    def suppression(self, suppression_id: str) -> StoredSuppression | None: ...

    def add_suppression(self, suppression: StoredSuppression) -> None: ...

    def end_suppressions(self, ids: Collection[str], ended_at: datetime | None) -> None:
        """End them, or with None let them go on."""

    def note(self, note_id: str) -> StoredNote | None: ...

    def add_note(self, note: StoredNote) -> None: ...

    def remove_note(self, note_id: str, removed_at: datetime | None) -> None:
        """Take it away, or with None bring it back."""

    def change(self, change_id: str) -> StoredChange | None: ...

    def add_change(self, change: StoredChange) -> None: ...

    def mark_undone(self, change_id: str, at: datetime, by: str) -> None: ...

    def later(self, at: datetime, what: Collection[What]) -> list[StoredChange]:
        """Changes of these sorts made at *at* or later, newest first."""


class ReviewTable(Protocol):
    """What people said; anomalies of runs past their time at *now* are not there."""

    def open(self, tenant: str, now: datetime) -> AbstractContextManager[Desk]:
        """The desk for writing; on an error nothing is kept."""

    def review(self, tenant: str, anomaly_id: str, now: datetime) -> Review | None: ...

    def history(self, tenant: str, limit: int) -> list[StoredChange]:
        """The latest changes, newest first."""

    def about(self, tenant: str, anomaly_id: str) -> list[StoredChange]:
        """Labels, snoozes, states and assignments that touched an anomaly, with all their detail, oldest first."""

    def suppressions(self, tenant: str, now: datetime) -> list[tuple[StoredSuppression, int]]:
        """Those in force at *now*, newest first, and how many anomalies each hides."""

    def same_pattern(self, tenant: str, anomaly_id: str, now: datetime) -> PatternHistory | None:
        """None: no such anomaly."""


class ReviewStore(Protocol):
    """A store that keeps them."""

    @property
    def reviews(self) -> ReviewTable: ...
