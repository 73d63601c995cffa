"""``driftlock detect`` on files larger than memory: what is held follows the sizes, not the file."""

import json
from itertools import cycle, islice
from random import Random

import pytest

from driftlock.cli import number_spool
from driftlock.cli.number_spool import NumberSpool, Origin
from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, loud
from tests.cli.memory import no_peak, peak_mb
from tests.made_records import payments


def numbers(count, seed=5):
    """A table of one series, a number a second; every thousandth is far off."""
    random = Random(seed)
    yield "timestamp,value"
    for at in range(count):
        day, second = divmod(at, 86_400)
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        value = random.gauss(900 if at % 1_000 == 999 else 20, 1)
        yield f"2026-03-{1 + day:02}T{clock}Z,{value:.3f}"


def log_lines(count):
    return islice(cycle(loud()), count)


def records(count):
    return islice(cycle(payments(3_000)), count)


@no_peak
@pytest.mark.parametrize(
    ("lines", "count", "growth"), [(log_lines, 100_000, 10), (records, 60_000, 10), (numbers, 250_000, 15)]
)
def test_memory_does_not_grow_with_the_file(tmp_path, lines, count, growth):
    """A file five times as long takes no more memory; of numbers, 200,000 at most are held."""
    sizes = []
    for many in (count // 5, count):
        path = tmp_path / f"{many}"
        path.write_bytes(as_file(lines(many)))
        sizes.append(peak_mb("detect", path, "--output", "jsonl", most_code=1))
    assert sizes[1] - sizes[0] < growth, sizes


@pytest.mark.parametrize("held", [1, 7, 1_000])
def test_numbers_from_disk_are_judged_alike(tmp_path, monkeypatch, held):
    """How many are held before they go to disk changes no byte of the output."""
    table = tmp_path / "table.csv"
    table.write_bytes(as_file(list(numbers(3_000))))
    lines = [json.dumps({"cpu": at % 9, "memory": (at * at) % 17 if at % 5 else None}) for at in range(2_000)]
    lines[1_500] = json.dumps({"cpu": 900, "memory": 900})
    several = tmp_path / "several.jsonl"
    several.write_bytes(as_file(lines))
    call = ("detect", table, several, "--judge", "series", "--output", "json")
    expected = driftlock(*call)
    monkeypatch.setattr(number_spool, "HELD_NUMBERS", held)
    monkeypatch.setattr(number_spool, "PIECE_NUMBERS", 300)
    assert driftlock(*call).stdout_bytes == expected.stdout_bytes
    assert json.loads(expected.stdout)["files"][0]["anomalies"]


def test_a_spool_gives_back_what_it_was_given(monkeypatch):
    """Values, times and origins of three series, whatever was stored between; seed 8."""
    monkeypatch.setattr(number_spool, "HELD_NUMBERS", 11)
    monkeypatch.setattr(number_spool, "PIECE_NUMBERS", 4)
    random, spool = Random(8), NumberSpool()
    given = {"a": [], "b": [], "c": []}
    for seq in range(1, 300):
        name = random.choice("aaaabbc" if seq > 50 else "a")
        one = (random.random(), Origin(seq, random.choice([-1, seq * 10**6])))
        given[name].append(one)
        spool.add(name, *one)
    for name, entries in given.items():
        found = [pair for piece in spool.pieces(name) for pair in zip(*piece, strict=True)]
        assert found == [(value, at.at_us) for value, at in entries]
        assert [spool.origin(name, record) for record in range(len(entries))] == [at for _, at in entries]
    spool.close()
