"""Series: their points and their anomalies.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "series_slabs",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("stream_id", sa.String(length=32), nullable=False),
        sa.Column("series", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"], ["streams.tenant", "streams.id"], name=op.f("fk_series_slabs_streams")
        ),
        sa.PrimaryKeyConstraint("tenant", "stream_id", "series", "before", name=op.f("pk_series_slabs")),
    )
    op.create_table(
        "series_anomalies",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("stream_id", sa.String(length=32), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("last_record", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("first_at_us", sa.BigInteger(), nullable=True),
        sa.Column("last_at_us", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("nearest", sa.Double(), nullable=False),
        sa.Column("view", sa.String(length=32), nullable=False),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("whole", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream_id"],
            ["streams.tenant", "streams.id"],
            name=op.f("fk_series_anomalies_streams"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_series_anomalies")),
    )
    op.create_index(
        op.f("ix_series_anomalies_tenant_stream_id_bits"), "series_anomalies", ["tenant", "stream_id", "bits"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_series_anomalies_tenant_stream_id_bits"), "series_anomalies")
    op.drop_table("series_anomalies")
    op.drop_table("series_slabs")
