"""p limits by the number of false alarms they mean: the largest within a budget, and the curve over all of them."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_counts import alarmed
from driftlock.services.tuning_history import History
from driftlock.services.tuning_limits import digits_up, smallest_alpha
from driftlock_core.numbers_text import count_text, rate_text
from driftlock_core.recount import Rule
from driftlock_core.window_views.past import flags_by_chance
from driftlock_core.windows import Floats, Ints

LARGEST_ALPHA: Final = 0.20
_CURVE_POINTS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAnswer:
    """The widest rule within an alarm budget, or why there is none."""

    wanted_per_day: float
    rule: Rule | None
    expected_per_day: float | None  # under it; without a rule, at the smallest p
    windows_per_day: float | None
    smallest_p: float  # that all references of this stream can express
    needed_references: (
        int | None
    )  # for such a budget, where it cannot be met; permutations if those decide alone
    references: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Over the p limit, at one NCD limit; a day, or per 1,000 windows where times are missing."""

    alphas: Floats
    expected: Floats
    flagged: Floats
    unknown: Ints  # windows
    per_day: bool

    @property
    def expected_per_day(self) -> Floats:
        """NaN where times are missing."""
        return self.expected if self.per_day else np.full(len(self.alphas), np.nan)

    @property
    def flagged_per_day(self) -> Floats:
        """NaN where times are missing."""
        return self.flagged if self.per_day else np.full(len(self.alphas), np.nan)


def alphas_of(history: History) -> list[float]:
    """p limits from the smallest that can be expressed to the widest a recount can answer for, rising."""
    profile = history.profile
    if profile.p_mode == "permutation":
        steps = np.geomspace(profile.smallest_p_perm, LARGEST_ALPHA, 40).tolist()
        return sorted({digits_up(one) for one in steps if one <= LARGEST_ALPHA}) or [profile.alpha]
    for looked_at in (history.recounter.looked_at, 1):  # few references may not suffice for all views
        least, pool = smallest_alpha(history, looked_at), profile.references + 1
        places = range(1, math.floor(LARGEST_ALPHA / looked_at * pool + 1e-9) + 1)
        alphas = [digits_up(looked_at * place / pool) for place in places]
        if found := [alpha for alpha in alphas if least <= alpha <= LARGEST_ALPHA]:
            return found
    return [profile.alpha]


def budget(history: History, alarms_per_day: float, threshold: float, how: Alarms) -> BudgetAnswer:
    """The largest p limit at which chance alone raises at most *alarms_per_day*; raises ValueError for none."""
    if not (math.isfinite(alarms_per_day) and alarms_per_day > 0):
        raise ValueError(f"an alarm budget is a number above 0, not {alarms_per_day}")
    rate, days = history.windows_per_day, history.days
    if rate is None or days is None:
        why = "The events of this range name no times" if history.windows else "This range has no window"
        return _answer(history, alarms_per_day, f"{why}, so nothing can be said about a day; set the limits.")
    found: Rule | None = None
    least = expected = math.inf
    for alpha in alphas_of(history):
        rule = Rule(threshold=threshold, alpha=alpha)
        a_day = float(alarmed(history, rule, how).chance.sum()) / days
        least = min(least, a_day)
        if a_day <= alarms_per_day:
            found, expected = rule, a_day
    wish = f"At most {rate_text(alarms_per_day)} false alarm{'' if alarms_per_day == 1 else 's'} a day"
    if found is not None:
        sentence = f"{wish}: p ≤ {found.alpha:g}, about {rate_text(expected)} a day by chance."
        return _answer(history, alarms_per_day, sentence, rule=found, expected=expected)
    if how.repeats.least > 1:
        return _answer(
            history,
            alarms_per_day,
            f"{wish} cannot be reached: the smallest p limit still leaves at most about {rate_text(least)} a day by "
            f"chance, with {how.repeats.least} of the last {how.repeats.last} windows asked for. More of these "
            "windows, or a larger hop, may reach it.",
            expected=least,
        )
    smallest, needed = _smallest_p(history), _needed_draws(history, alarms_per_day / rate)
    looked_at, permuted = history.recounter.looked_at, history.profile.p_mode == "permutation"
    what, has = (
        ("permutations", f"this stream draws {count_text(history.profile.permutations)}")
        if permuted
        else ("references", f"this stream ranks among {count_text(history.profile.references)}")
    )
    factor = "" if looked_at == 1 else f" ({looked_at} times the smallest rank)"
    return _answer(
        history,
        alarms_per_day,
        f"{wish} at {rate_text(rate)} windows a day needs p ≤ {looked_at / (needed + 1):.3g} and m ≥ "
        f"{count_text(needed)} {what}; {has}, and the smallest p it can give is {smallest:.3g}{factor}. "
        f"More {what}, or a larger hop, would reach it.",
        expected=least,
        needed=needed,
    )


def _answer(
    history: History,
    wanted: float,
    sentence: str,
    *,
    rule: Rule | None = None,
    expected: float | None = None,
    needed: int | None = None,
) -> BudgetAnswer:
    return BudgetAnswer(
        wanted_per_day=wanted,
        rule=rule,
        expected_per_day=expected,
        windows_per_day=history.windows_per_day,
        smallest_p=_smallest_p(history),
        needed_references=needed,
        references=history.profile.references,
        sentence=sentence,
    )


def _smallest_p(history: History) -> float:
    """That all references, or all permutations, of the stream can give."""
    profile, looked_at = history.profile, history.recounter.looked_at
    if profile.p_mode == "permutation":
        return profile.smallest_p_perm
    least = looked_at / (profile.references + 1)
    return least if looked_at > 1 else max(least, profile.smallest_p_perm)


def _needed_draws(history: History, share: float) -> int:
    """The fewest references, or permutations, of which the topmost is by chance at most *share* of the windows."""
    recounter, k = history.recounter, history.profile.chunks_per_window

    def least(m: int) -> float:
        if recounter.looked_at == 1:
            return 1 / (m + 1)
        return float(flags_by_chance(len(recounter.aspects), np.array([m]), 1 / (m + 1), k)[0])

    low, high = 0, 1
    share *= 1 + 1e-9  # so that a budget met exactly is met
    while least(high) > share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if least(middle) > share else (low, middle)
    return high


def curve(history: History, threshold: float, how: Alarms) -> Curve:
    """Alarms, expected and raised, over the p limit, from the smallest that can be expressed to 0.2."""
    alphas = alphas_of(history)
    if len(alphas) > _CURVE_POINTS:
        at = np.unique(np.geomspace(1, len(alphas), _CURVE_POINTS).round().astype(np.int64)) - 1
        alphas = [alphas[one] for one in at.tolist()]
    rows = []
    for alpha in alphas:
        found = alarmed(history, Rule(threshold=threshold, alpha=alpha), how)
        rows.append((float(found.chance.sum()), int(found.alarms.sum()), int(found.unknown.sum())))
    expected, flagged, unknown = (np.array(column) for column in zip(*rows, strict=True))
    days = history.days
    per = days if days is not None else max(history.windows, 1) / 1000
    return Curve(
        alphas=np.array(alphas),
        expected=expected / per,
        flagged=flagged / per,
        unknown=unknown.astype(np.int64),
        per_day=days is not None,
    )
