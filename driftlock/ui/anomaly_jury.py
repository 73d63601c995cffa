"""Do other compressors agree? Their ranks, and how many past windows these are ranks among."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import view_words, words
from driftlock.ui.session import desk, tenant
from driftlock_core.jury import Jury
from driftlock_core.numbers_text import percent_text, size_text


def show(anomaly: Anomaly) -> None:
    """The sentence and one row a compressor; says so where there is no past window."""
    st.markdown("**Other compressors:** would they call it unusual too?")
    found = measured(tenant(), anomaly.row.id)
    if found is None:
        st.info("There is no past window to rank this one among.")
        return
    st.markdown(sentence(found))
    st.table(table(found), border="horizontal")
    st.caption(caption(found, anomaly.record["views"]))


@st.cache_data(show_spinner=False, scope="session", max_entries=8)
def measured(tenant: str, anomaly_id: str) -> Jury | None:
    """The jury on one window; computed once a session."""
    return desk().cross_checks.jury(tenant, anomaly_id)


def sentence(found: Jury) -> str:
    """How many agree, and how fine a rank so many past windows allow."""
    jurors = len(found.jurors)
    if found.past + 1 >= 100:
        return (
            f"**{found.agree} of {jurors} compressors rank it in the top {percent_text(found.top)}** of "
            f"{words.plural(found.past, 'past window')} and itself."
        )
    return (
        f"**{found.agree} of {jurors} compressors rank it first** among {words.plural(found.past, 'past window')}. So "
        f"few allow no finer statement than the top {percent_text(found.top)}."
    )


def table(found: Jury) -> dict[str, list[str]]:
    """Rank and costs under each compressor."""
    rows: dict[str, Any] = {
        "Compressor": [juror.compressor for juror in found.jurors],
        "Rank": [words.rank(juror.rank, juror.of) for juror in found.jurors],
        "Top": [percent_text(juror.share) for juror in found.jurors],
        "Bytes": [size_text(juror.cost) for juror in found.jurors],
        "Median past window": [size_text(juror.median) for juror in found.jurors],
    }
    return rows


def caption(found: Jury, views: Sequence[str]) -> str:
    """What was ranked, and what the jury cannot hear."""
    deaf = (
        f" The jury hears bytes only, and this window stands out by {view_words.plain(views).lower()}."
        if "bytes" not in views
        else ""
    )
    return (
        f"Ranks, not distances, of {words.plural(found.past, 'past window')} that overlap neither it nor each other, "
        "flagged ones included; each is told from as many events as this one, whole windows at once. Ties are counted "
        f"against the window.{deaf}"
    )
