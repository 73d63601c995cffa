"""What ``detect`` and ``explain`` say of windows that stand out by more than their bytes."""

import json
import re

import pytest

from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, quiet

FLOOD = range(2_500, 2_560)  # 0-based


def flooded():
    """An ordinary log in which one of its lines comes sixty times in a row."""
    lines = quiet(3_000)
    known = next(line for line in lines if "cache hit" in line)
    for at in FLOOD:
        lines[at] = lines[at][:19] + known[19:]
    return lines


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("flood") / "shop.log"
    path.write_bytes(as_file(flooded()))
    return path


@pytest.fixture(scope="module")
def records(log):
    path = log.with_name("records.jsonl")
    path.write_bytes(driftlock("detect", log, "--output", "jsonl").stdout_bytes)
    return path


def of_flood(records):
    found = [json.loads(line) for line in records.read_bytes().splitlines()]
    return [r for r in found if r["first_seq"] <= FLOOD[-1] + 1 and r["last_seq"] > FLOOD[0]]


def test_a_record_names_the_views_and_their_findings(records):
    """The flood is found in its counts, with the line that floods and how often it comes."""
    found = of_flood(records)
    assert found
    assert all("counts" in record["views"] for record in found)
    full = next(r for r in found if r["first_seq"] > FLOOD[0] and r["last_seq"] <= FLOOD[-1] + 1)
    finding = next(f for f in full["description"]["findings"] if f["view"] == "counts")
    assert finding["places"][0]["count"] == 50
    assert "cache hit" in finding["places"][0]["text"]
    assert full["severity"] == "high"
    assert full["extra_bits"] < 0


def test_the_table_names_the_views_and_the_line(log):
    """In place of the p-values of the bytes, which do not decide, and of the dearest lines, which are none."""
    result = driftlock("detect", log)
    assert result.exit_code == 1
    blocks = [block for block in re.split(r"\n(?=Window )", result.stdout) if "comes 50 times" in block]
    assert blocks
    for block in blocks:
        assert re.search(r"^  [a-z, ]*counts[a-z, ]*   p 0\.0\d+   NCD ", block, re.MULTILINE)
        assert "p_perm" not in block
        assert "stands out by its" in block
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_explain_tells_each_view_and_recomputes(records, log):
    """The reason is the distance that met the limit, not the NCD; every number comes out again."""
    result = driftlock("explain", records, "--events", log)
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "By its counts: Coding its counts with the baseline's shares wastes" in text
    assert "the distance of its counts from the usual" in text
    assert "these two p-values do not decide here" in text
    assert "**" not in result.stdout
    assert result.stdout.count("Identical: all") == len(records.read_bytes().splitlines())
