"""How much of each window was never seen before.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = ("novelty_p", "novelty_distance")


def upgrade() -> None:
    with op.batch_alter_table("windows") as windows:
        for name in COLUMNS:
            windows.add_column(sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("windows") as windows:
        for name in reversed(COLUMNS):
            windows.drop_column(name)
