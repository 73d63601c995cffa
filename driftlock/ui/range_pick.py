"""Which stretch of time the sidebar narrows pages to: one that counts back, or two moments of the reader's own."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import ZoneInfo

import streamlit as st

from driftlock.services.overview_rows import Span
from driftlock.ui import admin_times, words
from driftlock.ui.session import desk, tenant

Moments = tuple[datetime, datetime]  # both included
Choice = Span | Literal["custom"]

RANGES: Final[Mapping[Span, str]] = MappingProxyType(
    {"15min": "15 min", "1h": "1 h", "24h": "24 h", "7d": "7 d", "30d": "30 d", "all": "All"}
)
DEFAULT: Final[Span] = "24h"
WIDGETS: Final = ("r", "from", "to")  # keys in the session, and names in the address
_CHOICES: Final[Mapping[Choice, str]] = MappingProxyType(
    {**{span: RANGES[span] for span in RANGES}, "custom": "Custom"}
)
_ENDS: Final = "range-ends"
_YEARS: Final = range(1970, 3000)
_EXAMPLE: Final = "2026-11-20 14:03"


def ask() -> None:
    """The ranges, and two fields that are seen only where *Custom* is chosen."""
    st.segmented_control(
        "Range",
        list(_CHOICES),
        default=DEFAULT,
        required=True,
        format_func=lambda one: _CHOICES[one],
        key="r",
        bind="query-params",
        persist_state="session",
        on_change=_begin,
        help="Of Overview and Tuning lab, counted back from the newest window of the streams shown.",
    )
    # A bound widget that is not drawn leaves the address, so these are drawn always.
    with st.container(key=_ENDS, gap="small"):
        zone = admin_times.zone()
        for name, label in (("from", "From"), ("to", "To")):
            st.text_input(
                f"{label}, {zone}",
                key=name,
                bind="query-params",
                persist_state="session",
                placeholder=_EXAMPLE,
                max_chars=40,
            )
        if st.session_state.get("r") != "custom":
            st.html(f"<style>.st-key-{_ENDS} {{ display: none; }}</style>")
            return
        try:
            moments(zone)
        except ValueError as error:
            st.error(f"{words.literal(str(error))} Until then this shows {RANGES[DEFAULT]}.")


def _begin() -> None:
    """Two moments to begin with, where none are written: the last day that has data."""
    if st.session_state["r"] != "custom" or st.session_state.get("from") or st.session_state.get("to"):
        return
    day = desk().overview.scope(tenant(), None, DEFAULT)
    if day.since is None or day.until is None:
        return
    zone = ZoneInfo(admin_times.zone())
    # The second that the newest data lie in belongs to it.
    for name, at in (("from", day.since), ("to", day.until + timedelta(seconds=1))):
        st.session_state[name] = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def chosen() -> Span | Moments:
    """The range; the usual one where two moments were asked for and what is written is none."""
    span: Choice = st.session_state.get("r") or DEFAULT
    if span != "custom":
        return span
    try:
        return moments(admin_times.zone())
    except ValueError:
        return DEFAULT


def said() -> str:
    """The same in words, those of the widget or the two moments in UTC."""
    span = chosen()
    return RANGES[span] if isinstance(span, str) else f"{words.span(*span)} UTC"


def parameters() -> dict[str, str]:
    """What an address needs to show the same range."""
    held = st.session_state
    asked = {"r": _CHOICES[held.get("r") or DEFAULT]}
    if held.get("r") == "custom":
        asked |= {name: str(held[name]) for name in ("from", "to") if held.get(name)}
    return asked


def moments(zone: str) -> Moments:
    """
    The two that are written in the sidebar.

    Raises:
        ValueError: One is missing or no time, or they are the wrong way round; the message says which.
    """
    first, last = (
        read(str(st.session_state.get(name) or ""), zone, of=of, ends=name == "to")
        for name, of in (("from", "“From”"), ("to", "“To”"))
    )
    if last < first:
        raise ValueError("“To” lies before “From”.")
    return first, last


def read(text: str, zone: str, *, of: str, ends: bool) -> datetime:
    """
    A time as people write it, in UTC.

    Args:
        zone: In which a time without an offset is meant.
        of: What the field is called, for messages.
        ends: A day alone stands for its end.

    Raises:
        ValueError: It is none.

    >>> read("2026-11-20 14:03", "Europe/Berlin", of="From", ends=False).isoformat()
    '2026-11-20T13:03:00+00:00'
    >>> read("2026-11-20", "UTC", of="To", ends=True).isoformat()
    '2026-11-20T23:59:59.999999+00:00'
    """
    plain = text.strip()
    if not plain:
        raise ValueError(f"{of} is empty; write a time as {_EXAMPLE}.")
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        raise ValueError(f"{of} is not a time; write it as {_EXAMPLE}, or a day alone.") from None
    if at.year not in _YEARS:
        raise ValueError(f"{of} lies outside the years {_YEARS.start} to {_YEARS.stop - 1}.")
    if ends and len(plain) <= len("2026-11-20") and at.time() == time():
        at += timedelta(days=1) - timedelta(microseconds=1)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
