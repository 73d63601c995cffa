"""
The tables of who may do what, and of what was done.

Users and their sessions belong to no tenant: somebody who signs in is known
before it is known where. A secret is never stored, only what it is checked by.
"""

from typing import Final

import sqlalchemy as sa

from driftlock.storage.columns import Id, Tenant, id_column, metadata, tenant_column
from driftlock.storage.types import UtcTime, json_column

tenants: Final = sa.Table(
    "tenants",
    metadata,
    sa.Column("tenant", Tenant, primary_key=True),  # also in addresses: small letters, digits, hyphens
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plan", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # active, suspended, removed
    sa.Column("settings", json_column(), nullable=False),  # time zone, name and colours, masking, redaction
    sa.Column("retention_days", sa.Integer),  # null: that of the plan
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),  # of a visitor's; null: it stays
    sa.Index(None, "expires_at"),
)

users: Final = sa.Table(
    "users",
    metadata,
    id_column(),
    sa.Column(
        "email", sa.String(254)
    ),  # in small letters; null: the person's data were deleted, the id stays
    sa.Column("name", sa.Text),
    sa.Column("password", sa.String(128)),  # bcrypt; null: signs in elsewhere, or has not set one yet
    sa.Column("subject", sa.String(255)),  # of the identity provider
    sa.Column("state", sa.String(16), nullable=False),  # active, disabled
    sa.Column("failures", sa.Integer, nullable=False),  # since the last success
    sa.Column("locked_until", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("password_at", UtcTime),
    sa.Column("seen_at", UtcTime),
    sa.Column("preferences", json_column(), nullable=False),
    sa.UniqueConstraint("email"),
    sa.UniqueConstraint("subject"),
)

memberships: Final = sa.Table(
    "memberships",
    metadata,
    tenant_column(),
    sa.Column("user_id", Id, primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Index(None, "user_id"),
)

sessions: Final = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256 of the token
    sa.Column("user_id", Id),  # null: a visitor
    sa.Column("tenant", Tenant),  # of the visitor, else the one last chosen
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("revoked_at", UtcTime),
    sa.Column("address", sa.String(64)),
    sa.Index(None, "user_id"),
    sa.Index(None, "expires_at"),
)

invitations: Final = sa.Table(
    "invitations",
    metadata,
    tenant_column(),
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256 of the token
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
    sa.Column("revoked_at", UtcTime),
)

api_keys: Final = sa.Table(
    "api_keys",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),  # of people, or stream: may only send
    sa.Column("stream_id", Id),  # that it may send to; null: any
    sa.Column("hash", sa.String(128), nullable=False),  # Argon2id of the whole key
    sa.Column("hint", sa.String(8), nullable=False),  # first characters of the secret
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("used_at", UtcTime),
    sa.Column("used_from", sa.String(64)),
    sa.Column("revoked_at", UtcTime),
    sa.Column("replaces", Id),  # the key it was made from by rotation
    sa.Index(None, "id"),
)
_HEX: Final = 16 * "[0-9a-f]"
IN_SQLITE: Final = f'"before" GLOB \'*"{_HEX}*\' OR "after" GLOB \'*"{_HEX}*\''
IN_POSTGRESQL: Final = f'"before"::text ~ \'"{_HEX}\' OR "after"::text ~ \'"{_HEX}\''

audit_log: Final = sa.Table(
    "audit_log",
    metadata,
    tenant_column(),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),  # from 1 without gaps
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),  # a user's id, key:ID, visitor or system
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("object_kind", sa.String(32), nullable=False),
    sa.Column("object_id", sa.String(64), nullable=False),
    sa.Column("before", json_column()),
    sa.Column("after", json_column()),
    sa.Column("reason", sa.Text),
    sa.Column("address", sa.String(64)),
    sa.Column("previous", sa.String(64), nullable=False),  # hash of the row before; zeros before the first
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index(None, "tenant", "at"),
    sa.Index(None, "tenant", "object_id"),
    # Of few rows: those whose before or after name something by its id.
    sa.Index(
        "ix_audit_log_naming",
        "tenant",
        "seq",
        sqlite_where=sa.text(IN_SQLITE),
        postgresql_where=sa.text(IN_POSTGRESQL),
    ),
)

accesses: Final = sa.Table(
    "accesses",
    metadata,
    tenant_column(),
    id_column(),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("what", sa.String(32), nullable=False),  # opened, exported, verified, refused, signed_in
    sa.Column("object_kind", sa.String(32), nullable=False),
    sa.Column("object_id", sa.String(64), nullable=False),
    sa.Column("address", sa.String(64)),
    sa.Index(None, "tenant", "at"),
    sa.Index(None, "tenant", "object_id"),
)
