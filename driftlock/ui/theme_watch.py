"""Draws a page anew when the reader's theme changes: its charts and captions have colours of the theme they were made for."""

from typing import Final

import streamlit as st

from driftlock.ui.session import colours
from driftlock.ui.theme import DARK

# The theme changes with the system's or in the page's own menu. Either way the page gets another colour scheme,
# and nobody tells the program that made the page. A theme is told of once: where that changes nothing, nothing will.
_SCRIPT: Final = """
let told = null;
export default function ({ data, setTriggerValue }) {
  const page = document.querySelector("[data-testid=stApp]");
  if (!page) return;
  let left = false;
  const look = () => {
    const scheme = getComputedStyle(page).colorScheme;
    if (left || !["light", "dark"].includes(scheme)) return;
    if (scheme === data.drawn) told = null;
    else if (scheme !== told) setTriggerValue("theme", (told = scheme));
  };
  // The rules of a class may come after the class.
  const changed = () => [0, 100, 1000].forEach((ms) => setTimeout(look, ms));
  const system = matchMedia("(prefers-color-scheme: dark)");
  const watch = new MutationObserver(changed);
  watch.observe(page, { attributes: true, attributeFilter: ["class", "style"] });
  system.addEventListener("change", changed);
  changed();
  return () => {
    left = true;
    watch.disconnect();
    system.removeEventListener("change", changed);
  };
}
"""

_watch: Final = st.components.v2.component("driftlock_theme_watch", js=_SCRIPT, isolate_styles=False)


def show() -> None:
    """Once on a page; takes no room."""
    with st.container(key="theme-watch"):
        drawn = "dark" if colours() is DARK else "light"
        _watch(key="theme-watched", data={"drawn": drawn}, on_theme_change=_drawn_anew)
    # The place around it too, or the page would keep a gap for it.
    st.html("<style>:has(> .st-key-theme-watch), .st-key-theme-watch { display: none; }</style>")


def _drawn_anew() -> None:
    """The run that this starts is all that is wanted."""
