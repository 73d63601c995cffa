"""First tables: runs, streams, events, windows, anomalies, detector states.

Revision ID: 0001
Revises: none
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)
Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("configuration", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("bytes_read", sa.BigInteger(), nullable=False),
        sa.Column("events_received", sa.BigInteger(), nullable=False),
        sa.Column("events_analyzed", sa.BigInteger(), nullable=False),
        sa.Column("report", Json, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=True),
        sa.Column("heartbeat_at", Time, nullable=True),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("finished_at", Time, nullable=True),
        sa.Column("expires_at", Time, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_expires_at"), "runs", ["expires_at"], unique=False)
    op.create_index(op.f("ix_runs_state"), "runs", ["state"], unique=False)
    op.create_index(op.f("ix_runs_tenant_created_at"), "runs", ["tenant", "created_at"], unique=False)
    op.create_table(
        "streams",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("configuration", Json, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("windows", sa.BigInteger(), nullable=False),
        sa.Column("flagged", sa.BigInteger(), nullable=False),
        sa.Column("incidents", sa.BigInteger(), nullable=False),
        sa.Column("expected_by_chance", sa.Double(), nullable=False),
        sa.Column("events_needed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("expires_at", Time, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "run_id"], ["runs.tenant", "runs.id"], name=op.f("fk_streams_runs")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_streams")),
    )
    op.create_index(op.f("ix_streams_tenant_run_id"), "streams", ["tenant", "run_id"], unique=False)
    op.create_table(
        "anomalies",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("stream_id", sa.String(length=32), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("first_at_us", sa.BigInteger(), nullable=True),
        sa.Column("last_at_us", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("ncd", sa.Double(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.Column("p_stream", sa.Double(), nullable=False),
        sa.Column("p_perm", sa.Double(), nullable=False),
        sa.Column("extra_bits", sa.Double(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_anomalies_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_anomalies")),
        sa.UniqueConstraint(
            "tenant", "stream_id", "window", name=op.f("uq_anomalies_tenant_stream_id_window")
        ),
    )
    op.create_index(
        op.f("ix_anomalies_tenant_stream_id_extra_bits"),
        "anomalies",
        ["tenant", "stream_id", "extra_bits"],
        unique=False,
    )
    op.create_table(
        "detector_states",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("stream_id", sa.String(length=32), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", Time, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_detector_states_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "stream_id", name=op.f("pk_detector_states")),
    )
    op.create_table(
        "events",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("stream_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_events_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "stream_id", "seq", name=op.f("pk_events")),
        sa.UniqueConstraint("tenant", "stream_id", "key", name=op.f("uq_events_tenant_stream_id_key")),
    )
    op.create_table(
        "windows",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("stream_id", sa.String(length=32), nullable=False),
        sa.Column("window", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_at_us", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mu", sa.Double(), nullable=False),
        sa.Column("cbar", sa.Double(), nullable=False),
        sa.Column("m", sa.BigInteger(), nullable=False),
        sa.Column("p_stream", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("c_window", sa.BigInteger(), nullable=True),
        sa.Column("p_perm", sa.Double(), nullable=True),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_windows_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "stream_id", "window", name=op.f("pk_windows")),
    )


def downgrade() -> None:
    op.drop_table("windows")
    op.drop_table("events")
    op.drop_table("detector_states")
    op.drop_index(op.f("ix_anomalies_tenant_stream_id_extra_bits"), "anomalies")
    op.drop_table("anomalies")
    op.drop_index(op.f("ix_streams_tenant_run_id"), "streams")
    op.drop_table("streams")
    op.drop_index(op.f("ix_runs_tenant_created_at"), "runs")
    op.drop_index(op.f("ix_runs_state"), "runs")
    op.drop_index(op.f("ix_runs_expires_at"), "runs")
    op.drop_table("runs")
