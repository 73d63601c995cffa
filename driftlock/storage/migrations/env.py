"""Run by Alembic for each command; the connection and its transaction come from driftlock.storage.migrate."""

from alembic import context

from driftlock.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
context.run_migrations()
