"""Masking X-ray: would it be flagged if more, or less, were masked?"""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.model import Anomaly
from driftlock.services.cross_checks import XrayReport
from driftlock.ui import words
from driftlock.ui.session import desk, tenant
from driftlock_core.masking_xray import MASK_SETS, Xray, hangs_on
from driftlock_core.numbers_text import ncd_text

MASKED: Final = {
    "none": "nothing",
    "ids": "ids and addresses",
    "ids and times": "ids, addresses, times",
    "ids, times and numbers": "ids, addresses, times, numbers",
}


def show(anomaly: Anomaly) -> None:
    """Computed once it is opened: the detector runs four times for it."""
    part = st.expander(
        "Masking X-ray: does the verdict hang on what is masked?",
        key="xray",
        bind="query-params",
        on_change="rerun",
    )
    if part.open:
        with part, st.skeleton(height=240):
            _show(anomaly)


def _show(anomaly: Anomaly) -> None:
    """A row for every set of masks, and a warning where the verdict hangs on one."""
    report = measured(tenant(), anomaly.row.id)
    told, warns = verdict_text(report.found)
    (st.warning if warns else st.markdown)(told)
    st.table(table(report.found, anomaly.record), border="horizontal")
    differs = (
        ""
        if report.agrees
        else " Under the recorded masks the replay comes to another verdict than the record, because it begins later."
    )
    st.caption(
        f"The detector, run again over the {words.plural(report.events, 'event')} up to this window with nothing else "
        f"changed. Lines whose ids are left in are all new, so bits are comparable within a row only.{differs}"
    )


@st.cache_data(show_spinner=False, scope="session", max_entries=8)
def measured(tenant: str, anomaly_id: str) -> XrayReport:
    """The report on one window; computed once a session."""
    return desk().cross_checks.xray(tenant, anomaly_id)


def verdict_text(found: Sequence[Xray]) -> tuple[str, bool]:
    """What the verdict hangs on in one sentence, and whether that is worth a warning."""
    hangs, flags = hangs_on(found), {one.name: one.flagged for one in found}
    if hangs == "nothing":
        same = "flagged" if flags["none"] else "not flagged"
        return f"**The masks do not matter:** the window is {same} under all four.", False
    if hangs == "ids" and flags["none"]:
        return (
            "**It hangs on random ids only:** with ids left in the window is flagged, with ids masked it is not.",
            True,
        )
    if hangs == "ids":
        return (
            "Ids have to be masked to see it: left in, they make every line new and the window looks like any other.",
            False,
        )
    if hangs == "several":
        turning = ", ".join(f"{MASKED[name]}: {'flagged' if flags[name] else 'not'}" for name in MASK_SETS)
        return f"**It hangs on the masks, and not one way.** Masked {turning}.", True
    masked = "masked" if not flags["none"] else "left in"
    return (
        f"**It hangs on {hangs}:** the window is flagged only with {hangs} {masked}.",
        flags["none"],
    )


def table(found: Sequence[Xray], record: dict[str, object]) -> dict[str, list[str]]:
    """One row a set of masks."""
    limit, alpha = float(str(record["threshold"])), float(str(record["alpha"]))
    own = _own(found, record)
    return {
        "Masked": [f"{MASKED.get(one.name, one.name)}{' (used)' if one is own else ''}" for one in found],
        "Would be flagged": ["▲ yes" if one.flagged else "no" for one in found],
        "Decides": [one.aspect or "bytes" for one in found],
        "Distance": [ncd_text(one.distance, at_least=limit) for one in found],
        "p": [words.p_value(one.p, at_most=alpha) for one in found],
        "Extra bits": [words.signed_bits(one.extra_bits) for one in found],
    }


def _own(found: Sequence[Xray], record: dict[str, object]) -> Xray | None:
    configuration = record["configuration"]
    masks = frozenset(configuration["masks"]) if isinstance(configuration, dict) else frozenset()
    return next((one for one in found if one.masks == masks), None)
