"""Choose limits by their consequences."""

import streamlit as st

from driftlock.ui import (
    page,
    tuning_apply,
    tuning_changed,
    tuning_compare,
    tuning_controls,
    tuning_missing,
    tuning_pick,
    tuning_pictures,
    tuning_tabs,
)

page.head("Tuning lab", "Choose limits by their consequences, beside what chance alone would raise.")
picked = tuning_pick.ask()
if picked is None:
    st.stop()
candidate = tuning_controls.ask(picked.history)
tuning_apply.show(picked, candidate)
with st.container():  # what is below keeps its place, and so what a hand does there, when a job ends
    tuning_missing.show(candidate)
comparison = tuning_compare.show(candidate, picked.quiet)
if comparison is not None:
    chosen = tuning_pictures.show(candidate, comparison)
    tuning_changed.show(candidate, comparison, chosen)
tuning_tabs.show(picked, candidate)
