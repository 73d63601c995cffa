"""The tabs of the page Admin, and who gets which."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import streamlit as st

from driftlock.services.permissions import Permission
from driftlock.ui import (
    admin_accesses,
    admin_audit,
    admin_delete,
    admin_keys,
    admin_once,
    admin_people,
    admin_retention,
    admin_said,
    admin_settings,
    admin_tenant,
)
from driftlock.ui.session import may, need, who

TAB: Final = "tab"
_TABS: Final[Mapping[str, tuple[Permission, Callable[[], None]]]] = {
    "People": ("people", admin_people.show),
    "API keys": ("keys", admin_keys.show),
    "Audit log": ("logs", admin_audit.show),
    "Access log": ("logs", admin_accesses.show),
    "Retention": ("retention", admin_retention.show),
    "Data": ("delete", admin_delete.show),
    "Settings": ("settings", admin_settings.show),
    "Tenant": ("settings", admin_tenant.show),
}
_LEAST: Final[Permission] = "logs"  # everybody who gets any tab gets the logs


def in_menu() -> Literal["visible", "hidden"]:
    """In the menu of who gets a tab, and where nobody signs in, for what it says about that."""
    me = who()
    return "visible" if not me.signed_in or may(_LEAST) else "hidden"


def guard() -> None:
    """Only who may comes further; a tab of the address that is not the reader's is refused, and that is noted."""
    if not who().signed_in:
        _open()
        st.stop()
    need(_LEAST, "admin")
    asked = _TABS.get(st.query_params.get(TAB, ""))
    if asked is not None and not may(asked[0]):
        need(asked[0], f"admin {st.query_params[TAB].lower()}")


def tabs() -> Sequence[tuple[st.delta_generator.DeltaGenerator, Callable[[], None]]]:
    """The open one of those the reader gets, with what draws it."""
    names = [name for name, (permission, _) in _TABS.items() if may(permission)]
    admin_said.show()
    admin_once.show()
    drawn = st.tabs(names, key=TAB, bind="query-params", on_change=_forget_filter)
    return [(tab, _TABS[name][1]) for name, tab in zip(names, drawn, strict=True) if tab.open]


def _forget_filter() -> None:
    st.query_params.pop("q", None)


def _open() -> None:
    """Nobody signs in: what that means, and how it ends."""
    st.info(
        "Nobody has an account here, so nobody signs in: everybody who reaches this address is the same visitor "
        "with the role operator. People, API keys, logs, retention, deletion and settings need the role admin, "
        "which nobody has yet."
    )
    st.markdown("The first owner is made on the server, and types a password there:")
    st.code("driftlock users add --owner EMAIL", language=None)
    st.markdown("From then on everybody signs in, and the owner invites the others on this page.")
