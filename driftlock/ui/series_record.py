"""Record of a flagged number: every number as it was stored, and proof that it comes out again."""

import streamlit as st

from driftlock.services.series_queries import SeriesAnomaly
from driftlock.ui import replay_bar, words
from driftlock.ui.session import desk, tenant
from driftlock_core.series_text import value_text


def show(anomaly: SeriesAnomaly) -> None:
    """Replay, download, the values before, the detector's numbers and the digest."""
    record, verdict = anomaly.record, anomaly.verdict
    replay_bar.show(record, anomaly.row.id, lambda: desk().series.replay(tenant(), anomaly.row.id))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**The last {len(verdict.evidence.last_values)} values, newest first**")
        st.code(
            ", ".join(
                "—" if value is None else value_text(value)
                for value in reversed(verdict.evidence.last_values)
            ),
            language=None,
            wrap_lines=True,
        )
    with right:
        st.markdown("**How it was made**")
        named = {
            "Warm-up": words.plural(verdict.warmup, "record"),
            "Times used": "yes" if verdict.timed else "no",
            **{name.replace("_", " ").capitalize(): f"{n:g}" for name, n in verdict.parameters.items()},
        }
        st.table({"What": list(named), "Value": list(named.values())}, border="horizontal")
    st.markdown("**Chained SHA-256 of every record up to the alert**")
    st.code(verdict.evidence.digest, language=None, wrap_lines=True)
    with st.expander("The whole record"):
        st.json(record, expanded=1)
