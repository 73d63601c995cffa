"""Texts of records without the marks that screens draw."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

# Bold begins before a word and ends after one: stars with letters on both sides are part of a name.
BOLD: Final = re.compile(r"(?<![^\s(])\*\*(?=\S)(.+?)(?<=\S)\*\*(?![^\s.,;:)])")


def without_marks(text: str) -> str:
    """
    The same text where nothing can be bold.

    >>> without_marks("**31 bits** more, f**k stays")
    '31 bits more, f**k stays'
    """
    return BOLD.sub(r"\1", text)


def when(at: datetime) -> str:
    """
    A moment to the second, UTC.

    >>> when(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))
    '2026-01-05 12:00:00 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def smallest_p(record: Mapping[str, Any]) -> float:
    """The smallest p the window of this record could have had."""
    views = record["evidence"].get("views")
    if record["decided_by"] == "views" and views:
        return float(record["factor"] / (len(views["references"]) + 1))
    fewest: int = record["permutations"]
    if record["decided_by"] != "p_perm":
        fewest = min(fewest, record["m"])
    return 1 / (fewest + 1)
