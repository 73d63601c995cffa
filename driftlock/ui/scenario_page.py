"""A scenario on its stage: from the address to a play that is worked off, and everything around it."""

from functools import partial
from typing import Final

import streamlit as st

from data_generator import Scenario
from driftlock.model import Run
from driftlock.ui import (
    links,
    page,
    progress,
    scenario_cards,
    scenario_compare,
    scenario_extras,
    scenario_player,
    scenario_presenting,
    scenario_stage,
    scenario_truth,
    words,
)
from driftlock.ui.scenario_export import walkthrough
from driftlock.ui.scenario_player import Position
from driftlock.ui.scenario_results import Results, results
from driftlock.ui.scenario_script import Script, Step, script, steps
from driftlock.ui.session import colours, desk, need, tenant

# The card of the window flagged last keeps its height while windows come, so that nothing below it jumps.
_STEADY: Final = """<style>
.st-key-scenario-last { min-height: 7.4rem; }
@media (max-width: 640px) { .st-key-scenario-last { min-height: 13rem; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
</style>"""


def seed_of(scenario: Scenario) -> int:
    """The seed in the address, or the scenario's own."""
    text = st.query_params.get("seed", "")
    return int(text) if text.isdecimal() and int(text) < 2**31 else scenario.seed


def show(scenario: Scenario) -> None:
    """Head, then the play, or how far its making is."""
    _head(scenario)
    st.caption(words.literal(scenario_cards.line(scenario)))
    seed = seed_of(scenario)
    play = script(scenario.id, seed)
    need("analyze", "scenario")
    run = desk().scenarios.play(tenant(), scenario.id, seed)
    if run.state in progress.AT_WORK:
        st.caption("The play is judged once, as a whole; then it can be played.")
        progress.show(run)
        return
    streams = desk().queries.streams(tenant(), run.id)
    if run.state != "done" or not streams:
        progress.ended_early(run)
        if st.button("Start again", type="primary"):
            st.rerun()
        return
    _play(play, results(streams[0]), run)


def _head(scenario: Scenario) -> None:
    presenting = scenario_presenting.presenting()
    page.style(colours(), title_size="2.2rem" if presenting else "1.6rem")
    st.html(_STEADY)
    if presenting:
        scenario_presenting.style()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(words.literal(scenario.title), anchor=False, width="content")
        if st.button("All scenarios", icon=":material/arrow_back:", type="tertiary"):
            st.query_params.clear()
            st.rerun()


def _play(play: Script, found: Results, run: Run) -> None:
    said = steps(play, found)
    here = scenario_player.position(play, said)
    scenario_player.narration(said, here)
    scenario_player.controls(play, said, here)
    scenario_player.stage(play, said, found, here)
    revealed = scenario_truth.asked(play)
    scenario_stage.scores(play, found, here.at_us, revealed=revealed)
    if revealed:
        scenario_truth.show(play, found)
    scenario_extras.show(play, play.events_until(here.at_us))
    _onward(play, said, found, run, here)
    st.subheader("Is it the limits? Is it chance?", anchor=False)
    scenario_compare.show(play, found, revealed=revealed)


def _onward(play: Script, said: tuple[Step, ...], found: Results, run: Run, here: Position) -> None:
    """Where to go from here, with this very data."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="scenario-onward"):
        if (strongest := found.strongest) is not None:
            st.page_link(
                links.ANOMALY,
                label="Open top anomaly",
                icon=":material/arrow_forward:",
                query_params={"id": strongest.id},
            )
        if found.columns is not None:
            st.page_link(
                links.TUNING,
                label="Open in Tuning lab",
                icon=":material/tune:",
                query_params={"stream": found.stream.id},
            )
        st.page_link(
            links.ANALYZE, label="All that was found", icon=":material/list:", query_params={"run": run.id}
        )
        links.copy(
            links.SCENARIOS,
            key="copy-scenario",
            sc=play.scenario.id,
            seed=str(play.seed),
            step=str(here.step),
        )
        st.download_button(
            "Export walkthrough",
            data=partial(walkthrough, play, said, found),
            file_name=f"driftlock-{play.scenario.id}-{play.seed}.html",
            mime="text/html",
            on_click="ignore",
            icon=":material/download:",
            key="scenario-export",
            help="All steps with captions and drawings in one HTML file, which needs no network",
        )
