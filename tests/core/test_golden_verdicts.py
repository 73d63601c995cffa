"""The engine's verdicts are what they were: a change of any number is a decision, not an accident."""

import json
from pathlib import Path

from tests.core.golden.make import lines

KEPT = Path(__file__).parent / "golden" / "verdicts.jsonl"


def test_verdicts_are_those_kept():
    """Made by ``python -m tests.core.golden.make``; made again only when numbers change on purpose."""
    kept, made = KEPT.read_text().splitlines(), list(lines())
    assert len(kept) == len(made)
    for before, now in zip(map(json.loads, kept), map(json.loads, made), strict=True):
        assert now == before, (now["sample"], now["profile"])
    assert sum(len(json.loads(line)["verdicts"]) for line in kept) > 100
