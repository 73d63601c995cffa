"""The audit log: a row with every change, in the same transaction, each chained to the one before."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from driftlock.model import DEMO, microseconds
from driftlock.services.acting import Record, current
from driftlock.services.audit import Wanted
from driftlock.services.audit_rows import FIRST, AuditRow, as_plain, digest, text
from driftlock.storage.connect import BEFORE_COMMIT, EVERY_TENANT, reading, writing
from driftlock.storage.schema_people import IN_POSTGRESQL, IN_SQLITE, audit_log, tenants

# Until the transaction ends. Locking the newest row instead would need the right to change it, and would lock
# one that is not the newest any more for who waited.
_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('driftlock.audit.' || :tenant, 0))")


def append(connection: sa.Connection, record: Record) -> AuditRow:
    """Chain *record* to the newest row of its tenant; nobody else can until the transaction ends."""
    tenant = record.actor.tenant
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"tenant": tenant})
    newest = sa.select(audit_log.c.seq, audit_log.c.hash).where(audit_log.c.tenant == tenant)
    last = connection.execute(newest.order_by(audit_log.c.seq.desc()).limit(1)).first()
    row = AuditRow(
        tenant=tenant,
        seq=1 if last is None else last.seq + 1,
        at=record.at,
        actor=text(record.actor.user, 64),
        role=text(record.actor.role, 16),
        action=text(record.action, 64),
        object_kind=text(record.object_kind, 32),
        object_id=text(record.object_id, 64),
        before=None if record.before is None else dict(record.before),
        after=None if record.after is None else dict(record.after),
        reason=None if record.reason is None else text(record.reason, 500),
        address=None if record.actor.address is None else text(record.actor.address, 64),
        previous=FIRST if last is None else last.hash,
        hash="",
    )
    values = {name: getattr(row, name) for name in _NAMES} | {"hash": digest(as_plain(row))}
    connection.execute(sa.insert(audit_log).values(**values))
    return AuditRow(**values)


_ID = re.compile("[0-9a-f]{16}")  # what the index of rows that name others looks for
_NAMES = tuple(column.name for column in audit_log.columns)
_PLAIN = tuple("at_us" if name == "at" else name for name in _NAMES)


def _with_the_change(connection: sa.Connection, tenant: str) -> Callable[[], None] | None:
    act = current()
    record = None if act is None else act.due(tenant, connection)
    if act is None or record is None:
        return None
    append(connection, record)
    return act.done


def _mark(
    connection: sa.Connection,
    cursor: Any,
    _statement: str,
    _parameters: Any,
    context: Any,
    _many: bool,
) -> None:
    """Tell a transaction that changes rows from one that looked and found nothing to change."""
    act = current()
    if act is None or context is None or not (context.isinsert or context.isupdate or context.isdelete):
        return
    if cursor.rowcount:
        act.changed = connection


BEFORE_COMMIT.append(_with_the_change)
sa.event.listen(sa.Engine, "after_cursor_execute", _mark)


class SqlAudit:
    """:class:`driftlock.services.audit.AuditTable`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def append(self, record: Record) -> AuditRow:
        """Add a row in a transaction of its own."""
        with writing(self._engine, record.actor.tenant) as connection:
            return append(connection, record)

    def page(self, tenant: str, wanted: Wanted, offset: int, limit: int) -> tuple[list[AuditRow], int]:
        """Newest first, and how many there are."""
        condition = _condition(self._engine.dialect.name, tenant, wanted)
        rows = sa.select(audit_log).order_by(audit_log.c.seq.desc())
        with reading(self._engine, tenant) as connection:
            if wanted.object_id is None:
                counted = sa.select(sa.func.count()).select_from(audit_log).where(condition)
                total = connection.scalar(counted) or 0
                rows = rows.where(condition).offset(offset).limit(limit)
            else:  # few, and found only by looking at many
                numbers = sa.select(audit_log.c.seq).where(condition).order_by(audit_log.c.seq.desc())
                found = connection.scalars(numbers).all()
                total = len(found)
                rows = rows.where(audit_log.c.tenant == tenant)
                rows = rows.where(audit_log.c.seq.in_(found[offset : offset + limit]))
            return [AuditRow(**row) for row in connection.execute(rows).mappings()], total

    def walk(self, tenant: str, first_seq: int, limit: int) -> list[dict[str, Any] | int]:
        """From a number on, in order, as they are hashed; of a row that cannot be read its number alone."""
        mine = sa.select(audit_log).where(audit_log.c.tenant == tenant)
        query = mine.where(audit_log.c.seq >= first_seq).order_by(audit_log.c.seq).limit(limit)
        with reading(self._engine, tenant) as connection:
            # As the driver hands them over: a million rows as objects, only to be hashed, take a minute.
            cursor = connection.execute(query).cursor
            assert cursor is not None
            return [_plain(row) for row in cursor.fetchall()]

    def newest(self, tenant: str) -> int:
        """Number of the newest row; 0: there is none."""
        newest = sa.select(sa.func.max(audit_log.c.seq)).where(audit_log.c.tenant == tenant)
        with reading(self._engine, tenant) as connection:
            return connection.scalar(newest) or 0

    def span(self, tenant: str, wanted: Wanted) -> tuple[int, int] | None:
        """Numbers of the first and the last of these rows."""
        ends = sa.select(sa.func.min(audit_log.c.seq), sa.func.max(audit_log.c.seq))
        with reading(self._engine, tenant) as connection:
            first, last = connection.execute(
                ends.where(_condition(self._engine.dialect.name, tenant, wanted))
            ).one()
        return None if first is None else (first, last)

    def tenants(self) -> list[str]:
        """Those that there are, and whose rows are left."""
        with reading(self._engine, EVERY_TENANT) as connection:
            known = set(connection.scalars(sa.select(tenants.c.tenant)))
            known |= set(connection.scalars(sa.select(audit_log.c.tenant).distinct()))
        return sorted(known | {DEMO})


def _plain(values: tuple[Any, ...]) -> dict[str, Any] | int:
    """
    As :func:`driftlock.services.audit_rows.as_plain` of the same row.

    SQLite takes any text into any column, so somebody may have put there what is no time or no JSON.
    """
    row = dict(zip(_PLAIN, values, strict=True))
    try:
        row["at_us"] = _us(row["at_us"])
        for name in ("before", "after"):  # read by PostgreSQL's driver, text from that of SQLite
            if type(row[name]) is str:
                row[name] = json.loads(row[name])
    except (ValueError, TypeError, AttributeError):
        return int(row["seq"])
    return row


def _us(at: datetime | str) -> int:
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return microseconds(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)


def _naming(dialect: str, tenant: str, object_id: str, object_kind: str | None) -> sa.CompoundSelect[Any]:
    """Numbers of the rows about an object, and of those whose before or after name it among others."""
    rows = audit_log.c
    about = sa.select(rows.seq).where(rows.tenant == tenant, rows.object_id == object_id)
    if object_kind is not None:
        about = about.where(rows.object_kind == object_kind)
    among = f'"{object_id}"'
    mentions = [
        sa.cast(column, sa.Text).contains(among, autoescape=True) for column in (rows.before, rows.after)
    ]
    others = sa.select(rows.seq).where(rows.tenant == tenant, sa.or_(*mentions))
    if _ID.match(object_id):  # few rows name any: their index tells which
        others = others.where(sa.text(f"({IN_POSTGRESQL if dialect == 'postgresql' else IN_SQLITE})"))
    return about.union(others)


def _condition(dialect: str, tenant: str, wanted: Wanted) -> sa.ColumnElement[bool]:
    """The rows of *tenant* that are *wanted*."""
    rows = audit_log.c
    conditions: list[sa.ColumnElement[bool]] = [rows.tenant == tenant]
    if wanted.actor is not None:
        conditions.append(rows.actor == wanted.actor)
    if wanted.action is not None:
        begins = rows.action.startswith(f"{wanted.action}.", autoescape=True)
        conditions.append((rows.action == wanted.action) | begins)
    if wanted.object_id is not None:
        conditions.append(rows.seq.in_(_naming(dialect, tenant, wanted.object_id, wanted.object_kind)))
    elif wanted.object_kind is not None:
        conditions.append(rows.object_kind == wanted.object_kind)
    if wanted.since is not None:
        conditions.append(rows.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(rows.at < wanted.until)
    return sa.and_(*conditions)
