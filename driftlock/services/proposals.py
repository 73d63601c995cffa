"""Other limits that labels speak for: proposed, decided, measured. Docs: docs/measures/auto-tune.md."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from driftlock.errors import ApplicationError, NotFound
from driftlock.ports import Clock
from driftlock.services import acting
from driftlock.services.feedback import NEEDED, NEEDED_EACH, Feedback
from driftlock.services.feedback_labels import RECENT_DAYS, Place, judged, places, reach_of
from driftlock.services.proposals_figures import of_candidate, outcome
from driftlock.services.proposals_search import Bounds, best, bounds, split, tally
from driftlock.services.proposals_store import (
    CannotPropose,
    Proposal,
    ProposalState,
    ProposalStore,
    plain,
)
from driftlock.services.review_changes import aware
from driftlock.services.tuning import Tuning
from driftlock.services.tuning_figures import counted
from driftlock.services.tuning_history import History
from driftlock_core.numbers_text import count_text, limit_text, percent_text
from driftlock_core.recount import Rule

COOL_DOWN: Final = timedelta(hours=1)  # between two changes of a stream's limits
# Of the labelled places that are flagged, called not real: below it nothing has to be moved.
TARGET: Final = 0.05
SYSTEM: Final = "system"  # who applied, where a stream tunes itself
_MOST: Final = 20  # proposals listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Whether a stream's limits may be proposed and changed now."""

    why_not: tuple[str, ...]  # sentences; empty: a proposal can be asked for
    cool_until: datetime | None  # before then no proposal is applied
    snoozed_until: datetime | None
    bounds: Bounds
    auto: bool
    may: str  # what applying by itself may do, exactly


class Proposals:
    """Questions and verbs; the tenant always comes first."""

    def __init__(self, store: ProposalStore, clock: Clock, tuning: Tuning, feedback: Feedback) -> None:
        self._store = store
        self._table = store.proposals
        self._clock = clock
        self._tuning = tuning
        self._feedback = feedback

    def ready(self, tenant: str, stream_id: str) -> Ready:
        """
        What stands in the way of a proposal, and how far one may go.

        Raises:
            NotFound: The tenant has no such stream.
            CannotTune: It is judged as series.
        """
        history = self._tuning.history(tenant, stream_id)
        progress = self._feedback.progress(tenant, stream_id)
        snoozed = self._snoozed(tenant, stream_id)
        why_not = []
        if progress.missing:
            why_not.append(f"Missing: {', '.join(progress.missing)}.")
        if progress.one_sided:
            why_not.append(progress.one_sided)
        if snoozed:
            why_not.append(f"Proposals are snoozed until {snoozed:%Y-%m-%d %H:%M} UTC.")
        allowed = bounds(history.rule)
        return Ready(
            why_not=tuple(why_not),
            cool_until=self._cooling(tenant, stream_id),
            snoozed_until=snoozed,
            bounds=allowed,
            auto=self._table.auto(tenant, stream_id),
            may=may(allowed),
        )

    def propose(self, tenant: str, stream_id: str) -> Proposal:
        """
        Look for limits that suit the labels better; an open proposal is replaced.

        Limits are chosen on the older labels of each kind, and proposed only
        if they are no worse on the newer ones.

        Raises:
            NotFound: The tenant has no such stream.
            CannotTune: It is judged as series.
            CannotPropose: Labels are missing or one-sided, proposals are snoozed, no limits within the
                bounds are better, or just these were rejected lately.
        """
        ready = self.ready(tenant, stream_id)
        if ready.why_not:
            raise CannotPropose(" ".join(ready.why_not))
        history = self._tuning.history(tenant, stream_id)
        labelled = self._places(tenant, stream_id, history)
        candidate = self._better(history, labelled)
        kept = self._table.of_stream(tenant, stream_id, _MOST)
        self._refuse_rejected(kept, plain(history.rule), plain(candidate))
        proposal = Proposal(
            tenant=tenant,
            id=secrets.token_hex(8),
            stream_id=stream_id,
            state="open",
            current=plain(history.rule),
            candidate=plain(candidate),
            figures=of_candidate(history, labelled, candidate),
            at=_behind(kept, self._clock.now()),
        )
        acting.note(object_id=proposal.id, before=proposal.current, after=proposal.candidate)
        self._table.add(proposal)
        return proposal

    def get(self, tenant: str, proposal_id: str) -> Proposal | None:
        """The proposal of that id; what is another tenant's is not there."""
        found = self._table.get(tenant, proposal_id)
        return None if found is None or not self._there(tenant, found.stream_id) else found

    def open(self, tenant: str, stream_id: str) -> Proposal | None:
        """The proposal that waits for a decision, if its limits are still those in force."""
        found = next(
            (one for one in self._table.of_stream(tenant, stream_id, 1) if one.state == "open"), None
        )
        if found is None or not self._there(tenant, stream_id):
            return None
        return found if self._tuning.history(tenant, stream_id).rule == found.old_rule else None

    def apply(self, tenant: str, proposal_id: str, *, reason: str, by: str) -> Proposal:
        """
        Judge what comes from now on by the proposed limits.

        Raises:
            NotFound: The tenant has no such proposal.
            CannotPropose: It was decided, the limits were changed since, or the last change is too recent.
            CannotTune: No reason.
            StreamBusy: The stream is being analyzed right now.
        """
        proposal = self._waiting(tenant, proposal_id)
        history = self._tuning.history(tenant, proposal.stream_id)
        if history.rule != proposal.old_rule:
            raise CannotPropose("The limits were changed since this was proposed; ask for a new proposal.")
        if until := self._cooling(tenant, proposal.stream_id):
            raise CannotPropose(
                f"The limits were changed less than an hour ago; the next change is possible from "
                f"{until:%Y-%m-%d %H:%M:%S} UTC on."
            )
        change = self._tuning.apply(tenant, proposal.stream_id, proposal.rule, reason=reason, by=by)
        figures = {**proposal.figures, "change": {"id": change.id, "after_seq": change.after_seq}}
        return self._decide(replace(proposal, figures=figures), "applied", reason=reason, by=by)

    def reject(self, tenant: str, proposal_id: str, *, reason: str, by: str) -> Proposal:
        """
        Keep the limits as they are, and why.

        Raises:
            NotFound: The tenant has no such proposal.
            CannotPropose: It was decided, or no reason is given.
        """
        return self._decide(self._waiting(tenant, proposal_id), "rejected", reason=reason, by=by)

    def snooze(self, tenant: str, proposal_id: str, until: datetime, *, by: str) -> Proposal:
        """
        Put proposals for its stream aside until a moment.

        Raises:
            NotFound: The tenant has no such proposal.
            CannotPropose: It was decided, or the moment has passed.
            InvalidReview: The moment has no time zone.
        """
        aware(until)
        if until <= self._clock.now():
            raise CannotPropose("The end has passed; choose a later one.")
        proposal = replace(self._waiting(tenant, proposal_id), until=until)
        return self._decide(proposal, "snoozed", reason="snoozed", by=by)

    def set_auto(self, tenant: str, stream_id: str, on: bool, *, by: str) -> None:
        """
        Whether the stream's limits are moved by its labels without anybody's click; off unless set.

        Raises:
            NotFound: The tenant has no such stream.
        """
        if not self._there(tenant, stream_id):
            raise NotFound(f"There is no stream {stream_id}.")
        acting.note(
            object_id=stream_id,
            before={"auto_tune": self._table.auto(tenant, stream_id)},
            after={"auto_tune": on},
        )
        if not self._table.set_auto(tenant, stream_id, on):
            raise NotFound(f"There is no stream {stream_id}.")

    def auto_tune(self, tenant: str, stream_id: str) -> Proposal | None:
        """
        Where the stream tunes itself: propose, and apply what loses nothing that was called real.

        Returns:
            What was applied; None where it is off, nothing is to be changed, or a person has to look at it.
        """
        if not self._there(tenant, stream_id) or not self._table.auto(tenant, stream_id):
            return None
        if self._cooling(tenant, stream_id) or self._feedback.progress(tenant, stream_id).missing:
            return None
        doing = acting.by_system(
            tenant, "proposal.make", "proposal", at=self._clock.now(), reason="auto-tune", waits=True
        )
        try:
            with doing:
                proposal = self.propose(tenant, stream_id)
                if proposal.figures["lost_count"]:
                    return None
                return self.apply(tenant, proposal.id, reason=f"auto-tune: {said(proposal)}", by=SYSTEM)
        except ApplicationError:  # nothing better, or the stream is at work: the next label asks again
            return None

    def after_labels(self, tenant: str, stream_ids: Sequence[str]) -> None:
        """Labels were given: streams that tune themselves may move their limits."""
        for stream_id in stream_ids:
            self.auto_tune(tenant, stream_id)

    def history(self, tenant: str, stream_id: str) -> list[Proposal]:
        """
        The latest proposals, newest first, each applied one with what came of it.

        Raises:
            NotFound: The tenant has no such stream.
            CannotTune: It is judged as series.
        """
        history = self._tuning.history(tenant, stream_id)
        return [self._measured(history, one) for one in self._table.of_stream(tenant, stream_id, _MOST)]

    def _measured(self, history: History, proposal: Proposal) -> Proposal:
        if proposal.state != "applied" or (proposal.measured and proposal.measured["whole"]):
            return proposal
        change = proposal.figures["change"]
        changes = self._tuning.changes(proposal.tenant, proposal.stream_id)
        at = next((at for at, one in enumerate(changes) if one.id == change["id"]), None)
        if at is None:
            return proposal
        until = changes[at + 1].after_seq if at + 1 < len(changes) else None
        found = outcome(history, change["after_seq"], until)
        if found is None or found == proposal.measured:
            return proposal
        measured = replace(proposal, measured=found, measured_at=self._clock.now())
        self._table.measure(measured)
        return measured

    def _better(self, history: History, labelled: list[Place]) -> Rule:
        older, newer = split(labelled)
        candidate = best(history, older)
        before, after = counted(history, history.rule), counted(history, candidate)
        found = tally(history, before, labelled)
        if found.real_kept == found.real and found.false_share <= TARGET:
            raise CannotPropose(
                f"{percent_text(found.false_share)} of the labelled places that are flagged are not real, and "
                f"none called real is missed: that is within the target of {percent_text(TARGET)}."
            )
        if candidate == history.rule or not (
            tally(history, after, older).cost < tally(history, before, older).cost
        ):
            raise CannotPropose("No limits within the bounds suit the labels better than those in force.")
        if tally(history, after, newer).cost > tally(history, before, newer).cost:
            raise CannotPropose(
                "The limits that suit the older labels best do worse on the newer ones, so nothing is proposed. "
                "More labels may settle it."
            )
        return candidate

    def _refuse_rejected(
        self, kept: Sequence[Proposal], current: Mapping[str, float], candidate: Mapping[str, float]
    ) -> None:
        """The same limits that somebody said no to are left alone for a while."""
        now = self._clock.now()
        for one in kept:
            if one.state != "rejected" or one.decided_at is None:
                continue
            if (one.current, one.candidate) == (current, candidate) and (
                until := one.decided_at + COOL_DOWN
            ) > now:
                raise CannotPropose(
                    f"The labels speak for {said(one)}, which was rejected less than an hour ago; it can be proposed "
                    f"again from {until:%Y-%m-%d %H:%M:%S} UTC on, or other limits once more labels speak for them."
                )

    def _places(self, tenant: str, stream_id: str, history: History) -> list[Place]:
        since = self._clock.now() - timedelta(days=RECENT_DAYS)
        votes = self._store.votes.of_stream(tenant, stream_id, since)
        return places(judged(votes), reach_of(history.profile))

    def _waiting(self, tenant: str, proposal_id: str) -> Proposal:
        proposal = self.get(tenant, proposal_id)
        if proposal is None:
            raise NotFound(f"There is no proposal {proposal_id}.")
        if proposal.state != "open":
            raise CannotPropose(f"This proposal was {proposal.state}; there is nothing left to decide.")
        return proposal

    def _decide(self, proposal: Proposal, state: ProposalState, *, reason: str, by: str) -> Proposal:
        if not reason.strip():
            raise CannotPropose("Give a reason: it is kept with the proposal.")
        now = self._clock.now()
        decided = replace(proposal, state=state, decided_at=now, by=by, reason=reason.strip())
        acting.note(
            object_kind="proposal",
            object_id=proposal.id,
            # Limits and decision are two rows: the verb's own is written with the limits.
            action="proposal.applied" if state == "applied" else None,
            before={"state": proposal.state},
            after={"state": state, **proposal.candidate},
            reason=decided.reason,
        )
        if not self._table.decide(decided):
            raise CannotPropose("Somebody else has decided about this proposal meanwhile.")
        return decided

    def _cooling(self, tenant: str, stream_id: str) -> datetime | None:
        changes = self._tuning.changes(tenant, stream_id)
        until = changes[-1].at + COOL_DOWN if changes else None
        return until if until is not None and until > self._clock.now() else None

    def _snoozed(self, tenant: str, stream_id: str) -> datetime | None:
        now = self._clock.now()
        ends = [
            one.until
            for one in self._table.of_stream(tenant, stream_id, _MOST)
            if one.state == "snoozed" and one.until is not None and one.until > now
        ]
        return max(ends, default=None)

    def _there(self, tenant: str, stream_id: str) -> bool:
        return self._feedback.has_stream(tenant, stream_id)


def _behind(kept: Sequence[Proposal], now: datetime) -> datetime:
    """*now*, or just behind the newest proposal: which is the latest is told by its time, whatever clocks do."""
    return max(now, kept[0].at + timedelta(microseconds=1)) if kept else now


def said(proposal: Proposal) -> str:
    """
    A proposal in a few words.

    >>> from datetime import UTC
    >>> said(Proposal(tenant="t", id="a", stream_id="s", state="open", figures={}, at=datetime.now(UTC),
    ...     current={"threshold": 0.3, "alpha": 0.05}, candidate={"threshold": 0.34, "alpha": 0.05}))
    'NCD 0.30 → 0.34'
    """
    old, new = proposal.old_rule, proposal.rule
    parts = []
    if old.alpha != new.alpha:
        parts.append(f"p {limit_text(old.alpha)} → {limit_text(new.alpha)}")
    if old.threshold != new.threshold:
        parts.append(f"NCD {limit_text(old.threshold)} → {limit_text(new.threshold)}")
    return ", ".join(parts)


def may(allowed: Bounds) -> str:
    """What a stream that tunes itself may do, exactly."""
    (low, high), (least, most) = allowed.threshold, allowed.alpha
    hours = COOL_DOWN // timedelta(hours=1)
    return (
        f"After a label, and at most once every {count_text(hours)} h, it may move the NCD limit to between "
        f"{limit_text(low)} and {limit_text(high)} and the p limit to between {limit_text(least)} and "
        f"{limit_text(most)}: only with at least {NEEDED} labelled places of the last {RECENT_DAYS} days, "
        f"{NEEDED_EACH} of them real and {NEEDED_EACH} not real, only if the newer labels do not speak against "
        "it, and never if a window called real would be lost. Nothing else is changed; every change stands in "
        "the history and can be undone."
    )
