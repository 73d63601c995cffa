"""The tables of what was held against what: anchors and drift, judgements of people, cases, evidence."""

from typing import Final

import sqlalchemy as sa

from driftlock.storage.columns import Id, id_column, metadata, of_stream, tenant_column
from driftlock.storage.types import UtcTime, json_column

anchors: Final = sa.Table(
    "anchors",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # active (one a stream), kept, retired
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),  # of the canonical bytes
    sa.Column("content", sa.LargeBinary, nullable=False),  # canonical bytes, packed
    sa.Column("configuration", json_column(), nullable=False),
    sa.Column("figures", json_column(), nullable=False),  # its own spread, to which a distance is held
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("activated_at", UtcTime),
    sa.Column("retired_at", UtcTime),
    sa.Index(None, "tenant", "stream_id", "at"),
    of_stream(),
)

drift_points: Final = sa.Table(
    "drift_points",
    metadata,
    tenant_column(),
    sa.Column("stream_id", Id, primary_key=True),
    sa.Column("anchor_id", Id, primary_key=True),
    sa.Column(
        "seq", sa.BigInteger, primary_key=True, autoincrement=False
    ),  # last event of the baseline held to it
    sa.Column("seen_us", sa.BigInteger, nullable=False),
    sa.Column("distance", sa.Double, nullable=False),
    sa.Column("low", sa.Double, nullable=False),  # the ordinary range of the anchor itself
    sa.Column("high", sa.Double, nullable=False),
    sa.Column("p", sa.Double, nullable=False),
    of_stream(),
)

votes: Final = sa.Table(
    "votes",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("anomaly_id", Id),  # null: a window that was not flagged
    sa.Column("window", sa.BigInteger),  # null: of a series
    sa.Column("label", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.Column("scope", sa.String(16), nullable=False),  # this, pattern, stream
    sa.Column("queue", sa.String(16)),  # that showed it: newest, boundary, random, …; null: none
    sa.Column("note", sa.Text),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sa.Index(None, "tenant", "stream_id", "at"),
    sa.Index(None, "tenant", "anomaly_id"),
    of_stream(),
)

proposals: Final = sa.Table(
    "proposals",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("stream_id", Id, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # open, applied, rejected, snoozed, withdrawn
    sa.Column("current", json_column(), nullable=False),
    sa.Column("candidate", json_column(), nullable=False),
    sa.Column("figures", json_column(), nullable=False),  # recount on labels, on history, expected
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("decided_at", UtcTime),
    sa.Column("by", sa.String(64)),
    sa.Column("reason", sa.Text),
    sa.Column("until", UtcTime),  # snoozed
    sa.Column("measured", json_column()),  # what came of it, later
    sa.Column("measured_at", UtcTime),
    sa.Index(None, "tenant", "stream_id", "at"),
    of_stream(),
)

cases: Final = sa.Table(
    "cases",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # open, acknowledged, investigating, resolved
    sa.Column("severity", sa.String(8), nullable=False),
    sa.Column("assignee", sa.String(64)),
    sa.Column("snoozed_until", UtcTime),
    sa.Column("first_us", sa.BigInteger, nullable=False),
    sa.Column("last_us", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("timeline", json_column(), nullable=False),  # state by state: when, by whom
    sa.Index(None, "tenant", "last_us"),
)

case_anomalies: Final = sa.Table(
    "case_anomalies",
    metadata,
    tenant_column(),
    sa.Column("case_id", Id, primary_key=True),
    sa.Column("anomaly_id", Id, primary_key=True),
    sa.Column("stream_id", Id, nullable=False),
    sa.ForeignKeyConstraint(["tenant", "case_id"], ["cases.tenant", "cases.id"]),
    sa.Index(None, "tenant", "anomaly_id"),
)

comments: Final = sa.Table(
    "comments",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("object_kind", sa.String(16), nullable=False),  # case, anomaly
    sa.Column("object_id", Id, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("removed_at", UtcTime),
    sa.Index(None, "tenant", "object_id"),
)

bundles: Final = sa.Table(
    "bundles",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("template", sa.String(32), nullable=False),
    sa.Column("scope", json_column(), nullable=False),  # an anomaly, a case, or from and to
    sa.Column("policy", sa.String(16), nullable=False),  # of payloads: full, masked, digests
    sa.Column("state", sa.String(16), nullable=False),  # queued, running, done, failed
    sa.Column("sha256", sa.String(64)),
    sa.Column("size_bytes", sa.BigInteger),
    sa.Column("content", sa.LargeBinary),
    sa.Column("error", sa.Text),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("held", sa.Boolean, nullable=False),  # kept whatever retention says
    sa.Index(None, "tenant", "at"),
)
