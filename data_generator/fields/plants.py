"""Plants: a reactor's coolant loops, a grid's feeders."""

from typing import Final

from data_generator.dice import Dice
from data_generator.fields.parts import near, point
from data_generator.scenarios.event import Event, Fault

LOOPS: Final = ("coolant-loop-a", "coolant-loop-b", "pressurizer")
_SET_POINT_C: Final = {"coolant-loop-a": 285.2, "coolant-loop-b": 284.6, "pressurizer": 344.9}


class Reactor:
    """Temperature, pressure, flow and pump speed of three loops; temperature wanders slowly."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._drift = dict.fromkeys(LOOPS, 0.0)
        self.risen = 0.0  # degrees above the set point in the failing loop

    def arrival(self, at_us: int) -> list[Event]:
        self.risen = 0.0
        return [event for loop in LOOPS for event in self.loop(at_us, loop)]

    def loop(self, at_us: int, loop: str) -> list[Event]:
        """The four points of one loop in ordinary operation."""
        dice = self.dice
        self._drift[loop] = 0.97 * self._drift[loop] + near(dice, 0, 0.12, 4)
        temperature = round(_SET_POINT_C[loop] + self._drift[loop] + near(dice, 0, 0.25), 2)
        pressure = near(dice, 155.1, 0.18)
        return self.points(
            at_us, loop, temperature, pressure, near(dice, 5_120, 26, 1), near(dice, 1_486, 3, 1)
        )

    def points(
        self,
        at_us: int,
        loop: str,
        temperature: float,
        pressure: float,
        flow: float,
        speed: float,
        changed: bool = False,
    ) -> list[Event]:
        """Four points of a loop."""
        series = (
            ("temperature", "Cel", temperature),
            ("pressure", "bar", pressure),
            ("flow", "kg/s", flow),
            ("pump.speed", "1/min", speed),
        )
        return [point(at_us, loop, name, unit, value, changed=changed) for name, unit, value in series]


def _overheat(reactor: Reactor, at_us: int) -> list[Event]:
    """One loop loses its pump: its temperature climbs a degree a scrape and swings; the others go on."""
    dice = reactor.dice
    reactor.risen = min(62.0, reactor.risen + 1.1)
    temperature = round(_SET_POINT_C[LOOPS[0]] + reactor.risen + near(dice, 0, 6.7), 2)
    pressure = near(dice, 155.1 + reactor.risen / 6, 2.4)
    struck = reactor.points(
        at_us,
        LOOPS[0],
        temperature,
        pressure,
        near(dice, 1_900, 900, 1),
        near(dice, 420, 260, 1),
        changed=True,
    )
    return [*struck, *(event for loop in LOOPS[1:] for event in reactor.loop(at_us, loop))]


COOLANT_LOSS: Final[Fault[Reactor]] = Fault(
    name="coolant_pump_fails",
    kind="statistical",
    affected=(LOOPS[0],),
    changed="One loop's pump slows to a third and stutters; its temperature climbs by up to 62 degrees and "
    "swings thirty times as wide as before.",
    strike=_overheat,
    begins="The pump of loop A fails: its flow stutters, and its temperature climbs.",
    ends="The spare pump runs; loop A is at its set point.",
    shows_in=("metrics",),
)

FEEDERS: Final = ("feeder-north", "feeder-east", "feeder-harbour", "feeder-airport")
_MEAN_MW: Final = dict(zip(FEEDERS, (45.2, 38.9, 61.4, 22.7), strict=True))


class Grid:
    """Power, frequency, voltage and harmonics of four feeders that share one frequency."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self.hertz = 60.0

    def arrival(self, at_us: int) -> list[Event]:
        self.hertz = round(60.0 + 0.9 * (self.hertz - 60.0) + near(self.dice, 0, 0.008, 4), 3)
        return [event for feeder in FEEDERS for event in self.ordinary(at_us, feeder)]

    def ordinary(self, at_us: int, feeder: str) -> list[Event]:
        """The points of a feeder on the common frequency."""
        dice = self.dice
        megawatts = near(dice, _MEAN_MW[feeder], 0.06 * _MEAN_MW[feeder])
        return self.points(
            at_us, feeder, megawatts, round(self.hertz + near(dice, 0, 0.002, 3), 3), near(dice, 2.1, 0.6), 0
        )

    def points(
        self,
        at_us: int,
        feeder: str,
        megawatts: float,
        hertz: float,
        harmonics: float,
        islanded: int,
        changed: bool = False,
    ) -> list[Event]:
        """Five points of a feeder."""
        series = (
            ("active_power", "MW", megawatts),
            ("frequency", "Hz", hertz),
            ("voltage", "kV", near(self.dice, 13.8, 0.9 if islanded else 0.05)),
            ("harmonic_distortion", "%", harmonics),
            ("breaker.island", "1", islanded),
        )
        return [point(at_us, feeder, name, unit, value, changed=changed) for name, unit, value in series]


def _island(grid: Grid, at_us: int) -> list[Event]:
    dice = grid.dice
    struck = [
        event
        for feeder in FEEDERS[2:]
        for event in grid.points(
            at_us,
            feeder,
            near(dice, 1.9 * _MEAN_MW[feeder], 0.5 * _MEAN_MW[feeder]),
            near(dice, 59.1, 0.55, 3),
            near(dice, 17, 5),
            1,
            changed=True,
        )
    ]
    return [*(event for feeder in FEEDERS[:2] for event in grid.ordinary(at_us, feeder)), *struck]


GRID_ISLAND: Final[Fault[Grid]] = Fault(
    name="feeders_islanded",
    kind="collective",
    affected=FEEDERS[2:],
    changed="Two feeders leave the common frequency and run as an island: a hertz low and unsteady, nearly twice "
    "the power, eight times the harmonics.",
    strike=_island,
    begins="Two feeders break away and run on their own, low and unsteady.",
    ends="The breakers close; all feeders share one frequency.",
    shows_in=("metrics",),
)
