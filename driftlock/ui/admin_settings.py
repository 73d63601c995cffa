"""What the tenant decides for itself: shown time, name and colour, redaction where a stream says nothing."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import available_timezones

import streamlit as st

from driftlock.decode.redaction import OWN, RULES
from driftlock.services.tenant_settings import (
    LEAST_CONTRAST,
    LONGEST_PRODUCT_NAME,
    UTC_NAME,
    TenantSettings,
)
from driftlock.ui import admin_said
from driftlock.ui.session import desk, reader, tenant
from driftlock.ui.theme import LIGHT

# What each takes out, in one sentence.
TAKES: Final[Mapping[str, str]] = {
    "secrets": "values of fields named like passwords, tokens or cookies, and tokens that show by their form",
    "emails": "e-mail addresses anywhere in an event, and values of fields named so",
    "phones": "phone numbers that begin with + and a country, and values of fields named so",
    "cards": "card numbers of 13 to 19 digits that pass the Luhn check, and values of fields named so",
    "ids": "national, tax, passport and licence numbers that pass their check, and values of fields named so",
    "ibans": "bank account numbers whose check digits are right, and values of fields named so",
    "people": "values of fields that name a person, a birth date or a home address",
}


def show() -> None:
    """Three forms; each change is in the audit log with what stood before."""
    held = desk().tenant_settings.get(tenant())
    _zone(held)
    _look(held)
    _redaction(held)


def _zone(held: TenantSettings) -> None:
    with st.form("time-zone", border=True):
        st.markdown("**Time zone**")
        zones = [UTC_NAME, *sorted(available_timezones() - {UTC_NAME})]
        zone = st.selectbox(
            "Times are shown in",
            zones,
            index=zones.index(held.time_zone) if held.time_zone in zones else 0,
            key="settings-zone",
        )
        st.caption("On this page. All other pages, files and evidence show UTC, and say so.")
        if st.form_submit_button("Keep the time zone"):
            _keep("time_zone", "Kept.", zone=zone)


def _look(held: TenantSettings) -> None:
    with st.form("look", border=True):
        st.markdown("**Name and colour**")
        name = st.text_input(
            "Name above the menu",
            value=held.product_name,
            key="settings-name",
            max_chars=LONGEST_PRODUCT_NAME,
            placeholder="Driftlock's own",
        )
        accent = st.color_picker("Accent colour", value=held.accent or LIGHT.action, key="settings-accent")
        own = st.checkbox("Driftlock's own colour", value=held.accent is None, key="settings-own-colour")
        st.caption(
            "The colour lies behind white text: the name, and main buttons. It is kept where their contrast is at least "
            f"{LEAST_CONTRAST} to 1. Colours that mean something, as in charts, stay as they are."
        )
        if st.form_submit_button("Keep name and colour"):
            _keep("look", "Kept.", name=name, accent=None if own else accent)


def _redaction(held: TenantSettings) -> None:
    with st.form("redaction", border=True):
        st.markdown("**Taken out before anything is stored**")
        st.caption("For streams without rules of their own, from the next event on; what is stored stays.")
        rules = RULES if held.redact is None else held.redact
        chosen = [
            rule
            for rule in RULES
            if st.checkbox(f"**{rule}**: {TAKES[rule]}", value=rule in rules, key=f"settings-{rule}")
        ]
        own = st.text_input(
            "Fields of your own, with commas between",
            value=", ".join(rule.removeprefix(OWN) for rule in rules if rule.startswith(OWN)),
            key="settings-fields",
            max_chars=1_000,
        )
        if st.form_submit_button("Keep these rules"):
            named = [f"{OWN}{field.strip()}" for field in (own or "").split(",") if field.strip()]
            wanted = [*chosen, *named]
            _keep("redaction", "Kept.", rules=None if wanted == [*RULES] else wanted)


def _keep(verb: str, done: str, **given: object) -> None:
    if admin_said.act(getattr(desk().tenant_settings, verb), tenant(), by=reader(), done=done, **given):
        st.rerun()
    admin_said.show()
