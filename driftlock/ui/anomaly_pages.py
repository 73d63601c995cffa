"""Order, page and choice of one stream's flagged windows or numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from driftlock.ports import Order
from driftlock.ui import links

PAGE_SIZE: Final = 50
MOST_HEIGHT: Final = 460  # pixels, about twelve rows; the rest scrolls, and downloads stay in sight
ORDERS: Final[dict[Order, str]] = {
    "strongest": "Strongest",
    "newest": "Newest",
}


def pick(flagged: int) -> tuple[Order, int]:
    """The order, and how many rows of it lie before the page that is asked for."""
    pages = -(-flagged // PAGE_SIZE)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        order: Order | None = st.segmented_control(
            "Order, first",
            list(ORDERS),
            default="strongest",
            required=True,
            format_func=ORDERS.__getitem__,
            key="order",
            bind="query-params",
            persist_state="session",
            label_visibility="collapsed",
        )
        number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    return order or "strongest", (number - 1) * PAGE_SIZE


def show(
    ids: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    config: Mapping[str, Any],
    *,
    order: Order,
    offset: int,
    noun: str,
    key: str,
) -> None:
    """
    One page of the table; choosing a row opens its own page.

    Args:
        ids: Of the rows.
        config: Of the columns.
        noun: What a row is, "window" or "number".
    """
    if not ids:
        st.info(f"No flagged {noun}s on this page.")
        return
    if order == "strongest" and offset == 0:
        st.page_link(
            links.ANOMALY,
            label="Open the strongest",
            icon=":material/arrow_forward:",
            query_params={"id": ids[0]},
        )
    table = f"flagged-{key}-{order}-{offset // PAGE_SIZE + 1}"
    st.dataframe(
        columns,
        hide_index=True,
        height=min(38 + 35 * len(ids), MOST_HEIGHT),
        key=table,
        on_select=lambda: _open(table, ids),  # as they were listed when the row was chosen
        selection_mode="single-row",
        column_config=dict(config),
        alt=f"Flagged {noun}s, {ORDERS[order].lower()} first",
    )
    st.caption(f"Choose a row to see why the {noun} was flagged.")


def _open(table: str, ids: Sequence[str]) -> None:
    if chosen := st.session_state[table].selection.rows:
        st.switch_page(links.ANOMALY, query_params={"id": ids[chosen[0]]})
