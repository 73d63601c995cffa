"""Bad inputs in every run of the tests; `python -m tests.api.fuzzing` sends many more."""

import pytest

from driftlock.services import accounts_passwords
from tests.api.fuzzing import fuzz


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_passwords, "COST", 4)


def test_no_input_is_answered_with_an_error_of_the_program(tmp_path):
    """Seed 2: no 500, no traceback, nobody let in or led elsewhere, no answer that takes long."""
    assert fuzz(tmp_path / "home", 1_000, seed=2).failures == []


def test_nor_on_postgresql(tmp_path, postgres_url, postgres_owner_url):
    """Seed 3. It refuses texts with NUL, which SQLite takes."""
    database = {"database_url": postgres_url, "migration_url": postgres_owner_url}
    assert fuzz(tmp_path / "home", 600, seed=3, **database).failures == []
