"""The list of commands, the small ones, and what starting costs."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from driftlock.cli.commands import COMMANDS
from driftlock_core import PROFILES
from tests.cli.calling import driftlock


def loaded_after(*arguments):
    """Modules that a process holds after the command."""
    program = (
        "import sys\n"
        "from driftlock.cli import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    """``--help`` of each command names it and ends well."""
    result = driftlock(name, "--help")
    assert result.exit_code == 0
    assert f"{name} [OPTIONS]" in result.stdout


def test_the_list_stands_in_the_order_of_use():
    """``driftlock --help`` lists all commands."""
    shown = driftlock("--help").stdout
    places = [shown.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


def test_an_unknown_command_is_a_usage_error():
    """As for any shell command."""
    assert driftlock("detcet").exit_code == 2


def test_no_command_loads_the_dashboard():
    """Screens, tables and databases stay on the disk."""
    assert loaded_after("profiles").isdisjoint({"streamlit", "pandas", "plotly", "sqlalchemy", "alembic"})


def test_version_does_not_wait_for_the_engine():
    """What only some commands need is imported by them."""
    assert loaded_after("version").isdisjoint({"numpy", "driftlock_core", "driftlock.decode"})


def test_version_names_what_verdicts_depend_on():
    """Compressors, arithmetic and interpreter, each with its version."""
    shown = dict(line.split() for line in driftlock("version").stdout.splitlines())
    assert list(shown) == ["driftlock", "zstd", "lz4", "zlib", "numpy", "Python", "engine"]
    assert shown["driftlock"] == version("driftlock")


def test_profiles_show_every_number():
    """As JSON they are the configurations themselves."""
    shown = json.loads(driftlock("profiles", "--output", "json").stdout)["profiles"]
    assert shown == [profile.configuration() for profile in PROFILES.values()]


def test_profiles_are_a_table_to_read():
    """One column per profile."""
    lines = driftlock("profiles").stdout.splitlines()
    assert lines[0].split() == list(PROFILES)
    assert lines[1].split()[-3:] == ["0.20", "0.30", "0.45"]
    assert max(map(len, lines)) <= 100


def test_starts_as_a_module():
    """``python -m driftlock`` is the command."""
    ran = subprocess.run([sys.executable, "-m", "driftlock", "version"], capture_output=True, text=True)
    assert ran.returncode == 0
    assert ran.stdout == driftlock("version").stdout
