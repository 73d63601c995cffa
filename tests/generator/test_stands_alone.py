"""The generator knows nobody: no engine, no application; delivery alone knows the network."""

import ast
import sys
from pathlib import Path

import pytest

import data_generator

PACKAGE = Path(data_generator.__file__).parent
ALLOWED = (sys.stdlib_module_names | {"data_generator", "faker", "numpy"}) - {
    "asyncio", "http", "random", "secrets", "socket", "ssl", "subprocess", "threading", "time", "urllib",
    "uuid",
}  # fmt: skip
APART = {
    PACKAGE / "delivery.py": {
        "http",
        "secrets",
        "time",
        "urllib",
    },  # to send events somewhere, in real time, once
    PACKAGE / "control.py": {"threading", "time"},  # to be paused meanwhile
}


@pytest.mark.parametrize(
    "module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_imports_are_few_and_no_clock_is_read(module: Path):
    """Only Faker, numpy and the timeless part of the standard library, delivery and its control apart; never ``now``."""
    tree = ast.parse(module.read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= ALLOWED | APART.get(module, set())
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert called.isdisjoint({"now", "utcnow", "today"})


def test_the_walk_above_sees_every_module():
    """All of sources and faults are looked at."""
    assert len(list(PACKAGE.rglob("*.py"))) >= 20
