"""The tenant itself: its name, plan, people and state."""

import streamlit as st

from driftlock.services.tenants import LONGEST_NAME
from driftlock.ui import admin_said, admin_times, words
from driftlock.ui.session import desk, reader, tenant


def show() -> None:
    """Facts, another name, and the commands for everything above one tenant."""
    row = desk().tenants.get(tenant())
    zone = admin_times.zone()
    st.markdown(
        f"| | |\n|---|---|\n| Id | `{row.tenant}` |\n| Name | {words.literal(row.name)} |\n"
        f"| Plan | {words.literal(row.plan)} |\n| People who may sign in | {row.users:,} |\n"
        f"| State | {row.state} |\n| Made | {words.literal(admin_times.said(row.created_at, zone))} |"
    )
    with st.form("rename-tenant", border=True):
        name = st.text_input("Name", value=row.name, key="tenant-name", max_chars=LONGEST_NAME)
        st.caption("The id stays: it stands in addresses.")
        if st.form_submit_button("Rename") and admin_said.act(
            desk().tenants.rename,
            tenant(),
            name,
            by=reader(),
            done="Renamed. The menu shows it from the next click on.",
        ):
            st.rerun()
    st.markdown(
        "Tenants are listed, added, suspended and removed on the server, where no tenant's people reach:"
    )
    st.code("driftlock tenants list\ndriftlock tenants add ID\ndriftlock tenants suspend ID", language=None)
