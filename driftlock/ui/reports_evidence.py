"""What an evidence bundle would hold and prove, of one anomaly or of a case, before it is made."""

from collections.abc import Sequence

import streamlit as st

from driftlock.evidence import Policy
from driftlock.evidence.verifier.case import MOST_BUNDLES
from driftlock.ui import reports_parts, words
from driftlock.ui.session import desk, tenant


@st.cache_data(show_spinner=False, scope="session", max_entries=8, ttl=60)
def _preview(tenant: str, anomaly_id: str, policy: Policy) -> tuple[str, Sequence[tuple[str, int, str]]]:
    """Kept for a minute: it reads every event of the bundle, and the page is drawn anew at each click."""
    return desk().reports.preview(tenant, anomaly_id, policy)


def of_anomaly(anomaly_id: str, policy: Policy) -> bool:
    """What the bundle would hold and prove; answers whether a time token is wanted."""
    statement, files = _preview(tenant(), anomaly_id, policy)
    st.caption(words.literal(statement))
    token = _token()
    with st.expander("What it holds"):
        st.table(
            {
                "File": [name for name, _, _ in files],
                "Size": [reports_parts.size(held) for _, held, _ in files],
                "What it is": [words.literal(what) for _, _, what in files],
            },
            border="horizontal",
            hide_index=True,
        )
        st.caption(
            "Beside them: manifest, environment, timeline, audit rows that name it, report.html, verify.py and README."
        )
    _guarantees(token=token)
    return token


def of_case() -> bool:
    """What the archive of a case holds; answers whether a time token is wanted."""
    st.caption(
        f"One archive: an evidence bundle for each flagged window and alert of the case, the {MOST_BUNDLES} strongest at "
        "most, its timeline and a report. It says how many were left out and why; where events were removed, the "
        "bundle holds digests and says so. One check, here or with `driftlock verify`, goes through all of them."
    )
    token = _token()
    _guarantees(token=token)
    return token


def _token() -> bool:
    authority = desk().reports.time_authority
    return st.checkbox(
        "Ask the time authority to sign when it was there",
        key="report-token",
        disabled=not authority,
        help="An RFC 3161 time token. "
        + ("" if authority else "None is set: DRIFTLOCK_TIME_AUTHORITY_URL names the address of one."),
    )


def _guarantees(*, token: bool) -> None:
    signer, authority = desk().reports.signer, desk().reports.time_authority
    guarantees = (
        ("✓" if signer else "—", "unchanged", f"signed with key {signer}" if signer else
         "nobody signs here: make a key with `driftlock signing new`"),
        ("✓", "in this order", "events are numbered and hashed in their order"),
        ("✓" if token and authority else "—", "existed at this time",
         "by the token of the time authority" if token and authority else "only a time token proves that"),
    )  # fmt: skip
    st.markdown("  \n".join(f"{symbol} **{name}**: {why}" for symbol, name, why in guarantees))
