"""``driftlock score --kind metrics --warmup N``: one line per record of a numeric series."""

import gzip
import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from driftlock_core.series import ALERT_SCORE, PAGE_SCORE, SeriesDetector
from tests.cli.calling import driftlock


def values(count, seed=1):
    """A noisy daily curve with a jump of 20 records in its last quarter."""
    random = Random(seed)
    made = [round(math.sin(at * math.tau / 24) * 5 + random.gauss(20, 0.5), 3) for at in range(count)]
    jump = 3 * count // 4
    return made[:jump] + [90.0 + at for at in range(20)] + made[jump + 20 :]


VALUES = values(400)
HOURS = [1_772_323_200.0 + 3_600 * at for at in range(2_000)]  # from 2026-03-01 00:00 UTC, as in a table


def table(numbers, header="timestamp,value"):
    lines = [f"2026-03-{1 + at // 24:02} {at % 24:02}:00:00,{number}" for at, number in enumerate(numbers)]
    return "\n".join([header, *lines] if header else lines).encode() + b"\n"


@pytest.fixture
def score(tmp_path):
    """Calls the command on the given bytes; gives the written lines and standard error."""

    def scored(content, *options, warmup=100):
        given, output = tmp_path / "series.csv", tmp_path / "scores.jsonl"
        given.write_bytes(content)
        call = ("score", "--kind", "metrics", "--input", given, "--warmup", warmup, "--output", output)
        result = driftlock(*call, *options)
        assert (result.exit_code, result.stdout) == (0, "")
        return [json.loads(line) for line in output.read_bytes().splitlines()], result.stderr

    return scored


def test_every_record_gets_the_engines_score(score):
    """Units are 0-based records; score, p-value, flag and page are the engine's, from one call to it."""
    expected = SeriesDetector(100).update(VALUES, HOURS[:400])
    lines, errors = score(table(VALUES))
    assert errors == ""
    assert [list(line) for line in lines] == [["unit", "group", "score", "p_value", "flagged", "page"]] * 400
    assert [line["unit"] for line in lines] == list(range(400))
    assert {line["group"] for line in lines} == {None}
    assert [line["score"] for line in lines] == expected.score.tolist()
    assert [line["p_value"] for line in lines] == expected.p_value.tolist()
    assert [line["flagged"] for line in lines] == expected.alert.tolist()
    assert [line["page"] for line in lines] == expected.page.tolist()


def test_the_jump_is_paged_and_a_page_is_flagged(score):
    """A page is an alert at a higher limit."""
    lines, _ = score(table(VALUES))
    assert any(line["page"] for line in lines[300:320])
    assert all(line["flagged"] and line["score"] >= PAGE_SCORE for line in lines if line["page"])


def test_times_keep_the_place_in_the_day_where_records_are_missing(score):
    """With a gap of 7 hours every week or so, the scores are those of the times and not of the order."""
    numbers = values(2_000, seed=7)
    kept = [at for at in range(2_000) if at % 160 >= 7]
    rows = [f"{datetime.fromtimestamp(HOURS[at], UTC):%Y-%m-%d %H:%M:%S},{numbers[at]}" for at in kept]
    asked = [numbers[at] for at in kept]
    lines, _ = score("\n".join(rows).encode())
    with_times = SeriesDetector(100).update(asked, [HOURS[at] for at in kept])
    without = SeriesDetector(100).update(asked)
    assert with_times.score.tolist() != without.score.tolist()
    assert [line["score"] for line in lines] == with_times.score.tolist()


@pytest.mark.parametrize("first", ["0", "monday", ""])
def test_the_first_record_decides_whether_there_are_times(score, first):
    """A file whose first record names no time is judged by the order of its records."""
    rows = table(VALUES, header=None).splitlines()
    rows[0] = first.encode() + b"," + rows[0].partition(b",")[2]
    lines, _ = score(b"\n".join(rows))
    assert [line["score"] for line in lines] == SeriesDetector(100).update(VALUES).score.tolist()


def test_a_time_that_cannot_be_read_counts_as_the_one_before(score):
    """Also one of hundreds of digits."""
    records = [{"ts": at, "value": one} for at, one in zip(HOURS, VALUES, strict=False)]
    records[40]["ts"], records[41]["ts"] = "soon", 10**400
    lines, errors = score("\n".join(map(json.dumps, records)).encode())
    odd = [*HOURS[:40], HOURS[39], HOURS[39], *HOURS[42:400]]
    assert errors == ""
    assert [line["score"] for line in lines] == SeriesDetector(100).update(VALUES, odd).score.tolist()


def test_the_jump_is_flagged_and_the_warmup_is_not(score):
    """Nothing is said of the first 100 records; the first of the jump is flagged."""
    lines, _ = score(table(VALUES))
    assert {(line["score"], line["p_value"], line["flagged"]) for line in lines[:100]} == {(0, 1, False)}
    assert lines[300]["flagged"]
    assert all(line["flagged"] == (line["score"] >= ALERT_SCORE) for line in lines)


@pytest.mark.parametrize("kept", [99, 100, 101, 250, 301, 399])
def test_lines_never_change_when_later_records_do(score, kept):
    """Causality through the door: the first lines are the same whatever follows, and if nothing does."""
    whole, _ = score(table(VALUES))
    cut, _ = score(table(VALUES[:kept]))
    other, _ = score(table([*VALUES[:kept], -1e6, "gone", 3, *range(300)]))
    assert cut == whole[:kept] == other[:kept]


@pytest.mark.parametrize(
    "written",
    [
        table(VALUES, header=None),
        b"\xef\xbb\xbf" + table(VALUES),
        table(VALUES).replace(b"\n", b"\r\n"),
        table(VALUES).replace(b"\n", b"\n\n"),
        gzip.compress(table(VALUES)),
        table(VALUES).replace(b",", b' , "').replace(b"\n", b'"\n'),
        table(VALUES).replace(b"2026", b'"March, 2026').replace(b":00,", b':00",'),
        table(VALUES).replace(b"\n", b",label,1\n"),
        b"".join(json.dumps({"ts": at, "value": one}).encode() + b"\n" for at, one in enumerate(VALUES)),
        b"".join(json.dumps({"body": one, "ts": "x"}).encode() + b"\n" for one in VALUES),
    ],
    ids=[
        "no header",
        "byte order mark",
        "CR LF",
        "blank lines",
        "gzip",
        "quoted values",
        "quoted times with commas",
        "more columns",
        "JSON value",
        "JSON body",
    ],
)
def test_every_form_of_the_series_scores_alike(score, written):
    """Header, line ends, quotation marks, compression and JSON change nothing."""
    assert score(written) == score(table(VALUES))


@pytest.mark.parametrize(
    "bad", ["", "n/a", "NaN", "inf", "-Infinity", "1e999", "1_000", "high", "9.5x", "\u0663", '"']
)
def test_a_value_that_is_no_number_scores_0_and_is_named(score, bad):
    """It is counted with its line, teaches nothing and keeps its place."""
    odd = [*VALUES[:200], bad, *VALUES[200:]]
    lines, errors = score(table(odd))
    assert (
        errors == "driftlock: “series.csv”: 1 of 401 records hold no finite number and score 0: line 202.\n"
    )
    said = {"score": 0.0, "p_value": 1.0, "flagged": False, "page": False}
    assert lines[200] == {"unit": 200, "group": None} | said
    expected = SeriesDetector(100).update([*VALUES[:200], math.nan, *VALUES[200:]], HOURS[:401])
    assert [line["p_value"] for line in lines] == expected.p_value.tolist()


@pytest.mark.parametrize(
    "bad",
    [
        b'{"ts": 1, "value": "high"}',
        b'{"ts": 1, "value": true}',
        b'{"ts": 1, "value": NaN}',
        b'{"ts": 1, "value": 1' + b"0" * 400 + b"}",
        b'{"ts": 1, "value": [5]}',
        b'{"ts": 1}',
        b'{"ts": 1, "val',
        b"{" * 100_000,
        b"\xff\xfe\x00",
        b"1",
    ],
)
def test_a_bad_json_line_never_stops_the_rest(score, bad):
    """Also one that is cut off, nested without end or not text."""
    good = [json.dumps({"ts": at, "value": one}).encode() for at, one in enumerate(VALUES)]
    lines, errors = score(b"\n".join([*good[:150], bad, *good[150:]]))
    assert "1 of 401 records hold no finite number and score 0: line 151." in errors
    assert lines[150]["score"] == 0
    assert len(lines) == 401


def test_many_missing_values_are_counted_and_the_first_are_named(score):
    """Twenty lines stand for all."""
    lines, errors = score(table([""] * 50 + VALUES))
    assert len(lines) == 450
    assert "50 of 450 records" in errors
    assert errors.endswith("20, 21 and 30 more.\n")


def test_a_series_without_any_number_is_scored_0(score):
    """Nothing to learn from is not a failure."""
    lines, errors = score(table(["NaN"] * 30), warmup=5)
    assert {line["score"] for line in lines} == {0}
    assert "30 of 30 records" in errors


def test_a_series_shorter_than_its_warmup_is_scored_0(score):
    """All of it is learned, none of it judged."""
    lines, _ = score(table(VALUES), warmup=1000)
    assert {(line["score"], line["p_value"], line["flagged"]) for line in lines} == {(0, 1, False)}


def test_a_pipe_goes_in_and_out():
    """From standard input to standard output, the same bytes each time."""
    call = ("score", "--kind", "metrics", "--warmup", "50", "--input", "-", "--output", "-")
    first, second = (driftlock(*call, stdin=table(VALUES)) for _ in range(2))
    assert first.stdout_bytes == second.stdout_bytes
    assert first.stdout.count("\n") == 400


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--warmup", "9"], "--warmup is for a series: give it with --kind metrics"),
        (["--warmup", "9", "--kind", "logs"], "--warmup is for a series: give it with --kind metrics"),
        (["--warmup", "9", "--kind", "metrics", "--baseline", "x"], "without --baseline"),
        (["--kind", "metrics"], "Give --baseline, or --kind metrics and --warmup"),
        (["--unit", "event"], "Give --baseline, or --kind metrics and --warmup"),
        (["--kind", "metrics", "--warmup", "0"], "0 is not in the range x>=1"),
    ],
)
def test_options_that_do_not_fit_together(tmp_path, options, said):
    """One sentence, exit code 2, nothing written."""
    given, output = tmp_path / "series.csv", tmp_path / "scores.jsonl"
    given.write_bytes(table(VALUES))
    result = driftlock("score", "--input", given, "--output", output, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not output.exists()


def test_an_empty_file_is_no_series(tmp_path):
    """A header alone is none either, and earlier scores are left as they were."""
    output = tmp_path / "scores.jsonl"
    output.write_bytes(b"earlier")
    for content in (b"", b"\n\n", b"timestamp,value\n"):
        (tmp_path / "series.csv").write_bytes(content)
        call = ("--kind", "metrics", "--warmup", "9", "--input", tmp_path / "series.csv", "--output", output)
        result = driftlock("score", *call)
        assert result.exit_code == 2
        assert "“series.csv” holds no records" in result.stderr
        assert output.read_bytes() == b"earlier"


@pytest.mark.data
@pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="DRIFTLOCK_DATA names no folder")
def test_a_real_series_is_scored_record_by_record(tmp_path):
    """Every record of the taxi counts has its line, and few are flagged."""
    series = Path(os.environ["DRIFTLOCK_DATA"], "nab", "realKnownCause", "nyc_taxi.csv")
    output = tmp_path / "scores.jsonl"
    call = ("--kind", "metrics", "--warmup", "750", "--input", series, "--output", output)
    assert driftlock("score", *call).exit_code == 0
    lines = [json.loads(line) for line in output.read_bytes().splitlines()]
    assert len(lines) == 10_320
    assert 0 < sum(line["flagged"] for line in lines) < 30
