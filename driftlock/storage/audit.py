"""The audit log: a row with every change, in the same transaction, each chained to the one before."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from driftlock.model import DEMO
from driftlock.services.acting import Record, current
from driftlock.services.audit import Wanted
from driftlock.services.audit_rows import FIRST, AuditRow, as_plain, digest, text
from driftlock.storage.connect import BEFORE_COMMIT, EVERY_TENANT, reading, writing
from driftlock.storage.schema_people import audit_log, tenants

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


_NAMES = tuple(column.name for column in audit_log.columns)


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
        condition = _condition(tenant, wanted)
        with reading(self._engine, tenant) as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(audit_log).where(condition)) or 0
            query = sa.select(audit_log).where(condition).order_by(audit_log.c.seq.desc())
            rows = connection.execute(query.offset(offset).limit(limit)).mappings()
            return [AuditRow(**row) for row in rows], total

    def walk(self, tenant: str, first_seq: int, limit: int) -> list[AuditRow | int]:
        """From a number on, in order; of a row that cannot be read its number alone."""
        mine = sa.select(audit_log).where(audit_log.c.tenant == tenant)
        query = mine.where(audit_log.c.seq >= first_seq).order_by(audit_log.c.seq).limit(limit)
        with reading(self._engine, tenant) as connection:
            with suppress(ValueError, TypeError):
                return [AuditRow(**row) for row in connection.execute(query).mappings()]
            # SQLite takes any text into any column, so somebody may have put there what is no time or no JSON.
            numbers = connection.scalars(query.with_only_columns(audit_log.c.seq)).all()
            return [self._one(connection, tenant, seq) for seq in numbers]

    def _one(self, connection: sa.Connection, tenant: str, seq: int) -> AuditRow | int:
        query = sa.select(audit_log).where(audit_log.c.tenant == tenant, audit_log.c.seq == seq)
        try:
            return AuditRow(**connection.execute(query).mappings().one())
        except (ValueError, TypeError):
            return seq

    def span(self, tenant: str, wanted: Wanted) -> tuple[int, int] | None:
        """Numbers of the first and the last of these rows."""
        ends = sa.select(sa.func.min(audit_log.c.seq), sa.func.max(audit_log.c.seq))
        with reading(self._engine, tenant) as connection:
            first, last = connection.execute(ends.where(_condition(tenant, wanted))).one()
        return None if first is None else (first, last)

    def tenants(self) -> list[str]:
        """Those that there are, and whose rows are left."""
        with reading(self._engine, EVERY_TENANT) as connection:
            known = set(connection.scalars(sa.select(tenants.c.tenant)))
            known |= set(connection.scalars(sa.select(audit_log.c.tenant).distinct()))
        return sorted(known | {DEMO})


def _condition(tenant: str, wanted: Wanted) -> sa.ColumnElement[bool]:
    """The rows of *tenant* that are *wanted*."""
    rows = audit_log.c
    conditions: list[sa.ColumnElement[bool]] = [rows.tenant == tenant]
    if wanted.actor is not None:
        conditions.append(rows.actor == wanted.actor)
    if wanted.action is not None:
        begins = rows.action.startswith(f"{wanted.action}.", autoescape=True)
        conditions.append((rows.action == wanted.action) | begins)
    if wanted.object_id is not None:
        named: sa.ColumnElement[bool] = rows.object_id == wanted.object_id
        if wanted.object_kind is not None:
            named &= rows.object_kind == wanted.object_kind
        among = f'"{wanted.object_id}"'
        texts: Mapping[str, Any] = {"before": rows.before, "after": rows.after}
        mentions = [sa.cast(column, sa.Text).contains(among, autoescape=True) for column in texts.values()]
        conditions.append(sa.or_(named, *mentions))
    elif wanted.object_kind is not None:
        conditions.append(rows.object_kind == wanted.object_kind)
    if wanted.since is not None:
        conditions.append(rows.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(rows.at < wanted.until)
    return sa.and_(*conditions)
