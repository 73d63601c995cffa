"""How much a flagged window matters, from its size and its persistence; never from p."""

from collections.abc import Iterable
from typing import Final, Literal

Severity = Literal["low", "medium", "high"]

_LEVELS: Final[tuple[Severity, ...]] = ("low", "medium", "high")
MEDIUM_ABOVE: Final = 0.5  # extra bits as a share of what the ordinary window costs
HIGH_ABOVE: Final = 1.5
# Times as far from the usual as the furthest past window: one doubling and two.
MEDIUM_BEYOND: Final = 2.0
HIGH_BEYOND: Final = 4.0
PERSISTENT: Final = 3  # disjoint flagged windows in a row


def severity(
    extra_bits: float, mu: float, disjoint_flagged_in_a_row: int, beyond: Iterable[float] = ()
) -> Severity:
    """
    Low, medium or high: the larger of what the bytes and what the other views say, and one step up if it lasts.

    Counts, order and timing can be far off while the window takes no more
    bytes than usual. Their size is how far beyond all past windows they lie:
    a rank says only that none went as far, not how much further this one went.

    Args:
        extra_bits: 8·(S − mu) of the window.
        mu: What the ordinary window costs, bytes.
        disjoint_flagged_in_a_row: Flagged windows that do not overlap, one
            after the other, this one included; from three on, one step up.
        beyond: Of the findings of the views, how many times as far from the
            usual as the furthest past window each lies; bytes may be among them.

    >>> severity(2944, 412, 1), severity(2944, 412, 3), severity(9600, 412, 1)
    ('medium', 'high', 'high')
    >>> severity(-80, 412, 1, [1.3]), severity(-80, 412, 1, [1.3, 2.5]), severity(-80, 412, 1, [5.0])
    ('low', 'medium', 'high')
    """
    ordinary, furthest = 8 * mu, max(beyond, default=0.0)
    by_bytes = (extra_bits > MEDIUM_ABOVE * ordinary) + (extra_bits > HIGH_ABOVE * ordinary)
    by_views = (furthest > MEDIUM_BEYOND) + (furthest > HIGH_BEYOND)
    level = max(by_bytes, by_views)
    if disjoint_flagged_in_a_row >= PERSISTENT:
        level += 1
    return _LEVELS[min(level, len(_LEVELS) - 1)]
