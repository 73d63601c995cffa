"""Asking somebody in, and taking that back."""

from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import ROLES
from driftlock.services.accounts_rows import Invitation
from driftlock.ui import admin_once, admin_said, admin_times, words
from driftlock.ui.session import desk, reader, role, tenant
from driftlock_core.numbers_text import count_text

MOST_SHOWN: Final = 20
_SENT: Final = "invite-sent"


def show(zone: str) -> None:
    """The form, and what is open."""
    if st.session_state.pop(_SENT, False):
        st.session_state["invite-email"] = ""
    roles = [one for one in ROLES if one != "owner" or role() == "owner"]
    with st.form("invite", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            email = st.text_input("E-mail", key="invite-email", max_chars=254, type="email")
            chosen = st.selectbox("Role", roles, key="invite-role", width=180)
            asked = st.form_submit_button("Invite", type="primary")
        st.caption("Nothing is mailed. You get a link that works once, for seven days, and pass it on.")
    if asked:
        _invite(email or "", chosen)
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


def _invite(email: str, chosen: str) -> None:
    try:
        link = desk().accounts.invite(tenant(), email=email, role=chosen, by=reader())
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.session_state[_SENT] = True  # the next run empties the field: it is drawn already in this one
    admin_once.link(link.path, f"Whoever opens this link within seven days becomes {chosen} of this tenant.")


def _withdraw(invitation_id: str) -> None:
    admin_said.act(
        desk().accounts.withdraw,
        tenant(),
        invitation_id,
        by=reader(),
        done="Withdrawn: the link leads nowhere any more.",
    )
