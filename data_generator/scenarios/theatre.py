"""Play a scenario, and tell the truth about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from data_generator.dice import Dice
from data_generator.fields.scenarios import STAGINGS as FIELDS
from data_generator.scenarios.event import Event, Signal
from data_generator.scenarios.recipes import Staging, rhythm
from data_generator.scenarios.schedule import Strike, schedule
from data_generator.scenarios.shop_scenarios import STAGINGS as SHOP
from data_generator.scenarios.stage import Witness, perform
from data_generator.scenarios.story import OPENS_AT, Caption, Episode, Scenario, UnknownScenario

Wanted = Signal | Literal["all"]

_STAGINGS: Final = {staging.scenario.id: staging for staging in (*SHOP, *FIELDS)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Performance:
    """A scenario under way: its events, and the truth about those already given out."""

    scenario: Scenario
    signals: tuple[Signal, ...]
    total: int  # events
    strikes: tuple[Strike, ...]
    events: Iterator[Event]
    witness: Witness


def catalogue() -> tuple[Scenario, ...]:
    """All scenarios: the five of the shop, one for each kind of fault, fourteen of industry."""
    return tuple(staging.scenario for staging in _STAGINGS.values())


def scenario_named(scenario_id: str) -> Scenario:
    """
    The scenario of this id.

    Raises:
        UnknownScenario: There is none.
    """
    return _staging(scenario_id).scenario


def perform_scenario(
    scenario_id: str,
    seed: int | None = None,
    *,
    signal: Wanted | None = None,
    rate: float = 20.0,
    duration_s: float = 600.0,
    anomaly_rate: float = 0.05,
    start_at: datetime = OPENS_AT,
) -> Performance:
    """
    A scenario ready to be played; the same arguments give the same events.

    Args:
        scenario_id: One of ``catalogue()``.
        seed: 0 or more; the scenario's own if None.
        signal: One signal of the scenario, or "all"; its first if None.
        rate: Mean events a second at the hour of *start_at*, above 0. The day's rhythm, bursts and
            faults move it.
        duration_s: *rate* times this many events are played, rounded.
        anomaly_rate: Share of the events inside intervals of truth, 0 to 0.4; of no effect on a
            scenario without faults.
        start_at: Aware time at which the stream begins.

    Raises:
        UnknownScenario: No scenario has this id.
        ValueError: An argument is out of range, the scenario has no such signal, its faults do not
            show there, or the stream is too short for one interval of 100 events.
    """
    staging = _staging(scenario_id)
    seed = staging.scenario.seed if seed is None else seed
    if seed < 0 or not 0 < rate <= 1e6 or not 0 < duration_s <= 1e9:
        raise ValueError(
            f"seed={seed} must be 0 or more, rate={rate:g} and duration_s={duration_s:g} above 0 "
            "and at most 1e6 and 1e9"
        )
    if start_at.tzinfo is None:
        raise ValueError(f"start_at={start_at.isoformat()} must name its time zone")
    signals = _signals(staging.scenario, signal)
    faults = tuple(fault for fault in staging.faults if set(fault.shows_in) & set(signals))
    if staging.faults and anomaly_rate and not faults:
        raise ValueError(
            f"the faults of {scenario_id} do not show in {signals[0]}: choose "
            f"{', '.join(staging.scenario.shows_in)}, or an anomaly rate of 0"
        )
    total = max(1, round(rate * duration_s))
    dice = Dice(seed)
    strikes = schedule(faults, events=total, anomaly_rate=anomaly_rate, dice=dice)
    world, arrivals = staging.build(dice, seed, signals, rate)
    start_us = (start_at - _EPOCH) // timedelta(microseconds=1)
    witness = Witness(strikes)
    events = perform(
        world,
        strikes,
        rhythm=rhythm(arrivals, start_us),
        dice=dice,
        events=total,
        start_us=start_us,
        wanted=frozenset(signals),
        witness=witness,
    )
    return Performance(staging.scenario, signals, total, strikes, events, witness)


def play(
    scenario_id: str,
    seed: int | None = None,
    *,
    signal: Wanted | None = None,
    rate: float = 20.0,
    duration_s: float = 600.0,
    anomaly_rate: float = 0.05,
    start_at: datetime = OPENS_AT,
) -> Iterator[Event]:
    """
    The events of a scenario in order of time, made one after another as they are asked for.

    Arguments and errors are those of :func:`perform_scenario`.

    >>> first = next(play("normal-operations"))
    >>> first.signal, first.record["outcome"]
    ('logs', 'success')
    """
    return perform_scenario(
        scenario_id,
        seed,
        signal=signal,
        rate=rate,
        duration_s=duration_s,
        anomaly_rate=anomaly_rate,
        start_at=start_at,
    ).events


def truth(
    scenario_id: str,
    seed: int | None = None,
    *,
    signal: Wanted | None = None,
    rate: float = 20.0,
    duration_s: float = 600.0,
    anomaly_rate: float = 0.05,
    start_at: datetime = OPENS_AT,
) -> tuple[Episode, ...]:
    """
    Where the faults are in what :func:`play` gives for the same arguments.

    Where a fault begins and ends depends on the traffic around it, so the scenario is played once.
    """
    performance = perform_scenario(
        scenario_id,
        seed,
        signal=signal,
        rate=rate,
        duration_s=duration_s,
        anomaly_rate=anomaly_rate,
        start_at=start_at,
    )
    for _ in performance.events:
        pass
    return performance.witness.episodes()


def narration(
    scenario_id: str,
    seed: int | None = None,
    *,
    signal: Wanted | None = None,
    rate: float = 20.0,
    duration_s: float = 600.0,
    anomaly_rate: float = 0.05,
    start_at: datetime = OPENS_AT,
) -> tuple[Caption, ...]:
    """What a narrator says of what :func:`play` gives for the same arguments, in order of time."""
    performance = perform_scenario(
        scenario_id,
        seed,
        signal=signal,
        rate=rate,
        duration_s=duration_s,
        anomaly_rate=anomaly_rate,
        start_at=start_at,
    )
    moments = {0, performance.total // 6, performance.total - 1}
    at_us = {n: event.at_us for n, event in enumerate(performance.events) if n in moments}
    begins = {strike.fault.name: strike.fault.begins for strike in performance.strikes}
    ends = {strike.fault.name: strike.fault.ends for strike in performance.strikes}
    said = [(0, performance.scenario.story), (performance.total // 6, _WATCH)]
    for episode in performance.witness.episodes():
        said += [(episode.start, begins[episode.fault]), (episode.stop - 1, ends[episode.fault])]
        at_us |= {episode.start: episode.start_us, episode.stop - 1: episode.stop_us}
    said.append((performance.total - 1, performance.scenario.expected))
    return tuple(
        Caption(position, at_us[position], f"{_clock(at_us[position])}: {text}")
        for position, text in sorted(said, key=lambda caption: caption[0])
    )


_WATCH: Final = "All of this is ordinary, rare errors, retries and deploys included."


def _clock(at_us: int) -> str:
    return f"{_EPOCH + timedelta(microseconds=at_us):%H:%M:%S}"


def _staging(scenario_id: str) -> Staging:
    if scenario_id not in _STAGINGS:
        raise UnknownScenario(f"no scenario is called {scenario_id!r}; there are {', '.join(_STAGINGS)}")
    return _STAGINGS[scenario_id]


def _signals(scenario: Scenario, wanted: Wanted | None) -> tuple[Signal, ...]:
    if wanted is None:
        return scenario.signals[:1]
    if wanted == "all":
        return scenario.signals
    if wanted not in scenario.signals:
        raise ValueError(f"{scenario.id} sends {', '.join(scenario.signals)}, not {wanted}")
    return (wanted,)
