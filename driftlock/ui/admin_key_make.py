"""The form for a new API key."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.api_keys import MOST_DAYS
from driftlock.services.api_keys_rows import KEY_ROLES, KeyRole
from driftlock.ui import admin_once, words
from driftlock.ui.session import desk, reader, tenant

_ROLES: Final[dict[KeyRole, str]] = {one: one for one in KEY_ROLES} | {"stream": "sends events, nothing else"}


def show(streams: Mapping[str, str]) -> None:
    """Name, role, days; *streams*, names by id, for a key that may send to one alone."""
    with st.expander("Make a key", icon=":material/key:"), st.form("make-key", border=False):
        name = st.text_input("What it is for", key="key-name", max_chars=80)
        role = st.selectbox("What it may do", [*_ROLES], format_func=_ROLES.__getitem__, key="key-role")
        stream = st.selectbox(
            "Only to this stream",
            [None, *streams],
            format_func=lambda one: "any" if one is None else streams.get(one, one),
            key="key-stream",
            help="For keys that send events.",
        )
        days = st.number_input("Days it is valid", 1, MOST_DAYS, 90, key="key-days")
        endless = st.checkbox("Without end", key="key-endless", help="Until somebody revokes it.")
        asked = st.form_submit_button("Make the key", type="primary")
    if asked:
        _make(name or "", role, stream, None if endless else int(days))


def _make(name: str, role: KeyRole, stream_id: str | None, days: int | None) -> None:
    try:
        made = desk().api_keys.make(
            tenant(), name=name, role=role, stream_id=stream_id, days=days, by=reader()
        )
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    admin_once.key(made.key)
