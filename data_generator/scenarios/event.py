"""Events of a scenario, and the sources and faults they come from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, NamedTuple, Protocol, TypeVar

Signal = Literal["logs", "metrics", "traces", "llm"]
Kind = Literal["statistical", "behavioural", "contextual", "collective", "temporal", "spatial", "graph"]
Record = dict[str, Any]

SIGNALS: Final[tuple[Signal, ...]] = ("logs", "metrics", "traces", "llm")
KINDS: Final[tuple[Kind, ...]] = (
    "statistical", "behavioural", "contextual", "collective", "temporal", "spatial", "graph",
)  # fmt: skip


class Event(NamedTuple):
    """One event at its moment. *changed* tells the truth about it and never reaches the wire."""

    at_us: int  # microseconds since 1970 UTC
    signal: Signal
    record: Record  # without its time; always with "service"
    changed: bool = False


class World(Protocol):
    """Ordinary traffic: what one arrival (a request, a transfer, a scrape) sends, in any order of time."""

    def arrival(self, at_us: int) -> list[Event]: ...


W = TypeVar("W", bound=World)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Generic[W]):
    """What goes wrong: while it lasts, *strike* takes the place of most of the world's own arrivals."""

    name: str
    kind: Kind
    affected: tuple[str, ...]  # services
    changed: str  # one sentence: what differs from ordinary traffic
    strike: Callable[[W, int], list[Event]]
    begins: str  # what a narrator says when it begins
    ends: str  # and when it is over
    share: float = 1.0  # of the arrivals that it takes over
    speed: float = 1.0  # of arrivals while it lasts, relative to ordinary
    shows_in: tuple[Signal, ...] = ("logs",)
