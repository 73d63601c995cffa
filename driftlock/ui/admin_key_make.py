"""The form for a new API key."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from driftlock.services.api_keys import MOST_DAYS
from driftlock.services.api_keys_rows import KEY_ROLES, KeyRole
from driftlock.ui import admin_once
from driftlock.ui.session import desk, reader, tenant

_ROLES: Final[dict[KeyRole, str]] = {one: one for one in KEY_ROLES} | {"stream": "sends events, nothing else"}


def show(streams: Mapping[str, str]) -> None:
    """Name, role, days; *streams*, names by id, for a key that may send to one alone."""
    with st.expander("Make a key", icon=":material/key:"), st.form("make-key", border=False):
        st.text_input("What it is for", key="key-name", max_chars=80)
        st.selectbox("What it may do", [*_ROLES], format_func=_ROLES.__getitem__, key="key-role")
        st.selectbox(
            "Only to this stream",
            [None, *streams],
            format_func=lambda one: "any" if one is None else streams.get(one, one),
            key="key-stream",
            help="For keys that send events.",
        )
        st.number_input("Days it is valid", 1, MOST_DAYS, 90, key="key-days")
        st.checkbox("Without end", key="key-endless", help="Until somebody revokes it.")
        st.form_submit_button("Make the key", type="primary", on_click=_make)


def _make() -> None:
    asked = st.session_state
    admin_once.make(
        desk().api_keys.make,
        tenant(),
        name=asked["key-name"] or "",
        role=asked["key-role"],
        stream_id=asked["key-stream"],
        days=None if asked["key-endless"] else int(asked["key-days"]),
        by=reader(),
        shown=lambda made: admin_once.key(made.key),
    )
