"""What ``driftlock detect`` says of its baseline and of a stream that left its past."""

import json
from random import Random

import pytest

from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, loud, quiet

EARLY = range(120, 160)  # where the baseline is loud, 0-based


@pytest.fixture
def contaminated(tmp_path):
    """A quiet log with a burst in its first baseline, and one like it later."""
    lines, noise = quiet(1_200), loud()
    for at in EARLY:
        lines[at] = noise[at + 780]
    lines[900:940] = noise[900:940]
    path = tmp_path / "shop.log"
    path.write_bytes(as_file(lines))
    return path


def flat(text):
    return " ".join(text.split())


def test_a_burst_in_the_baseline_is_told_below_the_head(contaminated):
    """One sentence names its events and what to do, before the first window."""
    shown = driftlock("detect", contaminated).stdout
    assert "shop.log: events 121 to 160 of the baseline are unlike the rest of it: NCD " in flat(shown)
    assert "--skip 160" in flat(shown)
    assert "--baseline FILE" in flat(shown)
    assert shown.index("events 121") < shown.index("windows tested")
    assert max(map(len, shown.splitlines())) <= 100


def test_it_is_told_to_those_who_read_json_too(contaminated):
    """The summary holds the stretches; with JSON lines the sentence goes to standard error."""
    summary = json.loads(driftlock("detect", contaminated, "--output", "json").stdout)["summary"]
    (found,) = summary["streams"][0]["baseline_suspects"]
    assert (found["first"], found["last"]) == (121, 160)
    lines = driftlock("detect", contaminated, "--output", "jsonl")
    assert "events 121 to 160 of the baseline" in lines.stderr
    assert all(json.loads(line) for line in lines.stdout.splitlines())


def test_a_quiet_baseline_is_not_spoken_of(tmp_path):
    """No sentence where nothing stands out."""
    path = tmp_path / "quiet.log"
    path.write_bytes(as_file(quiet(900)))
    result = driftlock("detect", path)
    assert "unlike the rest" not in result.stdout
    assert "not stationary" not in result.stdout


def test_behind_the_skipped_events_all_is_as_if_they_had_never_been(contaminated, tmp_path):
    """--skip N gives what the file without its first N lines gives, in words and numbers."""
    rest = tmp_path / "rest" / "shop.log"
    rest.parent.mkdir()
    rest.write_bytes(b"".join(contaminated.read_bytes().splitlines(keepends=True)[160:]))
    skipped = driftlock("detect", contaminated, "--skip", 160, "--output", "jsonl")
    assert skipped.stdout == driftlock("detect", rest, "--output", "jsonl").stdout
    assert skipped.exit_code == 1


def test_a_second_advice_counts_from_the_files_beginning(contaminated):
    """Behind skipped events numbers count from the next one; what to skip counts them too."""
    shown = flat(driftlock("detect", contaminated, "--skip", 50).stdout)
    assert "events 71 to 110 of the baseline" in shown
    assert "--skip 160" in shown


def test_records_behind_skipped_events_recompute(contaminated, tmp_path):
    """explain with the same --skip finds the same events, and without it others."""
    records = tmp_path / "records.jsonl"
    records.write_bytes(driftlock("detect", contaminated, "--skip", 160, "--output", "jsonl").stdout_bytes)
    again = driftlock("explain", records, "--events", contaminated, "--skip", 160)
    assert (again.exit_code, "Identical: all" in again.stdout) == (0, True)
    assert driftlock("explain", records, "--events", contaminated).exit_code == 1


def test_skipping_everything_leaves_too_few_events(contaminated):
    """An honest refusal, not an empty success."""
    result = driftlock("detect", contaminated, "--skip", 1_200)
    assert result.exit_code == 2
    assert "shop.log” holds no more than the 1200 events to skip" in result.stderr


def test_a_bad_baseline_of_ones_own_is_told_too(contaminated, tmp_path):
    """For --baseline the advice is another file, since there is nothing to skip."""
    path = tmp_path / "next.log"
    path.write_bytes(as_file(quiet(900, seed=5)))
    shown = flat(driftlock("detect", path, "--baseline", contaminated).stdout)
    assert "events 121 to 160 of the baseline" in shown
    assert "Give a --baseline without them" in shown
    assert "--skip" not in shown


def test_a_stream_that_left_its_past_is_told(tmp_path):
    """Where window after window says more new things than all before, the counts say so, and the summary."""
    random, lines = Random(6), quiet(2_700)
    for at in range(500, 2_700):
        lines[at] += " " + "".join(random.choices("ghijklmnopqrstuvwxyz", k=(at - 500) // 20))
    path = tmp_path / "drifting.log"
    path.write_bytes(as_file(lines))
    summary = json.loads(driftlock("detect", path, "--output", "json").stdout)["summary"]
    recent = summary["streams"][0]["recent"]
    assert summary["stationary"] is (recent["flagged"] <= recent["limit"])
    assert not summary["stationary"]
    assert f"stream not stationary: {recent['flagged']} of the last 200 windows" in flat(
        driftlock("detect", path).stdout
    )
