import doctest
import importlib

import pytest

MODULES = [
    "driftlock.services.records",
    "driftlock.services.sizes",
    "driftlock.settings",
    "driftlock.storage.types",
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_give_what_they_print(module):
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert failed == 0 < tried
