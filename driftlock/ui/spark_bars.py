"""A small row of bars beside a number, as plain HTML: a chart of the page's own would load a library for it."""

from collections.abc import Sequence
from html import escape


def spark_bars(values: Sequence[int], *, fill: str, title: str) -> str:
    """
    An element as wide and as high as what holds it.

    Args:
        values: At least 0 each; the bar of the largest is as high as the element.
        title: Said to who cannot see it.

    >>> spark_bars((0, 1, 4), fill="red", title="x").count("height:25.0%")
    1
    """
    most = max(1, *values)
    bars = "".join(
        f'<div style="flex:1;height:{100 * value / most:.1f}%;background:{fill}"></div>' for value in values
    )
    return (
        f'<div role="img" aria-label="{escape(title)}" '
        f'style="display:flex;align-items:flex-end;gap:2px;width:100%;height:100%">{bars}</div>'
    )
