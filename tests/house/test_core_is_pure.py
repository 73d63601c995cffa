"""What import-linter cannot say: which modules from outside the engine and the pages may use."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Clocks, files, logs, sockets and threads have no place in arithmetic.
WITH_SIDE_EFFECTS = {
    "asyncio",
    "http",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
ENGINE_LIBRARIES = {"numpy", "zstandard", "lz4", "stringzilla", "pyarrow", "openzl", "driftlock_core"}
GENERATOR_LIBRARIES = {"numpy", "faker", "data_generator"}


def imported(path: Path) -> set[str]:
    """Top names of all modules a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", sources("driftlock_core"), ids=lambda path: path.name)
def test_the_engine_only_computes(path):
    """Nothing but numbers, compressors and the harmless part of the standard library."""
    allowed = (sys.stdlib_module_names - WITH_SIDE_EFFECTS) | ENGINE_LIBRARIES
    assert {name.split(".")[0] for name in imported(path)} - allowed == set()


@pytest.mark.parametrize("path", sources("driftlock_core"), ids=lambda path: path.name)
def test_the_engine_neither_prints_nor_opens(path):
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & {"print", "open", "input", "exec", "eval"} == set()


@pytest.mark.parametrize("path", sources("data_generator"), ids=lambda path: path.name)
def test_the_generator_knows_nobody(path):
    allowed = sys.stdlib_module_names | GENERATOR_LIBRARIES
    assert {name.split(".")[0] for name in imported(path)} - allowed == set()


@pytest.mark.parametrize("path", sources("pages"), ids=lambda path: path.name)
def test_pages_speak_to_streamlit_and_the_ui_floor_only(path):
    assert {name for name in imported(path) if not name.startswith(("streamlit", "driftlock.ui"))} == set()


def test_only_one_module_reads_the_environment():
    """Settings are read once; everything else is handed its values."""
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("driftlock", "driftlock_core", "data_generator", "pages")
        for path in sources(folder)
        if {"environ", "getenv"}
        & {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    }
    assert readers <= {"driftlock/settings.py", "data_generator/__main__.py"}
