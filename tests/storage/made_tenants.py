"""
Two rows in every table for each of several tenants, told apart by their tenant's name in every text and id.

Values follow the types of the columns, but where a question reads more out of them: :data:`VALUES`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import zstandard

from driftlock.storage.columns import metadata
from driftlock.storage.connect import writing
from driftlock.storage.types import UtcTime
from driftlock_core.profiles import BALANCED

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NOON_US = 1_767_614_400_000_000
# Names of tenants are of equal length, so that what they are answered is, too.
OURS, THEIRS, NOBODY = "aaaa", "bbbb", "xxxx"


def packed_points() -> bytes:
    """One record of a series, as a slab holds it: six columns of eight bytes."""
    return zstandard.ZstdCompressor().compress(bytes(48))


OF = {
    "stream_id": "stream",
    "run_id": "run",
    "anomaly_id": "anomaly",
    "case_id": "case",
    "user_id": "user",
    "anchor_id": "anchor",
    "assignee": "user",
    "object_id": "anomaly",
    "replaces": "api_key",
    "undoes": "change",
}
IDS = {
    "runs": "run",
    "streams": "stream",
    "anomalies": "anomaly",
    "series_anomalies": "alert",
    "cases": "case",
    "users": "user",
    "anchors": "anchor",
    "api_keys": "api_key",
    "profile_changes": "change",
}
VALUES: dict[str, Any] = {
    "configuration": BALANCED.configuration(),
    "profile_changes.before": BALANCED.configuration(),
    "streams.events": 2,
    "streams.expires_at": None,
    "streams.settings": {"auto_tune": True},
    "streams.redact": ["email"],
    "runs.report": None,
    "runs.source": ("live", "demo"),
    "runs.state": ("running", "queued"),
    "runs.expires_at": NOON - timedelta(days=1),
    "runs.worker": "worker",
    "jobs.kind": ("complete", "detectability"),
    "jobs.state": ("running", "done"),
    "jobs.result": {"lines": []},
    "jobs.worker": "worker",
    "detector_states.cursor": (1, 0),
    "detector_states.lease_owner": "owner",
    "reviews.state": "open",
    "reviews.snoozed_until": None,
    "suppressions.ended_at": None,
    "suppressions.until": None,
    "series_slabs.points": packed_points(),
    "annotations.removed_at": None,
    "demo_data.removed_at": None,
    "demo_data.taken": 1,
    "votes.label": "real",
    "votes.withdrawn_at": None,
    "reviews.label": (None, "real"),
    "anchors.state": "active",
    "anchors.retired_at": None,
    "jobs.finished_at": NOON,
    "cases.state": "open",
    "cases.timeline": [],
    "cases.snoozed_until": None,
    "comments.object_kind": "anomaly",
    "comments.removed_at": None,
    "proposals.state": "open",
    "proposals.decided_at": None,
    "invitations.used_at": None,
    "invitations.revoked_at": None,
    "invitations.expires_at": NOON + timedelta(days=1),
    "api_keys.expires_at": NOON + timedelta(days=1),
    "api_keys.revoked_at": None,
    "sessions.expires_at": NOON + timedelta(days=1),
    "sessions.revoked_at": None,
    "bundles.state": "done",
    "bundles.held": (False, True),
    "bundles.expires_at": NOON - timedelta(days=1),
    "tenants.state": "active",
    "tenants.expires_at": NOON - timedelta(days=1),
    "users.state": "active",
    "windows.exact": False,
    "windows.p_perm": None,
    "windows.c_window": None,
    "suppressions.pattern": "hidden",
    "severity": "high",
    "views": "bytes",
    "role": "analyst",
    "kind": "logs",
    "at": NOON,
    "object_kind": "anomaly",
    "plan": "team",
    "pattern": "pattern",
    "cancel_requested": False,
}


def identity(sort: str, tenant: str, number: int = 1) -> str:
    """An id that names its tenant; 32 characters at most."""
    return f"{sort}-{number}-{tenant}"


def row(table: sa.Table, tenant: str, number: int) -> dict[str, Any]:
    """Row *number*, from 1, of a tenant."""
    return {column.name: _value(table, column, tenant, number) for column in table.columns}


def fill(engine: sa.Engine, *tenants: str) -> None:
    """All tables, two rows a tenant."""
    for tenant in tenants:
        with writing(engine, tenant) as connection:
            for table in metadata.sorted_tables:
                rows = [row(table, tenant, number) for number in (1, 2)]
                if len(table.primary_key) == 1 and "tenant" in table.primary_key.columns:
                    rows = rows[:1]  # of the tenant itself
                connection.execute(sa.insert(table), rows)


def _value(table: sa.Table, column: sa.Column[Any], tenant: str, number: int) -> Any:
    name = column.name
    if name == "tenant":
        return tenant
    for key in (f"{table.name}.{name}", name):
        if key in VALUES:
            found = VALUES[key]
            return found[number - 1] if isinstance(found, tuple) else found
    if name == "id":
        return identity(IDS.get(table.name, table.name), tenant, number)
    if name in OF:
        return identity(OF[name], tenant, number)
    if isinstance(column.type, UtcTime):
        return NOON
    if isinstance(column.type, sa.LargeBinary):
        return f"secret of {tenant} {number}".encode()
    if isinstance(column.type, sa.JSON):
        return {"secret": f"of {tenant}", "count": number, "says": {"of": tenant}, "rows": {}}
    if isinstance(column.type, sa.Boolean):
        return True
    if isinstance(column.type, sa.Double):
        return 0.5 * number
    if isinstance(column.type, sa.Integer | sa.BigInteger):
        return NOON_US if name.endswith("_us") else number
    text = f"{name} {tenant} {number}"
    return text[: column.type.length] if isinstance(column.type, sa.String) and column.type.length else text
