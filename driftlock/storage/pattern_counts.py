"""How often a pattern was flagged: by day and by stream."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from driftlock.model import moment
from driftlock.services.pattern_history import PatternHistory, StreamCount
from driftlock.storage.desk_parts import there
from driftlock.storage.schema import anomalies, series_anomalies, streams

_DAY_US: Final = 86_400_000_000
_EPOCH: Final = date(1970, 1, 1)


def pattern_history(connection: sa.Connection, tenant: str, pattern: str, now: datetime) -> PatternHistory:
    """Anomalies of windows and of series that share *pattern*; of none if it is empty."""
    days: Counter[int] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    ends: list[int] = []
    for table in (anomalies, series_anomalies) if pattern else ():
        day = table.c.seen_us // _DAY_US
        query = (
            sa.select(
                *(day.label("day"), table.c.stream_id, streams.c.name, sa.func.count().label("count")),
                sa.func.min(table.c.seen_us).label("first"),
                sa.func.max(table.c.seen_us).label("last"),
            )
            .select_from(table.join(streams))
            .where(table.c.tenant == tenant, table.c.pattern == pattern, there(table, now))
            .group_by(sa.text("day"), table.c.stream_id, streams.c.name)
        )
        for row in connection.execute(query).mappings():
            days[row["day"]] += row["count"]
            counts[row["stream_id"], row["name"]] += row["count"]
            ends += [row["first"], row["last"]]
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0][1], item[0][0]))
    return PatternHistory(
        pattern=pattern,
        count=days.total(),
        first_seen=moment(min(ends)) if ends else None,
        last_seen=moment(max(ends)) if ends else None,
        per_day=tuple((_EPOCH + timedelta(days=day), days[day]) for day in sorted(days)),
        streams=tuple(
            StreamCount(stream_id=stream_id, stream_name=name, count=count)
            for (stream_id, name), count in most_first
        ),
    )
