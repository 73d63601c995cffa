"""Public log collections, read whole."""

import os
from pathlib import Path

import pytest

from tests.decode.sources import read_all

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="DRIFTLOCK_DATA names no folder"),
]

EXPECTED = [  # file, format, whether its lines name a certain time
    ("raw/Apache_2k.log.gz", "text", True),
    ("raw/HDFS_2k.log.gz", "text", True),
    ("raw/HPC_2k.log.gz", "text", False),
    ("raw/Hadoop_2k.log.gz", "text", True),
    ("raw/HealthApp_20000.log.gz", "text", True),
    ("raw/Linux_2k.log.gz", "syslog", False),
    ("raw/OpenSSH_2k.log.gz", "syslog", False),
    ("raw/Proxifier_2k.log.gz", "text", False),
    ("dev/hdfs_2pct.jsonl.gz", "ndjson", True),
    ("dev/csic2010.jsonl.gz", "ndjson", False),
]


@pytest.mark.parametrize(("file", "format", "timed"), EXPECTED, ids=lambda value: str(value))
def test_every_line_is_an_event(file: str, format: str, timed: bool) -> None:
    """Nothing is skipped or joined; either every event has its time or none."""
    events, report = read_all((Path(os.environ["DRIFTLOCK_DATA"]) / file).read_bytes(), name=file)
    assert (report.recognition.format, report.recognition.kind) == (format, "logs")
    assert (len(events), 0, 0) == (report.lines, report.skipped, report.joined)
    assert report.with_time == (len(events) if timed else 0)
