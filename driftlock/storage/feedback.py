"""Votes, and the windows that are shown to be voted on."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from driftlock.services.feedback_store import StoredWindow, Vote
from driftlock.storage.connect import reading
from driftlock.storage.desk_parts import chunks
from driftlock.storage.feedback_before import votes_before
from driftlock.storage.schema import anomalies, reviews, series_anomalies, suppressions, windows
from driftlock.storage.schema_proof import votes

_FIELDS = tuple(field.name for field in fields(Vote))
_STANDS = votes.c.withdrawn_at.is_(None)
_ORDER = (votes.c.at, votes.c.id)


class SqlVotes:
    """:class:`driftlock.services.feedback_store.VoteTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of_stream(self, tenant: str, stream_id: str, since: datetime | None = None) -> list[Vote]:
        """Standing votes, oldest first."""
        mine = (votes.c.tenant == tenant) & (votes.c.stream_id == stream_id) & _STANDS
        if since is not None:
            mine &= votes.c.at >= since
        with reading(self._engine, tenant) as connection:
            before = votes_before(connection, tenant, stream_id=stream_id, since=since)
            return sorted([*before, *found(connection, mine)], key=lambda vote: vote.at)

    def of_anomaly(self, tenant: str, anomaly_id: str) -> list[Vote]:
        """All votes, those withdrawn included, oldest first."""
        with reading(self._engine, tenant) as connection:
            before = votes_before(connection, tenant, anomaly_id=anomaly_id)
            mine = (votes.c.tenant == tenant) & (votes.c.anomaly_id == anomaly_id)
            return sorted([*before, *found(connection, mine)], key=lambda vote: vote.at)

    def unlabelled(self, tenant: str, stream_id: str, now: datetime, limit: int) -> list[str]:
        """
        Of each incident without any label its strongest window, and alerts without one; the newest first.

        What is snoozed or suppressed at *now* is left out.
        """
        found: list[tuple[int, str]] = []
        with reading(self._engine, tenant) as connection:
            for query in (_of_incidents(tenant, stream_id, now), _of_series(tenant, stream_id, now)):
                rows = connection.execute(query.order_by(sa.desc("seen_us"), "id").limit(limit))
                found += [(row.seen_us, row.id) for row in rows]
        found.sort(key=lambda one: (-one[0], one[1]))
        return [anomaly_id for _, anomaly_id in found[:limit]]

    def not_flagged(self, tenant: str, stream_id: str, numbers: Collection[int]) -> list[StoredWindow]:
        """Those of *numbers* that are stored, could be decided and were not flagged, by number."""
        column = windows.c
        query = sa.select(
            *(column.window, column.first_seq, column.last_seq, column.seen_us, column.score),
            *(column.p_stream, column.p_perm),
        ).where(
            *(column.tenant == tenant, column.stream_id == stream_id, column.window.in_(list(numbers))),
            column.flagged.is_(False),
            column.ready.is_(True),
        )
        with reading(self._engine, tenant) as connection:
            return [
                StoredWindow(
                    window=row.window,
                    first_seq=row.first_seq,
                    last_seq=row.last_seq,
                    seen_us=row.seen_us,
                    score=row.score,
                    p=row.p_stream if row.p_perm is None else max(row.p_stream, row.p_perm),
                    flagged=False,
                )
                for row in connection.execute(query.order_by(column.window))
            ]

    def flagged(self, tenant: str, stream_id: str, numbers: Collection[int]) -> dict[int, str]:
        """Ids of the anomalies among *numbers*."""
        query = sa.select(anomalies.c.window, anomalies.c.id).where(
            anomalies.c.tenant == tenant,
            anomalies.c.stream_id == stream_id,
            anomalies.c.window.in_(list(numbers)),
        )
        with reading(self._engine, tenant) as connection:
            return {row.window: row.id for row in connection.execute(query)}

    def reached(self, tenant: str, stream_id: str) -> int:
        """Anomalies with a label that nobody looked at: a label of their pattern or stream reaches them."""
        voted = sa.select(votes.c.anomaly_id).where(
            votes.c.tenant == tenant,
            votes.c.stream_id == stream_id,
            votes.c.anomaly_id.is_not(None),
            _STANDS,
        )
        query = (
            sa.select(sa.func.count())
            .select_from(reviews)
            .where(reviews.c.tenant == tenant, reviews.c.stream_id == stream_id, reviews.c.label.is_not(None))
        ).where(reviews.c.anomaly_id.not_in(voted))
        with reading(self._engine, tenant) as connection:
            before = votes_before(connection, tenant, stream_id=stream_id)
            looked_at = {str(vote.anomaly_id) for vote in before}
            count: int = connection.scalars(query).one()
            for some in chunks(looked_at):
                count -= connection.scalars(query.where(reviews.c.anomaly_id.in_(some))).one()
            return count


def _of_incidents(tenant: str, stream_id: str, now: datetime) -> sa.Select[Any]:
    at = anomalies.c
    labelled = (
        sa.select(at.incident)
        .join(reviews, (reviews.c.tenant == at.tenant) & (reviews.c.anomaly_id == at.id))
        .where(at.tenant == tenant, at.stream_id == stream_id, reviews.c.label.is_not(None))
    )
    strongest = sa.func.row_number().over(partition_by=at.incident, order_by=(at.extra_bits.desc(), at.id))
    ranked = (
        sa.select(at.id, at.seen_us, strongest.label("place"))
        .where(at.tenant == tenant, at.stream_id == stream_id, at.incident.not_in(labelled))
        .where(*_in_sight(anomalies, tenant, now))
        .subquery()
    )
    return sa.select(ranked.c.id, ranked.c.seen_us).where(ranked.c.place == 1)


def _of_series(tenant: str, stream_id: str, now: datetime) -> sa.Select[Any]:
    at = series_anomalies.c
    labelled = sa.select(reviews.c.anomaly_id).where(
        reviews.c.tenant == tenant, reviews.c.stream_id == stream_id, reviews.c.label.is_not(None)
    )
    return (
        sa.select(at.id, at.seen_us)
        .where(at.tenant == tenant, at.stream_id == stream_id, at.id.not_in(labelled))
        .where(*_in_sight(series_anomalies, tenant, now))
    )


def _in_sight(table: sa.Table, tenant: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Neither snoozed nor suppressed."""
    snoozed = sa.select(reviews.c.anomaly_id).where(reviews.c.tenant == tenant, reviews.c.snoozed_until > now)
    hidden = sa.select(suppressions.c.pattern).where(
        suppressions.c.tenant == tenant,
        suppressions.c.ended_at.is_(None),
        suppressions.c.until.is_(None) | (suppressions.c.until > now),
    )
    return table.c.id.not_in(snoozed), table.c.pattern.not_in(hidden)


def standing_votes(connection: sa.Connection, tenant: str, anomaly_ids: Collection[str]) -> list[Vote]:
    """Standing votes about these anomalies, oldest first."""
    mine = [
        vote
        for some in chunks(anomaly_ids)
        for vote in found(connection, (votes.c.tenant == tenant) & votes.c.anomaly_id.in_(some) & _STANDS)
    ]
    return sorted(mine, key=lambda vote: (vote.at, vote.id))


def window_votes(connection: sa.Connection, tenant: str, stream_id: str, window: int) -> list[Vote]:
    """Standing votes about a window that was not flagged, oldest first."""
    about = (votes.c.stream_id == stream_id) & votes.c.anomaly_id.is_(None) & (votes.c.window == window)
    return found(connection, (votes.c.tenant == tenant) & about & _STANDS)


def votes_by_id(connection: sa.Connection, tenant: str, ids: Collection[str]) -> list[Vote]:
    """Votes of these ids, those withdrawn included."""
    return [
        vote
        for some in chunks(ids)
        for vote in found(connection, (votes.c.tenant == tenant) & votes.c.id.in_(some))
    ]


def add_votes(connection: sa.Connection, tenant: str, given: Sequence[Vote]) -> None:
    """Keep new ones."""
    if given:
        connection.execute(sa.insert(votes), [{"tenant": tenant} | asdict(vote) for vote in given])


def withdraw_votes(connection: sa.Connection, tenant: str, ids: Collection[str], at: datetime | None) -> None:
    """Withdraw them, or with None let them stand again."""
    for some in chunks(ids):
        connection.execute(
            sa.update(votes).where(votes.c.tenant == tenant, votes.c.id.in_(some)).values(withdrawn_at=at)
        )


def found(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Vote]:
    """Votes, oldest first."""
    query = sa.select(*(votes.c[name] for name in _FIELDS)).where(which).order_by(*_ORDER)
    return [Vote(**row) for row in connection.execute(query).mappings()]
