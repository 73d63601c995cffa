"""What lasts and whom it lets in: tenants, people, keys, audit, anchors, judgements, cases, evidence.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from driftlock.storage.types import UtcTime, json_column

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "accesses",
    "api_keys",
    "audit_log",
    "bundles",
    "cases",
    "comments",
    "invitations",
    "memberships",
    "sessions",
    "tenants",
    "users",
    "case_anomalies",
    "anchors",
    "drift_points",
    "proposals",
    "votes",
)
ADDED = (("streams", ("redact", "retention_days", "removed_through", "removed_at", "settings")), ("reviews", ("state", "assignee")))


def upgrade() -> None:
    op.create_table(
        "accesses",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("object_kind", sa.String(32), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64)),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_accesses")),
    )
    op.create_index(op.f("ix_accesses_tenant_at"), "accesses", ["tenant", "at"])
    op.create_index(op.f("ix_accesses_tenant_object_id"), "accesses", ["tenant", "object_id"])
    op.create_table(
        "api_keys",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("stream_id", sa.String(32)),
        sa.Column("hash", sa.String(128), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime()),
        sa.Column("used_at", UtcTime()),
        sa.Column("used_from", sa.String(64)),
        sa.Column("revoked_at", UtcTime()),
        sa.Column("replaces", sa.String(32)),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_api_keys")),
    )
    op.create_index(op.f("ix_api_keys_id"), "api_keys", ["id"])
    op.create_table(
        "audit_log",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("object_kind", sa.String(32), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("before", json_column()),
        sa.Column("after", json_column()),
        sa.Column("reason", sa.Text()),
        sa.Column("address", sa.String(64)),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_tenant_at"), "audit_log", ["tenant", "at"])
    op.create_table(
        "bundles",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("scope", json_column(), nullable=False),
        sa.Column("policy", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("error", sa.Text()),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime()),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_tenant_at"), "bundles", ["tenant", "at"])
    op.create_table(
        "cases",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("assignee", sa.String(64)),
        sa.Column("snoozed_until", UtcTime()),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.Column("last_us", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("timeline", json_column(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_tenant_last_us"), "cases", ["tenant", "last_us"])
    op.create_table(
        "comments",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("object_kind", sa.String(16), nullable=False),
        sa.Column("object_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("removed_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_tenant_object_id"), "comments", ["tenant", "object_id"])
    op.create_table(
        "invitations",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("used_at", UtcTime()),
        sa.Column("revoked_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_invitations")),
    )
    op.create_table(
        "memberships",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "user_id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32)),
        sa.Column("tenant", sa.String(64)),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("revoked_at", UtcTime()),
        sa.Column("address", sa.String(64)),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_table(
        "tenants",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plan", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settings", json_column(), nullable=False),
        sa.Column("retention_days", sa.Integer()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime()),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_tenants")),
    )
    op.create_index(op.f("ix_tenants_expires_at"), "tenants", ["expires_at"])
    op.create_table(
        "users",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("name", sa.Text()),
        sa.Column("password", sa.String(128)),
        sa.Column("subject", sa.String(255)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcTime()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("password_at", UtcTime()),
        sa.Column("seen_at", UtcTime()),
        sa.Column("preferences", json_column(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_table(
        "case_anomalies",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("anomaly_id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["cases.tenant", "cases.id"], name=op.f("fk_case_anomalies_cases")
        ),
        sa.PrimaryKeyConstraint("tenant", "case_id", "anomaly_id", name=op.f("pk_case_anomalies")),
    )
    op.create_index(op.f("ix_case_anomalies_tenant_anomaly_id"), "case_anomalies", ["tenant", "anomaly_id"])
    op.create_table(
        "anchors",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("configuration", json_column(), nullable=False),
        sa.Column("figures", json_column(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("activated_at", UtcTime()),
        sa.Column("retired_at", UtcTime()),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_anchors_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_anchors")),
    )
    op.create_index(op.f("ix_anchors_tenant_stream_id_at"), "anchors", ["tenant", "stream_id", "at"])
    op.create_table(
        "drift_points",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("anchor_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("distance", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_drift_points_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "stream_id", "anchor_id", "seq", name=op.f("pk_drift_points")),
    )
    op.create_table(
        "proposals",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("current", json_column(), nullable=False),
        sa.Column("candidate", json_column(), nullable=False),
        sa.Column("figures", json_column(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime()),
        sa.Column("by", sa.String(64)),
        sa.Column("reason", sa.Text()),
        sa.Column("until", UtcTime()),
        sa.Column("measured", json_column()),
        sa.Column("measured_at", UtcTime()),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_proposals_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_tenant_stream_id_at"), "proposals", ["tenant", "stream_id", "at"])
    op.create_table(
        "votes",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stream_id", sa.String(32), nullable=False),
        sa.Column("anomaly_id", sa.String(32)),
        sa.Column("window", sa.BigInteger()),
        sa.Column("label", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("queue", sa.String(16)),
        sa.Column("note", sa.Text()),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("withdrawn_at", UtcTime()),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_votes_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_votes")),
    )
    op.create_index(op.f("ix_votes_tenant_anomaly_id"), "votes", ["tenant", "anomaly_id"])
    op.create_index(op.f("ix_votes_tenant_stream_id_at"), "votes", ["tenant", "stream_id", "at"])
    op.add_column("reviews", sa.Column("state", sa.String(16), server_default="open", nullable=False))
    op.add_column("reviews", sa.Column("assignee", sa.String(32)))
    op.add_column("streams", sa.Column("redact", json_column()))
    op.add_column("streams", sa.Column("retention_days", sa.Integer()))
    op.add_column(
        "streams", sa.Column("removed_through", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("streams", sa.Column("removed_at", UtcTime()))
    op.add_column("streams", sa.Column("settings", json_column()))
    # Whoever has data here was the only tenant until now; it comes with a new database as well.
    op.execute(
        "INSERT INTO tenants (tenant, name, plan, state, settings, created_at) "
        "VALUES ('demo', 'Demo', 'developer', 'active', '{}', CURRENT_TIMESTAMP)"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, columns in ADDED:
        for column in columns:
            op.drop_column(table, column)  # in place: other tables point at these
