"""``driftlock detect`` on metrics: series judged number by number, records, and ``explain`` on them."""

import io
import json

import pytest
from made_numbers import JUMP, long, otlp, prometheus, two_columns, wide

from driftlock.bootstrap import open_app
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED
from tests.cli.calling import driftlock


@pytest.fixture
def detect(tmp_path):
    """Calls the command on the given bytes; the file stays where ``path`` says."""

    def call(data, *options, name="cpu.csv"):
        (tmp_path / name).write_bytes(data)
        return driftlock("detect", tmp_path / name, *options)

    call.path = tmp_path
    return call


def records(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("data", "options", "series"),
    [
        (wide(), [], "cpu"),
        (long(), [], "cpu"),
        (two_columns(), [], "value"),
        (otlp(), [], "cpu"),
        (prometheus(), [], "cpu{host=a}"),
        (two_columns().partition(b"\n")[2], ["--kind", "metrics"], "value"),
        (two_columns().partition(b"\n")[2], ["--judge", "series"], "value"),
    ],
    ids=["wide", "long", "two columns", "OTLP", "Prometheus", "no header", "as series"],
)
def test_the_jump_is_flagged_with_value_and_range(detect, data, options, series):
    """Each form gives a record of the series, its value and what was expected; exit code 1."""
    result = detect(data, "--output", "jsonl", *options)
    assert result.exit_code == 1
    found = [one for one in records(result) if one["record"] == JUMP and one["value"] == 90.0]
    assert [one["series"] for one in found] == [series]
    assert found[0]["low"] < found[0]["high"] < 90.0


def test_the_table_says_value_range_series_and_time(detect):
    """In words and in figures, with what chance does not say."""
    result = detect(wide())
    assert result.exit_code == 1
    assert "cpu at 2026-03-30 04:00:00 UTC: 90 where " in result.stdout
    assert "  value 90   expected " in result.stdout
    assert "── Incident 1 ─" in result.stdout
    assert "900 events · 1530 numbers judged · " in result.stdout
    assert "expected by chance: not stated for numbers judged as series" in result.stdout
    assert "judged as series of numbers: the first events hold 2 series" in result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_one_object_holds_counts_series_and_records(detect):
    """JSON for programs: warm-ups are named, and the chance is null and not 0."""
    whole = json.loads(detect(wide(), "--output", "json").stdout)
    summary = whole["summary"]
    assert (summary["judged"], summary["expected_by_chance"]) == ("series", None)
    assert summary["flagged"] == len(whole["anomalies"])
    assert summary["streams"][0]["series"] == [
        {"name": "cpu", "records": 900, "warmup": 135},
        {"name": "mem", "records": 900, "warmup": 135},
    ]
    incidents = [one["incident"] for one in whole["anomalies"]]
    assert incidents == sorted(incidents)
    for incident in set(incidents):
        bits = [one["bits"] for one in whole["anomalies"] if one["incident"] == incident]
        assert bits == sorted(bits, reverse=True)


def test_a_calm_series_flags_nothing_and_ends_with_0(detect):
    result = detect(
        b"time,load\n" + b"".join(b"%d,%d\n" % (1767600000 + at * 60, at % 7) for at in range(600))
    )
    assert (result.exit_code, "0 flagged" in result.stdout) == (0, True)


def test_the_warmup_can_be_given(detect):
    """Records count from the first; with 800 learned, the jump at 700 belongs to them."""
    found = records(detect(two_columns(), "--output", "jsonl", "--warmup", 800))
    assert all(one["record"] >= 800 for one in found)
    assert {one["warmup"] for one in records(detect(two_columns(), "--output", "jsonl", "--warmup", 60))} == {
        60
    }


def test_as_text_on_request(detect):
    """The windows of the log detector, which states a chance."""
    summary = json.loads(detect(wide(), "--judge", "text", "--output", "json").stdout)["summary"]
    assert summary["judged"] == "text"
    assert summary["expected_by_chance"] > 0


def test_a_series_cannot_be_followed(detect):
    """One sentence, exit code 2."""
    result = detect(wide(), "--follow", "--judge", "series")
    assert result.exit_code == 2
    assert "A series is judged when its file has ended" in result.stderr


@pytest.mark.parametrize("count", [1, 3, 40])
def test_too_few_records_are_refused_with_the_numbers(detect, count):
    result = detect(wide(count))
    assert result.exit_code == 2
    assert f"{count} event{'' if count == 1 else 's'}; at least 45 are needed" in result.stderr


def test_ninety_nine_rows_are_judged_as_text_and_the_reason_is_said(detect):
    result = detect(wide(99))
    assert "judged as text: only 0 of 198 numbers belong to a series of 100 numbers or more" in result.stderr
    assert "tested" in result.stdout


@pytest.mark.parametrize("bad", [b"", b"n/a", b"NaN", b"high", b"1e999", b"\xff"])
def test_a_bad_value_is_a_gap_and_the_jump_is_found_all_the_same(detect, bad):
    lines = two_columns().splitlines()
    lines[400] = b"2026-03-17 15:00:00," + bad
    result = detect(b"\n".join(lines), "--output", "jsonl")
    assert (result.exit_code, 90.0 in [one["value"] for one in records(result)]) == (1, True)


def test_the_dashboard_and_the_command_find_the_same(detect, tmp_path):
    """Both doors, one record: every field that both write is equal."""
    app = open_app(Settings(home=tmp_path / "home"), work=False)
    run_id = app.start_run(
        "demo", source="upload", name="cpu.csv", open_source=lambda: io.BytesIO(wide()), profile=BALANCED
    )
    assert app.work()
    [stream] = app.queries.streams("demo", run_id)
    kept = {
        (row.series, row.record): app.series.anomaly_record("demo", row.id)
        for row in app.series.anomalies("demo", stream.id, limit=1000)
    }
    app.close()
    written = records(detect(wide(), "--output", "jsonl"))
    assert len(written) == len(kept) > 1
    for one in written:
        other = kept[one["series"], one["record"]]
        assert {name: one[name] for name in other} == other


def test_explain_needs_no_kind_by_hand(detect):
    """Rows without a header, taken for logs unless asked, are computed again as they were read."""
    result = detect(two_columns().partition(b"\n")[2], "--output", "jsonl", "--judge", "series")
    (detect.path / "found.jsonl").write_bytes(result.stdout_bytes)
    again = driftlock("explain", detect.path / "found.jsonl", "--events", detect.path / "cpu.csv")
    assert again.exit_code == 0
    assert again.stdout.count("Identical: all ") == len(records(result)) > 0


def test_explain_computes_every_number_again(detect):
    """Identical on the file itself; a changed value is named, exit code 1."""
    result = detect(wide(), "--output", "jsonl")
    (detect.path / "found.jsonl").write_bytes(result.stdout_bytes)
    call = ("explain", detect.path / "found.jsonl", "--events")
    again = driftlock(*call, detect.path / "cpu.csv")
    assert (again.exit_code, again.stderr) == (0, "")
    assert again.stdout.count("Identical: all ") == len(records(result))
    lines = wide().splitlines()
    lines[301] = lines[301].replace(b",", b",1", 1)
    (detect.path / "cpu.csv").write_bytes(b"\n".join(lines))
    differs = driftlock(*call, detect.path / "cpu.csv")
    assert differs.exit_code == 1
    assert "digest of the values: recorded" in differs.stdout


def test_explain_refuses_a_file_that_is_too_short(detect):
    result = detect(wide(), "--output", "jsonl")
    (detect.path / "found.jsonl").write_bytes(result.stdout_bytes)
    (detect.path / "cpu.csv").write_bytes(wide(300))
    refused = driftlock("explain", detect.path / "found.jsonl", "--events", detect.path / "cpu.csv")
    assert refused.exit_code == 2
    assert "has 300 records here" in refused.stderr


def test_a_pipe_gives_the_same_bytes_each_time():
    """From standard input, twice."""
    first, second = (driftlock("detect", "-", "--output", "json", stdin=long()) for _ in range(2))
    assert first.exit_code == 1
    assert first.stdout_bytes == second.stdout_bytes


def test_logs_and_metrics_of_one_file_are_judged_each_in_its_way(detect):
    """Windows and numbers are counted apart, and both kinds of records are computed again."""
    logs = [
        {
            "resourceLogs": [
                {
                    "scopeLogs": [
                        {
                            "logRecords": [
                                {
                                    "timeUnixNano": str(1772323200_000000000 + at * 3600_000000000),
                                    "body": {"stringValue": f"request {at * 7919 % 1000} served"},
                                }
                            ]
                        }
                    ]
                }
            ]
        }
        for at in range(600)
    ]
    data = b"".join(json.dumps(one).encode() + b"\n" for one in logs) + otlp()
    result = detect(data, "--output", "json", name="both.jsonl")
    summary = json.loads(result.stdout)["summary"]
    by_kind = {stream["kind"]: stream for stream in summary["streams"]}
    assert by_kind["logs"]["windows"] == summary["windows"] > 0
    assert by_kind["metrics"]["numbers"] == summary["numbers"] == 2 * 765
    assert summary["expected_by_chance"] is None
    (detect.path / "found.json").write_bytes(result.stdout_bytes)
    again = driftlock("explain", detect.path / "found.json", "--events", detect.path / "both.jsonl")
    assert (again.exit_code, "Different" in again.stdout) == (0, False)
    table = detect(data, name="both.jsonl").stdout
    assert " · 1530 numbers judged · " in table
    assert " windows tested · " in table
