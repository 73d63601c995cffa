"""Members of the tenant: who they are, what they may, how they come and go."""

from typing import Final

import streamlit as st

from driftlock.model import ROLES, Role
from driftlock.services.accounts_rows import Member
from driftlock.ui import admin_invite, admin_member, admin_times, words
from driftlock.ui.session import desk, reader, tenant
from driftlock_core.numbers_text import count_text

PAGE: Final = 10
MAY: Final[dict[Role, str]] = {
    "viewer": "sees",
    "analyst": "sees, analyses, labels, proposes, exports",
    "operator": "all of the analyst; applies limits and anchors, suppresses, makes and sets streams",
    "auditor": "sees, exports, reads both logs, holds evidence; changes nothing",
    "admin": "everything but billing",
    "owner": "everything",
}


def show() -> None:
    """Inviting, open invitations, then the members."""
    zone = admin_times.zone()
    admin_invite.show(zone)
    members = desk().accounts.members(tenant())
    st.subheader("Members", anchor=False)
    if not members:
        st.info("Nobody is a member of this tenant.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Find by name, e-mail or role",
            key="find-people",
            max_chars=100,
            type="search",
            help="What is typed stays out of the page's address.",
        )
        role = st.selectbox("Role", ["all", *ROLES], key="find-role", width=180)
    found = [member for member in members if matches(member, typed or "", role)]
    pages = max(1, -(-len(found) // PAGE))
    number = st.pagination(pages, key=f"people-page-{pages}") if pages > 1 else 1
    what = "member" if len(members) == 1 else "members"
    st.caption(
        f"{count_text(len(members))} {what}"
        + ("." if len(found) == len(members) else f", {count_text(len(found))} of them found.")
        + f" Times are {zone}."
    )
    for member in found[(number - 1) * PAGE : number * PAGE]:
        _card(member, zone)


def matches(member: Member, typed: str, role: str) -> bool:
    """Whether *typed* stands in name, e-mail or role, in any case."""
    texts = (member.name or "", member.email or "", member.role)
    return role in ("all", member.role) and any(typed.strip().lower() in text.lower() for text in texts)


def called(member: Member) -> str:
    """As histories call the person."""
    return member.name or member.email or member.user_id[:8]


def _card(member: Member, zone: str) -> None:
    own = " · you" if member.user_id == reader() else ""
    with st.container(border=True, key=f"member-{member.user_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.literal(called(member))}**{own}", width="stretch")
            st.badge(member.role, color="gray", help=MAY[member.role].capitalize() + ".")
            if member.state == "disabled":
                st.badge("disabled", color="orange")
            with st.popover("Change", key=admin_member.popover(member), on_change="rerun"):
                admin_member.change(member)
        seen = f"last seen {admin_times.moment(member.seen_at, zone)}" if member.seen_at else "never seen"
        facts = [
            words.literal(member.email) if member.email else "without an e-mail address",
            f"member since {words.literal(admin_times.moment(member.since, zone))}",
            words.literal(seen),
        ]
        if not member.has_password:
            facts.append("has set no password")
        if member.locked_until is not None and member.locked_until > admin_times.now():
            facts.append(
                f"waits until {words.literal(admin_times.moment(member.locked_until, zone))} after failed tries"
            )
        st.caption(" · ".join(facts))
