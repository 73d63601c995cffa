from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from driftlock.bootstrap import open_app
from driftlock.errors import InvalidSettings
from driftlock.settings import DATABASES, Settings


def test_without_variables_everything_has_a_value():
    settings = Settings.from_environment({"PATH": "/bin", "DRIFTLOCK_MAX_UPLOAD_MB": " "})
    assert settings.home == Path(".driftlock")
    assert settings.database_url == f"sqlite:///{Path.cwd()}/.driftlock/driftlock.db"
    assert settings.max_upload_bytes == 200_000_000
    assert settings.upload_retention == timedelta(hours=24)


def test_each_variable_is_read(tmp_path):
    settings = Settings.from_environment(
        {
            "DRIFTLOCK_HOME": str(tmp_path),
            "DRIFTLOCK_DATABASE_URL": f"sqlite:///{tmp_path}/elsewhere/d.db",
            "DRIFTLOCK_MAX_UPLOAD_MB": "1",
            "DRIFTLOCK_UPLOAD_RETENTION_HOURS": "48",
            "DRIFTLOCK_MAX_EVENTS": "70000",
            "DRIFTLOCK_DEMO_DATA": "Off",
        }
    )
    assert settings.spool == tmp_path / "spool"
    assert settings.database_file == tmp_path / "elsewhere" / "d.db"
    assert settings.max_upload_bytes == 1_000_000
    assert settings.max_unpacked_bytes == 10_000_000
    assert settings.max_events == 70_000
    assert settings.upload_retention == timedelta(days=2)
    assert not settings.demo_data
    assert Settings().demo_data


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("DRIFTLOCK_HOME", __file__, "a folder, or a path where one can be made"),
        ("DRIFTLOCK_DATABASE_URL", "sqlite://", DATABASES),
        ("DRIFTLOCK_DATABASE_URL", "mysql://db/driftlock", DATABASES),
        ("DRIFTLOCK_MAX_UPLOAD_MB", "0", "a whole number from 1 to 4096"),
        ("DRIFTLOCK_MAX_UPLOAD_MB", "2.5", "a whole number"),
        ("DRIFTLOCK_MAX_EVENTS", "0", "a whole number from 1 to 1000000000"),
        ("DRIFTLOCK_MAX_EVENTS", "3e6", "a whole number"),
        ("DRIFTLOCK_UPLOAD_RETENTION_HOURS", "for ever", "a whole number"),
        ("DRIFTLOCK_DEMO_DATA", "perhaps", "on or off"),
        ("DRIFTLOCK_UPLOAD_RETENTION_HOURS", "-1", "a whole number from 1 to 8784"),
    ],
)
def test_a_wrong_value_stops_the_start_and_says_what_is_allowed(variable, value, allowed):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_environment({variable: value})
    assert str(raised.value) == f"{variable}={value}: allowed is {allowed}"


@pytest.mark.parametrize("variable", ["DRIFTLOCK_DATABASE_URL", "DRIFTLOCK_MIGRATION_URL"])
def test_the_password_of_a_database_is_never_repeated(variable, tmp_path):
    """Not where the address is wrong, not in what the settings say of themselves; it may lie in a file."""
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_environment({variable: "mysql://anna:hush@db/driftlock?password=hush"})
    assert "hush" not in str(raised.value)
    secret = tmp_path / "url"
    secret.write_text("postgresql://anna:hush@db/driftlock\n")
    settings = Settings.from_environment(
        {"DRIFTLOCK_DATABASE_URL_FILE": str(secret), "DRIFTLOCK_MIGRATION_URL_FILE": str(secret)}
    )
    assert settings.database_url == settings.migration_url == "postgresql://anna:hush@db/driftlock"
    assert settings.database_file is None
    assert "hush" not in repr(settings)


def test_an_owner_without_a_server_is_refused(tmp_path):
    with pytest.raises(InvalidSettings, match="MIGRATION_URL"):
        Settings(home=tmp_path, migration_url="postgresql://owner@db/driftlock")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        InvalidSettings, match=r"^DRIFTLOCK_HOME: .*/file/home cannot be made: Not a directory$"
    ):
        open_app(Settings(home=tmp_path / "file" / "home"))


def test_every_setting_is_documented_with_its_default():
    """A row each in docs/how-to/settings.md."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "settings.md").read_text()
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")}
    assert set(rows) == {f"`DRIFTLOCK_{field.name.upper()}`" for field in fields(Settings)}
    for field in fields(Settings):
        if type(field.default) is int:
            assert f"| {field.default:,} |" in rows[f"`DRIFTLOCK_{field.name.upper()}`"]
