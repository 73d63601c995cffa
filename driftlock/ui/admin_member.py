"""What can be done about one member; the rules about last owners and admins are those of the verbs, and said by them."""

import streamlit as st

from driftlock.model import ROLES
from driftlock.services.accounts_rows import Member
from driftlock.ui import admin_once, admin_said, words
from driftlock.ui.session import desk, may, reader, role, tenant


def change(member: Member) -> None:
    """Role, sign-in, password, membership."""
    named = member.name or member.email or member.user_id[:8]
    if member.user_id == reader():
        st.caption("This is you. What you take from yourself only somebody else can give back.")
    offered = [one for one in ROLES if one != "owner" or "owner" in (role(), member.role)]
    chosen = st.selectbox("Role", offered, index=offered.index(member.role), key=f"role-{member.user_id}")
    st.button(
        "Save the role",
        key=f"save-role-{member.user_id}",
        disabled=chosen == member.role,
        on_click=_role,
        args=(member, named),
    )
    if member.state == "active":
        st.button(
            "Disable",
            key=f"disable-{member.user_id}",
            help="Signs in nowhere any more; what is open ends at the next click.",
            on_click=_state,
            args=(member, "disable_member", f"{named} cannot sign in any more."),
        )
    else:
        st.button(
            "Enable",
            key=f"enable-{member.user_id}",
            on_click=_state,
            args=(member, "enable_member", f"{named} may sign in again."),
        )
    st.button("Link for a new password", key=f"reset-{member.user_id}", on_click=_reset, args=(member, named))
    st.markdown("**Remove**")
    if may("delete"):
        st.checkbox(
            "Delete the account's e-mail, name and password too",
            key=f"forget-{member.user_id}",
            help="The id stays where histories name it, and leads to nobody.",
        )
    sure = st.checkbox(f"Yes, remove {words.literal(named)}", key=f"sure-{member.user_id}")
    st.button(
        "Remove from the tenant",
        key=f"remove-{member.user_id}",
        disabled=not sure,
        on_click=_remove,
        args=(member, named),
    )


def popover(member: Member) -> str:
    """Key of what all this stands in."""
    return f"change-{member.user_id}"


def _role(member: Member, named: str) -> None:
    chosen = st.session_state[f"role-{member.user_id}"]
    admin_said.close(popover(member))
    admin_said.act(
        desk().accounts.change_role,
        tenant(),
        member.user_id,
        chosen,
        by=reader(),
        done=f"{named} is {chosen} now.",
    )


def _state(member: Member, verb: str, done: str) -> None:
    admin_said.close(popover(member))
    admin_said.act(getattr(desk().accounts, verb), tenant(), member.user_id, by=reader(), done=done)


def _remove(member: Member, named: str) -> None:
    # Asked of the box itself: what this button was drawn with may be a tick older.
    if st.session_state.get(f"forget-{member.user_id}"):
        _state(member, "forget_member", "The account's data are deleted.")
    else:
        _state(member, "remove_member", f"{named} is no member any more.")


def _reset(member: Member, named: str) -> None:
    admin_said.close(popover(member))
    said = f"With this link {words.literal(named)} sets a new password within 24 hours. The old one works until then."
    admin_once.make(
        desk().accounts.reset_link,
        tenant(),
        member.user_id,
        by=reader(),
        shown=lambda made: admin_once.link(made.path, said),
    )
