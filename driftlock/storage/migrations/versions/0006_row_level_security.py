"""Tenants kept apart by PostgreSQL itself; logs that nobody can rewrite.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Whoever shares out work, or asks who somebody is, reads these of all tenants at once. They hold no payload.
SHARED = (
    "api_keys",
    "demo_data",
    "detector_states",
    "invitations",
    "jobs",
    "memberships",
    "runs",
    "streams",
    "tenants",
)
OWN = (
    "accesses",
    "anchors",
    "annotations",
    "anomalies",
    "audit_log",
    "bundles",
    "case_anomalies",
    "cases",
    "comments",
    "desk_changes",
    "drift_points",
    "events",
    "profile_changes",
    "proposals",
    "reviews",
    "series_anomalies",
    "series_slabs",
    "suppressions",
    "votes",
    "windows",
)
KEPT = ("accesses", "audit_log")
POLICIES = ("tenant_reads", "tenant_adds", "tenant_changes", "tenant_removes", "owner_copies", "owner_fills")
# As a sub-query it is asked once for a statement, not once for a row.
CARRIED = "(SELECT current_setting('driftlock.tenant', true))"
NOW_CARRIED = "current_setting('driftlock.tenant', true)"
EVERY = "'*'"  # instead of a tenant: who shares out work
WHOLE = "'**'"  # instead of a tenant: a backup, by the owner of the tables alone
STAYS = "{} stays as it was written"
GONE = "SELECT 1 FROM tenants WHERE tenants.tenant = OLD.tenant AND tenants.state <> 'removed'"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        compare_as_bytes()
        for table in (*SHARED, *OWN):
            keep_apart(table)
        keep_as_written_on_postgresql()
    else:
        for table in KEPT:
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{STAYS.format(table)}'); END"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN EXISTS ({GONE}) "
                f"BEGIN SELECT RAISE(ABORT, '{STAYS.format(table)}'); END"
            )


def compare_as_bytes() -> None:
    """Order and case as in SQLite, whatever the language of the database: what is read in order reads the same."""
    columns = op.get_bind().execute(
        sa.text(
            "SELECT table_name, column_name, format_type(atttypid, atttypmod) FROM information_schema.columns "
            "JOIN pg_attribute ON attrelid = quote_ident(table_name)::regclass AND attname = column_name "
            "WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text') "
            "AND table_name <> 'alembic_version' AND collation_name IS NULL ORDER BY 1, ordinal_position"
        )
    )
    changes = {}
    for table, column, kind in columns:
        changes.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
    for table, changed in changes.items():
        op.execute(f"ALTER TABLE {table} {', '.join(changed)}")


def keep_apart(table: str) -> None:
    shared = f" OR {CARRIED} = {EVERY}" if table in SHARED else ""
    own = f"tenant = {NOW_CARRIED} AND tenant <> {EVERY}"
    # Whoever takes up work locks the row first: what it then writes must still be the tenant's own.
    op.execute(f"CREATE POLICY tenant_reads ON {table} FOR SELECT USING (tenant = {CARRIED}{shared})")
    op.execute(f"CREATE POLICY tenant_adds ON {table} FOR INSERT WITH CHECK ({own})")
    op.execute(
        f"CREATE POLICY tenant_changes ON {table} FOR UPDATE USING (tenant = {CARRIED}{shared}) WITH CHECK ({own})"
    )
    op.execute(f"CREATE POLICY tenant_removes ON {table} FOR DELETE USING (tenant = {CARRIED})")
    op.execute(
        f"CREATE POLICY owner_copies ON {table} FOR SELECT TO CURRENT_USER USING ({CARRIED} = {WHOLE})"
    )
    op.execute(
        f"CREATE POLICY owner_fills ON {table} FOR INSERT TO CURRENT_USER WITH CHECK ({NOW_CARRIED} = {WHOLE})"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def keep_as_written_on_postgresql() -> None:
    op.execute(
        f"""
        CREATE FUNCTION driftlock_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND NOT EXISTS ({GONE}) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '% stays as it was written', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION driftlock_stays_whole() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% stays as it was written', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$
        """
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION driftlock_stays()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION driftlock_stays_whole()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP TRIGGER {table}_stays ON {table}")
            op.execute(f"DROP TRIGGER {table}_stays_whole ON {table}")
        op.execute("DROP FUNCTION driftlock_stays()")
        op.execute("DROP FUNCTION driftlock_stays_whole()")
        for table in (*SHARED, *OWN):
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            for policy in POLICIES:
                op.execute(f"DROP POLICY {policy} ON {table}")
    else:
        for table in KEPT:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
