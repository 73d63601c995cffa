"""Proposals of other limits as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from driftlock.errors import ApplicationError
from driftlock.services.feedback_store import FeedbackStore
from driftlock.services.tuning_changes import TuningStore
from driftlock_core.recount import Rule

ProposalState = Literal["open", "applied", "rejected", "snoozed", "withdrawn"]


class CannotPropose(ApplicationError):
    """There is nothing to propose, or nothing that may be applied; the message says why, and what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    Limits for one stream that labels speak for.

    ``figures`` holds plain counts: ``labels``, ``chosen_on`` and ``held_out``
    (labelled places kept and dropped under both rules), ``history`` (flagged
    and expected under both), ``lost`` (places called real that the candidate
    would drop, by their first window) and, once applied, ``change``.
    """

    tenant: str
    id: str
    stream_id: str
    state: ProposalState
    current: Mapping[str, float]  # threshold, alpha
    candidate: Mapping[str, float]
    figures: Mapping[str, Any]
    at: datetime
    decided_at: datetime | None = None
    by: str | None = None  # who decided
    reason: str | None = None
    until: datetime | None = None  # snoozed
    measured: Mapping[str, Any] | None = None
    measured_at: datetime | None = None

    @property
    def old_rule(self) -> Rule:
        """Limits in force when it was made."""
        return rule_of(self.current)

    @property
    def rule(self) -> Rule:
        """Limits proposed."""
        return rule_of(self.candidate)


class ProposalTable(Protocol):
    """The proposals, and whether a stream may be tuned by itself."""

    def add(self, proposal: Proposal) -> None:
        """Keep it; an open one of the same stream is withdrawn."""

    def get(self, tenant: str, proposal_id: str) -> Proposal | None: ...

    def of_stream(self, tenant: str, stream_id: str, limit: int) -> list[Proposal]:
        """Newest first."""

    def decide(self, proposal: Proposal) -> bool:
        """Keep its state, by whom, why and until when; False if it was decided meanwhile."""

    def measure(self, proposal: Proposal) -> None:
        """Keep what came of it."""

    def auto(self, tenant: str, stream_id: str) -> bool:
        """Whether proposals of the stream are applied by themselves."""

    def set_auto(self, tenant: str, stream_id: str, on: bool) -> bool:
        """False: the tenant has no such stream."""


class ProposalStore(FeedbackStore, TuningStore, Protocol):
    """A store that keeps proposals too."""

    @property
    def proposals(self) -> ProposalTable: ...


def plain(rule: Rule) -> dict[str, float]:
    """
    >>> plain(Rule(threshold=0.3, alpha=0.05))
    {'threshold': 0.3, 'alpha': 0.05}
    """
    return {"threshold": rule.threshold, "alpha": rule.alpha}


def rule_of(kept: Mapping[str, float]) -> Rule:
    """The inverse of :func:`plain`."""
    return Rule(threshold=kept["threshold"], alpha=kept["alpha"])
