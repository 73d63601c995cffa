"""The player: where the play is, what the narrator says there, and the buttons that move it."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import streamlit as st

from driftlock.ui import frame, words
from driftlock.ui.scenario_presenting import presenting
from driftlock.ui.scenario_results import Results
from driftlock.ui.scenario_script import Script, Step, reached
from driftlock.ui.scenario_stage import live

TICK_SECONDS: Final = 1.0
# Seconds of the play in one tick; "max" goes through it all in so many ticks.
SPEEDS: Final[dict[str, float | None]] = {"1×": 1.0, "4×": 4.0, "max": None}
MAX_TICKS: Final = 20
DEFAULT_SPEED: Final = "4×"

_POSITION: Final = "scenario-position"
_SPEED: Final = "scenario-speed"
_PRESENT: Final = "scenario-present"
_FRESH: Final = "scenario-fresh"  # the page was just drawn: the live part has not ticked since


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a reader's play is. Nothing plays until Play is pressed, also after a link was opened."""

    scenario: str
    seed: int
    step: int  # 1-based
    at_us: int
    playing: bool = False


def position(play: Script, said: tuple[Step, ...]) -> Position:
    """Where the play is: where the address says, unless this session has come there by itself."""
    wanted = _asked(len(said))
    kept: Position | None = st.session_state.get(_POSITION)
    if kept and (kept.scenario, kept.seed, kept.step) == (play.scenario.id, play.seed, wanted):
        return kept
    return _move(play, said, wanted)


def narration(said: tuple[Step, ...], here: Position) -> None:
    """What is said at this step."""
    step = said[here.step - 1]
    with st.container(border=True, key="narration"):
        st.markdown(f"**Step {here.step} of {len(said)}** — {words.literal(step.text)}")


def controls(play: Script, said: tuple[Step, ...], here: Position) -> None:
    """Play or pause, the next step, from the start; speed, seed and the mode for an audience."""
    at_end = here.at_us >= play.ends_us
    aligned: Literal["center", "bottom"] = (
        "center" if presenting() else "bottom"
    )  # the seed has a label above
    with st.container(horizontal=True, vertical_alignment=aligned, gap="small", key="scenario-controls"):
        st.button(
            "Pause" if here.playing else "Play",
            key="scenario-play",
            type="primary",
            icon=":material/pause:" if here.playing else ":material/play_arrow:",
            on_click=_toggle,
            args=(play, said),
            shortcut=frame.shortcut("P"),
            disabled=at_end and not here.playing,
        )
        st.button(
            "Step",
            key="scenario-step",
            icon=":material/skip_next:",
            help="Go to the next caption",
            on_click=_go,
            args=(play, said, here.step + 1),
            shortcut=frame.shortcut("J"),
            disabled=here.step >= len(said),
        )
        st.button(
            "Back",
            key="scenario-back",
            icon=":material/skip_previous:",
            help="Go to the caption before",
            on_click=_go,
            args=(play, said, here.step - 1),
            shortcut=frame.shortcut("K"),
            disabled=here.step <= 1,
        )
        st.button(
            "Restart",
            key="scenario-restart",
            icon=":material/replay:",
            on_click=_go,
            args=(play, said, 1),
            disabled=here.step == 1 and here.at_us == said[0].at_us,
        )
        st.segmented_control(
            "Speed",
            list(SPEEDS),
            default=_speed(),
            required=True,
            key=_SPEED,
            on_change=_keep_speed,
            label_visibility="collapsed",
        )
        if not presenting():
            _seed(play)
        st.toggle(
            "Presenter mode",
            value=presenting(),
            key=_PRESENT,
            on_change=_keep_presenting,
            help="Hides the menu and shows everything larger.",
        )


def stage(play: Script, said: tuple[Step, ...], results: Results, here: Position) -> None:
    """The part of the page that moves. While it plays it is drawn each second, and nothing else is."""
    st.session_state[_FRESH] = True
    every = TICK_SECONDS if here.playing else None
    st.fragment(_tick, run_every=every, key="scenario-live")(play, said, results)


def _tick(play: Script, said: tuple[Step, ...], results: Results) -> None:
    here: Position = st.session_state[_POSITION]
    if here.playing and not st.session_state.pop(_FRESH, False):
        before = here.step
        here = _advanced(here, play, said, _speed())
        st.session_state[_POSITION] = here
        if here.step != before or not here.playing:
            st.query_params["step"] = str(here.step)
            st.rerun(scope="app")
    live(play, results, here.at_us)


def _advanced(here: Position, play: Script, said: tuple[Step, ...], speed: str) -> Position:
    """A tick later: to the end at most."""
    seconds = SPEEDS[speed]
    tick_us = (play.ends_us - play.begins_us) / MAX_TICKS if seconds is None else seconds * 1e6 * TICK_SECONDS
    at_us = min(play.ends_us, here.at_us + round(tick_us))
    return replace(here, at_us=at_us, step=reached(said, at_us), playing=at_us < play.ends_us)


def _move(play: Script, said: tuple[Step, ...], step: int) -> Position:
    number = min(max(step, 1), len(said))
    here = Position(scenario=play.scenario.id, seed=play.seed, step=number, at_us=said[number - 1].at_us)
    st.session_state[_POSITION] = here
    st.query_params["step"] = str(number)
    return here


def _go(play: Script, said: tuple[Step, ...], step: int) -> None:
    _move(play, said, step)


def _toggle(play: Script, said: tuple[Step, ...]) -> None:
    here = position(play, said)
    st.session_state[_POSITION] = replace(here, playing=not here.playing)


def _asked(last: int) -> int:
    """The step in the address; its ends where it lies beyond them, the first where it is no number."""
    text = st.query_params.get("step", "1")
    return min(max(int(text), 1), last) if text.isdecimal() else 1


def _speed() -> str:
    asked = st.query_params.get("speed", DEFAULT_SPEED)
    return asked if asked in SPEEDS else DEFAULT_SPEED


def _keep_speed() -> None:
    st.query_params["speed"] = st.session_state[_SPEED]


def _keep_presenting() -> None:
    if st.session_state[_PRESENT]:
        st.query_params["present"] = "1"
    else:
        st.query_params.pop("present", None)


def _seed(play: Script) -> None:
    key = f"scenario-seed-{play.scenario.id}-{play.seed}"
    st.number_input(
        "Seed",
        min_value=0,
        max_value=2**31 - 1,
        value=play.seed,
        step=1,
        key=key,
        width=120,
        help="Another seed is another play of the same story. The same seed gives the same play.",
        on_change=_keep_seed,
        args=(key,),
    )


def _keep_seed(key: str) -> None:
    st.query_params["seed"] = str(st.session_state[key])
    st.query_params["step"] = "1"
