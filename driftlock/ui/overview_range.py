"""The range as pictures need it: no longer than its data, and cut into stretches that a clock shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from driftlock.services.overview_rows import Scope, StreamState

MOST_CELLS: Final = 60
_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
# Lengths of a cell, microseconds: each begins where clock or calendar begins one.
WIDTHS: Final = (
    *(n * _SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 7, 14, 28, 91, 182, 365)),
)


def with_data(scope: Scope, streams: Sequence[StreamState]) -> Scope:
    """*scope* from its first data on: before them there is nothing to count or draw."""
    held = [state for state in streams if state.stream.id in scope.stream_ids]
    firsts = [
        state.first_seen
        for state in held
        if state.first_seen and state.last_seen and (scope.since is None or state.last_seen >= scope.since)
    ]
    if not firsts:
        return scope
    oldest = min(firsts)
    if scope.until is not None and oldest > scope.until:
        return scope
    return replace(scope, since=oldest if scope.since is None else max(oldest, scope.since))


def in_cells(scope: Scope) -> tuple[Scope, int]:
    """
    The range widened to whole cells, and how many there are; at most 60.

    Cells begin at whole minutes, hours or days, so that they stay where they
    are while data arrive. A range without ends is left as it is.
    """
    if scope.since is None or scope.until is None:
        return scope, MOST_CELLS
    since, until = (_us(at) for at in (scope.since, scope.until))
    for width in WIDTHS:
        first, last = since // width * width, (until // width + 1) * width
        if (last - first) // width <= MOST_CELLS or width == WIDTHS[-1]:
            break
    # Both ends of a range are included.
    return replace(scope, since=_at(first), until=_at(last - 1)), min(
        (last - first) // width, 10 * MOST_CELLS
    )


def _us(at: datetime) -> int:
    return round(at.timestamp() * _SECOND)


def _at(us: int) -> datetime:
    return datetime.fromtimestamp(us / _SECOND, tz=UTC)
