"""What is hidden in a play, told when the reader asks: intervals, and how the detector did."""

import streamlit as st

from driftlock.ui import words
from driftlock.ui.scenario_results import Results
from driftlock.ui.scenario_script import Script, clock
from driftlock.ui.truth_score import TruthScore, score
from driftlock_core.numbers_text import MISSING, count_text


def asked(play: Script) -> bool:
    """The switch; off for every play until it is asked for."""
    return st.toggle("Reveal what is hidden", key=f"scenario-reveal-{play.scenario.id}-{play.seed}")


def show(play: Script, results: Results) -> None:
    """Score card of the whole play, and where the faults are."""
    st.markdown(words.literal(play.scenario.hidden))
    found, missed, false, expected = card(play, results)
    with st.grid(min_column_width=130, gap="small"):
        for label, value, explained in (
            ("Found", found, "Hidden faults that share an event with a flagged window."),
            ("Missed", missed, "Hidden faults that share none."),
            ("False", false, "Flagged windows that share no event with a hidden fault."),
            ("False, expected", expected, words.HELP["expected"]),
        ):
            st.metric(label, value, border=True, height="stretch", help=explained)
    for episode in play.episodes:
        st.markdown(
            f"- **{clock(episode.start_us)} – {clock(episode.stop_us)}**, events "
            f"{count_text(episode.start + 1)}–{count_text(episode.stop)}: "
            f"{words.literal(episode.changed)} *{words.literal(', '.join(episode.affected))}*"
        )
    st.caption("Of the whole play, whatever has been shown of it. The detector never saw any of this.")


def card(play: Script, results: Results) -> tuple[str, str, str, str]:
    """
    Found, missed, false, and false as expected by chance, of the whole play.

    By chance a fault is met now and then too: the more, the longer it lasts.
    """
    if results.columns is not None:
        outcome = score(results.columns, play.truth, int(results.stream.configuration["window"]))
        return _said(outcome, f"≤ {words.expected(outcome.expected_by_chance)}")
    hit = [
        any(flag.last_seq >= one.first and flag.first_seq <= one.last for flag in results.flags)
        for one in play.truth
    ]
    false = sum(
        not any(flag.last_seq >= one.first and flag.first_seq <= one.last for one in play.truth)
        for flag in results.flags
    )
    return (
        f"{sum(hit)} of {len(hit)}",
        count_text(len(hit) - sum(hit)),
        count_text(false),
        MISSING,
    )


def _said(outcome: TruthScore, expected: str) -> tuple[str, str, str, str]:
    hidden = len(outcome.found) + len(outcome.missed)
    return (
        f"{len(outcome.found)} of {hidden}",
        count_text(len(outcome.missed)),
        count_text(outcome.false_windows),
        expected,
    )
