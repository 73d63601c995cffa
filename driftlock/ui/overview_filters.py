"""What the feed is narrowed to, as the reader chose it and as the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import streamlit as st

from driftlock.model import KINDS, Kind
from driftlock.ports import Order
from driftlock.services.overview_rows import Scope, Standing, Wanted
from driftlock.ui import frame, overview_cell, words
from driftlock.ui.session import desk, tenant
from driftlock_core.severity import Severity

STANDINGS: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        "open": "Open",
        "real": "Real",
        "not_real": "Not real",
        "not_useful": "Not useful",
        "snoozed": "Snoozed",
    }
)
LEAST: Final[Mapping[str, tuple[Severity, ...]]] = MappingProxyType(
    {"Any severity": (), "Medium or high": ("medium", "high"), "High": ("high",)}
)
ORDERS: Final[Mapping[Order, str]] = MappingProxyType(
    {"strongest": "Strongest first", "newest": "Newest first"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the feed: where, what of it, and in which order."""

    scope: Scope
    wanted: Wanted
    order: Order


def ask(scope: Scope) -> Asked:
    """The row of filters; what they say is in the address."""
    with st.grid(min_column_width=150, gap="small", key="feed-filters", vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            persist_state="session",
            placeholder="Words, stream, series",
        )
        standings = st.multiselect(
            "Status",
            list(STANDINGS),
            format_func=lambda one: STANDINGS[one],
            key="st",
            bind="query-params",
            persist_state="session",
            placeholder="Any status",
        )
        kinds = st.multiselect(
            "Kind",
            list(KINDS),
            format_func=lambda one: words.KIND_NAMES[one],
            key="k",
            bind="query-params",
            persist_state="session",
            placeholder="Any kind",
        )
        least = st.selectbox("Severity", list(LEAST), key="min", bind="query-params", persist_state="session")
        order: Order = st.selectbox(
            "Order",
            list(ORDERS),
            format_func=lambda one: ORDERS[one],
            key="o",
            bind="query-params",
            persist_state="session",
        )
        suppressed = st.toggle("Show suppressed", key="sup", bind="query-params", persist_state="session")
    cell = overview_cell.chosen()
    return Asked(
        scope=overview_cell.narrowed(scope, desk().overview.streams(tenant()), cell),
        wanted=Wanted(
            kinds=_kinds(kinds),
            severities=LEAST[least],
            labels=tuple(standings),
            suppressed=suppressed,
            text=text.strip(),
            since_us=cell.since_us if cell else None,
            until_us=cell.until_us if cell else None,
        ),
        order=order,
    )


def chip() -> None:
    """The chosen cell, and the way to let go of it."""
    cell = overview_cell.chosen()
    if cell is None:
        return
    labels = frame.names(desk().overview.streams(tenant()))
    st.button(
        f"Only {overview_cell.said(cell, labels)}",
        key="clear-cell",
        icon=":material/close:",
        help="Show all of the range again",
        on_click=overview_cell.choose,
        args=(None,),
    )


def _kinds(chosen: list[Kind]) -> tuple[Kind, ...]:
    return tuple(one for one in KINDS if one in chosen)
