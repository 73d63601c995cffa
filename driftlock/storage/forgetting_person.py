"""
Every place where a person may be named: found by bytes, and marked or deleted.

Events are read in order and some thousand at a time; what is packed is
unpacked. What cannot be changed, the audit log, is counted and said.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from driftlock.services.forgetting import REMOVED, PersonFound, Progress
from driftlock.storage.connect import reading, writing
from driftlock.storage.forgetting_text import (
    Rewrite,
    packed_text,
    rewritten_record,
    rewritten_state,
    without_term,
)
from driftlock.storage.schema import (
    anomalies,
    detector_states,
    events,
    metadata,
    series_anomalies,
    series_slabs,
    streams,
    windows,
)
from driftlock.storage.schema_people import audit_log, invitations, sessions, tenants, users
from driftlock.storage.schema_proof import anchors, bundles, drift_points

AT_ONCE: Final = 5_000  # events of one transaction
_ELSEWHERE: Final = 200  # rows, of up to some 20 KB each
_SPECIAL: Final = frozenset(
    {
        *(events, windows, series_slabs, detector_states, anchors, bundles, anomalies, series_anomalies),
        *(audit_log, invitations, sessions, tenants, users, drift_points),
    }
)
_ORDINARY: Final = [
    table for table in metadata.sorted_tables if "tenant" in table.columns and table not in _SPECIAL
]


def search(
    engine: sa.Engine, tenant: str, term: re.Pattern[bytes], progress: Progress | None, *, remove: bool
) -> PersonFound:
    """
    Where *term* stands, and that it no longer does.

    Args:
        remove: Whether it is taken out; else it is counted only.
    """
    of_streams = _events(engine, tenant, term, progress, remove=remove)
    elsewhere: dict[str, int] = {}

    def found(place: str, rows: int) -> None:
        if rows:
            elsewhere[place] = elsewhere.get(place, 0) + rows

    for table in (anomalies, series_anomalies):
        found(table.name, _records(engine, tenant, table, term, of_streams, remove=remove))
    states, left = _states(engine, tenant, term, remove=remove)
    found("detector_states", states)
    found("anchors", _whole_rows(engine, tenant, anchors, anchors.c.content, term, remove=remove))
    kept = _held_bundles(engine, tenant, term)
    found("bundles", _whole_rows(engine, tenant, bundles, bundles.c.content, term, remove=remove))
    found("invitations", _whole_rows(engine, tenant, invitations, invitations.c.email, term, remove=remove))
    for table in (*_ORDINARY, tenants):
        found(table.name, _texts(engine, tenant, table, term, remove=remove))
    remains = {"audit_log": _texts(engine, tenant, audit_log, term, remove=False), "detector_states": left}
    return PersonFound(
        streams={stream: len(seqs) for stream, seqs in of_streams.items()},
        elsewhere=elsewhere,
        held=kept,
        remains={place: rows for place, rows in remains.items() if rows},
    )


def _events(
    engine: sa.Engine, tenant: str, term: re.Pattern[bytes], progress: Progress | None, *, remove: bool
) -> dict[str, list[int]]:
    """The seqs of the events that hold the term, and those whose mark stands there from before, by stream."""
    with reading(engine, tenant) as connection:
        all_streams = connection.execute(
            sa.select(streams.c.id, streams.c.events, streams.c.removed_through)
            .where(streams.c.tenant == tenant)
            .order_by(streams.c.id)
        ).all()
    whole = sum(one.events - one.removed_through for one in all_streams)
    looked, found = 0, dict[str, list[int]]()
    columns = (
        sa.select(events.c.seq, events.c.service, events.c.payload).order_by(events.c.seq).limit(AT_ONCE)
    )
    for stream_id, *_ in all_streams:
        this = (events.c.tenant == tenant) & (events.c.stream_id == stream_id)
        cursor = 0
        while True:
            with reading(engine, tenant) as connection:
                rows = connection.execute(columns.where(this, events.c.seq > cursor)).all()
            if not rows:
                break
            hits = [
                row.seq
                for row in rows
                if term.search(row.payload) or (row.service and term.search(row.service.encode()))
            ]
            if hits:
                found.setdefault(stream_id, []).extend(hits)
                if remove:
                    _mark(engine, tenant, this, hits)
            cursor, looked = rows[-1].seq, looked + len(rows)
            if progress is not None:
                progress(looked, max(whole, looked))
    return found


def _mark(engine: sa.Engine, tenant: str, this: sa.ColumnElement[bool], seqs: list[int]) -> None:
    with writing(engine, tenant) as connection:
        for start in range(0, len(seqs), 500):
            connection.execute(
                sa.update(events)
                .where(this, events.c.seq.in_(seqs[start : start + 500]))
                .values(payload=REMOVED, service=None)
            )


def _records(
    engine: sa.Engine,
    tenant: str,
    table: sa.Table,
    term: re.Pattern[bytes],
    gone: dict[str, list[int]],
    *,
    remove: bool,
) -> int:
    """Records that quote the term, or an event that is marked: they lose their quotations and keep their numbers."""
    column = table.c.record if table is anomalies else table.c.whole
    name = column.name
    changed = 0
    for rows in _pages(engine, tenant, table):
        for row in rows:
            seqs = gone.get(row.stream_id, ())
            rewrite = rewritten_record(dict(row._mapping), name, term, seqs)
            if rewrite is None:
                continue
            changed += 1
            if remove:
                _change(engine, tenant, table, row, rewrite)
    return changed


def _states(engine: sa.Engine, tenant: str, term: re.Pattern[bytes], *, remove: bool) -> tuple[int, int]:
    """States that hold such an event, and those where what was learned from it would still name it."""
    changed = left = 0
    for rows in _pages(engine, tenant, detector_states):
        for row in rows:
            if row.state is None or not term.search(packed_text(row.state)):
                continue
            rewritten = rewritten_state(row.state, term)
            if rewritten is None or term.search(packed_text(rewritten)):
                left += 1
                continue
            changed += 1
            if remove:
                # Whoever judges the stream meanwhile has saved a newer state: that one is looked at again.
                _change(
                    engine,
                    tenant,
                    detector_states,
                    row,
                    {"state": rewritten},
                    detector_states.c.cursor == row.cursor,
                )
    return changed, left


def _whole_rows(
    engine: sa.Engine,
    tenant: str,
    table: sa.Table,
    column: sa.Column[Any],
    term: re.Pattern[bytes],
    *,
    remove: bool,
) -> int:
    """Rows that are a proof of exactly their bytes, or of one person alone: they are deleted."""
    gone = 0
    for rows in _pages(engine, tenant, table):
        for row in rows:
            value = row._mapping[column.name]
            if value is None or getattr(row, "held", False):
                continue
            text = packed_text(value) if isinstance(value, bytes) else value.encode()
            if not term.search(text):
                continue
            gone += 1
            if remove:
                with writing(engine, tenant) as connection:
                    if table is anchors:
                        connection.execute(
                            sa.delete(drift_points).where(
                                drift_points.c.tenant == tenant, drift_points.c.anchor_id == row.id
                            )
                        )
                    connection.execute(sa.delete(table).where(_is(table, row)))
    return gone


def _held_bundles(engine: sa.Engine, tenant: str, term: re.Pattern[bytes]) -> int:
    return sum(
        bool(row.held and row.content is not None and term.search(packed_text(row.content)))
        for rows in _pages(engine, tenant, bundles)
        for row in rows
    )


def _texts(engine: sa.Engine, tenant: str, table: sa.Table, term: re.Pattern[bytes], *, remove: bool) -> int:
    """Texts and JSON of any other table: a mark in place of the term itself."""
    columns = [
        column
        for column in table.columns
        if not column.primary_key and isinstance(column.type, sa.Text | sa.JSON)
    ]
    changed = 0
    if not columns:
        return 0
    for rows in _pages(engine, tenant, table):
        for row in rows:
            values: Rewrite = {}
            for column in columns:
                value = row._mapping[column.name]
                new = without_term(value, term)
                if new != value:
                    values[column.name] = new
            if values:
                changed += 1
                if remove:
                    _change(engine, tenant, table, row, values)
    return changed


def _pages(engine: sa.Engine, tenant: str, table: sa.Table) -> Iterator[list[sa.Row[Any]]]:
    """All rows of a tenant in the order of their key, some at a time, each page in a transaction of its own."""
    keys = [column for column in table.primary_key.columns if column.name != "tenant"] or [table.c.tenant]
    after: tuple[Any, ...] | None = None
    while True:
        query = sa.select(table).where(table.c.tenant == tenant).order_by(*keys).limit(_ELSEWHERE)
        if after is not None:
            query = query.where(sa.tuple_(*keys) > sa.tuple_(*after))
        with reading(engine, tenant) as connection:
            rows = list(connection.execute(query))
        if not rows:
            return
        after = tuple(rows[-1]._mapping[key.name] for key in keys)
        yield rows


def _change(
    engine: sa.Engine,
    tenant: str,
    table: sa.Table,
    row: sa.Row[Any],
    values: Rewrite,
    *more: sa.ColumnElement[bool],
) -> None:
    with writing(engine, tenant) as connection:
        connection.execute(sa.update(table).where(_is(table, row), *more).values(values))


def _is(table: sa.Table, row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row._mapping[column.name] for column in table.primary_key.columns))
