"""Indexes for what is asked of a million rows: flagged windows in time, and the log by what it names.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OF_FEED = ("tenant", "stream_id", "seen_us", "severity")
FEEDS = (
    ("ix_anomalies_feed", "anomalies", (*OF_FEED, "extra_bits", "pattern", "incident", "window", "id")),
    ("ix_series_anomalies_feed", "series_anomalies", (*OF_FEED, "bits", "pattern", "id")),
)
TIMES = ("first_at_us", "last_at_us")
HEX = 16 * "[0-9a-f]"


def upgrade() -> None:
    for name, table, columns in FEEDS:
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *TIMES])
    op.create_index(op.f("ix_audit_log_tenant_object_id"), "audit_log", ["tenant", "object_id"])
    if op.get_bind().dialect.name == "postgresql":
        naming = sa.text(f"\"before\"::text ~ '\"{HEX}' OR \"after\"::text ~ '\"{HEX}'")
    else:
        naming = sa.text(f"\"before\" GLOB '*\"{HEX}*' OR \"after\" GLOB '*\"{HEX}*'")
    op.create_index(
        "ix_audit_log_naming",
        "audit_log",
        ["tenant", "seq"],
        sqlite_where=naming,
        postgresql_where=naming,
    )


def downgrade() -> None:
    op.drop_index("ix_audit_log_naming", "audit_log")
    op.drop_index(op.f("ix_audit_log_tenant_object_id"), "audit_log")
    for name, table, columns in FEEDS:
        op.drop_index(name, table)
        op.create_index(name, table, list(columns))
