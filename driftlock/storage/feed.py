"""Flagged windows and alerts of number series in one list."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from driftlock.model import moment
from driftlock.ports import Order
from driftlock.services.overview_rows import Feed, FeedRow, Scope, Standing, Wanted
from driftlock.storage.desk_parts import chunks
from driftlock.storage.overview_parts import of_scope, series_incidents, suppressed
from driftlock.storage.schema import anomalies, reviews, series_anomalies, streams

_RANK: Final = {"high": 2, "medium": 1}
_TABLES: Final = ((anomalies, anomalies.c.extra_bits), (series_anomalies, series_anomalies.c.bits))


def feed(
    connection: sa.Connection,
    scope: Scope,
    wanted: Wanted,
    order: Order,
    offset: int,
    limit: int,
    now: datetime,
) -> Feed:
    """One page of what is wanted; those seen last first among equals."""
    places = _places(scope, wanted, now).subquery()
    newest = (places.c.seen_us.desc(), places.c.id)
    by = newest if order == "newest" else (places.c.rank.desc(), places.c.bits.desc(), *newest)
    page = sa.select(places.c.id).order_by(*by).offset(offset).limit(limit)
    total = connection.scalars(sa.select(sa.func.count()).select_from(places)).one()
    ids = list(connection.scalars(page))
    rows = _windows(connection, scope, ids, now) | _alerts(connection, scope, ids, now)
    return Feed(rows=tuple(rows[one] for one in ids), total=total)


def newer(connection: sa.Connection, scope: Scope, seen_us: int, now: datetime) -> int:
    """Rows that were seen after *seen_us* and are not suppressed; whatever the scope's range."""
    count = 0
    for table, _ in _TABLES:
        query = sa.select(sa.func.count()).where(
            table.c.tenant == scope.tenant,
            table.c.stream_id.in_(scope.stream_ids),
            table.c.seen_us > seen_us,
            ~suppressed(table.c.pattern, scope.tenant, now),
        )
        count += connection.scalars(query).one()
    return count


def _places(scope: Scope, wanted: Wanted, now: datetime) -> sa.CompoundSelect[Any]:
    """Id and what the order needs, of every row that is wanted."""
    return sa.union_all(
        *(
            sa.select(
                table.c.id,
                table.c.seen_us,
                sa.case(_RANK, value=table.c.severity, else_=0).label("rank"),
                bits.label("bits"),
            ).where(of_scope(table, scope), *_conditions(table, scope, wanted, now))
            for table, bits in _TABLES
        )
    )


def _conditions(table: sa.Table, scope: Scope, wanted: Wanted, now: datetime) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.severities:
        found.append(table.c.severity.in_(wanted.severities))
    if wanted.since_us is not None:
        found.append(table.c.seen_us >= wanted.since_us)
    if wanted.until_us is not None:
        found.append(table.c.seen_us < wanted.until_us)
    if not wanted.suppressed:
        found.append(~suppressed(table.c.pattern, scope.tenant, now))
    of_tenant = sa.select(streams.c.id).where(streams.c.tenant == scope.tenant)
    if wanted.kinds:
        found.append(table.c.stream_id.in_(of_tenant.where(streams.c.kind.in_(wanted.kinds))))
    if wanted.text:
        named = of_tenant.where(streams.c.name.icontains(wanted.text, autoescape=True))
        said = table.c.sentence.icontains(wanted.text, autoescape=True) | table.c.stream_id.in_(named)
        if "series" in table.c:
            said |= table.c.series.icontains(wanted.text, autoescape=True)
        found.append(said)
    if wanted.labels:
        found.append(sa.or_(*(_standing(table, one, now) for one in wanted.labels)))
    return found


def _standing(table: sa.Table, standing: Standing, now: datetime) -> sa.ColumnElement[bool]:
    this = (reviews.c.tenant == table.c.tenant) & (reviews.c.anomaly_id == table.c.id)
    snoozed = reviews.c.snoozed_until > now
    if standing == "open":
        settled = reviews.c.label.is_not(None) | snoozed
        return ~sa.exists().where(this, settled).correlate(table)
    return (
        sa.exists()
        .where(this, snoozed if standing == "snoozed" else reviews.c.label == standing)
        .correlate(table)
    )


def _windows(connection: sa.Connection, scope: Scope, ids: list[str], now: datetime) -> dict[str, FeedRow]:
    at = anomalies.c
    rows = _read(connection, anomalies, scope, ids, now, at.ncd, at.extra_bits, at.views, at.incident)
    return {
        row["id"]: FeedRow(
            **_common(row, now),
            series=None,
            ncd=row["ncd"],
            extra_bits=row["extra_bits"],
            views=tuple((row["views"] or "bytes").split(",")),
            incident=row["incident"],
        )
        for row in rows
    }


def _alerts(connection: sa.Connection, scope: Scope, ids: list[str], now: datetime) -> dict[str, FeedRow]:
    at = series_anomalies.c
    found = _read(connection, series_anomalies, scope, ids, now, at.series, at.bits, at.view)
    of = tuple(sorted({row["stream_id"] for row in found}))
    incidents = series_incidents(connection, scope.tenant, of)
    return {
        row["id"]: FeedRow(
            **_common(row, now),
            series=row["series"],
            ncd=None,
            extra_bits=row["bits"],
            views=(row["view"],),
            incident=incidents[row["id"]],
        )
        for row in found
    }


def _read(
    connection: sa.Connection,
    table: sa.Table,
    scope: Scope,
    ids: list[str],
    now: datetime,
    *own: sa.ColumnElement[Any],
) -> list[sa.RowMapping]:
    """What the feed shows of the rows of these ids, with what was said about them."""
    review = (reviews.c.tenant == table.c.tenant) & (reviews.c.anomaly_id == table.c.id)
    at = table.c
    query = (
        sa.select(
            *(at.id, at.stream_id, at.seen_us, at.severity, at.p, at.sentence, at.pattern),
            *own,
            *(streams.c.name.label("stream_name"), streams.c.kind),
            *(reviews.c.label, reviews.c.snoozed_until),
            suppressed(at.pattern, scope.tenant, now).label("suppressed"),
        )
        .select_from(table.join(streams).outerjoin(reviews, review))
        .where(at.tenant == scope.tenant)
    )
    return [
        row for some in chunks(ids) for row in connection.execute(query.where(at.id.in_(some))).mappings()
    ]


def _common(row: sa.RowMapping, now: datetime) -> dict[str, Any]:
    until = row["snoozed_until"]
    as_they_are = ("id", "stream_id", "stream_name", "kind", "severity", "p", "sentence", "pattern", "label")
    return {name: row[name] for name in as_they_are} | {
        "seen_at": moment(row["seen_us"]),
        "snoozed_until": until if until is not None and until > now else None,
        "suppressed": bool(row["suppressed"]),
    }
