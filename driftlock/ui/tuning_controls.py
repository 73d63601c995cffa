"""The candidate: a profile, two limits, or a wish that leads to them, and how flags count. All of it is in the address."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from driftlock.services.records import ORDINARY_SHARES
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_budget import BudgetAnswer
from driftlock.services.tuning_counts import Limit
from driftlock.services.tuning_history import History
from driftlock.services.tuning_limits import smallest_alpha
from driftlock.ui import tuning_counting, tuning_marks, words
from driftlock.ui import tuning_rule as state
from driftlock.ui.session import desk
from driftlock_core.errors import InvalidProfile
from driftlock_core.numbers_text import count_text, limit_text
from driftlock_core.recount import Rule

_SHOWN = "tuning-shown-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What was asked for, and the windows it is shown on."""

    limit: Limit | None  # None: no rule fulfils the wish
    how: Alarms
    drive: state.Drive
    shown: History
    chosen_on: History  # the same unless held out
    budget: BudgetAnswer | None

    @property
    def rule(self) -> Rule | None:
        """NCD and p limits, which alone can be applied; None for another statistic too."""
        return self.limit if isinstance(self.limit, Rule) else None

    @property
    def held_out(self) -> bool:
        """Whether the rule is shown on windows it was not chosen on."""
        return self.shown is not self.chosen_on


def ordinary_range(history: History) -> tuple[float, float]:
    """5 and 95 % of the scores of the whole stream, as its windows went by."""
    low, high = np.quantile(history.every.ncd, ORDINARY_SHARES)
    return float(low), float(high)


def ask(history: History) -> Candidate:
    """Draw the controls for the windows of a range, at least one."""
    ordinary = ordinary_range(history)
    # p limits from which on all views decide, and the bytes alone.
    smallest_p = (smallest_alpha(history, history.recounter.looked_at), smallest_alpha(history, 1))
    state.from_address()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        drive: state.Drive = (
            st.radio(
                "Choose by",
                list(state.DRIVES),
                format_func=lambda one: state.DRIVES[one],
                horizontal=True,
                key="drive",
                bind="query-params",
                on_change=_drive_changed,
                help="Limits: set both numbers. Alarm budget and sensitivity lead to limits; their effect "
                "is shown before anything is applied.",
            )
            or "limits"
        )
        held_out = st.toggle(
            "Hold out the last 30 %",
            value=drive != "limits",
            key="hold",
            bind="query-params",
            help="Limits chosen on a history look better there than later. Held out, they are chosen on "
            "the first 70 % of the range, and everything is shown for the last 30 %.",
        )
    chosen_on, shown = history, history
    if held_out:
        first, last = desk().tuning.held_out(history)
        if first.windows and last.windows:
            chosen_on, shown = first, last
            st.caption(
                f"Chosen on the first {words.plural(first.windows, 'window')} of the range; cards, pictures and "
                f"lists show the last {count_text(last.windows)}."
            )
    statistic = tuning_counting.ask_statistic(drive)
    place = st.container()  # what counts as an alarm is asked below the limits, and known before a wish is
    how = tuning_counting.ask_alarms(history)
    limit: Limit | None
    budget = None
    with place:
        if statistic == "ncd":
            limit, budget = _by_drive(drive, chosen_on, ordinary, smallest_p, how)
        else:
            limit = tuning_counting.ask_alone(chosen_on, statistic)
    if isinstance(limit, Rule):
        try:
            limit.within(history.profile)
        except InvalidProfile as error:
            st.error(f"These limits could never flag anything: {words.literal(str(error))}")
            limit = None
    st.session_state[_SHOWN] = limit if isinstance(limit, Rule) else None
    return Candidate(limit=limit, how=how, drive=drive, shown=shown, chosen_on=chosen_on, budget=budget)


def _drive_changed() -> None:
    """What a wish led to stays as the limits, and held out is what was chosen by looking at the effect."""
    drive = st.session_state.drive
    st.session_state.hold = drive != "limits"
    rule: Rule | None = st.session_state.get(_SHOWN)
    if rule is not None:
        state.put(rule.threshold, rule.alpha)


def _by_drive(
    drive: state.Drive,
    chosen_on: History,
    ordinary: tuple[float, float],
    smallest_p: tuple[float, float],
    how: Alarms,
) -> tuple[Rule | None, BudgetAnswer | None]:
    current = chosen_on.rule
    if drive == "sensitivity":
        return _sensitivity(), None
    if drive == "budget":
        wanted = st.number_input(
            "At most so many false alarms a day",
            min_value=0.01,
            max_value=1_000_000.0,
            value=4.0,
            step=1.0,
            format="%.6g",
            key="day",
            bind="query-params",
            width=300,
            help="Alarms that chance alone would raise, at most about, on a day at the rate of this range.",
        )
        threshold = _ncd(current, ordinary)
        answer = desk().tuning.rule_for_budget(chosen_on, float(wanted or 4.0), threshold, how)
        if answer.rule is None:
            st.warning(words.literal(answer.sentence), icon=":material/block:")
        else:
            st.info(words.literal(answer.sentence))
        return answer.rule, answer
    prof = st.container()
    left, right = st.columns(2, gap="large")
    with left:
        threshold = _ncd(current, ordinary)
    with right:
        alpha = _p(current, smallest_p)
    with prof:
        # What the limits are called follows from them, however they were set.
        name = state.named(threshold, alpha)
        state.show("prof", name, again=name == state.CUSTOM and "prof" not in st.query_params)
        st.segmented_control(
            "Profile",
            state.CHOICES,
            required=True,
            format_func=words.PROFILE_NAMES.__getitem__,
            key="prof",
            bind="query-params",
            on_change=state.put_profile,
        )
    return Rule(threshold=threshold, alpha=alpha), None


def _ncd(current: Rule, ordinary: tuple[float, float]) -> float:
    """The NCD limit; beneath the slider this stream's ordinary range and the current limit."""
    slider, field = st.columns((3, 2), wrap=False)
    with field:
        entered = st.number_input(
            "NCD at least",
            min_value=0.0,
            max_value=5.0,
            value=current.threshold,
            step=0.001,
            format="%.3f",
            key="ncd",
            bind="query-params",
            help=words.HELP["ncd"],
        )
    threshold = round(float(entered if entered is not None else current.threshold), 6)
    with slider:
        st.slider(
            "NCD limit",
            0.0,
            1.0,
            state.beginning("ncd-slider", min(1.0, threshold)),
            step=0.001,
            format="%.3f",
            key="ncd-slider",
            on_change=state.take_over,
            args=("ncd", "ncd-slider"),
        )
        tuning_marks.show(ordinary, current.threshold)
    return threshold


def _p(current: Rule, smallest_p: tuple[float, float]) -> float:
    """The p limit, on steps that are even on a log scale."""
    by_views, by_bytes = smallest_p
    slider, field = st.columns((3, 2), wrap=False)
    with field:
        entered = st.number_input(
            "p at most",
            min_value=min(by_bytes, current.alpha),
            max_value=0.5,
            value=current.alpha,
            step=0.001,
            format="%.4g",
            key="p",
            bind="query-params",
            help=words.HELP["p"],
        )
    alpha = float(entered or current.alpha)
    steps = state.p_steps(min(by_views, current.alpha))
    with slider:
        st.select_slider(
            "p limit, log steps",
            steps,
            state.beginning("p-slider", state.nearest(steps, alpha)),
            format_func=limit_text,
            key="p-slider",
            on_change=state.take_over,
            args=("p", "p-slider"),
        )
        st.caption(
            f"Smallest that all views can express here: {limit_text(by_views)} · ┆ now {limit_text(current.alpha)}"
        )
    return alpha


def _sensitivity() -> Rule:
    """Strict at 0, balanced at 0.5, sensitive at 1."""
    slider, field = st.columns((3, 1), wrap=False)
    with field:
        entered = st.number_input(
            "Sensitivity", 0.0, 1.0, 0.5, 0.05, format="%.2f", key="sens", bind="query-params"
        )
    value = float(entered if entered is not None else 0.5)
    with slider:
        st.slider(
            "From strict (0) to sensitive (1)",
            0.0,
            1.0,
            state.beginning("sens-slider", value),
            step=0.01,
            key="sens-slider",
            on_change=state.take_over,
            args=("sens", "sens-slider"),
        )
    rule = desk().tuning.sensitivity_rule(value)
    st.caption(
        f"NCD ≥ {limit_text(rule.threshold)} and p ≤ {limit_text(rule.alpha)}: strict at 0, balanced at 0.5, "
        "sensitive at 1; in between the NCD limit goes in equal steps, the p limit in equal ratios."
    )
    return rule
