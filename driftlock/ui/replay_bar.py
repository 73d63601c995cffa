"""Replay and download of one record, of a window or of a number."""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui import exporting, words
from driftlock.ui.session import may
from driftlock_core.errors import DriftlockError
from driftlock_core.recompute import Recomputation


def show(record: dict[str, Any], anomaly_id: str, replay: Callable[[], Recomputation]) -> None:
    """Both buttons, and what *replay* answers once it is asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button("Replay", type="primary", help="Compute every number again from the stored events")
        if may("export"):
            st.download_button(
                "Download record",
                data=exporting.noted(lambda _app: as_file(record), "anomaly", anomaly_id),
                file_name=f"{anomaly_id}.json",
                mime="application/json",
                on_click="ignore",
                icon=":material/download:",
            )
    if not asked:
        return
    try:
        outcome = replay()
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


def as_file(record: dict[str, Any]) -> bytes:
    """The record as a JSON file with sorted keys."""
    return json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n"
