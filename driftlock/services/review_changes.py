"""Changes as they are told and as they are kept, and what a review may hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from driftlock.errors import ApplicationError
from driftlock.services.review_store import HiddenPattern, Review, ReviewState, StoredChange, What

_LONGEST: Final = {"by": 64, "reason": 32, "note": 2_000, "text": 500, "assignee": 32}  # characters
_KEPT: Final = ("label", "reason", "note")


class InvalidReview(ApplicationError):
    """What was asked for cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """Something an undo did not touch, because it was changed since."""

    id: str  # of the anomaly, suppression or note
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One action."""

    id: str | None  # None: there was nothing to change, and nothing was recorded
    what: What
    count: int  # anomalies labelled, snoozed, hidden or shown again; notes; of an undo what was put back
    at: datetime
    by: str
    says: Mapping[str, Any]  # the label, the pattern, the end; times in ISO 8601
    undone_at: datetime | None = None
    undone_by: str | None = None
    left: tuple[LeftAlone, ...] = ()  # only as the answer of an undo
    gone: int = 0  # likewise: anomalies deleted since


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression(HiddenPattern):
    """A pattern whose anomalies are hidden."""

    count: int  # anomalies that have the pattern; 0: all were deleted


def change_of(stored: StoredChange, *, left: tuple[LeftAlone, ...] = (), gone: int = 0) -> Change:
    """A kept change as it is told."""
    return Change(
        id=stored.id,
        what=stored.what,
        count=stored.detail["count"],
        at=stored.at,
        by=stored.by,
        says=stored.detail["says"],
        undone_at=stored.undone_at,
        undone_by=stored.undone_by,
        left=left,
        gone=gone,
    )


def rows_of(pairs: Iterable[tuple[Review | None, Review]]) -> dict[str, list[Any]]:
    """Stream, what stood before and what stands now, by anomaly; :func:`pair_of` is the inverse."""
    return {after.anomaly_id: [after.stream_id, _plain(before), _plain(after)] for before, after in pairs}


def pair_of(anomaly_id: str, row: list[Any]) -> tuple[Review | None, Review]:
    """What :func:`rows_of` kept of one anomaly."""
    stream_id, before, after = row
    stood = None if before is None else _review(anomaly_id, stream_id, before)
    return stood, _review(anomaly_id, stream_id, after)


def short(**texts: str | None) -> None:
    """
    Refuse texts that are longer than there is room for.

    Raises:
        InvalidReview: One is.
    """
    for name, text in texts.items():
        if text is not None and len(text) > _LONGEST[name]:
            raise InvalidReview(f"{name}: {len(text):,} characters, at most {_LONGEST[name]:,} can be kept.")


def aware(time: datetime) -> None:
    """
    Refuse a time without a zone.

    Raises:
        InvalidReview: It has none.
    """
    if time.tzinfo is None:
        raise InvalidReview(f"{time:%Y-%m-%d %H:%M:%S} has no time zone; name one.")


def _plain(review: Review | None) -> list[Any] | None:
    if review is None:
        return None
    until = review.snoozed_until
    return [
        *(getattr(review, name) for name in _KEPT),
        until and until.isoformat(),
        review.changed_at.isoformat(),
        review.changed_by,
        review.state,
        review.assignee,
    ]


def _review(anomaly_id: str, stream_id: str, plain: list[Any]) -> Review:
    said, (until, changed_at, changed_by, *more) = plain[: len(_KEPT)], plain[len(_KEPT) :]
    state: ReviewState
    state, assignee = more or ("open", None)  # changes of earlier versions knew of neither
    return Review(
        anomaly_id=anomaly_id,
        stream_id=stream_id,
        **dict(zip(_KEPT, said, strict=True)),
        snoozed_until=until and datetime.fromisoformat(until),
        changed_at=datetime.fromisoformat(changed_at),
        changed_by=changed_by,
        state=state,
        assignee=assignee,
    )
