"""Whether small p-values come as often as they say, on a stretch held to be quiet."""

import streamlit as st

from driftlock.services.tuning_history import History
from driftlock.ui import words
from driftlock.ui.session import colours, desk
from driftlock.ui.tuning_calibration_chart import calibration_chart
from driftlock.ui.tuning_pictures import draw


def show(history: History, quiet: range | None) -> None:
    """Verdict and chart."""
    found = desk().tuning.calibration(history, quiet)
    where = "the stretch held to be quiet" if quiet is not None else "the whole range"
    if found.windows == 0:
        st.info(f"No window of {where} has a p-value to look at.")
        return
    st.markdown(f"**On {where}: {words.literal(found.verdict)}.**")
    if quiet is None:
        st.caption(
            "Whatever was really wrong in this range counts against its p-values here. Say under Quiet stretch, "
            "beside the stream's name, where nothing was wrong; the cards then show what that makes of the "
            "expectation."
        )
    draw(
        calibration_chart(
            found.alphas,
            found.observed,
            found.expected,
            found.low,
            found.high,
            colours=colours(),
            windows=found.windows,
            every=found.every,
            verdict=found.verdict,
        ),
        key="calibration",
        note=f" {found.sentence}",
    )
