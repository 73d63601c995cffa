"""A play as its narrator knows it: moments, captions, truth. Nothing of it reaches the detector."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from data_generator import Caption, Episode, Scenario, narration, perform_scenario
from driftlock.ui.scenario_results import Results
from driftlock.ui.timeline_chart import Interval
from driftlock_core.numbers_text import count_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The events of one play, and what is said about them."""

    scenario: Scenario
    seed: int
    at_us: npt.NDArray[np.int64]  # of each event, in order
    records: tuple[dict[str, Any], ...]  # each event's fields without its time
    captions: tuple[Caption, ...]
    episodes: tuple[Episode, ...]  # for the reveal alone

    @property
    def begins_us(self) -> int:
        return int(self.at_us[0])

    @property
    def ends_us(self) -> int:
        return int(self.at_us[-1])

    def events_until(self, at_us: int) -> int:
        """How many events have come by that moment."""
        return int(np.searchsorted(self.at_us, at_us, side="right"))

    @property
    def truth(self) -> tuple[Interval, ...]:
        """What is hidden, in event numbers from 1."""
        return tuple(Interval(e.start + 1, e.stop, e.kind) for e in self.episodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A moment of the play at which something is said."""

    at_us: int
    text: str  # with its time of day
    by_detector: bool = False  # told from a verdict, not by the narrator


@st.cache_resource(show_spinner="Generating the scenario …", max_entries=6)
def script(scenario_id: str, seed: int) -> Script:
    """The play of that seed; made once per process, the same for everybody."""
    performance = perform_scenario(scenario_id, seed)
    events = list(performance.events)
    return Script(
        scenario=performance.scenario,
        seed=seed,
        at_us=np.array([event.at_us for event in events], dtype=np.int64),
        records=tuple(event.record for event in events),
        captions=narration(scenario_id, seed),
        episodes=performance.witness.episodes(),
    )


def steps(play: Script, results: Results) -> tuple[Step, ...]:
    """The captions, and between them the first flagged window after each fault began, if there is one."""
    what = "number" if results.columns is None else "window"
    said = [Step(at_us=caption.at_us, text=caption.text) for caption in play.captions]
    for episode in play.episodes:
        met = [
            flag for flag in results.flags if flag.last_seq > episode.start and flag.first_seq <= episode.stop
        ]
        if met:
            later = met[0].last_seq - episode.start
            at_us = int(play.at_us[met[0].last_seq - 1])
            text = (
                f"{clock(at_us)}: Driftlock flags its first {what} of it, "
                f"{count_text(later)} events after the first changed one."
            )
            said.append(Step(at_us=at_us, text=text, by_detector=True))
    return tuple(sorted(said, key=lambda step: (step.at_us, step.by_detector)))


def reached(said: tuple[Step, ...], at_us: int) -> int:
    """How many steps lie at or before that moment, at least 1."""
    return max(1, bisect_right([step.at_us for step in said], at_us))


def clock(at_us: int) -> str:
    """
    Time of day.

    >>> clock(1_772_460_200_000_000)
    '14:03:20'
    """
    return f"{datetime.fromtimestamp(at_us // 1_000_000, UTC):%H:%M:%S}"
