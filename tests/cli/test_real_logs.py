"""Real logs through the command line."""

import os
from pathlib import Path

import pytest

from tests.cli.calling import driftlock

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="DRIFTLOCK_DATA names no folder"),
]


@pytest.mark.parametrize(
    "name", ["HDFS_20000", "HealthApp_20000", "OpenSSH_2k", "Linux_2k", "HPC_2k", "Proxifier_2k"]
)
def test_what_is_flagged_recomputes(name, tmp_path):
    """Every record of a real log is identical when computed again, and fits 100 columns."""
    log = Path(os.environ["DRIFTLOCK_DATA"], "raw", f"{name}.log.gz")
    records = tmp_path / "records.jsonl"
    found = driftlock("detect", log, "--output", "jsonl")
    records.write_bytes(found.stdout_bytes)
    again = driftlock("explain", records, "--events", log)
    assert found.exit_code == (1 if found.stdout else 0)
    assert again.exit_code == 0
    assert again.stdout.count("Identical: all") == found.stdout.count("\n")
    shown = driftlock("detect", log).stdout.splitlines()
    assert max(map(len, shown)) <= 100
