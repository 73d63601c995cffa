"""
The scores below the lanes, drawn once the list stands.

The library that draws them keeps a browser busier than all the rest of the page together. Asked for with the
rest it would be read before the list, which is what a reader waits for.
"""

from typing import Final

import streamlit as st

from driftlock.services.overview_rows import Scope
from driftlock.ui import overview_timeline

LOADED: Final = "scores-loaded"  # in a session: its browser has the library
# The list may be empty, and then is no table. A part of the page that never comes keeps nobody waiting. Who has
# left for another page meanwhile is not told of this one: its scores are none of that page's.
_SCRIPT: Final = """
export default function ({ parentElement, setTriggerValue }) {
  const begun = performance.now();
  let left = false;
  const here = () => !left && parentElement.isConnected;
  const tell = () => here() && setTriggerValue("stands", true);
  const look = () => {
    if (!here()) return;
    const ran = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
    const room = document.querySelector(".st-key-feed-table");
    const stands = ran && (!room || room.querySelector("canvas"));
    if (!stands && performance.now() - begun < 5000) setTimeout(look, 50);
    else (window.requestIdleCallback ?? setTimeout)(tell);
  };
  look();
  return () => { left = true; };
}
"""

_list_stands: Final = st.components.v2.component("driftlock_list_stands", js=_SCRIPT, isolate_styles=False)


def show(scope: Scope, stream_id: str | None) -> None:
    """The chart of that stream, alone: the rest of the page is not drawn anew for it."""
    st.fragment(_scores, key="scores")(scope, stream_id)


def _scores(scope: Scope, stream_id: str | None) -> None:
    if st.session_state.get(LOADED):
        overview_timeline.scores_of(scope, stream_id)
    elif stream_id is not None:
        _list_stands(key="list-stands", on_stands_change=_load)


def _load() -> None:
    st.session_state[LOADED] = True
