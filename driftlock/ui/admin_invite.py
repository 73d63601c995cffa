"""Asking somebody in, and taking that back."""

from typing import Final

import streamlit as st

from driftlock.model import ROLES
from driftlock.services.accounts_rows import Invitation
from driftlock.ui import admin_once, admin_said, admin_times, words
from driftlock.ui.session import desk, reader, role, tenant
from driftlock_core.numbers_text import count_text

MOST_SHOWN: Final = 20


def show(zone: str) -> None:
    """The form, and what is open."""
    roles = [one for one in ROLES if one != "owner" or role() == "owner"]
    with st.form("invite", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("E-mail", key="invite-email", max_chars=254, type="email")
            st.selectbox("Role", roles, key="invite-role", width=180)
            st.form_submit_button("Invite", type="primary", on_click=_invite)
        st.caption("Nothing is mailed. You get a link that works once, for seven days, and pass it on.")
    invitations = desk().accounts.invitations(tenant())
    if not invitations:
        return
    with st.expander(words.plural(len(invitations), "open invitation")):
        names = desk().accounts.names(tenant())
        for invitation in invitations[:MOST_SHOWN]:
            _row(invitation, names, zone)
        if len(invitations) > MOST_SHOWN:
            st.caption(
                f"The {MOST_SHOWN} newest; the other {count_text(len(invitations) - MOST_SHOWN)} end by themselves."
            )


def _row(invitation: Invitation, names: dict[str, str], zone: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        by = names.get(invitation.by, invitation.by)
        st.markdown(
            f"{words.literal(invitation.email)} as {invitation.role}, invited by {words.literal(by)}, until "
            f"{words.literal(admin_times.said(invitation.expires_at, zone))}",
            width="stretch",
        )
        st.button(
            "Withdraw",
            key=f"withdraw-{invitation.id[:16]}",
            on_click=_withdraw,
            args=(invitation.id,),
        )


def _invite() -> None:
    chosen = st.session_state["invite-role"]
    said = f"Whoever opens this link within seven days becomes {chosen} of this tenant."
    if admin_once.make(
        desk().accounts.invite,
        tenant(),
        email=st.session_state["invite-email"] or "",
        role=chosen,
        by=reader(),
        shown=lambda made: admin_once.link(made.path, said),
    ):
        st.session_state["invite-email"] = ""


def _withdraw(invitation_id: str) -> None:
    admin_said.act(
        desk().accounts.withdraw,
        tenant(),
        invitation_id,
        by=reader(),
        done="Withdrawn: the link leads nowhere any more.",
    )
