"""How much to mask before units are read: as little as the baseline allows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from driftlock_core.masking import Masker

# Masking is there to make lines recur that say the same. Where it adds less than this share of recurring
# lines, the values it would hide recur themselves (system call numbers, template ids) and carry meaning.
NEGLIGIBLE: Final = 0.02
# Where hardly any line recurs even when masked (free text), recurrence says nothing about masks.
TOO_FEW: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """The masker chosen and the evidence for it."""

    masker: Masker
    evidence: str


def choose_masking(baseline: Sequence[Sequence[bytes]], classes: frozenset[str]) -> Masking:
    """
    The least masking under which nearly as many baseline lines recur in other units as under all of it.

    Args:
        baseline: Raw events of each unit.
        classes: The classes that may be masked.

    >>> calls = [[b"sys_3", b"sys_4"]] * 10
    >>> choose_masking(calls, frozenset({"number"})).evidence
    '100 % of baseline lines recur in other units as they are'
    """
    levels = (
        ("as they are", frozenset[str]()),
        ("with all but numbers masked", classes - {"number"}),
        ("with volatile values masked", classes),
    )
    maskers = [Masker(level) for _, level in levels]
    shares = [recurring_share([masker.canonical(unit) for unit in baseline]) for masker in maskers]
    chosen = len(levels) - 1
    if shares[chosen] >= TOO_FEW:
        chosen = next(at for at, share in enumerate(shares) if share >= max(shares) - NEGLIGIBLE)
    return Masking(
        masker=maskers[chosen],
        evidence=f"{shares[chosen]:.0%} of baseline lines recur in other units {levels[chosen][0]}".replace(
            "%", " %"
        ),
    )


def recurring_share(units: Sequence[Sequence[bytes]]) -> float:
    """
    Share of all lines that occur in another unit as well, in [0, 1].

    >>> recurring_share([[b"a", b"b"], [b"a", b"c"]])
    0.5
    """
    holders = Counter(line for unit in units for line in set(unit))
    lines = [line for unit in units for line in unit]
    return sum(holders[line] > 1 for line in lines) / len(lines) if lines else 0.0
