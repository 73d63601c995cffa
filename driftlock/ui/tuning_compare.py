"""Current and candidate side by side, and what a reader must know before trusting either."""

from dataclasses import dataclass

import streamlit as st

from driftlock.services.tuning_changed import Changed
from driftlock.services.tuning_changes import CannotTune
from driftlock.services.tuning_counts import Limit
from driftlock.services.tuning_history import History
from driftlock.ui import tuning_cards, words
from driftlock.ui import tuning_rule as state
from driftlock.ui.session import desk
from driftlock.ui.tuning_controls import Candidate
from driftlock.ui.tuning_counting import limits
from driftlock.ui.tuning_difference import difference
from driftlock_core.numbers_text import limit_text
from driftlock_core.recount import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two rules on the same windows."""

    current: Rule
    candidate: Limit
    changed: Changed


def show(candidate: Candidate, quiet: range | None) -> Comparison | None:
    """Draw notices and cards; None where there is no candidate to compare with."""
    history, tuning = candidate.shown, desk().tuning
    calibration = None if quiet is None else tuning.calibration(history, quiet)
    try:
        before = tuning.figures(history, history.rule, calibration, history.alarms)
        in_force = limits(history.rule, history.alarms)
        if candidate.limit is None:
            tuning_cards.show([("Current", in_force, before)])
            return None
        after = tuning.figures(history, candidate.limit, calibration, candidate.how)
    except CannotTune as error:
        st.error(words.literal(str(error)))
        return None
    if candidate.rule is not None:
        _gate(history, candidate.rule)
        _references(history, candidate.rule)
    tuning_cards.show(
        [
            ("Current", in_force, before),
            ("Candidate", limits(candidate.limit, candidate.how), after),
        ]
    )
    if (candidate.limit, candidate.how) == (history.rule, history.alarms):
        st.markdown("The candidate equals the current limits. Move a limit to see what it would change.")
    else:
        st.markdown(f"**Candidate against current:** {difference(before, after)}.")
    st.caption(
        "Decided again from stored numbers, with the baselines and references as they were. A stream that had been "
        "judged by the candidate from its beginning would have learned from slightly other windows."
    )
    # Behind the cards: what a reader waits for after moving a slider is on screen by now.
    changed = tuning.changed(history, history.rule, candidate.limit, (history.alarms, candidate.how))
    return Comparison(current=history.rule, candidate=candidate.limit, changed=changed)


def _gate(history: History, rule: Rule) -> None:
    """An NCD limit that decides nothing, or that nothing reaches, with a better one at hand."""
    notice = desk().tuning.gate_notice(history, rule)
    if notice is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="gate-notice"):
        st.warning(words.literal(notice.sentence), icon=":material/warning:")
        st.button(
            f"Use NCD ≥ {limit_text(notice.suggested)}",
            key="use-suggestion",
            on_click=_use,
            args=(Rule(threshold=notice.suggested, alpha=rule.alpha),),
            help="Takes the suggestion as custom limits of the candidate; nothing is applied yet.",
        )


def _use(rule: Rule) -> None:
    st.session_state.drive = "limits"
    st.session_state.hold = False
    state.put(rule.threshold, rule.alpha)


def _references(history: History, rule: Rule) -> None:
    """A p limit at which all views but the bytes fall silent."""
    notice = desk().tuning.references_notice(history, rule)
    if notice is not None:
        st.warning(words.literal(notice.sentence), icon=":material/volume_off:")
