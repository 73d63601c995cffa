"""
The tables. The tenant is in the key of every one: no row can be reached, or pointed at, without it.

Sizes are bytes, ``seq`` counts a stream's events from 1, ``…_us`` are microseconds since 1970 UTC.
"""

from typing import Final

import sqlalchemy as sa

from driftlock.storage import schema_people, schema_proof
from driftlock.storage.columns import Id, Tenant, metadata, of_stream
from driftlock.storage.types import UtcTime, json_column

__all__ = ["metadata", "schema_people", "schema_proof"]  # the others of the database, by what they are about


def _seen() -> sa.Column[int]:
    """The time its last event names, else when that event came in."""
    return sa.Column("seen_us", sa.BigInteger, nullable=False, server_default="0")


def _pattern() -> sa.Column[str]:
    """Digest that windows of the same cause share, see services/patterns.py; empty: none was formed."""
    return sa.Column("pattern", sa.String(16), nullable=False, server_default="")


runs: Final = sa.Table(
    "runs",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("configuration", json_column(), nullable=False),
    sa.Column("options", json_column(), nullable=False),
    sa.Column("sha256", sa.String(64)),
    sa.Column("size_bytes", sa.BigInteger),
    sa.Column("bytes_read", sa.BigInteger, nullable=False),
    sa.Column("events_received", sa.BigInteger, nullable=False),
    sa.Column("events_analyzed", sa.BigInteger, nullable=False),
    sa.Column("report", json_column()),
    sa.Column("error", sa.Text),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("worker", sa.String(32)),  # who works on it, and when it last said so
    sa.Column("heartbeat_at", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("finished_at", UtcTime),
    sa.Column("expires_at", UtcTime),
    sa.Index(None, "tenant", "created_at"),
    sa.Index(None, "state"),
    sa.Index(None, "expires_at"),
)

streams: Final = sa.Table(
    "streams",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("run_id", Id),  # null: a stream of its own, fed from outside
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("configuration", json_column(), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),  # also the last seq: a stream has no gaps
    sa.Column("windows", sa.BigInteger, nullable=False),
    sa.Column("flagged", sa.BigInteger, nullable=False),
    sa.Column("incidents", sa.BigInteger, nullable=False),
    sa.Column("expected_by_chance", sa.Double, nullable=False),
    sa.Column("events_needed", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("redact", json_column()),  # rules of redaction; null: those of the tenant
    sa.Column("retention_days", sa.Integer),  # null: that of the tenant
    # Events up to here were removed as too old, the last of them then.
    sa.Column("removed_through", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("removed_at", UtcTime),
    sa.Column(
        "settings", json_column()
    ),  # of drift: hours until it is told, whether an anchor is reset; null: usual
    sa.ForeignKeyConstraint(["tenant", "run_id"], ["runs.tenant", "runs.id"]),
    sa.Index(None, "tenant", "run_id"),
)

events: Final = sa.Table(
    "events",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("stream_id", Id, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("received_us", sa.BigInteger, nullable=False),
    sa.Column("at_us", sa.BigInteger),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("service", sa.Text),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("tenant", "stream_id", "key"),
    of_stream(),
)

windows: Final = sa.Table(
    "windows",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("stream_id", Id, primary_key=True),
    sa.Column("window", sa.BigInteger, primary_key=True, autoincrement=False),  # 0-based
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("last_at_us", sa.BigInteger),
    _seen(),
    sa.Column("size", sa.BigInteger, nullable=False),  # S
    sa.Column("mu", sa.Double, nullable=False),
    sa.Column("cbar", sa.Double, nullable=False),
    sa.Column("m", sa.BigInteger, nullable=False),
    sa.Column("p_stream", sa.Double, nullable=False),
    sa.Column("score", sa.Double, nullable=False),  # N where exact, else the bound (S − mu) / Cbar
    sa.Column("exact", sa.Boolean, nullable=False),
    sa.Column("c_window", sa.BigInteger),  # C(W); null where not computed
    sa.Column("p_perm", sa.Double),  # null where not computed
    sa.Column("gated", sa.Boolean, nullable=False),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Column("ready", sa.Boolean, nullable=False),
    sa.Column("chance", sa.Double, nullable=False),
    sa.Column("factor", sa.BigInteger),  # of the smallest rank; null and 1: the bytes decide alone
    # Null: a rank, as long as it has no say; a distance, where the stream has no such aspect.
    *(
        sa.Column(f"{aspect}_{what}", sa.Double)
        for aspect in ("content", "mix", "pace", "values", "novelty")
        for what in ("p", "distance")
    ),
    # Whole, so that half a million windows are counted by bucket without reading their rows.
    sa.Index("ix_windows_lanes", "tenant", "stream_id", "seen_us", "chance", "size", "mu"),
    of_stream(),
)

anomalies: Final = sa.Table(
    "anomalies",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("window", sa.BigInteger, nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("first_at_us", sa.BigInteger),
    sa.Column("last_at_us", sa.BigInteger),
    _seen(),
    _pattern(),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("ncd", sa.Double, nullable=False),
    sa.Column("p", sa.Double, nullable=False),
    sa.Column("p_stream", sa.Double, nullable=False),
    sa.Column("p_perm", sa.Double, nullable=False),
    sa.Column("extra_bits", sa.Double, nullable=False),
    sa.Column("severity", sa.String(8), nullable=False),
    sa.Column("incident", sa.BigInteger, nullable=False),  # 1-based within the stream
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("views", sa.Text),  # that stand out, most surprising first, commas between; null: bytes
    sa.Column("record", json_column(), nullable=False),
    sa.UniqueConstraint("tenant", "stream_id", "window"),
    sa.Index(None, "tenant", "stream_id", "extra_bits"),
    # Whole, so that a list is ordered and counted, and cases are found, without reading rows of 20 KB each.
    sa.Index(
        "ix_anomalies_feed",
        *("tenant", "stream_id", "seen_us", "severity", "extra_bits", "pattern", "incident", "window", "id"),
        *("first_at_us", "last_at_us"),
    ),
    sa.Index(None, "tenant", "pattern"),
    of_stream(),
)

detector_states: Final = sa.Table(
    "detector_states",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("stream_id", Id, primary_key=True),
    sa.Column("cursor", sa.BigInteger, nullable=False),  # last seq the state has seen
    sa.Column("state", sa.LargeBinary),  # null before the first event
    sa.Column("lease_owner", sa.String(32)),
    sa.Column("lease_until", UtcTime),
    of_stream(),
)

series_slabs: Final = sa.Table(
    "series_slabs",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("stream_id", Id, primary_key=True),
    sa.Column("series", sa.Integer, primary_key=True, autoincrement=False),  # place in the stream's plan
    sa.Column("before", sa.BigInteger, primary_key=True, autoincrement=False),  # cursor the slab began behind
    sa.Column("points", sa.LargeBinary, nullable=False),  # packed columns, see series.py
    of_stream(),
)

series_anomalies: Final = sa.Table(
    "series_anomalies",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("record", sa.BigInteger, nullable=False),  # 0-based within the series
    sa.Column("last_record", sa.BigInteger, nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("first_at_us", sa.BigInteger),
    sa.Column("last_at_us", sa.BigInteger),
    _seen(),
    _pattern(),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("low", sa.Double, nullable=False),
    sa.Column("high", sa.Double, nullable=False),
    sa.Column("nearest", sa.Double, nullable=False),
    sa.Column("view", sa.String(32), nullable=False),
    sa.Column("bits", sa.Double, nullable=False),
    sa.Column("p", sa.Double, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("severity", sa.String(8), nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("whole", json_column(), nullable=False),  # the record with all its evidence
    sa.Index(None, "tenant", "stream_id", "bits"),
    sa.Index(
        "ix_series_anomalies_feed",
        *("tenant", "stream_id", "seen_us", "severity", "bits", "pattern", "id"),
        *("first_at_us", "last_at_us"),
    ),
    sa.Index(None, "tenant", "pattern"),
    of_stream(),
)

reviews: Final = sa.Table(
    "reviews",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("anomaly_id", Id, primary_key=True),  # of a window or of a series
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("label", sa.String(16)),  # real, not_real, not_useful; null: not labelled
    sa.Column("reason", sa.String(32)),
    sa.Column("note", sa.Text),
    sa.Column("snoozed_until", UtcTime),
    sa.Column(
        "state", sa.String(16), nullable=False, server_default="open"
    ),  # acknowledged, investigating, resolved
    sa.Column("assignee", Id),  # a user
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Index(None, "tenant", "stream_id"),
    of_stream(),
)

desk_changes: Final = sa.Table(
    "desk_changes",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("what", sa.String(16), nullable=False),  # label, snooze, suppress, annotate, …
    sa.Column("detail", json_column(), nullable=False),  # what stood there before, and what stands there now
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("undone_at", UtcTime),
    sa.Column("undone_by", sa.String(64)),
    sa.Index(None, "tenant", "at"),
)

suppressions: Final = sa.Table(
    "suppressions",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("pattern", sa.String(16), nullable=False),
    sa.Column("until", UtcTime),  # null: until it is ended
    sa.Column("reason", sa.Text),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("ended_at", UtcTime),
)

annotations: Final = sa.Table(
    "annotations",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("stream_id", Id),  # null: of all streams
    sa.Column("about_us", sa.BigInteger, nullable=False),  # the moment it speaks of
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("removed_at", UtcTime),
    sa.Index(None, "tenant", "about_us"),
    of_stream(),
)

profile_changes: Final = sa.Table(
    "profile_changes",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("after_seq", sa.BigInteger, nullable=False),  # events up to here were judged as before
    sa.Column("before", json_column(), nullable=False),
    sa.Column("configuration", json_column(), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("undoes", Id),  # the change it takes back
    sa.Index(None, "tenant", "stream_id", "at"),
    of_stream(),
)

demo_data: Final = sa.Table(
    "demo_data",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("begun_at", UtcTime, nullable=False),
    sa.Column("days", sa.BigInteger, nullable=False),  # by which its times are moved
    sa.Column("taken", sa.BigInteger, nullable=False),  # parts that somebody prepares, or has prepared
    sa.Column("removed_at", UtcTime),
)

jobs: Final = sa.Table(
    "jobs",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),  # complete, detectability, placebo
    sa.Column("options", json_column(), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # as of runs
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.String(16), nullable=False),  # of both: events, trials
    sa.Column("result", json_column()),
    sa.Column("error", sa.Text),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("worker", sa.String(32)),
    sa.Column("heartbeat_at", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("finished_at", UtcTime),
    sa.Index(None, "state"),
    sa.Index(None, "tenant", "stream_id", "kind"),
    of_stream(),
)
