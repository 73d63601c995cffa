"""``driftlock explain``: recorded verdicts in words, and computed again."""

import json

import pytest

from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, loud, quiet


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "shop.log"
    path.write_bytes(as_file(loud()))
    return path


@pytest.fixture
def records(tmp_path, log):
    path = tmp_path / "records.jsonl"
    path.write_bytes(driftlock("detect", log, "--output", "jsonl").stdout_bytes)
    return path


def changed(records, **fields):
    """The same file with other values in its first record."""
    first, *others = records.read_bytes().splitlines()
    records.write_bytes(b"\n".join([json.dumps(json.loads(first) | fields).encode(), *others]))
    return records


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("configuration", {}),
        ("configuration", {"name": "custom", "threshold": 0.3, "alpha": 0.05, "masks": [], "colour": 1}),
        ("explanation", {"sentence": "It differs."}),
        ("evidence", None),
        ("evidence", {"epochs": []}),
    ],
)
def test_a_damaged_record_is_refused_in_words(records, log, field, value):
    """One sentence and exit code 2, whatever part of the record is missing."""
    if isinstance(value, dict) and field == "evidence":
        value = json.loads(records.read_bytes().splitlines()[0])[field] | value
    result = driftlock("explain", changed(records, **{field: value}), "--events", log)
    assert result.exit_code == 2
    assert "records.jsonl" in result.stderr


def test_prints_sentence_paragraph_and_method(records):
    """All three levels of each record, at most 100 columns wide."""
    result = driftlock("explain", records)
    first = json.loads(records.read_bytes().splitlines()[0])
    assert result.exit_code == 0
    assert f"Window {first['window']} on shop.log needs" in result.stdout
    assert "If these events were interchangeable" in " ".join(result.stdout.split())
    assert "p_perm = (1 + permutations with a sum of at least" in result.stdout
    assert "**" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_one_window_alone(records):
    """--window chooses; an unknown one is an error that names those there are."""
    windows = [json.loads(line)["window"] for line in records.read_bytes().splitlines()]
    one = driftlock("explain", records, "--window", windows[1])
    none = driftlock("explain", records, "--window", 9_999)
    assert one.stdout.count("Extra bits =") == 1
    assert none.exit_code == 2
    assert f"the windows recorded are {windows[0]}, {windows[1]}" in none.stderr


def test_every_record_recomputes(records, log):
    """From the original file each number comes out the same."""
    result = driftlock("explain", records, "--events", log)
    assert result.exit_code == 0
    assert result.stdout.count("Identical: all") == len(records.read_bytes().splitlines())
    assert "Different" not in result.stdout


def test_the_object_of_json_is_read_too(tmp_path, log):
    """Records of both outputs are the same; so is what is said about them."""
    path, jsonl = tmp_path / "records.json", tmp_path / "records.jsonl"
    path.write_bytes(driftlock("detect", log, "--output", "json").stdout_bytes)
    jsonl.write_bytes(driftlock("detect", log, "--output", "jsonl").stdout_bytes)
    assert driftlock("explain", path).stdout == driftlock("explain", jsonl).stdout


def test_a_changed_number_is_found(records, log):
    """A record that was touched is different, and the number is named."""
    result = driftlock("explain", changed(records, ncd=0.5), "--events", log)
    assert result.exit_code == 1
    assert result.stdout.count("Different: 1 of") == 1
    assert "NCD (size-matched): recorded 0.5, computed" in result.stdout


def test_a_changed_event_is_found(records, log):
    """So is a file that was touched."""
    log.write_bytes(log.read_bytes().replace(b"ERROR gateway", b"ERROR doorway", 1))
    result = driftlock("explain", records, "--events", log)
    assert result.exit_code == 1
    assert "raw window digest: recorded" in result.stdout


def test_several_files_are_told_apart_by_name(tmp_path, log):
    """Of records of two files those of the named one are recomputed."""
    other = tmp_path / "web.log"
    other.write_bytes(as_file(loud(seed=7)))
    records = tmp_path / "records.json"
    records.write_bytes(driftlock("detect", log, other, "--output", "json").stdout_bytes)
    result = driftlock("explain", records, "--events", other)
    assert result.exit_code == 0
    assert "on web.log needs" in result.stdout
    assert "on shop.log needs" not in result.stdout
    assert "records of other files than web.log are left out" in result.stderr


def test_kinds_of_one_file_are_counted_apart(tmp_path):
    """Event numbers of a stream count within its kind."""
    logs = [
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": text}}]}]}]}
        for text in loud()
    ]
    spans = [
        {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "GET /cart", "traceId": f"{n:032x}"}]}]}]}
        for n in range(400)
    ]
    mixed = [record for pair in zip(logs, spans, strict=False) for record in pair] + logs[400:]
    path, records = tmp_path / "collector.jsonl", tmp_path / "records.jsonl"
    path.write_bytes(as_file([json.dumps(record) for record in mixed]))
    records.write_bytes(driftlock("detect", path, "--output", "jsonl").stdout_bytes)
    result = driftlock("explain", records, "--events", path)
    assert result.exit_code == 0
    assert "Identical" in result.stdout


def test_a_fixed_baseline_is_needed_again(tmp_path, log):
    """Without its file nothing can be recomputed; with it everything can."""
    calm, records = tmp_path / "calm.log", tmp_path / "records.jsonl"
    calm.write_bytes(as_file(quiet(400, seed=9)))
    records.write_bytes(driftlock("detect", log, "--baseline", calm, "--output", "jsonl").stdout_bytes)
    without = driftlock("explain", records, "--events", log)
    assert without.exit_code == 2
    assert "Name it with --baseline" in without.stderr
    result = driftlock("explain", records, "--events", log, "--baseline", calm)
    assert result.exit_code == 0
    assert "Identical" in result.stdout


def test_a_file_that_ends_too_early(records, log):
    """The events of a window must all be there."""
    log.write_bytes(as_file(loud()[:500]))
    result = driftlock("explain", records, "--events", log)
    assert result.exit_code == 2
    assert "“shop.log” has 500 events" in result.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"plain text\n", "line 1 is no JSON"),
        (b'{"window": 3}\n', "a record has no "),
        (b"[1, 2]", "it is no JSON object"),
    ],
)
def test_other_files_are_no_records(tmp_path, content, reason):
    """The message says how records are made."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    result = driftlock("explain", path)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "driftlock detect --output jsonl" in result.stderr


def test_no_records_is_no_error(tmp_path):
    """Nothing was flagged, so there is nothing to explain."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"")
    result = driftlock("explain", path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "there is nothing to explain" in result.stderr
