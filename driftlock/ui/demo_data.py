"""The demonstration on the overview: what it is, and how to be rid of it."""

from typing import Final

import streamlit as st

from driftlock.ui.session import desk, may, tenant

POLL_SECONDS: Final = 2.0


def being_prepared() -> bool:
    """Say so, and draw the page anew when its first stream is there; False, and nothing drawn, where it is not."""
    if desk().demo.ready(tenant()):
        return False
    st.fragment(_await, run_every=POLL_SECONDS, key="await-demo-streams")()
    return True


def _await() -> None:
    if desk().demo.ready(tenant()) or desk().overview.streams(tenant()):
        st.rerun(scope="app")
    st.info(
        "**Demo data is being prepared.** Its streams appear here as they are ready.",
        icon=":material/hourglass_top:",
    )


def show() -> None:
    """Nothing where there is none."""
    if not may("analyze") or not desk().demo.shown(tenant()):
        return
    with st.expander("Demonstration data on the overview"):
        st.markdown(
            "One shop on one made-up working day, from the same generator as the scenarios. Its times are moved "
            "so that the day has just ended. It stays until you remove it, with every label given to it, and does "
            "not come back."
        )
        sure = st.checkbox("I want it removed for good", key="demo-sure")
        if st.button("Remove demo data", disabled=not sure, key="demo-remove"):
            desk().demo.remove(tenant())
            st.toast("Demonstration data removed.")
            st.rerun()
