"""The stretch of one lane or several that the feed is narrowed to, as the address carries it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from driftlock.services.overview_rows import Scope, StreamState
from driftlock.ui import words

PARAMETER: Final = "cell"
_FORM: Final = re.compile(r"([\w -]{1,64}(?:,[\w -]{1,64}){0,999})~(\d{1,18})-(\d{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Microseconds since 1970, the first included, the last not: live data may move the lanes' edges."""

    lanes: tuple[str, ...]  # their keys: ids of streams, or kinds; at least one
    since_us: int
    until_us: int

    def holds(self, state: StreamState) -> bool:
        """Whether the stream belongs to one of its lanes."""
        kind = state.stream.kind
        return not {state.stream.id, f"{kind} series" if state.series else kind}.isdisjoint(self.lanes)


def chosen() -> Cell | None:
    """The cell that this page's address names, if it names one."""
    return read(st.query_params.get(PARAMETER, ""))


def read(text: str) -> Cell | None:
    """
    >>> read("logs~100-200")
    Cell(lanes=('logs',), since_us=100, until_us=200)
    >>> read("logs~200-100"), read("")
    (None, None)
    """
    found = _FORM.fullmatch(text)
    if found is None or int(found[2]) >= int(found[3]):
        return None
    return Cell(lanes=tuple(found[1].split(",")), since_us=int(found[2]), until_us=int(found[3]))


def choose(cell: Cell | None) -> None:
    """Put *cell* into the address, or take it out."""
    if cell is None:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = f"{','.join(cell.lanes)}~{cell.since_us}-{cell.until_us}"


def narrowed(scope: Scope, streams: Sequence[StreamState], cell: Cell | None) -> Scope:
    """
    *scope* with the streams of the cell's lanes alone.

    The first cell may begin before the range does: then so does the answer, that it holds what the cell shows.
    """
    if cell is None:
        return scope
    held = {state.stream.id for state in streams if cell.holds(state)}
    since = scope.since if scope.since is None else min(scope.since, _at(cell.since_us))
    return Scope(
        tenant=scope.tenant,
        stream_ids=tuple(stream_id for stream_id in scope.stream_ids if stream_id in held),
        since=since,
        until=scope.until,
    )


def said(cell: Cell, names: Mapping[str, str]) -> str:
    """The cell in words: its lane or how many, *names* being those of streams, and its time."""
    first = cell.lanes[0]
    lane = words.KIND_NAMES.get(first.removesuffix(" series")) or names.get(
        first, "a stream that is not kept"
    )
    said = lane if len(cell.lanes) == 1 else words.plural(len(cell.lanes), "lane")
    return f"{said}, {words.span(_at(cell.since_us), _at(cell.until_us))} UTC"


def _at(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, tz=UTC)
