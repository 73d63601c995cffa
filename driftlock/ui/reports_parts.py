"""The parts of the page of reports, and the words they share."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from driftlock.services.reports_rows import Form, Template
from driftlock.ui import links, session

NAMES: Final[Mapping[Template, str]] = {
    "evidence": "Evidence bundle",
    "period": "Period summary",
    "dora": "DORA incident annex",
    "nis2": "NIS2 incident annex",
    "ai_log": "AI runtime log annex",
}
FORMS: Final[Mapping[Form, str]] = {"zip": "ZIP", "html": "HTML", "pdf": "PDF"}
MIME: Final[Mapping[str, str]] = {"zip": "application/zip", "html": "text/html", "pdf": "application/pdf"}
_TAB: Final = "tab"


def tabs() -> Sequence[st.delta_generator.DeltaGenerator]:
    """Make, Archive, Verify a bundle, Lists."""
    return st.tabs(
        ["Make", "Archive", "Verify a bundle", "Lists"], key=_TAB, bind="query-params", on_change="rerun"
    )


def guard() -> None:
    """Only who may export comes further; others are told, and it is noted."""
    session.need("export", "reports")


def offer(anomaly_id: str) -> None:
    """The way from an anomaly to its evidence, for who may take it."""
    _offer("Make an evidence bundle", {"id": anomaly_id})


def offer_case(case_id: str) -> None:
    """The way from a case to its evidence, likewise."""
    _offer("Evidence of the case", {"case": case_id})


def _offer(label: str, about: dict[str, str]) -> None:
    if session.may("export"):
        st.page_link(links.REPORTS, label=label, icon=":material/verified:", query_params=about)


def size(count: int) -> str:
    """
    Bytes for people.

    >>> size(999), size(295_715), size(12_300_000)
    ('999 B', '295.7 kB', '12.3 MB')
    """
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
