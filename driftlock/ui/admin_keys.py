"""API keys: whose, for what, used when; made, rotated, revoked. The secret is shown once."""

from datetime import datetime
from typing import Final
from uuid import UUID

import streamlit as st

from driftlock.services.api_keys_rows import PREFIX, ApiKey
from driftlock.ui import admin_key_make, admin_once, admin_said, admin_times, words
from driftlock.ui.session import desk, reader, tenant
from driftlock_core.numbers_text import count_text

PAGE: Final = 10


def show() -> None:
    """A form for a new one, then all, those in force first."""
    streams = {
        one.stream.id: one.stream.name
        for one in desk().overview.streams(tenant())
        if one.stream.run_id is None
    }
    admin_key_make.show(streams)
    keys = desk().api_keys.all(tenant())
    if not keys:
        st.info("There is no key yet. Programs that send events or ask questions need one.")
        return
    now, zone = admin_times.now(), admin_times.zone()
    ordered = sorted(keys, key=lambda one: over(one, now) is not None)
    typed = st.text_input(
        "Find by name",
        key="find-keys",
        max_chars=80,
        type="search",
        help="What is typed stays out of the page's address.",
    )
    found = [one for one in ordered if (typed or "").strip().lower() in one.name.lower()]
    pages = max(1, -(-len(found) // PAGE))
    number = st.pagination(pages, key=f"keys-page-{pages}") if pages > 1 else 1
    in_force = sum(over(one, now) is None for one in keys)
    st.caption(f"{words.plural(len(keys), 'key')}, {count_text(in_force)} in force. Times are {zone}.")
    names = desk().accounts.names(tenant())
    for one in found[(number - 1) * PAGE : number * PAGE]:
        _card(one, names, streams, now, zone)


def masked(key: ApiKey) -> str:
    """
    What lists show of a key: its id, and how its secret begins.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> masked(ApiKey(id="1c1f7b1e000040008000000000000000", name="", role="viewer", stream_id=None, hint="ab3d", by="",
    ...     created_at=at, expires_at=None, used_at=None, used_from=None, revoked_at=None, replaces=None))
    'dlk_1c1f7b1e-0000-4000-8000-000000000000.ab3d…'
    """
    return f"{PREFIX}{UUID(hex=key.id)}.{key.hint}…"


def over(key: ApiKey, now: datetime) -> str | None:
    """How it ended; None: it is in force."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else None


def used(key: ApiKey, now: datetime) -> str:
    """When it was last used, and from where."""
    if key.used_at is None:
        return "never used"
    where = f" from {key.used_from}" if key.used_from else ""
    return f"used {admin_times.ago(key.used_at, now)}{where}"


def lasts(key: ApiKey, zone: str) -> str:
    """When it ended, or ends."""
    if key.revoked_at is not None:
        return f"revoked {admin_times.moment(key.revoked_at, zone)}"
    return "without end" if key.expires_at is None else f"until {admin_times.moment(key.expires_at, zone)}"


def _card(key: ApiKey, names: dict[str, str], streams: dict[str, str], now: datetime, zone: str) -> None:
    ended = over(key, now)
    with st.container(border=True, key=f"api-key-{key.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.literal(key.name)}**", width="stretch")
            st.badge("sends only" if key.role == "stream" else key.role, color="gray")
            if ended:
                st.badge(ended, color="orange")
        st.markdown(f"`{masked(key)}`")
        facts = [
            f"made {words.literal(admin_times.moment(key.created_at, zone))} by "
            f"{words.literal(names.get(key.by, key.by))}",
            words.literal(used(key, now)),
            words.literal(lasts(key, zone)),
        ]
        if key.stream_id is not None:
            facts.append(f"only to {words.literal(streams.get(key.stream_id, key.stream_id))}")
        if key.replaces is not None:
            facts.append(f"takes the place of {words.literal(str(UUID(hex=key.replaces))[:8])}…")
        st.caption(" · ".join(facts))
        if not ended:
            with st.container(horizontal=True):
                _rotate(key)
                _revoke(key, now)


def _rotate(key: ApiKey) -> None:
    popover = f"rotate-{key.id}"
    with st.popover("Rotate", key=popover, on_change="rerun"):
        st.markdown(
            "A new key that may do the same. The old one lives on until every sender has the new one."
        )
        st.number_input("Hours that the old one lives on", 0, 720, 24, key=f"overlap-{key.id}")
        st.button("Make the new key", key=f"rotate-go-{key.id}", on_click=_anew, args=(key.id, popover))


def _anew(key_id: str, popover: str) -> None:
    admin_said.close(popover)
    admin_once.make(
        desk().api_keys.rotate,
        tenant(),
        key_id,
        overlap_hours=int(st.session_state[f"overlap-{key_id}"]),
        by=reader(),
        shown=lambda made: admin_once.key(made.key),
    )


def _revoke(key: ApiKey, now: datetime) -> None:
    with st.popover("Revoke", key=f"revoke-{key.id}", on_change="rerun"):
        last = used(key, now)
        st.markdown(
            f"{words.literal(last[0].upper() + last[1:])}. Whoever sends it is refused from the next request on; "
            "this cannot be taken back."
        )
        st.button(
            "Revoke it",
            key=f"revoke-go-{key.id}",
            type="primary",
            on_click=_end,
            args=(key.id, key.name),
        )


def _end(key_id: str, name: str) -> None:
    admin_said.close(f"revoke-{key_id}")
    admin_said.act(desk().api_keys.revoke, tenant(), key_id, by=reader(), done=f"Revoked: {name}.")
