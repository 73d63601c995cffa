"""Cases, what belongs to them, and comments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from driftlock.services.cases_store import Case, Comment, Flagged, Grouped, Member, Reach, Tallies
from driftlock.services.review_store import ReviewState
from driftlock.storage.cases_spans import flagged, found_at, reaches, tallies
from driftlock.storage.connect import reading, writing
from driftlock.storage.desk_parts import chunks, found_by_id, there
from driftlock.storage.schema import anomalies, series_anomalies, streams
from driftlock.storage.schema_proof import case_anomalies, cases, comments

_FIELDS = tuple(field.name for field in fields(Case))
_COMMENT = tuple(field.name for field in fields(Comment))
_EXTENDED = ("severity", "first_us", "last_us", "changed_at", "timeline")
_MANY = 5_000  # anomalies; of more the members are all read
_CHANGED = ("state", "assignee", "snoozed_until", "changed_at", "timeline")


class SqlCases:
    """:class:`driftlock.services.cases_store.CaseTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def tallies(self, tenant: str, now: datetime) -> Tallies:
        """Of each stream; they change whenever something is flagged, deleted, or past its time at *now*."""
        with reading(self._engine, tenant) as connection:
            return tallies(connection, tenant, now)

    def reaches(self, tenant: str, now: datetime) -> list[Reach]:
        """Of all streams in which something was flagged that has its place in time."""
        with reading(self._engine, tenant) as connection:
            return reaches(connection, tenant, now)

    def flagged(self, tenant: str, ranges: Mapping[str, tuple[int, int]]) -> dict[str, Flagged]:
        """Of each of those streams, the flagged windows behind one and up to another; behind -1 also the alerts."""
        if not ranges:
            return {}
        with reading(self._engine, tenant) as connection:
            return flagged(connection, tenant, ranges)

    def members(self, tenant: str, anomaly_ids: Collection[str]) -> dict[str, str]:
        """Case by anomaly, of those that are in one."""
        at = case_anomalies.c
        query = sa.select(at.anomaly_id, at.case_id).where(at.tenant == tenant)
        with reading(self._engine, tenant) as connection:
            if len(anomaly_ids) > _MANY:
                wanted = set(anomaly_ids)
                return {name: case for name, case in connection.execute(query) if name in wanted}
            return {
                name: case
                for some in chunks(anomaly_ids)
                for name, case in connection.execute(query.where(at.anomaly_id.in_(some)))
            }

    def of_ids(self, tenant: str, case_ids: Collection[str]) -> dict[str, Case]:
        """Cases by id."""
        query = _all().where(cases.c.tenant == tenant)
        with reading(self._engine, tenant) as connection:
            found = (
                Case(**row)
                for some in chunks(sorted(case_ids))
                for row in connection.execute(query.where(cases.c.id.in_(some))).mappings()
            )
            return {case.id: case for case in found}

    def save(self, tenant: str, grouped: Collection[Grouped]) -> bool:
        """Keep new cases and new members in one transaction; False if another process kept some meanwhile."""
        try:
            # What is lost with the last moments is grouped again.
            with writing(self._engine, tenant, lasting=False) as connection:
                return _keep(connection, tenant, grouped)
        except IntegrityError:
            # Somebody grouped the same at the same moment; what is still missing is found at the next look.
            return False

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


def _keep(connection: sa.Connection, tenant: str, grouped: Collection[Grouped]) -> bool:
    new = [one.case.id for one in grouped if one.is_new]
    there_already = {
        name
        for some in chunks(new)
        for name in connection.scalars(
            sa.select(cases.c.id).where(cases.c.tenant == tenant, cases.c.id.in_(some))
        )
    }
    kept = [one for one in grouped if not (one.is_new and one.case.id in there_already)]
    made = [_row(one.case) for one in kept if one.is_new]
    if made:
        connection.execute(sa.insert(cases), made)
    for one in kept:
        if not one.is_new:
            row = _row(one.case)
            connection.execute(
                sa.update(cases)
                .where(cases.c.tenant == tenant, cases.c.id == one.case.id)
                .values({name: row[name] for name in _EXTENDED})
            )
    _add(
        connection,
        tenant,
        [(one.case.id, span.anomaly_id, span.stream_id) for one in kept for span in one.added],
    )
    return len(kept) == len(grouped)


def _add(connection: sa.Connection, tenant: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Case, anomaly and stream of each new member."""
    if not rows:  # an empty list of rows would be a row of defaults
        return
    names = ("case_id", "anomaly_id", "stream_id")
    if connection.dialect.name != "postgresql":
        # Straight to the driver: fifty thousand rows as dictionaries take as long again as writing them.
        statement = f"INSERT INTO case_anomalies (tenant, {', '.join(names)}) VALUES (?, ?, ?, ?)"
        connection.exec_driver_sql(statement, [(tenant, *row) for row in rows])
        return
    # As three arrays in one statement: fifty thousand statements, each with its answer, take three times as long.
    arrays = (sa.cast(list(column), postgresql.ARRAY(sa.Text)) for column in zip(*rows, strict=True))
    given = sa.func.unnest(*arrays).table_valued(*names).render_derived()
    columns = (sa.literal(tenant), *(given.c[name] for name in names))
    connection.execute(sa.insert(case_anomalies).from_select(["tenant", *names], sa.select(*columns)))


def _all() -> sa.Select[Any]:
    return sa.select(*(cases.c[name] for name in _FIELDS))


def _row(case: Case) -> dict[str, Any]:
    return asdict(case) | {"timeline": [dict(entry) for entry in case.timeline]}
