"""The map, the budget curve and the timeline of a candidate."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from driftlock.services.tuning_figures import WindowMap
from driftlock.ui.charts import PLOTLY_CONFIG, Drawing
from driftlock.ui.session import colours, desk
from driftlock.ui.tuning_budget_chart import budget_chart
from driftlock.ui.tuning_compare import Comparison
from driftlock.ui.tuning_controls import Candidate, ordinary_range
from driftlock.ui.tuning_map import MapPoints, chosen_windows, tuning_map
from driftlock.ui.tuning_timeline import changed_timeline
from driftlock_core.recount import Rule


def show(candidate: Candidate, comparison: Comparison) -> list[int]:
    """Draw them; answers the windows chosen on the map."""
    history, limit = candidate.shown, comparison.candidate
    picked: list[int] = []
    if isinstance(limit, Rule):
        picked = _by_p(candidate, comparison.current, limit)
    else:
        st.info("The map and the curve show NCD with p; choose that as what the limit works on to see them.")
    st.subheader("What would change along the stream", anchor=False)
    columns = history.columns
    # Scores are NCD: a limit on another number has no line among them, so the one in force is drawn.
    threshold = limit.threshold if isinstance(limit, Rule) else history.rule.threshold
    draw(
        changed_timeline(
            columns,
            comparison.changed.current,
            comparison.changed.candidate,
            colours=colours(),
            threshold=threshold,
            ordinary=ordinary_range(history),
            real=history.labelled("real"),
            not_real=history.labelled("not_real"),
        ),
        key="changed-timeline",
        note="" if isinstance(limit, Rule) else " The dashed limit is the one in force.",
    )
    return picked


def _by_p(candidate: Candidate, current: Rule, rule: Rule) -> list[int]:
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Every window by distance and p", anchor=False)
        found = desk().tuning.map(candidate.shown, rule)
        picked = _map(candidate, current, rule, found)
    with right:
        st.subheader("Alarms against the p limit", anchor=False)
        curve = desk().tuning.curve(candidate.chosen_on, rule.threshold, candidate.how)
        drawing = budget_chart(
            curve.alphas,
            curve.expected,
            curve.flagged,
            colours=colours(),
            current=current.alpha,
            candidate=rule.alpha,
            per_day=curve.per_day,
        )
        note = " From the windows it was chosen on." if candidate.held_out else ""
        if candidate.how.repeats.least > 1:
            note += " Both lines count alarms, by the repeats asked for."
        draw(drawing, key="budget", note=note)
    return picked


def _map(candidate: Candidate, current: Rule, rule: Rule, found: WindowMap) -> list[int]:
    history = candidate.shown
    known = np.isfinite(found.p) & np.isfinite(found.distance) & (found.p > 0)
    if not known.any():
        st.info("No window has the numbers this map needs.")
        return []
    points = MapPoints(
        window=np.asarray(found.window)[known],
        distance=found.distance[known],
        p=found.p[known],
        unshuffled=(~found.by_views & np.isnan(np.asarray(history.columns.p_perm)))[known],
        flagged=found.flagged[known],
        real=history.labelled("real")[known],
        not_real=history.labelled("not_real")[known],
    )
    drawing = tuning_map(
        points,
        colours=colours(),
        current=(current.threshold, current.alpha),
        candidate=(rule.threshold, rule.alpha),
        left_out=int(np.count_nonzero(~known)),
    )
    state = draw(drawing, key="map", on_select="rerun", selection_mode=("points", "box"))
    return chosen_windows(state["selection"]) if isinstance(state, Mapping) else []


def draw(drawing: Drawing, *, key: str, note: str = "", **settings: Any) -> Any:
    """A drawing with its caption."""
    state = st.plotly_chart(drawing.figure, key=key, config=PLOTLY_CONFIG, alt=drawing.alt, **settings)
    st.caption(drawing.caption + note)
    return state
