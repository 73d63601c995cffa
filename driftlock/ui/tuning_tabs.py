"""What stands behind a choice of limits: calibration, placebo, detectability, price, history."""

import streamlit as st

from driftlock.ui import (
    tuning_calibration,
    tuning_detectability,
    tuning_history,
    tuning_placebo,
    tuning_price,
)
from driftlock.ui.tuning_controls import Candidate
from driftlock.ui.tuning_pick import Picked

NAMES = ("Calibration", "Placebo", "Detectability", "Price", "History")


def show(picked: Picked, candidate: Candidate) -> None:
    """The open tab; the others cost nothing."""
    tabs = st.tabs(NAMES, key="view", bind="query-params", on_change="rerun")
    calibration, placebo, detectability, price, history = tabs
    if calibration.open:
        with calibration:
            tuning_calibration.show(picked.history, picked.quiet)
    if placebo.open:
        with placebo:
            tuning_placebo.show(picked.history)
    if detectability.open:
        with detectability:
            tuning_detectability.show(picked.history)
    if price.open:
        with price:
            tuning_price.show(candidate.shown, candidate.rule)
    if history.open:
        with history:
            tuning_history.show(picked.history.stream)
