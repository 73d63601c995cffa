"""Draws a page anew when the reader's theme changes: its charts and captions have colours of the theme they were made for."""

from typing import Final

import streamlit as st

# The theme changes with the system's or in the page's own menu. Either way the page gets another colour scheme,
# and nobody tells the program that made the page.
_SCRIPT: Final = """
export default function ({ setTriggerValue }) {
  const page = document.querySelector("[data-testid=stApp]");
  if (!page) return;
  const scheme = () => getComputedStyle(page).colorScheme;
  let seen = scheme();
  const look = () => {
    if (scheme() === seen) return;
    seen = scheme();
    setTriggerValue("theme", seen);
  };
  const watch = new MutationObserver(look);
  watch.observe(page, { attributes: true, attributeFilter: ["class", "style"] });
  return () => watch.disconnect();
}
"""

_watch: Final = st.components.v2.component("driftlock_theme_watch", js=_SCRIPT, isolate_styles=False)


def show() -> None:
    """Once on a page; takes no room."""
    with st.container(key="theme-watch"):
        _watch(key="theme-watched", on_theme_change=_drawn_anew)
    st.html("<style>.st-key-theme-watch { display: none; }</style>")


def _drawn_anew() -> None:
    """The run that this starts is all that is wanted."""
