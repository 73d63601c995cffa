"""The demonstration on the overview: what it is, and how to be rid of it."""

import streamlit as st

from driftlock.ui.session import desk, may, tenant


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
