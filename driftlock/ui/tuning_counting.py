"""How flags are counted: repeats, the gap of an incident, and the one number a limit may work on instead."""

from typing import Final

import numpy as np
import streamlit as st

from driftlock.services.tuning_alarms import MOST_GAP, Alarms
from driftlock.services.tuning_counts import Limit
from driftlock.services.tuning_history import History
from driftlock.ui import tuning_rule as state
from driftlock.ui import words
from driftlock_core.numbers_text import bits_text, count_text, limit_text, ncd_text
from driftlock_core.recount import Rule
from driftlock_core.recount_alone import Alone
from driftlock_core.repeats import MOST_LAST, Repeats

STATISTICS: Final[dict[state.Statistic, str]] = {
    "ncd": "NCD with p",
    "distance": "Distance alone",
    "bits": "Extra bits alone",
}
NOT_KNOWN: Final = (
    "How many windows chance alone would raise is not known for distances: what past windows reached under each "
    "view is not stored."
)
_POOL: Final = "Chance alone raises as many as the share of past windows that reached so many extra bits, summed over the windows."
_ORDINARY: Final = (0.05, 0.95)
_SUGGESTED: Final = 0.99  # of the windows not flagged


def ask_statistic(drive: state.Drive) -> state.Statistic:
    """What the limit works on; off, with its reason, where a wish leads to limits."""
    off = drive != "limits"
    chosen: state.Statistic = (
        st.segmented_control(
            "Limit works on",
            list(STATISTICS),
            format_func=STATISTICS.__getitem__,
            default="ncd",
            required=True,
            key="stat",
            bind="query-params",
            disabled=off,
            help="NCD with p is what the detector decides by. The others are stored numbers to compare it with; "
            "they cannot be applied.",
        )
        or "ncd"
    )
    if off:
        st.caption("Off: an alarm budget and a sensitivity lead to NCD and p limits.")
        return "ncd"
    return chosen


def ask_alone(history: History, statistic: state.Statistic) -> Alone:
    """A limit on one number, with what is ordinary here."""
    bits = statistic == "bits"
    reached = history.every.extra_bits if bits else history.recounter.reached(history.rule)
    reached = np.asarray(reached)[history.first : history.stop]
    calm = reached[~history.columns.flagged]
    usual = float(np.quantile(calm if len(calm) else reached, _SUGGESTED))
    entered = st.number_input(
        "Extra bits at least" if bits else "Distance at least",
        value=float(np.ceil(usual)) if bits else round(usual, 3),
        step=8.0 if bits else 0.001,
        format="%.6g" if bits else "%.3f",
        key=statistic,
        bind="query-params",
        width=300,
        help=words.HELP["extra_bits" if bits else "ncd"],
    )
    low, high = (float(one) for one in np.quantile(reached, _ORDINARY))
    named = bits_text if bits else ncd_text
    st.caption(
        f"Ordinary here: {named(low)} to {named(high)} (5 to 95 % of the windows of this range); "
        f"99 % of those not flagged stay below {named(usual)}. {_POOL if bits else NOT_KNOWN}"
    )
    least = float(entered if entered is not None else usual)
    return Alone(statistic="bits" if bits else "distance", least=least)


def ask_alarms(history: History) -> Alarms:
    """Repeats and gap of the candidate; at first those in force."""
    now = history.alarms
    with st.grid(min_column_width=320, gap="medium", key="counting"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            least = _number(
                "An alarm needs", now.repeats.least, "rep", "flagged windows; 1: each is an alarm"
            )
            alone = least == 1
            last = _number(
                "of the last", max(now.repeats.last, least), "of", "windows, itself included", alone
            )
        with st.container():
            single = history.windows < 2
            gap = int(
                st.slider(
                    "Incident gap, windows' lengths",
                    0,
                    MOST_GAP,
                    now.gap,
                    key="gap",
                    bind="query-params",
                    disabled=single,
                    help="Alarms with at most so much between them are one incident; at 0 they overlap or touch.",
                )
            )
    st.caption(" ".join((_of_repeats(history, least, last), _of_gap(history, gap, single))))
    repeats = Repeats() if alone else Repeats(least=least, last=max(least, last))
    return Alarms(repeats=repeats, gap=0 if single else gap)


def _number(label: str, value: int, key: str, what: str, off: bool = False) -> int:
    entered = st.number_input(
        label,
        min_value=1,
        max_value=MOST_LAST,
        value=value,
        step=1,
        key=key,
        bind="query-params",
        disabled=off,
        width=150,
        help=f"{label} so many {what}.",
    )
    return int(entered or value)


def _of_repeats(history: History, least: int, last: int) -> str:
    k = history.profile.chunks_per_window
    if least == 1:
        return "Each flagged window is an alarm; ask for two or more to choose of how many."
    said = f"A flagged window is an alarm once {_repeats(Repeats(least=least, last=max(least, last)))} are flagged."
    if last < least:
        said += f" Of fewer than {count_text(least)} there are never so many, so {count_text(least)} are looked at."
    if least <= k and k > 1:
        said += (
            f" One odd event lies in {count_text(k)} windows here, so up to {count_text(k)} the repeats take nothing "
            "off what chance alone is said to raise at most."
        )
    return said


def _of_gap(history: History, gap: int, single: bool) -> str:
    if single:
        return "One window has no other to be joined with."
    if gap == 0:
        return "Alarms that overlap or touch are one incident."
    return f"Alarms with at most {count_text(gap * history.profile.window)} events between them are one incident."


def _repeats(repeats: Repeats) -> str:
    return f"{count_text(repeats.least)} of the last {count_text(repeats.last)} windows"


def limits(limit: Limit, how: Alarms | None = None) -> str:
    """
    A limit in words, with what counts as an alarm where that is not the usual.

    >>> limits(Rule(threshold=0.3, alpha=0.05), Alarms(repeats=Repeats(least=2, last=10), gap=3))
    "Balanced: NCD ≥ 0.30 and p ≤ 0.05; 2 of the last 10 windows; incidents up to 3 windows' lengths apart"
    >>> limits(Alone(statistic="bits", least=310.0))
    'Extra bits ≥ 310'
    """
    if isinstance(limit, Rule):
        said = words.limits(state.named(limit.threshold, limit.alpha), limit.threshold, limit.alpha)
    elif limit.statistic == "bits":
        said = f"Extra bits ≥ {bits_text(limit.least)}"
    else:
        said = f"Distance ≥ {limit_text(limit.least)}, whatever its p"
    if how is not None and how.repeats.least > 1:
        said += f"; {_repeats(how.repeats)}"
    if how is not None and how.gap:
        lengths = words.plural(how.gap, "window's length", "windows' lengths")
        said += f"; incidents up to {lengths} apart"
    return said


def left_out_caption(history: History, hidden: int) -> str:
    """What the switch for suppressed patterns does here, or why it is off."""
    if not hidden:
        return "No flagged window of this range has a suppressed pattern."
    if history.left_out is None:
        return f"{words.plural(hidden, 'flagged window')} of suppressed patterns are counted."
    return (
        f"{words.plural(hidden, 'flagged window')} of suppressed patterns are left out on both sides. Windows that "
        "only the candidate flags have no pattern yet and stay counted, and chance is not taken off."
    )
