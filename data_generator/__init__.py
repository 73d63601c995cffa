"""
A pretend customer: streams of telemetry with known faults, the same bytes for the same seed.

Samples are finished files; scenarios are played at any rate, for any time, event by event. Faker,
numpy and the standard library only; network and clock stay in ``data_generator.delivery``.
"""

from data_generator.intervals import TruthInterval
from data_generator.recipe import START_AT, LabelledStream, Sample
from data_generator.samples import SAMPLES, UnknownSample, generate
from data_generator.scenarios.encoding import batches, encode
from data_generator.scenarios.event import Event
from data_generator.scenarios.story import Caption, Episode, Scenario, UnknownScenario
from data_generator.scenarios.theatre import (
    Performance,
    catalogue,
    narration,
    perform_scenario,
    play,
    scenario_named,
    truth,
)

__all__ = [
    "SAMPLES",
    "START_AT",
    "Caption",
    "Episode",
    "Event",
    "LabelledStream",
    "Performance",
    "Sample",
    "Scenario",
    "TruthInterval",
    "UnknownSample",
    "UnknownScenario",
    "batches",
    "catalogue",
    "encode",
    "generate",
    "narration",
    "perform_scenario",
    "play",
    "scenario_named",
    "truth",
]
