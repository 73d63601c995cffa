"""Is it chance? The window against the stream's own past, view by view, and against all shuffles."""

from typing import Any, Final

import numpy as np
import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import anomaly_jury, anomaly_views, aspect_cards, view_words, words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.null_chart import null_panel
from driftlock.ui.session import colours, examination, tenant
from driftlock_core.window_views.findings import Finding

# Axis title of each statistic.
UNITS: Final = {
    "size": "Bytes, the whole baseline known",
    "recency": "Bits to say how long ago each template was seen",
    "fresh": "Events with a template never seen before",
    "mismatch": "Bits its counts waste with the baseline's shares",
    "own": "Bits of its own mix of templates",
    "order": "Bits of its sequence given the baseline's",
    "duration": "from first to last event",
    "gap": "of the longest pause",
    "still": "Usual intervals of the longest pause, by the slower of two paces",
    "pairs": "Pairs of events that read alike",
    "surprise": "Thousandths of a bit a number, given those before at its place",
}
# Times are drawn in the first unit that gives them fewer than five digits.
TIME_UNITS: Final = (("Milliseconds", 1e3), ("Seconds", 1e6), ("Minutes", 6e7), ("Hours", 3.6e9))


def show(anomaly: Anomaly) -> None:
    """What the window is ranked among, the paragraph in words, other compressors, and the method in full."""
    record = anomaly.record
    if view_words.by_views(record):
        _views(record)
        with st.expander("Its bytes by themselves, which do not decide here"):
            _bytes(anomaly)
    else:
        _bytes(anomaly)
    explanation = record["explanation"]
    st.markdown(words.emphasised(explanation["paragraph"]))
    anomaly_jury.show(anomaly)
    with st.expander("Method"):
        for line in explanation["method"].split("\n"):
            st.markdown(f"- {words.literal(line)}")


def _views(record: dict[str, Any]) -> None:
    st.markdown(
        "**Each aspect against the past:** its surprises added up and ranked", help=view_words.HELP["p"]
    )
    st.table(aspect_cards.table(record), border="horizontal")
    found = anomaly_views.findings(record)
    with st.grid(min_column_width=360, gap="medium"):
        for finding in found:
            past = np.array(anomaly_views.past_values(record, finding))
            unit, size = _unit(finding, past.max())
            with st.container():
                st.markdown(f"**{view_words.view(finding.view)}** among past windows")
                panel = null_panel(
                    past / size,
                    finding.value / size,
                    colours=colours(),
                    what="past window",
                    unit=unit,
                    flagged=record["flagged"],
                    low=finding.value < finding.usual,
                )
                st.plotly_chart(panel.figure, key=f"null-{finding.view}", alt=panel.alt, config=PLOTLY_CONFIG)
                st.caption(panel.caption)


def _unit(finding: Finding, largest: float) -> tuple[str, float]:
    """Axis title, and what one of the unit is in that of the finding."""
    title = UNITS[finding.statistic]
    if finding.view != "timing" or finding.statistic == "still":
        return title, 0.001 if finding.view == "values" else 1.0
    largest = max(largest, finding.value)
    name, size = next((unit for unit in TIME_UNITS if largest / unit[1] < 9_999.5), TIME_UNITS[-1])
    return f"{name} {title}", size


def _bytes(anomaly: Anomaly) -> None:
    record = anomaly.record
    null = examination().null(tenant(), anomaly.row.id)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Against shuffles:** does it matter which events are in the window?")
        shuffled = null_panel(
            null.permuted,
            null.observed_permuted,
            colours=colours(),
            what="shuffle",
            unit="Bytes of the window's chunks, half of the baseline known",
            flagged=record["flagged"],
        )
        st.plotly_chart(shuffled.figure, key="null-shuffles", alt=shuffled.alt, config=PLOTLY_CONFIG)
        st.caption(shuffled.caption)
    with right:
        st.markdown("**Against the past:** is such a cost rare on this stream?")
        if len(null.past):
            past = null_panel(
                null.past,
                null.observed_past,
                colours=colours(),
                what="past window",
                unit="Bytes of a window, the whole baseline known",
                flagged=record["flagged"],
            )
            st.plotly_chart(past.figure, key="null-past", alt=past.alt, config=PLOTLY_CONFIG)
            st.caption(past.caption)
        else:
            st.info("There was no past window yet to rank this one among.")
