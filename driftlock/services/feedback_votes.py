"""One standing vote a person and window: given, replaced, withdrawn."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from driftlock.model import Label
from driftlock.services.feedback_store import QueueName, Vote
from driftlock.services.review_store import Desk, Review, Target

Reason = Literal["maintenance", "deploy", "known noise", "test traffic", "attack", "outage", "other"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a vote holds beside what it is about."""

    label: Label
    reason: str | None
    scope: str
    queue: QueueName | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Votes that came, and those of the same people that they replace; ids."""

    added: tuple[str, ...]
    withdrawn: tuple[str, ...]
    anomalies: frozenset[str]  # they are about

    def detail(self) -> dict[str, Any]:
        """For the history of changes."""
        return {"votes": {"added": list(self.added), "withdrawn": list(self.withdrawn)}}


def cast(desk: Desk, targets: Sequence[Target], said: Said, *, now: datetime, by: str) -> Cast:
    """A vote of *by* on each of *targets*; one that says the same stands as it is."""
    standing = desk.votes([one.id for one in targets])
    mine = {vote.anomaly_id: vote for vote in standing if vote.by == by}
    now = behind(standing, now)
    added, withdrawn = [], []
    for target in targets:
        before = mine.get(target.id)
        if before is not None and _same(before, said):
            continue
        if before is not None:
            withdrawn.append(before.id)
        added.append(_vote(target.stream_id, target.id, target.window, said, before, now=now, by=by))
    return _keep(desk, added, withdrawn, now)


def cast_on_window(desk: Desk, stream_id: str, window: int, said: Said, *, now: datetime, by: str) -> Cast:
    """The same about a window that was not flagged."""
    standing = desk.window_votes(stream_id, window)
    before = next((vote for vote in standing if vote.by == by), None)
    now = behind(standing, now)
    if before is not None and _same(before, said):
        return Cast(added=(), withdrawn=(), anomalies=frozenset())
    vote = _vote(stream_id, None, window, said, before, now=now, by=by)
    return _keep(desk, [vote], [before.id] if before else [], now)


def behind(standing: Sequence[Vote], now: datetime) -> datetime:
    """*now*, or just behind the newest vote: the last word is told by its time, whatever clocks do."""
    return max([now, *(vote.at + timedelta(microseconds=1) for vote in standing)])


def take_back(
    desk: Desk, detail: dict[str, Any], kept: frozenset[str], now: datetime
) -> tuple[set[str], list[Vote]]:
    """
    Withdraw what a change cast and let stand again what it replaced.

    Args:
        detail: Of the change.
        kept: Anomalies that were labelled otherwise since; votes on them stay.

    Returns:
        What the votes are about that were withdrawn, and those votes.
    """
    votes = detail.get("votes", {"added": [], "withdrawn": []})
    standing = {vote.id: vote for vote in desk.votes_by_id(votes["added"]) if vote.withdrawn_at is None}
    about = {vote.anomaly_id for vote in standing.values() if vote.anomaly_id is not None}
    there = {target.id for target in desk.targets(about)} - kept
    gone = [
        vote
        for vote in standing.values()
        if (desk.has_stream(vote.stream_id) if vote.anomaly_id is None else vote.anomaly_id in there)
    ]
    desk.withdraw_votes([vote.id for vote in gone], now)
    places = {(vote.stream_id, vote.place) for vote in gone}
    again = [
        vote.id
        for vote in desk.votes_by_id(votes["withdrawn"])
        if vote.withdrawn_at is not None and (vote.stream_id, vote.place) in places
    ]
    desk.withdraw_votes(again, None)
    return {str(vote.anomaly_id or f"{vote.stream_id} {vote.window}") for vote in gone}, gone


def confirmed(desk: Desk, review: Review) -> Review | None:
    """*review* as the word of somebody else who said the same; None where nobody did."""
    others = [
        vote
        for vote in desk.votes([review.anomaly_id])
        if vote.label == review.label and vote.by != review.changed_by
    ]
    if not others:
        return None
    return replace(review, changed_by=others[-1].by, changed_at=others[-1].at)


def _same(vote: Vote, said: Said) -> bool:
    more = (said.reason, vote.reason), (said.note, vote.note)
    return vote.label == said.label and all(new is None or new == old for new, old in more)


def _vote(
    stream_id: str,
    anomaly_id: str | None,
    window: int | None,
    said: Said,
    before: Vote | None,
    *,
    now: datetime,
    by: str,
) -> Vote:
    kept = before.reason if before is not None and before.label == said.label else None
    # How a window was drawn is a matter of its first vote: changing one's mind later does not unmake it.
    queue = before.queue if before is not None else said.queue
    return Vote(
        id=secrets.token_hex(16),
        stream_id=stream_id,
        anomaly_id=anomaly_id,
        window=window,
        label=said.label,
        reason=kept if said.reason is None else said.reason,
        scope=said.scope,
        queue=queue,
        note=said.note,
        by=by,
        at=now,
    )


def _keep(desk: Desk, added: list[Vote], withdrawn: list[str], now: datetime) -> Cast:
    desk.withdraw_votes(withdrawn, now)
    desk.add_votes(added)
    return Cast(
        added=tuple(vote.id for vote in added),
        withdrawn=tuple(withdrawn),
        anomalies=frozenset(vote.anomaly_id for vote in added if vote.anomaly_id is not None),
    )
