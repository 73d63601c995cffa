"""How much a flagged window matters, from its size and its persistence; never from p."""

from typing import Final, Literal

Severity = Literal["low", "medium", "high"]

_LEVELS: Final[tuple[Severity, ...]] = ("low", "medium", "high")
MEDIUM_ABOVE: Final = 0.5  # extra bits as a share of what the ordinary window costs
HIGH_ABOVE: Final = 1.5
PERSISTENT: Final = 3  # disjoint flagged windows in a row


def severity(extra_bits: float, mu: float, disjoint_flagged_in_a_row: int) -> Severity:
    """
    Low, medium or high.

    Args:
        extra_bits: 8·(S − mu) of the window.
        mu: What the ordinary window costs, bytes.
        disjoint_flagged_in_a_row: Flagged windows that do not overlap, one
            after the other, this one included; from three on, one step up.

    >>> severity(2944, 412, 1), severity(2944, 412, 3), severity(9600, 412, 1)
    ('medium', 'high', 'high')
    """
    ordinary = 8 * mu
    level = (extra_bits > MEDIUM_ABOVE * ordinary) + (extra_bits > HIGH_ABOVE * ordinary)
    if disjoint_flagged_in_a_row >= PERSISTENT:
        level += 1
    return _LEVELS[min(level, len(_LEVELS) - 1)]
