import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_examples_in_documents_still_give_what_they_print(path):
    """Worked examples are recomputed, number by number."""
    failed, _ = doctest.testfile(str(path), module_relative=False)
    assert failed == 0


def test_the_worked_example_is_there():
    parsed = doctest.DocTestParser().get_examples((DOCS / "concepts.md").read_text())
    assert len(parsed) >= 6
