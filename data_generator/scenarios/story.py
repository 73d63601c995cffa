"""What a reader is told about a scenario: its story, its truth, its captions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from data_generator.scenarios.event import Kind, Signal

Group = Literal["scenario", "kind", "industry"]

OPENS_AT: Final = datetime(2026, 3, 2, 14, tzinfo=UTC)  # a Monday afternoon, when traffic is even
LEAST_INTERVAL: Final = 100  # events: fewer than two windows of 50 would be a fault nobody can date


class UnknownScenario(LookupError):
    """No scenario has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What can be known about a scenario before it is played. An id, once published, keeps its meaning."""

    id: str
    title: str
    group: Group
    story: str  # one sentence about the ordinary traffic
    hidden: str  # one sentence: what is hidden in it, shown only on request
    expected: str  # one sentence: what a good detector does
    signals: tuple[Signal, ...]  # that it can send
    shows_in: tuple[Signal, ...]  # in which of them its faults show
    kinds: tuple[Kind, ...]  # of its faults, in order
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """
    One fault in a played scenario, as the half-open interval [start, stop) of 0-based event positions.

    It reaches from the first to the last event that the fault changed; ordinary events go on
    between them.
    """

    start: int
    stop: int
    start_us: int  # moment of the first changed event, microseconds since 1970 UTC
    stop_us: int  # moment of the last
    kind: Kind
    fault: str
    affected: tuple[str, ...]  # services
    changed: str  # one sentence: what differs from ordinary traffic
    changed_events: int
    affected_events: int  # events of the affected services inside the interval

    def __contains__(self, position: object) -> bool:
        return isinstance(position, int) and self.start <= position < self.stop


@dataclass(frozen=True, slots=True)
class Caption:
    """What a narrator says at a moment of a scenario."""

    position: int  # of the event it is tied to, 0-based
    at_us: int
    text: str
