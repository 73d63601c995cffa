"""What a p-value means, and how often it comes up."""

import math

from driftlock_core.numbers_text import p_text, percent_text, rate_text
from driftlock_core.verdict import Verdict


def p_floor(verdict: Verdict) -> float:
    """The smallest p this verdict could have had."""
    if verdict.decided_by == "views" and verdict.evidence.views is not None:
        return verdict.factor / (len(verdict.evidence.views.references) + 1)
    by_permutation = 1 / (verdict.permutations + 1)
    return by_permutation if verdict.decided_by == "p_perm" else max(by_permutation, 1 / (verdict.m + 1))


def shown_p(verdict: Verdict) -> str:
    """p on the side of its limit where it lies, never below its floor."""
    return p_text(verdict.p, p_floor(verdict), at_most=verdict.alpha)


def meaning_text(verdict: Verdict, interchangeable: str) -> str:
    """
    What p says and what it does not.

    Args:
        interchangeable: What would have to be so, after "if".
    """
    return (
        f"If {interchangeable}, a p as small as this would come up in at most about "
        f"{percent_text(verdict.p)} of windows. It is not the chance that the window is harmless, and it does "
        f"not say that it is harmful."
    )


def how_often_text(verdict: Verdict, windows_per_day: float | None) -> str:
    """How many windows a day would reach such a p; empty where the rate is not known."""
    if windows_per_day is None or not math.isfinite(windows_per_day):
        return ""
    return (
        f"At {rate_text(windows_per_day)} windows a day on this stream, about "
        f"**{rate_text(windows_per_day * verdict.p)} windows a day** would reach a p this small even if "
        f"nothing changed."
    )
