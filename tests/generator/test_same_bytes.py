"""The same seed gives the same bytes, today and on any machine."""

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from data_generator import (
    SAMPLES,
    START_AT,
    LabelledStream,
    Sample,
    UnknownSample,
    catalogue,
    generate,
)  # fmt: skip
from data_generator.__main__ import main
from tests.generator.reading import events_of

GOLDEN = Path(__file__).parent / "golden_sha256.txt"
GOLDEN_SCENARIOS = Path(__file__).parent / "golden_scenarios_sha256.txt"


def test_bytes_are_the_golden_ones(sample: Sample, stream: LabelledStream):
    """A published id keeps its meaning: its bytes have the digest written down when it was published."""
    lines = [line for line in GOLDEN.read_text().splitlines() if not line.startswith("#")]
    golden = {sample_id: digest for digest, sample_id in map(str.split, lines)}
    assert set(golden) == set(SAMPLES)
    assert hashlib.sha256(stream.data).hexdigest() == golden[sample.id]


def golden_scenarios() -> list[tuple[str, str]]:
    """Arguments of the command and the digest of what it writes."""
    lines = [line for line in GOLDEN_SCENARIOS.read_text().splitlines() if not line.startswith("#")]
    return [(arguments, digest) for digest, arguments in (line.split("  ", 1) for line in lines)]


@pytest.mark.parametrize(("arguments", "digest"), golden_scenarios())
def test_a_scenarios_bytes_are_the_golden_ones(arguments: str, digest: str, tmp_path):
    """A published scenario keeps its bytes, too, in every signal and format."""
    file = tmp_path / "events"
    assert main([*arguments.split(), "--to", str(file)]) == 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


def test_every_scenario_has_a_golden_digest():
    assert {arguments.split()[0] for arguments, _ in golden_scenarios()} == {s.id for s in catalogue()}


def test_same_seed_same_bytes(sample: Sample):
    """Two calls in one process share no state."""
    assert generate(sample.id, seed=23, events=700) == generate(sample.id, seed=23, events=700)


def test_other_seed_other_bytes(sample: Sample):
    """The seed reaches the stream."""
    assert generate(sample.id, seed=23, events=700).data != generate(sample.id, seed=24, events=700).data


def test_locale_time_zone_and_hashing_do_not_matter():
    """A process with another locale, time zone and hash seed writes the same bytes."""
    elsewhere = os.environ | {"LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "99"}

    def written(arguments: str) -> bytes:
        command = [sys.executable, "-m", "data_generator", *arguments.split()]
        root = Path(__file__).parents[2]
        return subprocess.run(command, env=elsewhere, cwd=root, capture_output=True, check=True).stdout

    assert written("app-json --seed 5 --events 300") == generate("app-json", seed=5, events=300).data
    arguments, digest = next(golden for golden in golden_scenarios() if "--signal all" in golden[0])
    assert hashlib.sha256(written(arguments)).hexdigest() == digest


def test_a_longer_stream_begins_with_the_shorter_one(sample: Sample):
    """Asking for more events changes none of the first ones, nor the truth about them."""
    short, long = generate(sample.id, events=2_600), generate(sample.id, events=2_900)
    assert events_of(short.data, sample.format) == events_of(long.data, sample.format)[:2_600]
    assert [interval.start for interval in short.truth] == [interval.start for interval in long.truth]


def test_as_many_events_as_asked_for(sample: Sample, stream: LabelledStream):
    """The count of the stream is the count of the file, by default between 4,000 and 8,000."""
    assert len(events_of(stream.data, sample.format)) == stream.events == sample.events
    assert 4_000 <= sample.events <= 8_000
    assert len(events_of(generate(sample.id, events=1).data, sample.format)) == 1


def test_the_start_is_a_parameter():
    """A stream can begin on another day; by default it begins on the same one always."""
    assert generate("ssh-logs", events=10).data.startswith(b"Mar  2 ")
    later = generate("ssh-logs", events=10, start_at=START_AT + timedelta(days=30))
    assert later.data.startswith(b"Apr  1 ")


def test_an_unknown_id_names_those_there_are():
    """The message of the error helps to choose."""
    with pytest.raises(UnknownSample, match="no sample is called 'ftp-logs'; there are web-logs, ssh-logs"):
        generate("ftp-logs")


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"events": 0}, {"start_at": START_AT.replace(tzinfo=None)}], ids=str
)
def test_impossible_arguments_are_refused(wrong):
    """A negative seed, no events, or a start without a zone."""
    with pytest.raises(ValueError, match="must"):
        generate("web-logs", **wrong)
