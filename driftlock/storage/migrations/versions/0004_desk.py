"""The analyst's desk: when a window was seen, reviews, notes, suppressed patterns, changes of limits, jobs.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from driftlock.storage.types import UtcTime, json_column

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FOUND = ("windows", "anomalies", "series_anomalies")
INDEXES = (
    ("ix_windows_lanes", "windows", ("chance", "size", "mu")),
    ("ix_anomalies_feed", "anomalies", ("severity", "extra_bits", "pattern", "incident", "window", "id")),
    ("ix_series_anomalies_feed", "series_anomalies", ("severity", "bits", "pattern", "id")),
)


def of_stream(table):
    return sa.ForeignKeyConstraint(
        ["tenant", "stream_id"],
        ["streams.tenant", "streams.id"],
        name=op.f(f"fk_{table}_streams"),
    )


def upgrade() -> None:
    for table in FOUND:
        op.add_column(table, sa.Column("seen_us", sa.BigInteger(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE {table} SET seen_us = COALESCE(last_at_us, (SELECT events.received_us FROM events "
            f"WHERE events.tenant = {table}.tenant AND events.stream_id = {table}.stream_id "
            f"AND events.seq = {table}.last_seq), 0)"
        )
    for table in FOUND[1:]:
        op.add_column(table, sa.Column("pattern", sa.String(16), nullable=False, server_default=""))
        op.create_index(op.f(f"ix_{table}_tenant_pattern"), table, ["tenant", "pattern"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, ["tenant", "stream_id", "seen_us", *columns])
    op.create_table(
        "reviews",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("anomaly_id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("label", sa.String(16)),
        sa.Column("reason", sa.String(32)),
        sa.Column("note", sa.Text()),
        sa.Column("snoozed_until", UtcTime()),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "anomaly_id", name=op.f("pk_reviews")),
        of_stream("reviews"),
    )
    op.create_index(op.f("ix_reviews_tenant_stream_id"), "reviews", ["tenant", "stream_id"])
    op.create_table(
        "desk_changes",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("detail", json_column(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("undone_at", UtcTime()),
        sa.Column("undone_by", sa.String(64)),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_desk_changes")),
    )
    op.create_index(op.f("ix_desk_changes_tenant_at"), "desk_changes", ["tenant", "at"])
    op.create_table(
        "suppressions",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("pattern", sa.String(16), nullable=False),
        sa.Column("until", UtcTime()),
        sa.Column("reason", sa.Text()),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("ended_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "annotations",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32)),
        sa.Column("about_us", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("removed_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_annotations")),
        of_stream("annotations"),
    )
    op.create_index(op.f("ix_annotations_tenant_about_us"), "annotations", ["tenant", "about_us"])
    op.create_table(
        "profile_changes",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("before", json_column(), nullable=False),
        sa.Column("configuration", json_column(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("undoes", sa.String(32)),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_profile_changes")),
        of_stream("profile_changes"),
    )
    op.create_index(op.f("ix_profile_changes_tenant_stream_id_at"), "profile_changes", ["tenant", "stream_id", "at"])
    op.create_table(
        "demo_data",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("begun_at", UtcTime(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_demo_data")),
    )
    op.create_table(
        "jobs",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("options", json_column(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("result", json_column()),
        sa.Column("error", sa.Text()),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(32)),
        sa.Column("heartbeat_at", UtcTime()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_jobs")),
        of_stream("jobs"),
    )
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"])
    op.create_index(op.f("ix_jobs_tenant_stream_id_kind"), "jobs", ["tenant", "stream_id", "kind"])


def downgrade() -> None:
    for table in ("jobs", "demo_data", "profile_changes", "annotations", "suppressions", "desk_changes", "reviews"):
        op.drop_table(table)
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    for table in FOUND[1:]:
        op.drop_index(op.f(f"ix_{table}_tenant_pattern"), table)
        with op.batch_alter_table(table) as batch:
            batch.drop_column("pattern")
    for table in FOUND:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("seen_us")
