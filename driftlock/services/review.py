"""What people say about what was flagged. Every action is one transaction, is remembered, and can be undone."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, get_args

from driftlock.errors import NotFound
from driftlock.model import LABELS, Label, microseconds
from driftlock.ports import Clock
from driftlock.services.acting import require
from driftlock.services.feedback_store import QueueName
from driftlock.services.feedback_votes import Said
from driftlock.services.pattern_history import PatternHistory, StreamCount
from driftlock.services.review_changes import (
    Change,
    InvalidReview,
    LeftAlone,
    Suppression,
    aware,
    change_of,
    short,
)
from driftlock.services.review_marks import Reach, remember, rewrite
from driftlock.services.review_patterns import resume, suppress
from driftlock.services.review_store import (
    REVIEW_STATES,
    Review,
    ReviewState,
    ReviewStore,
    StoredNote,
    What,
)
from driftlock.services.review_undo import take_back

__all__ = [
    "Change",
    "InvalidReview",
    "LeftAlone",
    "PatternHistory",
    "Reach",
    "Review",
    "Reviews",
    "StreamCount",
    "Suppression",
]

REACHES: Final[tuple[Reach, ...]] = get_args(Reach)


class Reviews:
    """Labels, states, snoozes, suppressed patterns and notes; the tenant always comes first."""

    def __init__(
        self,
        store: ReviewStore,
        clock: Clock,
        labelled: Callable[[str, Sequence[str]], object] = lambda tenant, stream_ids: None,
    ) -> None:
        self._table = store.reviews
        self._clock = clock
        self._labelled = labelled  # called with the tenant and the streams after every label

    def label(
        self,
        tenant: str,
        ids: Collection[str],
        label: Label,
        *,
        by: str,
        reason: str | None = None,
        note: str | None = None,
        scope: Reach = "this",
        queue: QueueName | None = None,
    ) -> Change:
        """
        Say what flagged windows and alerts were.

        The last word stands beside an anomaly; beside it everybody who looked
        at one of *ids* has a vote. Where both say so already nothing is
        recorded. A new label takes the old one's reason away, never its note.

        Args:
            ids: Of windows or of series; those that are not there are left out.
            queue: Of the feedback page, that showed them.
            scope: These alone, all stored now with the same patterns, or all stored now of the same streams.

        Raises:
            NotFound: None of them is there.
            InvalidReview: A word or a text that cannot be kept.
        """
        if label not in LABELS or scope not in REACHES:
            raise InvalidReview(f"There is no label {label!r} for {scope!r}; labels are {', '.join(LABELS)}.")
        short(by=by, reason=reason, note=note)

        def labelled(review: Review) -> Review:
            kept = review.reason if review.label == label else None
            return replace(
                review,
                label=label,
                reason=kept if reason is None else reason,
                note=review.note if note is None else note,
            )

        says = {"label": label, "reason": reason, "scope": scope}
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            said = Said(label=label, reason=reason, scope=scope, queue=queue, note=note)
            change = rewrite(desk, ids, "label", says, labelled, now=now, by=by, reach=scope, said=said)
            streams = {target.stream_id for target in desk.targets(ids)}
        self._labelled(tenant, sorted(streams))
        return change

    def move(self, tenant: str, ids: Collection[str], state: ReviewState, *, by: str) -> Change:
        """
        Acknowledge, investigate, resolve or open again.

        Raises:
            NotFound: None of *ids* is there.
            InvalidReview: There is no such state.
        """
        if state not in REVIEW_STATES:
            raise InvalidReview(f"There is no state {state!r}; states are {', '.join(REVIEW_STATES)}.")
        short(by=by)
        return self._mark(tenant, ids, "state", {"state": state}, lambda one: replace(one, state=state), by)

    def assign(self, tenant: str, ids: Collection[str], assignee: str | None, *, by: str) -> Change:
        """
        Say whose they are; None: nobody's.

        Raises:
            NotFound: None of *ids* is there.
            InvalidReview: The id of the person is too long.
        """
        short(by=by, assignee=assignee)
        says = {"assignee": assignee}
        return self._mark(tenant, ids, "assign", says, lambda one: replace(one, assignee=assignee), by)

    def snooze(self, tenant: str, ids: Collection[str], until: datetime, *, by: str) -> Change:
        """
        Put flagged windows and alerts aside until a moment.

        Raises:
            NotFound: None of them is there.
            InvalidReview: The moment has passed or has no time zone.
        """
        short(by=by)
        self._coming(until)
        says = {"until": until.isoformat()}
        return self._mark(tenant, ids, "snooze", says, lambda one: replace(one, snoozed_until=until), by)

    def suppress(
        self, tenant: str, anomaly_id: str, *, until: datetime | None, by: str, reason: str | None = None
    ) -> Change:
        """
        Hide all anomalies of the same pattern, of all streams, those to come included.

        What was said for the same pattern before is replaced; the same end and reason again change nothing.

        Args:
            until: None: until it is ended.

        Raises:
            NotFound: There is no such anomaly.
            InvalidReview: No pattern was formed for it, or the end has passed or has no time zone.
        """
        short(by=by, reason=reason)
        if until is not None:
            self._coming(until)
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            return suppress(desk, anomaly_id, until=until, reason=reason, now=now, by=by)

    def resume(self, tenant: str, suppression_id: str, *, by: str) -> Change:
        """
        End a suppression: its anomalies are shown again.

        Raises:
            NotFound: There is none of that id, or it was ended before.
        """
        short(by=by)
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            return resume(desk, suppression_id, now=now, by=by)

    def annotate(
        self, tenant: str, at: datetime, text: str, *, by: str, stream_id: str | None = None
    ) -> Change:
        """
        Write a note about the moment *at*, of one stream or of all.

        Raises:
            NotFound: There is no such stream.
            InvalidReview: There is no text, or too much; or the moment has no time zone.
        """
        short(by=by, text=text)
        aware(at)
        if not text.strip():
            raise InvalidReview("A note needs a text.")
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            if stream_id is not None and not desk.has_stream(stream_id):
                raise NotFound(f"There is no stream {stream_id}.")
            note = StoredNote(
                id=secrets.token_hex(8),
                stream_id=stream_id,
                about_us=microseconds(at),
                text=text.strip(),
                at=now,
                by=by,
                removed_at=None,
            )
            desk.add_note(note)
            return remember(desk, "annotate", 1, {"note": note.id}, now, by)

    def remove_annotation(self, tenant: str, annotation_id: str, *, by: str) -> Change:
        """
        Take a note away.

        Raises:
            NotFound: There is none of that id, or it was taken away before.
        """
        short(by=by)
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            note = desk.note(annotation_id)
            if note is None or note.removed_at is not None:
                raise NotFound(f"There is no note {annotation_id}.")
            desk.remove_note(annotation_id, now)
            return remember(desk, "remove_note", 1, {"note": annotation_id}, now, by)

    def undo(self, tenant: str, change_id: str, *, by: str) -> Change:
        """
        Put back exactly what stood before a change.

        What was changed since is left as it is and named in the answer's
        ``left``. A change is undone once: again, and ``count`` is 0. An undo cannot itself be undone.

        Raises:
            NotFound: There is no such change.
            InvalidReview: It is itself an undo.
            Forbidden: It hid or showed a pattern, and whoever undoes it may not.
        """
        short(by=by)
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            change = desk.change(change_id)
            if change is None:
                raise NotFound(f"There is no change {change_id}.")
            if change.what in ("suppress", "resume"):
                require("suppress")
            return take_back(desk, change, now, by)

    def history(self, tenant: str, limit: int = 50) -> list[Change]:
        """The latest changes, newest first, undone ones and undos included."""
        return [change_of(stored) for stored in self._table.history(tenant, limit)]

    def suppressions(self, tenant: str) -> list[Suppression]:
        """Patterns that are hidden now, newest first."""
        found = self._table.suppressions(tenant, self._clock.now())
        return [
            Suppression(
                id=one.id,
                pattern=one.pattern,
                until=one.until,
                reason=one.reason,
                at=one.at,
                by=one.by,
                count=count,
            )
            for one, count in found
        ]

    def review_of(self, tenant: str, anomaly_id: str) -> Review | None:
        """What stands beside an anomaly; None where nothing was said, or for an id that is not there."""
        return self._table.review(tenant, anomaly_id, self._clock.now())

    def same_pattern(self, tenant: str, anomaly_id: str) -> PatternHistory:
        """
        All anomalies of the tenant that share its pattern.

        Raises:
            NotFound: There is no such anomaly.
        """
        found = self._table.same_pattern(tenant, anomaly_id, self._clock.now())
        if found is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        return found

    def _mark(
        self,
        tenant: str,
        ids: Collection[str],
        what: What,
        says: dict[str, Any],
        marked: Callable[[Review], Review],
        by: str,
    ) -> Change:
        now = self._clock.now()
        with self._table.open(tenant, now) as desk:
            return rewrite(desk, ids, what, says, marked, now=now, by=by)

    def _coming(self, until: datetime) -> None:
        aware(until)
        if until <= self._clock.now():
            raise InvalidReview(f"The end, {until:%Y-%m-%d %H:%M:%S %Z}, has passed; choose a later one.")
