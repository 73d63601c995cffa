"""Cases, what belongs to them, and comments."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from driftlock.services.cases_store import Case, Comment, Grouped, Member, Reach, Span
from driftlock.services.review_store import ReviewState
from driftlock.storage.cases_spans import found_at, reaches, spans, stamp
from driftlock.storage.connect import reading, writing
from driftlock.storage.desk_parts import found_by_id, there
from driftlock.storage.schema import anomalies, series_anomalies, streams
from driftlock.storage.schema_proof import case_anomalies, cases, comments

_FIELDS = tuple(field.name for field in fields(Case))
_COMMENT = tuple(field.name for field in fields(Comment))
_EXTENDED = ("severity", "first_us", "last_us", "changed_at", "timeline")
_CHANGED = ("state", "assignee", "snoozed_until", "changed_at", "timeline")


class SqlCases:
    """:class:`driftlock.services.cases_store.CaseTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def stamp(self, tenant: str, now: datetime) -> tuple[int, ...]:
        """Changes whenever something is flagged, deleted, or past its time at *now*."""
        with reading(self._engine, tenant) as connection:
            return stamp(connection, tenant, now)

    def reaches(self, tenant: str, now: datetime) -> list[Reach]:
        """Of all streams in which something was flagged that has its place in time."""
        with reading(self._engine, tenant) as connection:
            return reaches(connection, tenant, now)

    def spans(self, tenant: str, of: Mapping[str, Reach]) -> list[Span]:
        """Flagged windows and alerts of those streams."""
        with reading(self._engine, tenant) as connection:
            return spans(connection, tenant, of)

    def members(self, tenant: str) -> dict[str, str]:
        """Case by anomaly."""
        query = sa.select(case_anomalies.c.anomaly_id, case_anomalies.c.case_id)
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query.where(case_anomalies.c.tenant == tenant))
            return {row.anomaly_id: row.case_id for row in found}

    def save(self, tenant: str, grouped: Collection[Grouped]) -> None:
        """Keep new cases and new members in one transaction; what another process kept meanwhile stays."""
        ids = [one.case.id for one in grouped]
        try:
            with writing(self._engine, tenant) as connection:
                query = sa.select(cases.c.id).where(cases.c.tenant == tenant, cases.c.id.in_(ids))
                there_already = set(connection.scalars(query))
                for one in grouped:
                    self._save(connection, one, known=one.case.id in there_already)
        except IntegrityError:
            # Somebody grouped the same at the same moment; what is still missing is found at the next look.
            return

    def _save(self, connection: sa.Connection, one: Grouped, *, known: bool) -> None:
        case, mine = one.case, (cases.c.tenant == one.case.tenant) & (cases.c.id == one.case.id)
        if not known:
            connection.execute(sa.insert(cases).values(_row(case)))
        elif not one.is_new:
            row = _row(case)
            connection.execute(sa.update(cases).where(mine).values({name: row[name] for name in _EXTENDED}))
        else:  # made by another process meanwhile
            return
        if not one.added:  # an empty list of rows would be a row of defaults
            return
        connection.execute(
            sa.insert(case_anomalies),
            [
                {"tenant": case.tenant, "case_id": case.id}
                | {"anomaly_id": span.anomaly_id, "stream_id": span.stream_id}
                for span in one.added
            ],
        )

    def cases(
        self, tenant: str, states: Collection[ReviewState], stream_id: str | None, limit: int
    ) -> list[Case]:
        """Those with members left, the latest first; *states* empty: all."""
        mine = sa.select(case_anomalies.c.case_id).where(case_anomalies.c.tenant == tenant)
        if stream_id is not None:
            mine = mine.where(case_anomalies.c.stream_id == stream_id)
        query = _all().where(cases.c.tenant == tenant, cases.c.id.in_(mine))
        if states:
            query = query.where(cases.c.state.in_(states))
        query = query.order_by(cases.c.last_us.desc(), cases.c.id).limit(limit)
        with reading(self._engine, tenant) as connection:
            return [Case(**row) for row in connection.execute(query).mappings()]

    def get(self, tenant: str, case_id: str) -> Case | None:
        """The case of that id, if this tenant has it."""
        query = _all().where(cases.c.tenant == tenant, cases.c.id == case_id)
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else Case(**found)

    def of_anomaly(self, tenant: str, anomaly_id: str) -> str | None:
        """Id of the case it belongs to."""
        query = sa.select(case_anomalies.c.case_id).where(
            case_anomalies.c.tenant == tenant, case_anomalies.c.anomaly_id == anomaly_id
        )
        with reading(self._engine, tenant) as connection:
            return connection.scalar(query)

    def reached(self, tenant: str, case_id: str) -> tuple[frozenset[str], int]:
        """Streams of a case, and how many anomalies are left in it."""
        query = (
            sa.select(case_anomalies.c.stream_id, sa.func.count().label("many"))
            .where(case_anomalies.c.tenant == tenant, case_anomalies.c.case_id == case_id)
            .group_by(case_anomalies.c.stream_id)
        )
        with reading(self._engine, tenant) as connection:
            rows = connection.execute(query).all()
        return frozenset(row.stream_id for row in rows), sum(row.many for row in rows)

    def of_case(self, tenant: str, case_id: str, now: datetime, limit: int) -> list[Member]:
        """Most extra bits first."""
        mine = sa.select(case_anomalies.c.anomaly_id).where(
            case_anomalies.c.tenant == tenant, case_anomalies.c.case_id == case_id
        )
        found = []
        with reading(self._engine, tenant) as connection:
            for table, bits in ((anomalies, "extra_bits"), (series_anomalies, "bits")):
                at = table.c
                query = (
                    sa.select(
                        *(at.id, at.stream_id, streams.c.name, at.first_at_us, at.last_at_us, at.seen_us),
                        *(at.severity, at[bits].label("bits"), at.sentence),
                    )
                    .select_from(table.join(streams))
                    .where(at.tenant == tenant, at.id.in_(mine), there(table, now))
                    .order_by(at[bits].desc(), at.id)
                    .limit(limit)
                )
                for row in connection.execute(query):
                    first_us, last_us = found_at(row)
                    found.append(
                        Member(
                            anomaly_id=row.id,
                            stream_id=row.stream_id,
                            stream_name=row.name,
                            first_us=first_us,
                            last_us=last_us,
                            severity=row.severity,
                            bits=row.bits,
                            sentence=row.sentence,
                        )
                    )
        return sorted(found, key=lambda one: (-one.bits, one.anomaly_id))[:limit]

    def change(self, changed: Case, seen: Case) -> bool:
        """Keep state, assignee, snooze and timeline; False if it is no longer as *seen*."""
        row = _row(changed)
        with writing(self._engine, changed.tenant) as connection:
            mine = (cases.c.tenant == changed.tenant) & (cases.c.id == changed.id)
            standing = connection.execute(_all().where(mine).with_for_update()).mappings().first()
            if standing is None or Case(**standing) != seen:
                return False
            connection.execute(sa.update(cases).where(mine).values({name: row[name] for name in _CHANGED}))
        return True

    def has(self, tenant: str, object_kind: str, object_id: str, now: datetime) -> bool:
        """Whether there is such a case or anomaly."""
        if object_kind == "case":
            return self.get(tenant, object_id) is not None
        with reading(self._engine, tenant) as connection:
            return bool(found_by_id(connection, tenant, [object_id], now))

    def comments(self, tenant: str, object_kind: str, object_id: str) -> list[Comment]:
        """Oldest first."""
        query = (
            sa.select(*(comments.c[name] for name in _COMMENT))
            .where(
                *(comments.c.tenant == tenant, comments.c.object_kind == object_kind),
                *(comments.c.object_id == object_id, comments.c.removed_at.is_(None)),
            )
            .order_by(comments.c.at, comments.c.id)
        )
        with reading(self._engine, tenant) as connection:
            return [Comment(**row) for row in connection.execute(query).mappings()]

    def add_comment(self, tenant: str, comment: Comment) -> None:
        """Keep it."""
        with writing(self._engine, tenant) as connection:
            connection.execute(sa.insert(comments).values(tenant=tenant, **asdict(comment)))

    def remove_comment(self, tenant: str, comment_id: str, by: str, at: datetime) -> bool:
        """False: *by* has written none of that id that stands."""
        mine = (comments.c.tenant == tenant) & (comments.c.id == comment_id) & (comments.c.by == by)
        with writing(self._engine, tenant) as connection:
            return bool(
                connection.execute(
                    sa.update(comments).where(mine, comments.c.removed_at.is_(None)).values(removed_at=at)
                ).rowcount
            )


def _all() -> sa.Select[Any]:
    return sa.select(*(cases.c[name] for name in _FIELDS))


def _row(case: Case) -> dict[str, Any]:
    return asdict(case) | {"timeline": [dict(entry) for entry in case.timeline]}
