import hashlib
import io
import os
import time

import pytest

from driftlock.errors import MalformedPayload
from driftlock.storage.spool import LEFT_BEHIND_SECONDS, FileSpool


def test_a_copy_is_what_came_and_nobody_elses_to_read(tmp_path):
    spool = FileSpool(tmp_path / "spool")
    data = bytes(range(256)) * 9000  # more than two blocks
    spooled = spool.keep("r1", io.BytesIO(data), len(data))
    assert spooled.sha256 == hashlib.sha256(data).hexdigest()
    assert spooled.size_bytes == len(data)
    with spool.open("r1") as copy:
        assert copy.read() == data
    assert (tmp_path / "spool" / "r1").stat().st_mode & 0o077 == 0
    spool.remove("r1")
    assert spool.open("r1") is None


def test_too_large_a_source_is_refused_and_not_kept(tmp_path):
    spool = FileSpool(tmp_path)
    with pytest.raises(MalformedPayload, match=r"larger than 1 MB.*DRIFTLOCK_MAX_UPLOAD_MB"):
        spool.keep("r1", io.BytesIO(b"x" * 1_000_001), 1_000_000)
    assert list(tmp_path.iterdir()) == []


def test_a_second_copy_for_the_same_run_takes_the_place_of_the_first_only_when_it_is_whole(tmp_path):
    spool = FileSpool(tmp_path)
    spool.keep("r1", io.BytesIO(b"first"), 10)
    with pytest.raises(MalformedPayload):
        spool.keep("r1", io.BytesIO(b"much too long"), 10)
    with spool.open("r1") as copy:
        assert copy.read() == b"first"
    spool.keep("r1", io.BytesIO(b"second"), 10)
    with spool.open("r1") as copy:
        assert copy.read() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["r1"]


def test_sweeping_takes_old_files_of_runs_that_are_over(tmp_path):
    spool = FileSpool(tmp_path)
    for run_id in ("over", "at work", "just begun"):
        spool.keep(run_id, io.BytesIO(b"x"), 1)
    for run_id in ("over", "at work"):
        before = time.time() - LEFT_BEHIND_SECONDS - 1
        os.utime(tmp_path / run_id, (before, before))
    spool.sweep({"at work"})
    assert {path.name for path in tmp_path.iterdir()} == {"at work", "just begun"}
