"""Cards of the scenarios: what each tells, how long it lasts, what a good detector should do."""

from typing import Final

import streamlit as st

from data_generator import Scenario, catalogue
from driftlock.ui import words
from driftlock_core.numbers_text import count_text

PARAMETER: Final = "sc"
BY_ID: Final = {scenario.id: scenario for scenario in catalogue()}
GROUPS: Final[dict[str, str]] = {"industry": "From other industries", "kind": "One kind of fault each"}
# Of a play, see driftlock.services.replay.
MINUTES: Final = 10
EVENTS: Final = 12_000


def chosen() -> Scenario | None:
    """The scenario that the address names; None where it names none that is there."""
    return BY_ID.get(st.query_params.get(PARAMETER, ""))


def show() -> None:
    """The five of the shop, then the others, closed; a word where the address names another."""
    if asked := st.query_params.get(PARAMETER):
        st.warning(f"There is no scenario called “{words.literal(asked)}”. These are there:")
    _grid([scenario for scenario in BY_ID.values() if scenario.group == "scenario"])
    st.caption(
        f"Each is made up on this machine, the same for the same seed: {count_text(EVENTS)} events in about {MINUTES} "
        "minutes. The detector sees the lines as a customer would send them, and nothing of what is hidden."
    )
    for group, title in GROUPS.items():
        others = [scenario for scenario in BY_ID.values() if scenario.group == group]
        with st.expander(f"{title} ({len(others)})"):
            _grid(others)


def _grid(scenarios: list[Scenario]) -> None:
    with st.grid(min_column_width=240, gap="small"):
        for scenario in scenarios:
            _card(scenario)


def _card(scenario: Scenario) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{words.literal(scenario.title)}**")
        st.caption(f"{words.kind(scenario.signals[0])} · about {MINUTES} min")
        st.markdown(words.literal(line(scenario)))
        st.caption(words.literal(f"A good detector: {scenario.expected[0].lower()}{scenario.expected[1:]}"))
        with st.container(horizontal=True, gap="small"):
            if st.button("Open", key=f"open-{scenario.id}", help=f"Play “{scenario.title}”", type="primary"):
                st.query_params.from_dict({PARAMETER: scenario.id, "step": "1"})
                st.rerun()
            with st.popover("What is hidden", type="tertiary"):
                st.markdown(words.literal(scenario.hidden))


def line(scenario: Scenario) -> str:
    """
    The story in one line. The five share their shop: what tells them apart is said instead of it.

    >>> line(BY_ID["error-storm"])
    'Payments begin to fail, and what fails drags others along.'
    """
    return _LINES.get(scenario.id, scenario.story)


_LINES: Final = {
    "normal-operations": "An ordinary afternoon of a web shop: deploys, retries and rare errors included.",
    "anomaly-spike": "An afternoon with a rush of visitors, and later a storage that answers slowly.",
    "error-storm": "Payments begin to fail, and what fails drags others along.",
    "geographic-anomaly": "Known customers, from places where they never were.",
    "behavioural-anomaly": "Every single request is ordinary. What comes after what is not.",
}
