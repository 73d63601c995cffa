"""The rules of redaction of each stream."""

from collections.abc import Sequence

import sqlalchemy as sa

from driftlock.services.redaction import MADE_HERE, SETTING
from driftlock.storage.connect import reading
from driftlock.storage.schema import runs, streams
from driftlock.storage.schema_people import tenants


class SqlRedaction:
    """:class:`driftlock.ports.RedactionTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def rules(self, tenant: str, stream_id: str) -> Sequence[str] | None:
        """Those of the stream, else none for what is made here, else of its tenant; None: nobody says."""
        query = (
            sa.select(streams.c.redact, runs.c.source, tenants.c.settings)
            .select_from(
                streams.outerjoin(
                    runs, (runs.c.tenant == streams.c.tenant) & (runs.c.id == streams.c.run_id)
                ).outerjoin(tenants, tenants.c.tenant == streams.c.tenant)
            )
            .where(streams.c.tenant == tenant, streams.c.id == stream_id)
        )
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).first()
        if found is None:
            return None
        if found.redact is not None:
            return list(found.redact)
        if found.source in MADE_HERE:
            return []
        rules = (found.settings or {}).get(SETTING)
        return None if rules is None else list(rules)
