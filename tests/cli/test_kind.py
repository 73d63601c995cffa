"""``--kind`` of detect and score: recognised, shown with its evidence, and overruled."""

import json

import pytest

from driftlock.model import KINDS
from driftlock_core import openzl_compressor
from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, quiet
from tests.made_records import flows, payments

NETWORK = (160, 20, 4)
LOGS = (400, 50, 10)


@pytest.fixture
def flows_file(tmp_path):
    path = tmp_path / "flows.jsonl"
    path.write_bytes(as_file(flows(900, scan_from=700)))
    return path


def summary(*arguments):
    return json.loads(driftlock("detect", *arguments, "--output", "json").stdout)["summary"]


def sizes(counted):
    return tuple(counted["sizes"][name] for name in ("baseline", "window", "hop"))


@pytest.mark.parametrize("options", [(), ("--kind", "auto")])
def test_the_recognised_kind_brings_its_sizes(flows_file, options):
    """Flows are judged in windows of 20, and the summary says on what evidence."""
    found = summary(flows_file, *options)
    assert (found["kind"], sizes(found)) == ("network", NETWORK)
    assert found["kind_evidence"].startswith("400 of 400 sampled events look like network flows")
    assert found["kind_seen"]["counts"] == {"network": 400}
    assert "src_ip" in found["kind_seen"]["fields"]
    assert found["notes"] == []


def test_a_scan_is_found_as_flows_with_the_limits_of_the_profile(flows_file):
    """A window over the scan is flagged; threshold and alpha are those of balanced."""
    written = json.loads(driftlock("detect", flows_file, "--output", "json").stdout)
    assert any(r["first_seq"] <= 740 and r["last_seq"] > 700 for r in written["anomalies"])
    assert {(r["kind"], r["threshold"], r["alpha"]) for r in written["anomalies"]} == {("network", 0.3, 0.05)}


def test_the_table_shows_evidence_and_sizes(flows_file):
    """Below the name, wrapped like everything else."""
    shown = driftlock("detect", flows_file).stdout
    head = " ".join(shown.split())
    assert "network, ndjson · balanced" in head
    assert "400 of 400 sampled events look like network flows (fields src_ip, dst_ip" in head
    assert "Baseline 160, window 20, hop 4 events." in head
    assert max(map(len, shown.splitlines())) <= 100


def test_a_kind_by_hand_overrules_what_is_seen(flows_file):
    """Flows judged as logs get the sizes of logs."""
    found = summary(flows_file, "--kind", "logs")
    assert (found["kind"], sizes(found), found["kind_evidence"]) == ("logs", LOGS, "Chosen by hand.")
    assert found["kind_seen"] is None


def test_given_sizes_hold_for_every_kind(flows_file):
    """A window alone scales all sizes, whatever the kind."""
    assert sizes(summary(flows_file, "--window", "30")) == (240, 30, 6)


def test_a_file_too_short_for_the_sizes_of_its_kind_gets_smaller_ones(tmp_path):
    """120 flows: windows of 10, and a note."""
    path = tmp_path / "few.jsonl"
    path.write_bytes(as_file(flows(120)))
    found = summary(path)
    assert sizes(found) == (80, 10, 2)
    assert "window 10, hop 2, baseline 80 instead of 20/4/160" in found["notes"][0]


def test_a_baseline_file_decides_the_sizes(tmp_path, flows_file):
    """The stream is judged with the sizes its baseline was read for."""
    ordinary = tmp_path / "ordinary.jsonl"
    ordinary.write_bytes(as_file(flows(300, seed=9)))
    result = driftlock("detect", flows_file, "--baseline", ordinary, "--output", "json")
    assert sizes(json.loads(result.stdout)["summary"]) == NETWORK
    assert "the first 160 events of ordinary.jsonl, for windows of 20" in result.stderr


def test_followed_flows_are_judged_like_finished_ones(flows_file):
    """The sizes come from what was recognised, whether the end of the file is known or not."""
    finished = driftlock("detect", flows_file, "--output", "jsonl")
    followed = driftlock("detect", flows_file, "--follow", "--output", "jsonl", wait=lambda: False)
    assert finished.stdout == followed.stdout != ""


def test_records_of_flows_recompute(tmp_path, flows_file):
    """explain --events computes the numbers again at the sizes in the record."""
    records = tmp_path / "records.jsonl"
    records.write_text(driftlock("detect", flows_file, "--output", "jsonl").stdout)
    result = driftlock("explain", records, "--events", flows_file)
    assert result.exit_code == 0
    assert "Identical" in result.stdout


@pytest.fixture
def score(tmp_path):
    def scored(baseline, asked, *options):
        known, given, output = (tmp_path / name for name in ("known.jsonl", "given.jsonl", "scores.jsonl"))
        known.write_text("\n".join(baseline))
        given.write_text("\n".join(asked))
        result = driftlock("score", "--baseline", known, "--input", given, "--output", output, *options)
        assert result.exit_code == 0, result.stderr
        lines = [json.loads(line) for line in output.read_text().splitlines()]
        return lines, " ".join(result.stderr.split())

    return scored


def wrapped(lines, group=None):
    return [
        json.dumps({"body": json.loads(line), **({"group": group(n)} if group else {})})
        for n, line in enumerate(lines)
    ]


@pytest.mark.parametrize(("lines", "kind"), [(flows, "network"), (payments, "records")])
def test_records_are_scored_one_by_one(score, lines, kind):
    """Without --unit, each flow and each payment is a unit, and standard error says why."""
    scores, said = score(wrapped(lines(60)), wrapped(lines(25, seed=2)))
    assert len(scores) == 25
    assert f"scored by event as {kind}: 60 of 60 sampled events look like" in said


def test_log_lines_are_scored_in_sessions_or_in_windows(score):
    """Groups where every line has one, else windows."""
    lines = [json.dumps({"body": text}) for text in quiet(300)]
    scores, said = score(lines, lines[:60])
    assert "scored by window as logs" in said
    assert [one["unit"] for one in scores] == [0, 10, 20, 30, 40]
    grouped = [json.dumps({"body": text, "group": n // 6}) for n, text in enumerate(quiet(300))]
    scores, said = score(grouped, grouped[:60])
    assert "scored by group as logs" in said
    assert len(scores) == 10


def test_unit_and_kind_by_hand_overrule(score):
    """Flows as logs, by windows asked for."""
    scores, said = score(wrapped(flows(300)), wrapped(flows(40, seed=2)), "--kind", "logs", "--unit", "event")
    assert "scored by event as logs: Chosen by hand." in said
    assert len(scores) == 40


def test_what_is_scored_has_no_part_in_the_kind(score):
    """An input full of payments against a baseline of flows is read as flows are."""
    _, said = score(wrapped(flows(60)), wrapped(payments(80)))
    assert "as network: 60 of 60" in said


@pytest.mark.parametrize("command", ["detect", "score", "explain"])
def test_every_kind_can_be_chosen(command):
    """auto and the kinds, in one order everywhere."""
    assert f"[auto|{'|'.join(KINDS)}]" in "".join(driftlock(command, "--help").stdout.split())


def test_an_unknown_kind_is_answered_with_the_known_ones(flows_file):
    result = driftlock("detect", flows_file, "--kind", "syslog")
    assert result.exit_code == 2
    assert "'auto', 'logs', 'metrics', 'traces', 'llm', 'records', 'network'" in result.stderr


def test_a_compressor_that_is_not_installed_says_what_to_install(flows_file, monkeypatch):
    """Before anything is read."""
    monkeypatch.setattr(openzl_compressor, "installed", lambda: False)
    result = driftlock("detect", flows_file, "--compressor", "openzl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert 'the compressor "openzl" is not installed; install it with pip install "openzl==' in result.stderr


@pytest.mark.skipif(not openzl_compressor.installed(), reason="the extra openzl is not installed")
def test_openzl_is_named_with_what_it_lacks(flows_file):
    """In the table's head, and in the version every record carries."""
    assert "openzl (not calibrated)" in driftlock("detect", flows_file, "--compressor", "openzl").stdout
    assert summary(flows_file, "--compressor", "openzl")["compressor_version"].endswith("not calibrated")
