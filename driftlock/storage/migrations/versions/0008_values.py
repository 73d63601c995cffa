"""What the numbers of each window say.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("values_p", "values_distance")


def upgrade() -> None:
    with op.batch_alter_table("windows") as windows:
        for name in COLUMNS:
            windows.add_column(sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("windows") as windows:
        for name in reversed(COLUMNS):
            windows.drop_column(name)
