"""Review: fifty flagged windows a page, chosen rows and what is said about them, and files of all."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from driftlock.bootstrap import App
from driftlock.services.overview_rows import Feed, FeedRow, Wanted
from driftlock.ui import (
    exporting,
    exports,
    feed_rows,
    frame,
    links,
    overview_actions,
    overview_history,
    overview_reads,
    overview_states,
    review_queue,
    view_words,
    words,
)
from driftlock.ui.overview_filters import Asked
from driftlock.ui.session import desk, may, tenant
from driftlock_core.numbers_text import count_text

PAGE_SIZE: Final = 50
MOST_HEIGHT: Final = 460  # pixels, about twelve rows; the rest scrolls, and what is below stays in sight
_BATCH: Final = 1_000
_CHOSEN: Final = "feed-chosen"  # key of a table, and ids of the rows that are chosen there
Writer = Callable[[Iterable[FeedRow]], bytes]
FILES: Final[dict[str, tuple[Writer, str, str]]] = {
    "CSV": (
        partial(exports.as_csv, fields=feed_rows.FIELDS, plain=feed_rows.values),
        "csv",
        "text/csv",
    ),
    "NDJSON": (partial(exports.as_ndjson, plain=feed_rows.values), "ndjson", "application/x-ndjson"),
    "JSON": (partial(exports.as_json, plain=feed_rows.values), "json", "application/json"),
}


def show(asked: Asked) -> None:
    """Table, bar and the row that is open."""
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="feed-bar")
    number = page_asked()
    feed = _page(asked, number)
    if not feed.total:
        _nothing(asked)
        return
    pages = -(-feed.total // PAGE_SIZE)
    if number > pages:  # filters or range were changed meanwhile
        number = st.session_state["pg"] = 1
        feed = _page(asked, number)
    rows = list(feed.rows)
    review_queue.remember([row.id for row in rows], name="in this list", page=links.OVERVIEW)
    key = table_key(rows)
    _choose_again(rows, key)
    table = st.container(key="feed-table")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        first = (number - 1) * PAGE_SIZE + 1
        st.caption(
            f"{count_text(first)}–{count_text(first + len(rows) - 1)} of {count_text(feed.total)}",
            width="content",
        )
        with st.container(horizontal=True, width="content", gap="small"):
            _files(asked, feed.total)
        foot = st.container(horizontal=True, width="content", gap="small")
        if pages > 1:
            st.pagination(pages, key="pg", bind="query-params", persist_state="session")
    with table:
        chosen = _table(rows, key)
    with bar:
        _bar(chosen)
    with foot:
        _moves(rows, chosen)
    if len(chosen) == 1:
        opened(chosen[0])


def page_asked() -> int:
    """The page of the table, from 1: as it was turned to, else as the address says."""
    said = st.session_state.get("pg") or st.query_params.get("pg", "1")
    return max(1, int(said)) if str(said).isdecimal() else 1


def _page(asked: Asked, number: int) -> Feed:
    return desk().overview.feed(
        asked.scope, asked.wanted, order=asked.order, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )


def table_key(rows: Sequence[FeedRow]) -> str:
    """Of the table: the same as long as it holds the same windows, so that what was chosen stays chosen."""
    return f"feed-{zlib.crc32(' '.join(row.id for row in rows).encode()):08x}"


def opened(row: FeedRow) -> None:
    """One row in full, and the way to its page."""
    with st.container(border=True, key="open-row", gap="small"):
        st.markdown(words.emphasised(row.sentence))
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.badge(feed_rows.severity(row), color="orange", help=words.HELP["severity"])
            st.badge(words.literal(f"{words.moment(row.seen_at)} UTC"), color="gray")
            st.badge(words.literal(feed_rows.stream(row)), color="gray")
            st.badge(f"Incident {row.incident}", color="gray", help=words.HELP["incidents"])
            st.badge(feed_rows.status(row), color="gray")
            st.page_link(
                links.ANOMALY,
                label="Why, and how rare",
                icon=":material/arrow_forward:",
                query_params={"id": row.id},
            )


def _table(rows: Sequence[FeedRow], key: str) -> list[FeedRow]:
    picked: Any = st.dataframe(
        feed_rows.table(rows),
        hide_index=True,
        height=min(38 + 35 * len(rows), MOST_HEIGHT),
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Severity": st.column_config.TextColumn(width=86, help=words.HELP["severity"]),
            "Seen, UTC": st.column_config.TextColumn(width=138),
            "Stream": st.column_config.TextColumn(width=126),
            "What differs": st.column_config.TextColumn(width=206),
            "NCD": st.column_config.TextColumn(width=54, alignment="right", help=words.HELP["ncd"]),
            "p": st.column_config.TextColumn(width=58, alignment="right", help=words.HELP["p"]),
            "Extra bits": st.column_config.TextColumn(
                width=72, alignment="right", help=words.HELP["extra_bits"]
            ),
            "Stands out by": st.column_config.TextColumn(width=110, help=view_words.HELP["views"]),
            "Status": st.column_config.TextColumn(width=62),
            "Open": st.column_config.LinkColumn(display_text="Open", width=50),
        },
        alt="Flagged windows of the range that match the filters",
    )
    chosen = [rows[at] for at in picked.selection.rows if at < len(rows)]
    st.session_state[_CHOSEN] = (key, tuple(row.id for row in chosen))
    return chosen


def _bar(chosen: Sequence[FeedRow]) -> None:
    if may("label"):
        st.markdown(f"**{count_text(len(chosen))}** chosen" if chosen else "None chosen", width="content")
    overview_actions.bar(chosen, key="bulk")
    overview_history.undo_last()


def _files(asked: Asked, total: int) -> None:
    """All rows that match, built only when asked for."""
    if not may("export"):
        return
    for label, (write, ending, mime) in FILES.items():
        st.download_button(
            label,
            data=exporting.noted(partial(_file, write, asked, total), "list", "overview"),
            file_name=f"driftlock-flagged.{ending}",
            mime=mime,
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            key=f"export-{ending}",
            help=f"All {words.plural(total, 'row')} that match, not only this page",
            shortcut=frame.shortcut("E") if label == "CSV" else None,
        )


def _moves(rows: Sequence[FeedRow], chosen: Sequence[FeedRow]) -> None:
    """The row before and after the one that is open."""
    at = rows.index(chosen[0]) if len(chosen) == 1 else -1
    for text, letter, to in (("Previous", "K", at - 1), ("Next", "J", at + 1)):
        st.button(
            text,
            key=f"row-{text.lower()}",
            type="tertiary",
            shortcut=frame.shortcut(letter),
            disabled=not 0 <= to < len(rows),
            on_click=_choose,
            args=([rows[to].id] if 0 <= to < len(rows) else [],),
        )


def _choose(ids: Sequence[str]) -> None:
    st.session_state[_CHOSEN] = (None, tuple(ids))


def _choose_again(rows: Sequence[FeedRow], key: str) -> None:
    """
    Choose in the table of that *key* what was chosen in the one before it, as far as it is there.

    While somebody looks, windows come and go: the table is another one then, and what was chosen are windows, not
    places in it.
    """
    before, ids = st.session_state.get(_CHOSEN, (key, ()))
    places = [at for at, row in enumerate(rows) if row.id in ids]
    if before != key and places:
        st.session_state[key] = {"selection": {"rows": places, "columns": [], "cells": []}}


def _nothing(asked: Asked) -> None:
    if asked.wanted != Wanted():
        st.info("No flagged window matches these filters.")
        return
    figures = overview_reads.figures(asked.scope)
    if figures.tested:
        st.info(words.literal(overview_states.quiet(figures, desk().overview.last_self_check(tenant()))))
    else:
        st.info("No window was tested in this range, so none could be flagged.")


def _file(write: Writer, asked: Asked, total: int, app: App) -> bytes:
    return write(_all(app, asked, total))


def _all(app: App, asked: Asked, total: int) -> Iterator[FeedRow]:
    for offset in range(0, total, _BATCH):
        yield from app.overview.feed(
            asked.scope, asked.wanted, order=asked.order, offset=offset, limit=_BATCH
        ).rows
