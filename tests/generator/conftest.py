"""Every sample once, with its own seed and number of events."""

import pytest

from data_generator import SAMPLES, LabelledStream, Sample, generate


@pytest.fixture(scope="session", params=SAMPLES.values(), ids=lambda sample: sample.id)
def sample(request: pytest.FixtureRequest) -> Sample:
    return request.param


@pytest.fixture(scope="session")
def stream(sample: Sample) -> LabelledStream:
    return generate(sample.id)
