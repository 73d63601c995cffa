"""What the views say of each window, and which of them stand out in an anomaly.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ASPECTS = [f"{aspect}_{what}" for aspect in ("content", "mix", "pace") for what in ("p", "distance")]


def upgrade() -> None:
    with op.batch_alter_table("windows") as windows:
        windows.add_column(sa.Column("factor", sa.BigInteger(), nullable=True))
        for name in ASPECTS:
            windows.add_column(sa.Column(name, sa.Double(), nullable=True))
    with op.batch_alter_table("anomalies") as anomalies:
        anomalies.add_column(sa.Column("views", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("anomalies") as anomalies:
        anomalies.drop_column("views")
    with op.batch_alter_table("windows") as windows:
        for name in reversed(ASPECTS):
            windows.drop_column(name)
        windows.drop_column("factor")
