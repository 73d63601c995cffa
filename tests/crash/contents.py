"""Everything a database holds that may not depend on when somebody was killed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from driftlock.storage.connect import reading
from driftlock.storage.schema import (
    anomalies,
    detector_states,
    events,
    runs,
    series_anomalies,
    streams,
    windows,
)
from driftlock.storage.store import SqlStore
from tests.crash.load import TENANT

# When something came in, who works on it and when it was made: these may differ between two runs.
MOMENTS: Final = {
    "events": ("received_us",),
    "streams": ("created_at", "expires_at"),
    "detector_states": ("lease_owner", "lease_until"),
    "runs": ("worker", "heartbeat_at", "created_at", "finished_at", "expires_at"),
}
ORDERS: Final = {
    events: ("stream_id", "seq"),
    windows: ("stream_id", "window"),
    anomalies: ("stream_id", "window"),
    series_anomalies: ("stream_id", "series", "record"),
    detector_states: ("stream_id",),
    streams: ("id",),
    runs: ("id",),
}

Rows = list[dict[str, Any]]
Contents = dict[str, Rows]


def contents(store: SqlStore) -> Contents:
    """Rows by table, in order, and ``points``: the records of every series, however they were cut."""
    found: Contents = {}
    with reading(store.engine, TENANT) as connection:
        for table, order in ORDERS.items():
            left_out = MOMENTS.get(table.name, ())
            columns = [column for column in table.columns if column.name not in left_out]
            query = (
                sa.select(*columns).where(table.c.tenant == TENANT).order_by(*(table.c[of] for of in order))
            )
            found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
    found["points"] = [
        {"stream_id": stream["id"], "series": series, "points": _of_series(store, stream["id"], series)}
        for stream in found["streams"]
        for series in range(len(stream["configuration"].get("series", ())))
    ]
    return found


def _of_series(store: SqlStore, stream_id: str, series: int) -> dict[str, bytes]:
    points = store.series.points(TENANT, stream_id, series)
    return {
        name: getattr(points, name).tobytes() for name in ("seq", "at_us", "value", "low", "high", "score")
    }


def differences(undisturbed: Mapping[str, Rows], disturbed: Mapping[str, Rows], limit: int = 20) -> list[str]:
    """What differs, one sentence each; no payload is quoted."""
    said: list[str] = []
    for table, rows in undisturbed.items():
        others = disturbed[table]
        if len(rows) != len(others):
            said.append(f"{table}: {len(rows):,} rows undisturbed, {len(others):,} here")
        for place, (row, other) in enumerate(zip(rows, others, strict=False)):
            unlike = [name for name in row if exact(row[name]) != exact(other[name])]
            if unlike:
                of = row.get("stream_id", row.get("id"))
                said.append(f"{table} of {of}, row {place}: {', '.join(unlike)} differ")
            if len(said) >= limit:
                return said
    return said


def lost_and_doubled(undisturbed: Mapping[str, Rows], disturbed: Mapping[str, Rows]) -> tuple[int, int]:
    """Events that are not there, and events that are there more than once, by stream and key."""
    wanted = {(row["stream_id"], row["key"]) for row in undisturbed["events"]}
    there = [(row["stream_id"], row["key"]) for row in disturbed["events"]]
    # A unique key would hide a second copy under another one: what was never sent counts as doubled, too.
    return len(wanted.difference(there)), len(there) - len(wanted.intersection(there))


def verdicts_that_differ(undisturbed: Mapping[str, Rows], disturbed: Mapping[str, Rows]) -> int:
    """Windows, anomalies and records of series that are not the same to the last bit, or are on one side alone."""
    different = 0
    for table in ("windows", "anomalies", "series_anomalies", "points"):
        rows, others = undisturbed[table], disturbed[table]
        different += abs(len(rows) - len(others))
        different += sum(exact(row) != exact(other) for row, other in zip(rows, others, strict=False))
    return different


def exact(value: object) -> str:
    """Equal for what is equal to the last bit: 0.0 is not -0.0, and 1 is not 1.0."""
    return json.dumps(value, sort_keys=True, default=repr)


def of_streams(found: Contents, ids: Sequence[str]) -> Contents:
    """The part that belongs to these streams."""
    return {
        table: [row for row in rows if row.get("stream_id", row["id"] if table == "streams" else None) in ids]
        for table, rows in found.items()
    }
