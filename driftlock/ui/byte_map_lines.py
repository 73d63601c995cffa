"""A byte map cut into the lines of the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from driftlock.ui.payload_text import characters
from driftlock_core.bytemap import ByteMap, Run

MOST_CHARACTERS: Final = 1_500  # of one line; a longer one is cut, and says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one line that comes from one place."""

    kind: Literal["baseline", "window", "new"]
    text: str  # as shown
    size: int  # bytes
    source_event: int | None  # index in the baseline
    source_offset: int | None  # in that event, or in the window's text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of the window; ``cut`` bytes at its end are not shown."""

    pieces: tuple[Piece, ...]
    new_bytes: int
    cut: int


def lines(window: Sequence[bytes], runs: ByteMap) -> list[Line]:
    """
    One :class:`Line` an event, in order.

    A run that goes on over the end of a line is cut there; the newline
    itself is not shown. A character of several bytes belongs to the run of
    its first byte.
    """
    result = []
    queue = list(runs.runs)
    at = 0
    first = 0
    for event in window:
        stop = at + len(event)
        while first < len(queue) and queue[first].stop <= at:
            first += 1
        inside = []
        for run in queue[first:]:
            if run.start >= stop:
                break
            inside.append(run)
        result.append(_line(event, at, inside))
        at = stop + 1
    return result


def _line(event: bytes, start: int, runs: Sequence[Run]) -> Line:
    owners: list[int] = []
    for number, run in enumerate(runs):
        owners += [number] * (min(run.stop, start + len(event)) - max(run.start, start))
    shown = characters(event)
    at, marked = 0, []
    for character, size in shown[:MOST_CHARACTERS]:
        marked.append((owners[at], at, character, size))
        at += size
    pieces = []
    for number, group in groupby(marked, key=lambda mark: mark[0]):
        members = list(group)
        run = runs[number]
        skipped = start + members[0][1] - run.start
        pieces.append(
            Piece(
                kind=run.kind,
                text="".join(character for _, _, character, _ in members),
                size=sum(size for _, _, _, size in members),
                source_event=run.source_event,
                source_offset=None if run.source_offset is None else run.source_offset + skipped,
            )
        )
    return Line(
        pieces=tuple(pieces),
        new_bytes=sum(1 for owner in owners if runs[owner].kind == "new"),
        cut=len(event) - at,
    )
