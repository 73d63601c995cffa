"""What the swimlane says: names of lanes, what a cell stands for, and its main fact."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from driftlock.services.overview_rows import Lane, Lanes
from driftlock.ui import words
from driftlock_core.numbers_text import count_text, duration_text

# Bits where the next fill begins. They are the same for every range and stream: a cell keeps its fill
# when the range is changed, and quiet hours stay pale.
STEPS: Final = (300, 1_000, 3_000, 10_000)
NAME_LENGTH: Final = 22  # characters of a lane's label; the whole name is in what its cells tell

_NARROW, _USUAL, _CAPITAL, _WIDE = 4.2, 6.8, 8.4, 11.5  # pixels of a letter


def step(bits: float) -> int:
    """
    Which of the five fills an amount of extra bits gets.

    >>> step(-20.0), step(100.0), step(2310.0), step(52_000.0)
    (0, 0, 2, 4)
    """
    return int(np.searchsorted(STEPS, bits, side="right"))


def label(lane: Lane) -> str:
    """The symbol of its kind and as much of its name as there is room for."""
    name = named(lane)
    name = name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
    return f"{words.KIND_SYMBOLS[lane.kind]} {name}"


def width(text: str) -> int:
    """
    Pixels that a label takes at most, written 12 pixels high.

    >>> width("● mmm") > width("● iii")
    True
    """
    return round(
        sum(
            _NARROW
            if c in "iljtfr.,:;'|! -"
            else _WIDE
            if c in "mwMW@%—…" or not c.isascii()
            else _CAPITAL
            if c.isupper()
            else _USUAL
            for c in text
        )
    )


def named(lane: Lane) -> str:
    """The stream's name, or the kind's."""
    if lane.stream_id is not None:
        return lane.label
    name = words.KIND_NAMES[lane.kind]
    return f"{name}, numbers" if lane.series else name


def spans(edges_us: Sequence[int]) -> list[str]:
    """The time of each cell; empty where the edges are not apart."""
    if edges_us[0] == edges_us[-1]:
        return [""] * (len(edges_us) - 1)
    return [f"{words.span(_at(start), _at(end))} UTC" for start, end in pairwise(edges_us)]


def told(lane: Lane, bucket: int, time: str) -> str:
    """What a cell stands for, in lines: the whole name, the time, what was counted."""
    parts = [named(lane), time] if time else [named(lane)]
    tested, flagged = int(lane.tested[bucket]), int(lane.flagged[bucket])
    if lane.tested_known and not tested:
        return "\n".join([*parts, "nothing tested here"])
    if lane.tested_known:
        one = "number" if lane.series else "window"
        parts.append(f"{words.plural(tested, one)} tested, {count_text(flagged)} flagged")
    else:
        parts.append(f"{count_text(flagged)} flagged; how many were tested here is not kept")
    bits = float(lane.strongest_bits[bucket])
    if np.isfinite(bits):
        parts.append(f"most extra bits {words.signed_bits(bits)}")
    return "\n".join(parts)


def alternative(lanes: Lanes) -> str:
    """The main fact, for who sees no picture."""
    tested = sum(int(np.sum(lane.tested)) for lane in lanes.lanes if not lane.series)
    flagged = sum(int(np.sum(lane.flagged)) for lane in lanes.lanes)
    busiest = max(lanes.lanes, key=lambda lane: int(np.sum(lane.flagged)))
    said = (
        f"{words.plural(len(lanes.lanes), 'lane')}: {words.plural(tested, 'window')} tested, "
        f"{count_text(flagged)} flagged"
    )
    return f"{said}, most of them in {named(busiest)}." if flagged else f"{said}."


def caption(lanes: Lanes, *, boxes: bool = False) -> str:
    """How to read the picture."""
    length = int(lanes.edges_us[1]) - int(lanes.edges_us[0])
    cell = f"; a cell is {duration_text(length)}" if length else ""
    choose = (
        "Draw a box around cells to see their windows below; “Only …” above the list lets go of it."
        if boxes
        else "Choose a cell to see its windows below."
    )
    bounds = " · ".join(count_text(bits) for bits in STEPS)
    return (
        f"Times in UTC{cell}. Fill: most extra bits of a window, in steps that begin at "
        f"0 · {bounds}. ▲ flagged. Hatched: nothing tested. {choose}"
    )


def _at(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, tz=UTC)
