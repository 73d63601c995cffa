"""Incidents across streams: found by time, worked on by people. Docs: docs/how-to/feedback.md."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, Protocol

import numpy as np

from driftlock.errors import NotFound
from driftlock.ports import Clock
from driftlock.services import acting
from driftlock.services.cases_grouping import assigned, expected_meetings, incidents, meetings
from driftlock.services.cases_held import HeldSpans
from driftlock.services.cases_made import extended, new_case, said_of
from driftlock.services.cases_store import (
    Case,
    CaseStore,
    Comment,
    Grouped,
    InvalidCase,
    Member,
    Tally,
)
from driftlock.services.review_changes import aware, short
from driftlock.services.review_store import REVIEW_STATES, ReviewState, ReviewStore

MOST: Final = 200  # cases listed
LONGEST_COMMENT: Final = 2_000  # characters
MOST_MEMBERS: Final = 500  # of a case, the strongest, are read
_COUNTED: Final = 64  # coincidences
_Key = tuple[str, frozenset[tuple[str, Tally]], frozenset[str] | None]  # tenant, what is flagged, streams


class _Store(CaseStore, ReviewStore, Protocol):
    """What is needed of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coincidence:
    """How often streams met, and how often they would if each flagged as often but at times of its own."""

    streams: int
    incidents: int
    met: int  # pairs of incidents of two streams
    expected: float
    first_us: int | None  # None: nothing was flagged
    last_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with everything beside it."""

    case: Case
    members: tuple[Member, ...]  # most extra bits first, at most :data:`MOST_MEMBERS`
    total: int  # members
    stream_ids: frozenset[str]
    comments: tuple[Comment, ...]
    chance: Coincidence  # of the streams of the case, over all their time


class Cases:
    """Questions and verbs about cases, and comments beside anomalies; the tenant always comes first."""

    def __init__(self, store: _Store, clock: Clock) -> None:
        self._table = store.cases
        self._reviews = store.reviews
        self._clock = clock
        self._held = HeldSpans(store.cases)
        self._counted: OrderedDict[_Key, Coincidence] = OrderedDict()
        self._lock = threading.Lock()

    def group(self, tenant: str) -> int:
        """
        Put what was flagged since into cases; answers how many are new or were extended.

        The same data give the same cases. What comes late extends them; no id
        ever changes. Read is what was flagged since, written what it changes:
        a group that is as it was is not looked at again.
        """
        looked = self._held.look(tenant, self._clock.now())
        unsettled, seen_to = self._held.unsettled(tenant, looked)
        if not unsettled:
            self._held.settle(tenant, looked, seen_to)
            return 0
        members = self._table.members(tenant, looked.spans.names(np.concatenate(unsettled)))
        kept = self._table.of_ids(tenant, set(members.values()))
        begins = {one.id: (one.first_us, one.id) for one in kept.values()}
        now, found = self._clock.now(), []
        for group in unsettled:
            answer = assigned(looked.spans.rows(group), members, begins)
            if answer is None:
                continue
            one, fresh = answer
            case = kept.get(one)
            made = new_case(tenant, one, fresh, now) if case is None else extended(case, fresh, now)
            kept[one] = made  # another group may touch it too
            found.append(Grouped(case=made, is_new=case is None, added=tuple(fresh)))
        if not found or self._table.save(tenant, found):
            self._held.settle(tenant, looked, seen_to)
        return len(found)

    def cases(
        self,
        tenant: str,
        states: Collection[ReviewState] = (),
        stream_id: str | None = None,
        *,
        snoozed: bool = False,
    ) -> list[Case]:
        """
        Cases, the latest first, at most :data:`MOST`.

        Args:
            states: Any of them; empty: all.
            stream_id: Only those it takes part in.
            snoozed: Also those put aside until a later moment.
        """
        self.group(tenant)
        now = self._clock.now()
        return [
            case
            for case in self._table.cases(tenant, states, stream_id, MOST)
            if snoozed or case.snoozed_until is None or case.snoozed_until <= now
        ]

    def case(self, tenant: str, case_id: str) -> CaseView | None:
        """One case, whole; None for an id that is not there."""
        self.group(tenant)
        case = self._table.get(tenant, case_id)
        stream_ids, total = self._table.reached(tenant, case_id)
        if case is None or not total:
            return None
        return CaseView(
            case=case,
            members=tuple(self._table.of_case(tenant, case_id, self._clock.now(), MOST_MEMBERS)),
            total=total,
            stream_ids=stream_ids,
            comments=tuple(self._table.comments(tenant, "case", case_id)),
            chance=self.coincidence(tenant, stream_ids),
        )

    def of_anomaly(self, tenant: str, anomaly_id: str) -> str | None:
        """Id of the case it belongs to; None: of none."""
        self.group(tenant)
        return self._table.of_anomaly(tenant, anomaly_id)

    def coincidence(self, tenant: str, stream_ids: Collection[str] | None = None) -> Coincidence:
        """How often streams met beside how often chance alone would have it; without *stream_ids* all."""
        looked = self._held.look(tenant, self._clock.now())
        chosen = None if stream_ids is None else frozenset(stream_ids)
        key = tenant, frozenset(looked.tallies.items()), chosen
        with self._lock:
            known = self._counted.get(key)
        if known is not None:
            return known
        spans = looked.spans if chosen is None else looked.spans.of_streams(chosen)
        found = Coincidence(
            streams=len(np.unique(spans.stream)),
            incidents=sum(len(begins) for begins, _ in incidents(spans).values()),
            met=meetings(spans),
            expected=expected_meetings(spans),
            first_us=int(spans.first_us.min()) if len(spans) else None,
            last_us=int(spans.last_us.max()) if len(spans) else None,
        )
        with self._lock:
            self._counted[key] = found
            while len(self._counted) > _COUNTED:
                self._counted.popitem(last=False)
        return found

    def move(
        self, tenant: str, case_id: str, state: ReviewState, *, by: str, reason: str | None = None
    ) -> Case:
        """
        Acknowledge, investigate, resolve or open again; the time and who did it are kept.

        Raises:
            NotFound: The tenant has no such case.
            InvalidCase: There is no such state, it is in it already, or somebody changed it meanwhile.
        """
        if state not in REVIEW_STATES:
            raise InvalidCase(f"There is no state {state!r}; states are {', '.join(REVIEW_STATES)}.")
        short(by=by, note=reason)
        case = self._known(tenant, case_id)
        if case.state == state:
            raise InvalidCase(f"This case is {state} already.")
        more = {"reason": reason.strip()} if reason and reason.strip() else {}
        what = "reopened" if state == "open" else state
        return self._change(case, replace(case, state=state), what, by, more, "state")

    def assign(self, tenant: str, case_id: str, assignee: str | None, *, by: str) -> Case:
        """
        Say whose it is; None: nobody's.

        Raises:
            NotFound: The tenant has no such case.
            InvalidCase: Somebody changed it meanwhile.
        """
        short(by=by, assignee=assignee)
        case = self._known(tenant, case_id)
        more = {"assignee": assignee}
        return self._change(case, replace(case, assignee=assignee), "assigned", by, more, "assignee")

    def snooze(self, tenant: str, case_id: str, until: datetime, *, by: str) -> Case:
        """
        Put it aside until a moment.

        Raises:
            NotFound: The tenant has no such case.
            InvalidCase: The moment has passed, or somebody changed it meanwhile.
            InvalidReview: It has no time zone.
        """
        aware(until)
        short(by=by)
        if until <= self._clock.now():
            raise InvalidCase("The end has passed; choose a later one.")
        case = self._known(tenant, case_id)
        more = {"until": until.isoformat()}
        return self._change(case, replace(case, snoozed_until=until), "snoozed", by, more, "snoozed_until")

    def comment(
        self, tenant: str, object_kind: Literal["case", "anomaly"], object_id: str, text: str, *, by: str
    ) -> Comment:
        """
        Write something beside a case or an anomaly.

        Raises:
            NotFound: The tenant has no such thing.
            InvalidCase: There is no text, or too much.
        """
        short(by=by)
        if not text.strip():
            raise InvalidCase("A comment needs some words.")
        if len(text) > LONGEST_COMMENT:
            raise InvalidCase(f"{len(text):,} characters; at most {LONGEST_COMMENT:,} can be kept.")
        if not self._table.has(tenant, object_kind, object_id, self._clock.now()):
            raise NotFound(f"There is no {object_kind} {object_id}.")
        made = Comment(
            id=secrets.token_hex(8),
            object_kind=object_kind,
            object_id=object_id,
            text=text.strip(),
            by=by,
            at=self._clock.now(),
        )
        acting.note(object_kind=object_kind, object_id=object_id, after={"comment": made.id})
        self._table.add_comment(tenant, made)
        return made

    def comments(self, tenant: str, object_kind: Literal["case", "anomaly"], object_id: str) -> list[Comment]:
        """Oldest first; none for what is not there."""
        return self._table.comments(tenant, object_kind, object_id)

    def remove_comment(self, tenant: str, comment_id: str, *, by: str) -> None:
        """
        Take a comment away; only who wrote it may.

        Raises:
            NotFound: *by* has written no such comment in this tenant, or it was taken away before.
        """
        acting.note(object_kind="comment", object_id=comment_id)
        if not self._table.remove_comment(tenant, comment_id, by, self._clock.now()):
            raise NotFound(f"There is no comment {comment_id} of yours.")

    def timeline(self, tenant: str, anomaly_id: str) -> list[dict[str, Any]]:
        """
        When what was done about one anomaly and by whom, oldest first, as evidence holds it.

        Entries have ``at`` (ISO 8601 UTC), ``what``, ``by`` and whatever says more; texts that people wrote are
        left out. Its case's entries follow the same shape, with ``case``.
        """
        found = [
            {"at": change.at.isoformat(), "what": what, "by": change.by, **more}
            for change in self._reviews.about(tenant, anomaly_id)
            if (said := said_of(change, anomaly_id)) is not None
            for what, more in [said]
        ]
        found += [
            {"at": one.at.isoformat(), "what": "commented", "by": one.by, "comment": one.id}
            for one in self._table.comments(tenant, "anomaly", anomaly_id)
        ]
        case_id = self._table.of_anomaly(tenant, anomaly_id)
        case = self._table.get(tenant, case_id) if case_id else None
        if case is not None:
            found += [{**entry, "case": case.id} for entry in case.timeline]
        return sorted(found, key=lambda entry: (entry["at"], entry["what"]))

    def _known(self, tenant: str, case_id: str) -> Case:
        case = self._table.get(tenant, case_id)
        if case is None:
            raise NotFound(f"There is no case {case_id}.")
        return case

    def _change(
        self,
        case: Case,
        changed: Case,
        what: str,
        by: str,
        more: Mapping[str, Any],
        field: Literal["state", "assignee", "snoozed_until"],
    ) -> Case:
        now = self._clock.now()
        entry = {"at": now.isoformat(), "what": what, "by": by, **more}
        changed = replace(changed, changed_at=now, timeline=[*case.timeline, entry])
        acting.note(
            object_id=case.id,
            before={field: getattr(case, field)},
            after={field: getattr(changed, field)},
            reason=more.get("reason"),
        )
        if not self._table.change(changed, case):
            raise InvalidCase("Somebody changed this case meanwhile; look at it again.")
        return changed
