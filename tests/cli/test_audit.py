"""``driftlock audit``: the chain checked and written out, so that anybody can recompute it."""

import json
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from driftlock.services.acting import Actor, Record
from driftlock.settings import Settings
from driftlock.storage.store import SqlStore
from tests.cli.calling import driftlock

DOCS = Path(__file__).parents[2] / "docs" / "audit.md"
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with three records of tenant "demo" and one of "other"."""
    monkeypatch.setenv("DRIFTLOCK_HOME", str(tmp_path))
    store = SqlStore(Settings(home=tmp_path).database_url)
    for tenant in ("demo", "demo", "other", "demo"):
        actor = Actor(tenant=tenant, user="ann", role="operator")
        store.audit.append(
            Record(
                actor=actor, at=NOON, action="limits.apply", object_kind="stream", after={"p": 0.1, "é": "ü"}
            )
        )
    store.close()
    return tmp_path


def asked(*arguments: str):
    """What the command answers."""
    return driftlock("audit", *arguments)


def test_whole_chains_are_told_with_their_heads(home: Path):
    """Each tenant in a line; 0."""
    told = asked("check")
    assert told.exit_code == 0, told.output
    assert re.search(r"^demo: 3 records, unbroken; head [0-9a-f]{64}\.$", told.output, re.M)
    assert re.search(r"^other: 1 record, unbroken; head [0-9a-f]{64}\.$", told.output, re.M)


def test_a_changed_record_is_named_and_the_exit_code_is_1(home: Path):
    """Of one tenant or of all."""
    with sqlite3.connect(Settings(home=home).database_file) as raw:
        raw.execute("DROP TRIGGER audit_log_no_update")
        raw.execute("UPDATE audit_log SET actor = 'bo' WHERE tenant = 'demo' AND seq = 2")
    for arguments in (("check",), ("check", "--tenant", "demo")):
        told = asked(*arguments)
        assert told.exit_code == 1
        assert "Broken at record 2: it is not what its hash was made of." in told.output
    assert asked("check", "--tenant", "other").exit_code == 0


def test_a_head_from_before_is_looked_for(home: Path):
    """Found on the way, or its records were cut off."""
    rows = [json.loads(line) for line in asked("export", "--tenant", "demo").output.splitlines()]
    assert asked("check", "--tenant", "demo", "--head", rows[1]["hash"]).exit_code == 0
    assert asked("check", "--tenant", "other", "--head", rows[1]["hash"]).exit_code == 1


def test_the_ten_lines_of_the_docs_recompute_what_is_exported(home: Path):
    """With the standard library alone."""
    script = re.search(r"```python\n(.*?)```", DOCS.read_text(), re.S)
    assert script is not None
    exported = asked("export", "--tenant", "demo").output
    done = subprocess.run(
        [sys.executable, "-I", "-c", script.group(1)], input=exported, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert f"head {done.stdout.strip()}." in asked("check", "--tenant", "demo").output
    changed = exported.replace("0.1", "0.2", 1)
    altered = subprocess.run(
        [sys.executable, "-I", "-c", script.group(1)], input=changed, capture_output=True, text=True
    )
    assert altered.returncode != 0


@pytest.mark.parametrize(
    "arguments", [("check", "--head", "f" * 64), ("check", "--tenant", "demo", "--head", "F")]
)
def test_a_head_that_cannot_be_one_is_refused_with_the_next_step(home: Path, arguments: tuple[str, ...]):
    """Before anything is read."""
    told = asked(*arguments)
    assert told.exit_code == 2
    assert "head" in told.output.lower()


def test_an_unknown_tenant_is_an_error(home: Path):
    """Not a log without records, which would pass for one that is whole."""
    for command in ("check", "export"):
        told = asked(command, "--tenant", "nope")
        assert told.exit_code == 2
        assert "There is no tenant nope" in told.output
