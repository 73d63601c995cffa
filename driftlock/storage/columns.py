"""What the tables share: their names, the columns that stand in all of them, the keys between them."""

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Tenant: Final = sa.String(64)
Id: Final = sa.String(32)


def of_stream() -> sa.ForeignKeyConstraint:
    """To the stream of the columns ``tenant`` and ``stream_id``."""
    return sa.ForeignKeyConstraint(["tenant", "stream_id"], ["streams.tenant", "streams.id"])


def tenant_column() -> sa.Column[str]:
    """Whose row it is."""
    return sa.Column("tenant", Tenant, primary_key=True)


def id_column() -> sa.Column[str]:
    """32 hexadecimal digits, made here."""
    return sa.Column("id", Id, primary_key=True)
