"""Record of a flagged number: every number as it was stored, and proof that it comes out again."""

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.series_queries import SeriesAnomaly
from driftlock.ui import words
from driftlock.ui.anomaly_record import as_file
from driftlock.ui.session import TENANT, app
from driftlock_core.errors import DriftlockError
from driftlock_core.series_text import value_text


def show(anomaly: SeriesAnomaly) -> None:
    """Replay, download, the values before, the detector's numbers and the digest."""
    record, verdict = anomaly.record, anomaly.verdict
    with st.container(horizontal=True, vertical_alignment="center"):
        replay = st.button("Replay", type="primary", help="Compute every number again from the stored events")
        st.download_button(
            "Download record",
            data=lambda: as_file(record),
            file_name=f"{anomaly.row.id}.json",
            mime="application/json",
            on_click="ignore",
            icon=":material/download:",
        )
    if replay:
        _replay(anomaly.row.id)
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


def _replay(anomaly_id: str) -> None:
    try:
        outcome = app().series.replay(TENANT, anomaly_id)
    except (ApplicationError, DriftlockError) as error:
        st.error(words.literal(str(error)))
        return
    total = len(outcome.checks)
    if outcome.identical:
        st.success(f"Identical: {total} of {total} numbers came out the same. Covered: {outcome.scope}.")
        return
    st.error(f"{len(outcome.differences)} of {total} numbers differ.")
    st.table(
        {
            "Number": [check.name for check in outcome.differences],
            "Recorded": [words.literal(check.recorded) for check in outcome.differences],
            "Computed now": [words.literal(check.computed) for check in outcome.differences],
        }
    )
