"""Limits that decide nothing on a stream, limits that silence its views, and limits by sensitivity."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock.services.tuning_figures import counted
from driftlock.services.tuning_history import History
from driftlock_core.numbers_text import count_text, limit_text, ncd_text, percent_text
from driftlock_core.profiles import BALANCED, SENSITIVE, STRICT
from driftlock_core.recount import Rule

_ORDINARY_LOW: Final = 0.05
_SUGGESTED: Final = 0.99
_BY_SENSITIVITY: Final = ((0.0, STRICT), (0.5, BALANCED), (1.0, SENSITIVE))


@dataclass(frozen=True, slots=True, kw_only=True)
class GateNotice:
    """An NCD limit that decides nothing, or that nothing reaches."""

    kind: str  # "decides nothing", "never reached"
    suggested: float  # threshold
    ordinary: tuple[float, float]  # 5 and 95 % of the distances it is compared with
    largest: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencesNotice:
    """A p limit so small that the views never have a say: the bytes alone would decide."""

    needed_references: int
    references: int
    smallest_alpha: float  # at which all views decide
    sentence: str


def sensitivity_rule(value: float) -> Rule:
    """
    Limits between those of the shipped profiles: 0 is strict, 0.5 balanced, 1 sensitive.

    Between them alpha goes in equal ratios and the NCD limit in equal steps.

    Raises:
        ValueError: *value* does not lie between 0 and 1.

    >>> sensitivity_rule(0.5), sensitivity_rule(0.75)
    (Rule(threshold=0.3, alpha=0.05), Rule(threshold=0.25, alpha=0.07071))
    """
    if not 0 <= value <= 1:
        raise ValueError(f"a sensitivity lies between 0 and 1, not at {value}")
    (left, low), (right, high) = _BY_SENSITIVITY[:2] if value <= 0.5 else _BY_SENSITIVITY[1:]
    if value in (left, right):
        return Rule.of(low if value == left else high)
    share = (value - left) / (right - left)
    alpha = math.exp((1 - share) * math.log(low.alpha) + share * math.log(high.alpha))
    return Rule(
        threshold=round((1 - share) * low.threshold + share * high.threshold, 3),
        alpha=float(f"{alpha:.4g}"),
    )


def smallest_alpha(history: History, looked_at: int) -> float:
    """
    The smallest p limit, to four digits upwards, that ranks among all references can express.

    Args:
        looked_at: Views behind the decision; 1 for the bytes.
    """
    profile = history.profile
    least = looked_at / (profile.references + 1)
    return max(digits_up(least), digits_up(profile.smallest_p_perm)) if looked_at == 1 else digits_up(least)


def references_notice(history: History, rule: Rule) -> ReferencesNotice | None:
    """Where *rule* would silence all views but the bytes for ever."""
    looked_at, profile = history.recounter.looked_at, history.profile
    needed = rule.within(profile).references_for(looked_at)
    if looked_at == 1 or needed <= profile.references:
        return None
    least = smallest_alpha(history, looked_at)
    return ReferencesNotice(
        needed_references=needed,
        references=profile.references,
        smallest_alpha=least,
        sentence=(
            f"At p ≤ {rule.alpha:g} the views would need {count_text(needed)} references to be heard; "
            f"this stream ranks among {count_text(profile.references)}, so the bytes alone would decide. "
            f"All views decide from p ≤ {least:g} on."
        ),
    )


def gate_notice(history: History, rule: Rule) -> GateNotice | None:
    """Whether the NCD limit of *rule* lies below the ordinary range, or above anything that was reached."""
    if not history.windows:
        return None
    reached = history.recounter.reached(rule)[history.first : history.stop]
    # As the newest window is decided: at the beginning of a stream the bytes are all there is.
    by_views = counted(history, rule).by_views
    alike = by_views == by_views[-1]
    reached = reached[alike]
    low, high = (float(one) for one in np.quantile(reached, (_ORDINARY_LOW, 1 - _ORDINARY_LOW)))
    largest = float(reached.max())
    if low <= rule.threshold <= largest:
        return None
    ordinary = reached[~history.columns.flagged[alike]]
    suggested = float(np.quantile(ordinary if len(ordinary) else reached, _SUGGESTED))
    up = math.ceil(suggested * 1000) / 1000
    suggested = up if up <= largest else math.floor(largest * 1000) / 1000
    share = float((reached >= rule.threshold).mean())
    between = f"5 to 95 % of them reach between {ncd_text(low)} and {ncd_text(high)}"
    advice = f"Suggested NCD limit: {limit_text(suggested)} (99 % of the windows not flagged stay below)."
    below = rule.threshold < low
    why = (
        f"NCD ≥ {limit_text(rule.threshold)} is met by {percent_text(share)} of the windows of this stream; "
        f"{between}. Practically only the p limit decides."
        if below
        else f"No window of this range reaches NCD ≥ {limit_text(rule.threshold)}; the largest is "
        f"{ncd_text(largest)}, and {between}."
    )
    return GateNotice(
        kind="decides nothing" if below else "never reached",
        suggested=suggested,
        ordinary=(low, high),
        largest=largest,
        sentence=f"{why} {advice}",
    )


def digits_up(value: float) -> float:
    """*value* to four significant digits, upwards, so that ranks equal to it still pass."""
    digits = 3 - math.floor(math.log10(value))
    return float(f"{math.ceil(value * 10**digits - 1e-9) / 10**digits:.4g}")
