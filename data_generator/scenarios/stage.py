"""The stage: ordinary traffic and faults merged into one stream in order of time, event by event."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from data_generator.dice import Dice
from data_generator.rhythm import Arrivals, Rhythm
from data_generator.scenarios.event import Event, Signal, World
from data_generator.scenarios.schedule import Strike
from data_generator.scenarios.story import Episode


@dataclass(slots=True)
class _Struck:
    """What a fault has changed so far."""

    first: int
    first_us: int
    last: int = 0
    last_us: int = 0
    changed: int = 0
    affected: int = 0  # events of affected services up to *last*
    since: int = 0  # and after it


@dataclass(slots=True)
class Witness:
    """Sees every event with the strike it came from, and keeps where each fault began and ended."""

    strikes: Sequence[Strike]
    _struck: dict[int, _Struck] = field(default_factory=dict)
    _latest: int = -1  # the strike whose affected services are counted

    def see(self, position: int, event: Event, cause: int) -> None:
        if event.changed:
            if cause not in self._struck:
                self._struck[cause] = _Struck(position, event.at_us)
                self._latest = cause
            seen = self._struck[cause]
            seen.last, seen.last_us = position, event.at_us
            seen.changed += 1
            seen.affected += seen.since + 1
            seen.since = 0
        elif self._latest >= 0 and event.record["service"] in self.strikes[self._latest].fault.affected:
            self._struck[self._latest].since += 1

    def episodes(self) -> tuple[Episode, ...]:
        """The truth about the events seen so far."""
        return tuple(
            Episode(
                start=seen.first,
                stop=seen.last + 1,
                start_us=seen.first_us,
                stop_us=seen.last_us,
                kind=fault.kind,
                fault=fault.name,
                affected=fault.affected,
                changed=fault.changed,
                changed_events=seen.changed,
                affected_events=seen.affected,
            )
            for fault, seen in ((self.strikes[index].fault, seen) for index, seen in self._struck.items())
        )


def perform(
    world: World,
    strikes: Sequence[Strike],
    *,
    rhythm: Rhythm,
    dice: Dice,
    events: int,
    start_us: int,
    wanted: Collection[Signal],
    witness: Witness | None = None,
) -> Iterator[Event]:
    """
    The first *events* events of the wanted signals, in order of time.

    Memory is bounded by what is under way: what an arrival sends later waits for its moment.
    """
    arrivals = Arrivals(rhythm, dice, start_us)
    waiting: list[tuple[int, int, Event, int]] = []
    position = sent = index = pending = 0
    latest = -1  # the strike that changed last: a scrape may tell of it when it is over
    while position < events:
        # What is under way still belongs to the fault: it ends when that will fill its length.
        while index < len(strikes) and position + pending >= strikes[index].start + strikes[index].length:
            index += 1
        strike = strikes[index] if index < len(strikes) and position >= strikes[index].start else None
        at_us = arrivals.following(strike.fault.speed if strike else 1.0)
        while waiting and waiting[0][0] <= at_us and position < events:
            _, _, event, cause = heappop(waiting)
            pending -= event.changed
            if witness:
                witness.see(position, event, cause)
            yield event
            position += 1
        latest = index if strike else latest
        struck = strike is not None and dice.chance(strike.fault.share)
        emitted = strike.fault.strike(world, at_us) if strike and struck else world.arrival(at_us)
        for event in emitted:
            if event.signal in wanted:
                # The running number keeps events of one moment in the order in which they were sent.
                heappush(waiting, (event.at_us, sent, event, latest if event.changed else -1))
                sent += 1
                pending += event.changed
