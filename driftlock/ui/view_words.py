"""The views of a window as the screen calls them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

VIEW_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bytes": "Bytes",
        "templates": "Templates",
        "counts": "Counts",
        "symbols": "Order",
        "timing": "Timing",
        "values": "Values",
    }
)
# Views are told apart by symbol and word, never by hue.
VIEW_SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"bytes": "▤", "templates": "✱", "counts": "▥", "symbols": "⇄", "timing": "◷", "values": "№"}
)
ASPECT_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content": "Content: bytes, templates, counts, order",
        "mix": "Mix: counts, order",
        "pace": "Pace: span, longest pause by two paces",
        "values": "Values: numbers beside those before",
        "novelty": "Novelty: templates never seen",
    }
)
HELP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "views": (
            "What about the window is unlike the past ones, most surprising first: its compressed bytes, "
            "templates long or never seen, how often each template comes, which follows which, when, or "
            "its numbers."
        ),
        "p": (
            "The smallest rank of the window among past windows times 5, or times 4 without times, since several "
            "are asked: content, mix, pace, values and novelty are ranked, each by its summed surprises. The window itself "
            "is counted, so it is never zero. It is not the chance that the window is ordinary."
        ),
        "distance": (
            "How far the window is from the usual: for bytes the NCD (size-matched), else the difference from "
            "the median past window as a share of the larger of both. 0 is usual, towards 1 nearly all of it "
            "lies beyond the usual."
        ),
    }
)


def view(name: str) -> str:
    """
    A view with its symbol.

    >>> view("symbols")
    '⇄ Order'
    """
    return f"{VIEW_SYMBOLS.get(name, '·')} {VIEW_LABELS.get(name, name)}"


def listed(names: Sequence[str]) -> str:
    """
    Views in one line, most surprising first.

    >>> listed(("counts", "symbols"))
    '▥ Counts, ⇄ Order'
    """
    return ", ".join(map(view, names))


def plain(names: Sequence[str]) -> str:
    """
    The same without symbols, for narrow columns.

    >>> plain(("counts", "symbols"))
    'Counts, order'
    """
    return ", ".join(VIEW_LABELS.get(name, name) for name in names).capitalize()


def by_views(record: Mapping[str, Any]) -> bool:
    """Whether the views decided on the window of this record, not the bytes alone."""
    return record["decided_by"] == "views" and record["evidence"].get("views") is not None


def looked_at(record: Mapping[str, Any]) -> int:
    """How many views, where they decided: the factor counts all but the values."""
    return int(record["factor"]) + ("values" in record["evidence"]["views"]["aspects"])
