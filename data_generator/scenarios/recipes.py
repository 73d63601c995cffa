"""How a scenario is staged: its world at a given rate, and the faults that may strike."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from data_generator.dice import Dice
from data_generator.people import cast
from data_generator.platform.meter import MEASURES, Meter
from data_generator.platform.routes import SERVICES
from data_generator.platform.shop import Shop
from data_generator.rhythm import SECOND_US, Rhythm
from data_generator.scenarios.event import Fault, Signal, World
from data_generator.scenarios.story import Scenario

# Mean events that one arrival at the shop leaves; measured over 20,000 arrivals, kept by a test.
SHOP_LOGS: Final = 2.61
SHOP_SPANS: Final = 2.60
SHOP_TALKS: Final = 1.25  # an arrival that is a talk: a quarter ask a second question
_METRIC_SHARE: Final = 0.12  # of the events where requests are recorded too
_CUSTOMERS: Final = 120

Build = Callable[[Dice, int, Collection[Signal], float], tuple[World, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """A scenario with its world and its faults. *build* gives the world and its arrivals per second."""

    scenario: Scenario
    build: Build
    faults: tuple[Fault[Any], ...]


def shop(dice: Dice, seed: int, wanted: Collection[Signal], rate: float) -> tuple[World, float]:
    """The shop so busy that the wanted signals together make *rate* events a second."""
    metric_rate = rate * (_METRIC_SHARE if set(wanted) != {"metrics"} else 1.0)
    of_requests = SHOP_LOGS * ("logs" in wanted) + SHOP_SPANS * ("traces" in wanted)
    talks = 1.0 if set(wanted) == {"llm"} else 0.02 if "llm" in wanted else 0.0
    per_arrival = (1 - talks) * of_requests + talks * SHOP_TALKS
    recorded_rate = rate - (metric_rate if "metrics" in wanted else 0.0)
    # Metrics alone: requests are counted, not recorded.
    arrivals = recorded_rate / per_arrival if per_arrival else rate
    meter = None
    if "metrics" in wanted:
        every_us = int(len(SERVICES) * MEASURES / metric_rate * SECOND_US)
        meter = Meter(dice, every_us, busy_rate=2 * arrivals)
    return Shop(dice, cast(seed, _CUSTOMERS), wanted=wanted, meter=meter, talks=talks), arrivals


def rhythm(arrivals_per_second: float, start_us: int) -> Rhythm:
    """The day's rhythm, with the given rate at the hour at which the stream begins."""
    return Rhythm(gap_s=Rhythm(gap_s=1.0).load(start_us) / arrivals_per_second)


def world_of(world: Callable[[Dice, int], World], per_arrival: float) -> Build:
    """A build of a world of one signal, whose arrivals leave so many events in the mean."""

    def build(dice: Dice, seed: int, wanted: Collection[Signal], rate: float) -> tuple[World, float]:
        return world(dice, seed), rate / per_arrival

    return build
