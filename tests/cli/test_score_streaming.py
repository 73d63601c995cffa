"""``driftlock score`` on inputs larger than memory: piece by piece, with the scores of one piece."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from itertools import cycle, islice
from random import Random

import pytest

from driftlock.cli import baseline_sample, scored_units, whole_lines
from driftlock.cli.baseline_sample import sampled
from driftlock.cli.grouped_lines import GroupedLines
from driftlock.cli.units import Line, Unit, unit_count, units_of
from driftlock_core.scoring import score_units
from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, bodies, loud, quiet
from tests.cli.memory import no_peak, peak_mb
from tests.made_records import payments

BASELINE = quiet(400, seed=3)
INPUT = loud()[600:]  # the burst begins at its line 300


def in_groups(lines, size):
    return [json.dumps({"body": text, "group": at // size}) for at, text in enumerate(lines)]


def scattered(lines, size, seed):
    """The same lines under the same groups, the groups mixed."""
    random = Random(seed)
    queues = [lines[at : at + size] for at in range(0, len(lines), size)]
    mixed = []
    while queues:
        queue = random.choice(queues)
        mixed.append(queue.pop(0))
        queues = [one for one in queues if one]
    return mixed


@pytest.fixture
def files(tmp_path):
    """Baseline and input of 600 lines in 60 mixed groups, and where the scores go."""
    baseline, given = tmp_path / "baseline.jsonl", tmp_path / "input.jsonl"
    baseline.write_bytes(as_file(in_groups(BASELINE, 10)))
    given.write_bytes(as_file(scattered(in_groups(INPUT, 10), 10, seed=2)))
    return baseline, given, tmp_path / "scores.jsonl"


def call(files, *options):
    baseline, given, output = files
    result = driftlock("score", "--baseline", baseline, "--input", given, "--output", output, *options)
    assert result.exit_code == 0, result.stderr
    return output.read_bytes()


@pytest.mark.parametrize("unit", ["event", "group", "window"])
def test_batches_give_the_bytes_of_one_batch(files, monkeypatch, unit):
    """How many units are scored at a time, and how many bytes, changes no byte of the output, whatever the unit."""
    options = ("--unit", unit, "--window", "7", "--hop", "3")
    monkeypatch.setattr(scored_units, "BATCH_UNITS", 10**9)
    monkeypatch.setattr(scored_units, "BATCH_BYTES", 10**12)
    whole = call(files, *options)
    for units, most_bytes in ((1, 10**12), (7, 10**12), (59, 10**12), (59, 500)):
        monkeypatch.setattr(scored_units, "BATCH_UNITS", units)
        monkeypatch.setattr(scored_units, "BATCH_BYTES", most_bytes)
        assert call(files, *options) == whole, (units, most_bytes)


def test_one_batch_is_one_call_of_the_engine(files):
    """The scores of mixed groups are those of the groups put together by hand."""
    lines = [json.loads(line) for line in files[1].read_bytes().splitlines()]
    groups = {}
    for line in lines:
        groups.setdefault(line["group"], []).append(line["body"].encode())
    calm = [[text.encode() for text in BASELINE[at : at + 10]] for at in range(0, 400, 10)]
    expected = score_units(calm, [*groups.values()])
    written = [json.loads(line) for line in call(files, "--unit", "group").splitlines()]
    assert [line["unit"] for line in written] == [*groups]
    assert [line["score"] for line in written] == expected.scores.tolist()
    assert [line["p_value"] for line in written] == expected.p_values.tolist()


@pytest.mark.parametrize("unit", ["event", "group"])
def test_standard_input_is_scored_like_the_file(files, unit):
    """It can be read only once, and is copied to disk."""
    baseline, given, _ = files
    of_file = call(files, "--unit", unit)
    for options, piped in (
        (("--baseline", baseline, "--input", "-"), given),
        (("--baseline", "-", "--input", given), baseline),
    ):
        result = driftlock("score", *options, "--unit", unit, "--output", "-", stdin=piped.read_bytes())
        assert result.stdout_bytes == of_file


def test_a_pipe_with_a_name_is_read_once(files, tmp_path):
    """As a shell's <(command) gives it."""
    baseline, given, _ = files
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["cp", given, pipe])
    result = driftlock("score", "--baseline", baseline, "--input", pipe, "--unit", "group", "--output", "-")
    assert writer.wait() == 0
    assert result.stdout_bytes == call(files, "--unit", "group")


def slow_groups(lines):
    groups = {}
    for group, body in lines:
        groups.setdefault(group, []).append(body)
    return [*groups.items()]


@pytest.mark.parametrize("known", [1, 10**6])
def test_groups_are_put_together_as_a_dict_would(monkeypatch, known):
    """Order of first appearance, order of lines, and 7, 7.0 and "7" as Python takes them; seed 4."""
    monkeypatch.setattr("driftlock.cli.grouped_lines._KNOWN_GROUPS", known)
    random = Random(4)
    names = [7, 7.0, "7", "a", "\ud83d", "", "a\0b", -0.0, 0, 1e300, 10**30, 2.5, *range(100, 200)]
    lines = [(random.choice(names), random.randbytes(random.randrange(40))) for _ in range(3_000)]
    with GroupedLines() as grouped:
        grouped.add(lines[:1_000])
        grouped.add(lines[1_000:])
        assert len(grouped) == len(slow_groups(lines))
        found = list(grouped)
    assert found == slow_groups(lines)
    assert [type(name) for name, _ in found] == [type(name) for name, _ in slow_groups(lines)]


@pytest.mark.parametrize(("window", "hop"), [(5, 2), (5, 5), (3, 7), (1, 1), (40, 10)])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 39, 40, 41, 60])
def test_windows_are_those_of_the_whole_list(window, hop, count):
    """Also where the hop is larger than the window, and their number is known before."""
    lines = [Line(at, b"%d" % at, None) for at in range(count)]
    starts = range(0, max(0, count - window) + 1, hop) if count else range(0)
    expected = [(at, [b"%d" % n for n in range(at, min(at + window, count))]) for at in starts]
    found = [(unit.name, unit.events) for unit in units_of(lines, "window", "", window=window, hop=hop)]
    assert found == expected
    assert unit_count("window", count, window=window, hop=hop) == len(expected)


def units(count, size=10):
    return [Unit(at, None, [b"x" * size]) for at in range(count)]


def test_a_baseline_within_its_bounds_is_used_whole():
    """In the order of the file."""
    sample = sampled(units(300), most_units=300, most_bytes=3_000)
    assert [unit.name for unit in sample.units] == list(range(300))
    assert (sample.of, sample.capped) == (300, False)


@pytest.mark.parametrize(
    "bounds", [{"most_units": 50, "most_bytes": 10**9}, {"most_units": 10**9, "most_bytes": 500}]
)
def test_a_larger_baseline_is_sampled_by_the_sha256_of_its_places(bounds):
    """Anybody can draw the sample again: the 50 smallest digests, in the order of the file."""
    sample = sampled(units(3_000), **bounds)
    drawn = sorted(range(3_000), key=lambda at: sha256(str(at).encode()).hexdigest())[:50]
    assert [unit.name for unit in sample.units] == sorted(drawn)
    assert (sample.of, sample.capped) == (3_000, True)


def test_at_least_20_units_are_kept_however_large():
    """Fewer could not be ranked among."""
    assert len(sampled(units(100, size=1_000), most_units=5, most_bytes=10).units) == 20


def test_a_capped_baseline_is_told(files, monkeypatch):
    """How many of how many, and by what rule."""
    monkeypatch.setattr("driftlock.cli.score.MOST_UNITS", 30)
    baseline, given, output = files
    result = driftlock(
        "score", "--baseline", baseline, "--input", given, "--output", output, "--unit", "group"
    )
    assert "of the 40 baseline units 30 are used" in result.stderr
    assert "SHA-256" in result.stderr
    assert baseline_sample.MOST_UNITS == 50_000


def test_the_share_unlike_the_baseline_is_counted_over_all_batches(files, monkeypatch):
    """600 units in batches of 7 are still one input as a whole."""
    monkeypatch.setattr(scored_units, "BATCH_UNITS", 7)
    baseline, given, output = files
    given.write_bytes(bodies([f"<<{text[::-1]}>>" for text in INPUT]))
    result = driftlock(
        "score", "--baseline", baseline, "--input", given, "--output", output, "--unit", "event"
    )
    assert "of the 600 units have p ≤ 0.10" in result.stderr


class Full:
    """A disk on which so many bytes find room."""

    def __init__(self, target, room):
        self.target, self.room = target, room

    def __getattr__(self, name):
        return getattr(self.target, name)

    def write(self, data):
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        written = self.target.write(data[: self.room])
        self.room -= written
        return written


def test_a_full_disk_leaves_no_half_line(tmp_path):
    """What fitted in part is taken back."""
    path = tmp_path / "scores"
    with open(path, "wb", buffering=0) as target:
        lines = whole_lines.WholeLines(Full(target, room=25), can_be_cut=True)
        lines.write(b"first line\n")
        with pytest.raises(OSError, match="No space"):
            lines.write(b"second line\nthird line\n")
        lines_written = lines.lines
    assert path.read_bytes() == b"first line\n"
    assert lines_written == 1


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle_it_ends_with_a_whole_line_and_says_so(files, sent, code):
    """The lines that are there are those of the whole run."""
    baseline, given, output = files
    given.write_bytes(as_file([json.dumps({"body": text}) for text in islice(cycle(INPUT), 60_000)]))
    command = ["score", "--baseline", baseline, "--input", given, "--unit", "event", "--output", output]
    run = subprocess.Popen([sys.executable, "-m", "driftlock", *map(str, command)], stderr=subprocess.PIPE)
    while run.poll() is None and not (output.exists() and output.stat().st_size):
        time.sleep(0.01)
    run.send_signal(sent)
    _, errors = run.communicate()
    lines = output.read_bytes()
    assert run.returncode == code
    assert 0 < lines.count(b"\n") < 60_000
    assert lines.endswith(b"}\n")
    assert [json.loads(line)["unit"] for line in lines.splitlines()] == list(range(lines.count(b"\n")))
    assert f"stopped: {len(lines.splitlines())} units are scored" in errors.decode()


def long_lines(count):
    """Lines of 1 kB, so that what is held of lines would show; groups of six, scattered."""
    text = islice(cycle(INPUT), count)
    for at, line in enumerate(text):
        yield json.dumps({"body": line + " end" * 225, "group": at * 7919 % (count // 6)})


def small_records(count):
    """Payments, a unit each."""
    return (json.dumps({"body": json.loads(one)}) for one in islice(cycle(payments(3_000)), count))


def test_progress_is_shown_at_a_terminal_and_nowhere_else(files):
    """Reading and scoring each have a bar on standard error; in a file it would be noise."""
    baseline, given, output = files
    command = ["score", "--baseline", baseline, "--input", given, "--unit", "group", "--output", output]
    called = [sys.executable, "-m", "driftlock", *map(str, command)]
    ours, theirs = os.openpty()
    run = subprocess.Popen(called, stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    # A terminal that its last user has closed ends with an error.
    with suppress(OSError):
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert run.wait() == 0
    assert b"input.jsonl  [####" in shown
    assert b"scoring" in shown
    assert b"100%" in shown
    quiet_run = subprocess.run(called, capture_output=True, check=True)
    assert b"scoring" not in quiet_run.stderr


@no_peak
@pytest.mark.parametrize(
    ("unit", "lines", "count", "growth"),
    [
        ("window", long_lines, 40_000, 12),
        ("group", long_lines, 40_000, 30),
        ("event", small_records, 60_000, 12),
    ],
)
def test_memory_does_not_grow_with_the_input(tmp_path, unit, lines, count, growth):
    """
    Ten times as many lines take no more memory, but for what is held of groups until it goes to disk.

    The lines alone are 40 MB, groups and windows; the events and their scores would take 30 MB as objects.
    """
    baseline, output = tmp_path / "baseline", tmp_path / "scores"
    baseline.write_text("\n".join(lines(600)))
    sizes = []
    for many in (count // 10, count):
        given = tmp_path / f"{many}.jsonl"
        given.write_text("\n".join(lines(many)))
        call = ("score", "--baseline", baseline, "--input", given, "--output", output, "--unit", unit)
        sizes.append(peak_mb(*call))
    assert sizes[1] - sizes[0] < growth, sizes
