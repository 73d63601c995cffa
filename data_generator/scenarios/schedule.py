"""At which event positions faults strike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from data_generator.dice import Dice
from data_generator.scenarios.event import Fault
from data_generator.scenarios.story import LEAST_INTERVAL

_QUIET_LEAD: Final = 0.3  # of the stream: whoever learns what is ordinary needs some of it first
_USUAL_LENGTH: Final = 600  # events: half a minute at 20 a second, as short as an incident is worth telling
_MOST_RATE: Final = 0.4  # beyond it the faults would be the ordinary traffic


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault from event position *start* on, for about *length* events."""

    fault: Fault[Any]
    start: int
    length: int


def schedule(
    faults: Sequence[Fault[Any]], *, events: int, anomaly_rate: float, dice: Dice
) -> tuple[Strike, ...]:
    """
    Intervals that hold *anomaly_rate* of the events, one after another, the faults in turn.

    Raises:
        ValueError: *anomaly_rate* is out of range, or the stream too short for one interval.
    """
    if not 0 <= anomaly_rate <= _MOST_RATE:
        raise ValueError(f"anomaly_rate={anomaly_rate} must lie between 0 and {_MOST_RATE}")
    if not faults or anomaly_rate == 0:
        return ()
    budget = round(events * anomaly_rate)
    if budget < LEAST_INTERVAL:
        raise ValueError(
            f"{anomaly_rate:g} of {events:,} events are {budget}, too few for one interval of "
            f"{LEAST_INTERVAL}: choose a longer duration, a higher rate or a higher anomaly rate"
        )
    # Each fault gets its turn if the budget allows.
    count = max(min(len(faults), budget // LEAST_INTERVAL), budget // _USUAL_LENGTH)
    length = budget // count
    lead = round(events * _QUIET_LEAD)
    slot = (events - lead) // count
    slack = slot - length  # ordinary events in each slot, a fifth of them kept on either side
    return tuple(
        Strike(
            faults[index % len(faults)],
            lead + index * slot + slack // 5 + dice.below(max(1, slack * 3 // 5)),
            length,
        )
        for index in range(count)
    )
