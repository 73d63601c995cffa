"""
A pretend customer: streams of telemetry with known faults, the same bytes for the same seed.

Faker, numpy and the standard library only; no network and no clock.
"""

from data_generator.recipe import START_AT, LabelledStream, Sample
from data_generator.samples import SAMPLES, UnknownSample, generate
from data_generator.truth import TruthInterval

__all__ = ["SAMPLES", "START_AT", "LabelledStream", "Sample", "TruthInterval", "UnknownSample", "generate"]
