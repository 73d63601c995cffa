"""``driftlock detect`` on finished files."""

import gzip
import json

import pytest
import zstandard

from driftlock.decode import decode
from driftlock_core import BALANCED, SENSITIVE, detect
from tests.cli.calling import driftlock
from tests.cli.made_logs import BURST, as_file, loud, quiet


@pytest.fixture
def loud_log(tmp_path):
    path = tmp_path / "shop.log"
    path.write_bytes(as_file(loud()))
    return path


def overlaps_burst(record):
    return record["first_seq"] <= BURST[-1] + 1 and record["last_seq"] >= BURST[0] + 1


def without_name(summary):
    streams = [{**stream, "stream": ""} for stream in summary["streams"]]
    return {**summary, "name": "", "compression": None, "streams": streams}


def test_nothing_flagged_is_exit_code_0(tmp_path):
    """A log without a change gives a line of counts and no window."""
    path = tmp_path / "quiet.log"
    path.write_bytes(as_file(quiet(900)))
    result = driftlock("detect", path)
    assert result.exit_code == 0
    assert "900 events · 46 windows tested · 0 flagged · 0 incidents · ready" in result.stdout
    assert "expected by chance: at most about" in result.stdout
    assert "Window" not in result.stdout


def test_a_burst_is_flagged_with_exit_code_1(loud_log):
    """Windows over the burst are shown with numbers, times, sentence and their dearest lines."""
    result = driftlock("detect", loud_log)
    assert result.exit_code == 1
    assert "── Incident 1 ─" in result.stdout
    for shown in ("NCD ", "p_stream ", "p_perm ", " bits", "2026-03-02 08:", "more bits", "ERROR gateway"):
        assert shown in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def times_in(path):
    """As the decoder reads them."""
    with path.open("rb") as source:
        return [event.at_us for event in decode(source, name=path.name).events()]


def test_flags_what_the_engine_flags(loud_log):
    """The records are the engine's verdicts on the same lines, in order, and all of them."""
    expected = detect([line.encode() for line in loud()], BALANCED, times=times_in(loud_log))
    written = json.loads(driftlock("detect", loud_log, "--output", "json").stdout)
    assert [record["window"] for record in written["anomalies"]] == [v.window for v in expected.verdicts]
    assert [record["p_perm"] for record in written["anomalies"]] == [v.p_perm for v in expected.verdicts]
    assert written["summary"]["windows"] == len(expected)
    assert written["summary"]["flagged"] == len(expected.verdicts) > 0
    assert written["summary"]["expected_by_chance"] == pytest.approx(expected.expected_by_chance)
    assert all(overlaps_burst(record) for record in written["anomalies"])


def test_flags_the_same_when_the_file_is_longer_than_one_batch(tmp_path):
    """Batches of 5,000 events leave no trace: events of the baseline are still there when they are needed."""
    lines = quiet(5_030)[:-60] + loud(1_200, seed=2)[900:960] + quiet(900, seed=3)
    path = tmp_path / "long.log"
    path.write_bytes(as_file(lines))
    expected = detect([line.encode() for line in lines], BALANCED, times=times_in(path))
    written = json.loads(driftlock("detect", path, "--output", "json").stdout)
    spans = {(v.first_seq, v.last_seq) for v in expected.verdicts}
    assert any(first <= 5_000 < last for first, last in spans)
    assert {(r["first_seq"], r["last_seq"]) for r in written["anomalies"]} == spans


def test_json_object_names_what_was_done(loud_log):
    """The summary holds counts, status, profile, compressor, format, kind and sizes."""
    summary = json.loads(driftlock("detect", loud_log, "--output", "json").stdout)["summary"]
    expected = {
        "name": "shop.log",
        "events": 1_200,
        "windows": 76,
        "status": "ready",
        "profile": "balanced",
        "compressor": "zstd",
        "format": "text",
        "kind": "logs",
        "skipped": 0,
        "sizes": {"baseline": 400, "window": 50, "hop": 10, "proposed": False},
    }
    assert {name: summary[name] for name in expected} == expected


def test_records_carry_the_fields_readers_rely_on(loud_log):
    """Place in time, textbook NCD, entropy and words stand beside the verdict."""
    record = json.loads(driftlock("detect", loud_log, "--output", "jsonl").stdout.splitlines()[0])
    assert record["stream"] == "shop.log"
    assert record["first_at"].startswith("2026-03-02T08:")
    assert record["last_at"] > record["first_at"]
    assert 0 < record["ncd_textbook"] < 2
    assert record["entropy_bits_per_byte"] > 0
    assert {"novelty", "ratio_change", "description", "severity", "evidence"} <= record.keys()
    assert set(record["explanation"]) == {"sentence", "paragraph", "method"}


def test_lines_of_json_are_the_anomalies_of_the_object(loud_log):
    """Both outputs hold the same records."""
    lines = driftlock("detect", loud_log, "--output", "jsonl").stdout.splitlines()
    written = json.loads(driftlock("detect", loud_log, "--output", "json").stdout)
    assert [json.loads(line) for line in lines] == written["anomalies"]


@pytest.mark.parametrize("output", ["table", "jsonl", "json"])
def test_a_second_run_writes_the_same_bytes(loud_log, output):
    """No clock and no chance is in the output."""
    first, second = (driftlock("detect", loud_log, "--output", output) for _ in range(2))
    assert first.stdout_bytes == second.stdout_bytes
    assert first.stderr == second.stderr


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_packing_and_way_make_no_difference(tmp_path, loud_log, pack, way):
    """Compression is told by content; standard input is a file like any other."""
    packed = pack(loud_log.read_bytes())
    if way == "file":
        path = tmp_path / "packed.log"
        path.write_bytes(packed)
        result = driftlock("detect", path, "--output", "json")
    else:
        result = driftlock("detect", "-", "--output", "json", stdin=packed)
    plain = json.loads(driftlock("detect", loud_log, "--output", "json").stdout)
    written = json.loads(result.stdout)
    assert without_name(written["summary"]) == without_name(plain["summary"])
    assert [r["evidence"] for r in written["anomalies"]] == [r["evidence"] for r in plain["anomalies"]]


def test_several_files_are_several_objects(tmp_path, loud_log):
    """Each file is a stream of its own and has a summary of its own."""
    other = tmp_path / "quiet.log"
    other.write_bytes(as_file(quiet(600)))
    alone = json.loads(driftlock("detect", loud_log, "--output", "json").stdout)
    result = driftlock("detect", loud_log, other, "--output", "json")
    written = json.loads(result.stdout)["files"]
    assert result.exit_code == 1
    assert written[0] == alone
    assert [file["summary"]["name"] for file in written] == ["shop.log", "quiet.log"]
    assert written[1]["anomalies"] == []


def test_a_file_with_two_kinds_is_two_streams(tmp_path):
    """Spans and log records of one OTLP file are judged apart."""
    logs = [
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": text}}]}]}]}
        for text in quiet(480)
    ]
    spans = [
        {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "GET /cart", "traceId": f"{n:032x}"}]}]}]}
        for n in range(60)
    ]
    path = tmp_path / "collector.jsonl"
    path.write_bytes(as_file([json.dumps(record) for record in [*logs, *spans]]))
    result = driftlock("detect", path, "--output", "json")
    summary = json.loads(result.stdout)["summary"]
    assert [(s["stream"], s["events"], s["sizes"]["window"]) for s in summary["streams"]] == [
        ("collector.jsonl", 480, 50),
        ("collector.jsonl (traces)", 60, 5),
    ]
    assert summary["windows"] == sum(stream["windows"] for stream in summary["streams"])


def test_a_short_file_gets_the_largest_sizes_that_fit(tmp_path):
    """The sizes used are said on standard error and in the summary."""
    path = tmp_path / "short.log"
    path.write_bytes(as_file(quiet(230)))
    result = driftlock("detect", path, "--output", "json")
    assert json.loads(result.stdout)["summary"]["sizes"] == {
        "baseline": 160,
        "window": 20,
        "hop": 4,
        "proposed": True,
    }
    assert "230 events: window 20, hop 4, baseline 160 instead of 50/10/400" in result.stderr


def test_lines_that_cannot_be_read_are_counted_with_reasons(tmp_path):
    """The footer names the first lines that were skipped and why."""
    lines = [json.dumps({"message": text}) for text in quiet(500)]
    lines[7] = '{"message": "cut of'
    path = tmp_path / "app.jsonl"
    path.write_bytes(as_file(lines))
    result = driftlock("detect", path)
    assert "1 line skipped: line 8: missing quote" in result.stdout


def test_control_characters_of_events_do_not_reach_the_terminal(tmp_path):
    """An escape sequence in a log line is shown as dots."""
    lines = loud()
    for at in BURST:
        lines[at] = lines[at].replace("gateway", "\x1b[2Jgateway\x07")
    path = tmp_path / "shop.log"
    path.write_bytes(as_file(lines))
    result = driftlock("detect", path, color=True)
    assert "·[<N1>Jgateway·" in result.stdout
    assert "\x1b[2" not in result.stdout
    assert "\x07" not in result.stdout


def test_a_fixed_baseline_comes_from_its_own_file(tmp_path, loud_log):
    """Windows begin with the first event, and each is measured against the baseline file."""
    calm = tmp_path / "calm.log"
    calm.write_bytes(as_file(quiet(700, seed=9)))
    expected = detect(
        [line.encode() for line in loud()], BALANCED, baseline=[line.encode() for line in quiet(400, seed=9)]
    )
    result = driftlock("detect", loud_log, "--baseline", calm, "--output", "json")
    written = json.loads(result.stdout)
    assert "the first 400 events of calm.log" in result.stderr
    assert written["summary"]["windows"] == 116 == len(expected)
    assert [r["ncd"] for r in written["anomalies"]] == [v.ncd for v in expected.verdicts]
    assert all(record["evidence"]["baseline_given"] for record in written["anomalies"])


def test_a_short_baseline_file_makes_smaller_windows(tmp_path, loud_log):
    """Eight windows of 20 fit into 170 events."""
    calm = tmp_path / "calm.log"
    calm.write_bytes(as_file(quiet(170, seed=9)))
    result = driftlock("detect", loud_log, "--baseline", calm, "--output", "json")
    assert json.loads(result.stdout)["summary"]["sizes"]["window"] == 20


def test_sensitive_flags_at_least_what_balanced_flags(loud_log):
    """A named profile brings its own limits."""
    sensitive, balanced = (
        json.loads(driftlock("detect", loud_log, "--profile", name, "--output", "json").stdout)
        for name in ("sensitive", "balanced")
    )
    assert (sensitive["summary"]["threshold"], sensitive["summary"]["alpha"]) == (
        SENSITIVE.threshold,
        SENSITIVE.alpha,
    )
    assert {r["window"] for r in balanced["anomalies"]} <= {r["window"] for r in sensitive["anomalies"]}
