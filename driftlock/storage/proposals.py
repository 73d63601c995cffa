"""Proposals of other limits."""

from dataclasses import asdict, fields

import sqlalchemy as sa

from driftlock.services.proposals_store import Proposal
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import streams
from driftlock.storage.schema_proof import proposals

AUTO = "auto_tune"  # among the settings of a stream
_FIELDS = tuple(field.name for field in fields(Proposal))
_DECIDED = ("state", "figures", "decided_at", "by", "reason", "until")


class SqlProposals:
    """:class:`driftlock.services.proposals_store.ProposalTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, proposal: Proposal) -> None:
        """Keep it; an open one of the same stream is withdrawn."""
        mine = (proposals.c.tenant == proposal.tenant) & (proposals.c.stream_id == proposal.stream_id)
        with writing(self._engine, proposal.tenant) as connection:
            connection.execute(
                sa.update(proposals)
                .where(mine, proposals.c.state == "open")
                .values(state="withdrawn", decided_at=proposal.at)
            )
            connection.execute(sa.insert(proposals).values(asdict(proposal)))

    def get(self, tenant: str, proposal_id: str) -> Proposal | None:
        """The proposal of that id, if this tenant has it."""
        query = _all().where(proposals.c.tenant == tenant, proposals.c.id == proposal_id)
        with reading(self._engine, tenant) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else Proposal(**found)

    def of_stream(self, tenant: str, stream_id: str, limit: int) -> list[Proposal]:
        """Newest first."""
        query = (
            _all()
            .where(proposals.c.tenant == tenant, proposals.c.stream_id == stream_id)
            .order_by(proposals.c.at.desc(), proposals.c.id)
            .limit(limit)
        )
        with reading(self._engine, tenant) as connection:
            return [Proposal(**row) for row in connection.execute(query).mappings()]

    def decide(self, proposal: Proposal) -> bool:
        """Keep its state, by whom, why and until when; False if it was decided meanwhile."""
        with writing(self._engine, proposal.tenant) as connection:
            return bool(
                connection.execute(
                    sa.update(proposals)
                    .where(proposals.c.tenant == proposal.tenant, proposals.c.id == proposal.id)
                    .where(proposals.c.state == "open")
                    .values({name: getattr(proposal, name) for name in _DECIDED})
                ).rowcount
            )

    def measure(self, proposal: Proposal) -> None:
        """Keep what came of it."""
        with writing(self._engine, proposal.tenant) as connection:
            connection.execute(
                sa.update(proposals)
                .where(proposals.c.tenant == proposal.tenant, proposals.c.id == proposal.id)
                .values(measured=proposal.measured, measured_at=proposal.measured_at)
            )

    def auto(self, tenant: str, stream_id: str) -> bool:
        """Whether proposals of the stream are applied by themselves."""
        query = sa.select(streams.c.settings).where(streams.c.tenant == tenant, streams.c.id == stream_id)
        with reading(self._engine, tenant) as connection:
            return bool((connection.scalar(query) or {}).get(AUTO))

    def set_auto(self, tenant: str, stream_id: str, on: bool) -> bool:
        """False: the tenant has no such stream."""
        one = (streams.c.tenant == tenant) & (streams.c.id == stream_id)
        with writing(self._engine, tenant) as connection:
            found = connection.execute(sa.select(streams.c.settings).where(one).with_for_update()).first()
            if found is None:
                return False
            settings = (found.settings or {}) | {AUTO: on}
            connection.execute(sa.update(streams).where(one).values(settings=settings))
        return True


def _all() -> sa.Select[tuple[object, ...]]:
    return sa.select(*(proposals.c[name] for name in _FIELDS))
