"""The timeline: ordinary traffic and faults merged into one stream in order of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Generic, Protocol, TypeVar

from data_generator.dice import Dice
from data_generator.intervals import TruthInterval
from data_generator.rhythm import Arrivals, Rhythm

# What an event says, without its time; data_generator.wire turns it into bytes.
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Emission:
    """One event at its moment. *changed* tells the truth about it and never reaches the wire."""

    at_us: int  # microseconds since 1970 UTC
    record: Record
    changed: bool = False


class Source(Protocol):
    """Ordinary traffic: what one arrival (a request, a login, a scrape) sends."""

    def arrival(self, at_us: int) -> list[Emission]: ...


S = TypeVar("S", bound=Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Generic[S]):
    """What goes wrong: while it lasts, *strike* takes the place of the source's own arrivals."""

    kind: str
    affected: tuple[str, ...]
    changed: str
    strike: Callable[[S, int], list[Emission]]
    share: float = 1.0  # of the arrivals that it takes over
    speed: float = 1.0  # of arrivals while it lasts, relative to ordinary


@dataclass(frozen=True, slots=True)
class Scheduled(Generic[S]):
    """A fault that strikes the arrivals from event position *start* on, for about *length* events."""

    fault: Fault[S]
    start: int
    length: int


def play(
    source: S, schedule: Sequence[Scheduled[S]], *, rhythm: Rhythm, dice: Dice, events: int, start_us: int
) -> tuple[list[Emission], tuple[TruthInterval, ...]]:
    """
    The first *events* events in order of time, and where the faults are among them.

    A longer stream begins with the shorter one: nothing looks ahead. What an arrival sends later
    (the end of a session) waits for its moment.
    """
    arrivals = Arrivals(rhythm, dice, start_us)
    waiting: list[tuple[int, int, Emission, int]] = []
    stream: list[Emission] = []
    struck: dict[int, tuple[int, int]] = {}  # schedule index: first and last changed position
    sent = 0
    while len(stream) < events:
        index = _active(schedule, len(stream))
        fault = schedule[index].fault if index is not None else None
        at_us = arrivals.following(fault.speed if fault else 1.0)
        while waiting and waiting[0][0] <= at_us and len(stream) < events:
            _, _, emission, cause = heappop(waiting)
            if emission.changed:
                first, _ = struck.get(cause, (len(stream), 0))
                struck[cause] = (first, len(stream))
            stream.append(emission)
        strikes = fault is not None and dice.chance(fault.share)
        emissions = fault.strike(source, at_us) if fault and strikes else source.arrival(at_us)
        for emission in emissions:
            # The running number keeps events of one moment in the order in which they were sent.
            heappush(waiting, (emission.at_us, sent, emission, -1 if index is None else index))
            sent += 1
    truth = tuple(
        TruthInterval(
            start=first,
            stop=last + 1,
            kind=schedule[index].fault.kind,
            affected=schedule[index].fault.affected,
            changed=schedule[index].fault.changed,
        )
        for index, (first, last) in sorted(struck.items())
    )
    return stream, truth


def _active(schedule: Sequence[Scheduled[S]], position: int) -> int | None:
    for index, scheduled in enumerate(schedule):
        if scheduled.start <= position < scheduled.start + scheduled.length:
            return index
    return None
