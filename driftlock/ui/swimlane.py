"""
Where and when something stood out: a lane a stream or kind, a cell a stretch of time.

Plain HTML, as `swimlane_grid` shows it: a table of cells to readers who hear it, and as wide as its page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

import numpy as np

from driftlock.services.overview_rows import Annotation, Lane, Lanes
from driftlock.ui.overview_cell import Cell
from driftlock.ui.swimlane_axis import Tick, ticks
from driftlock.ui.swimlane_text import alternative, caption, label, named, spans, step, told, width
from driftlock.ui.theme import Tokens

LANE_HEIGHT: Final = 28  # pixels, as in the style of `swimlane_grid`
ABOVE: Final = 6  # pixels
NOTES_ABOVE: Final = 20  # pixels, where there are notes
BELOW: Final = 44  # pixels, times of two lines
TICKS: Final = 8
TICKS_OF_A_PHONE: Final = 3
_TALL: Final = 20  # pixels, a cell
_FLAG: Final = '<i class="dl-flag"></i>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Swimlane:
    """Lanes as HTML, and what a reader must know to read them."""

    html: str
    edges_us: list[int]  # of the cells: one more than a lane has
    height: int  # pixels
    caption: str


def swimlane(
    lanes: Lanes,
    *,
    colours: Tokens,
    chosen: Cell | None = None,
    notes: Sequence[Annotation] = (),
    warming: Mapping[str, str] | None = None,
    boxes: bool = False,
) -> Swimlane:
    """
    Draw the lanes, the first on top.

    Args:
        lanes: At least one lane.
        colours: Of the reader's theme.
        chosen: The cell the feed is filtered to.
        notes: Drawn above the lanes at the moment they speak of.
        warming: By a lane's key, what is said in a lane that nothing was tested in.
        boxes: Dragging draws a box around cells; then a click chooses none.
    """
    edges = [int(edge) for edge in lanes.edges_us]
    shown = [note for note in notes if edges[0] <= _us(note.about) <= edges[-1] > edges[0]]
    top = NOTES_ABOVE if shown else ABOVE
    tall = top + LANE_HEIGHT * len(lanes.lanes)
    rows = _rows(lanes, edges, top, chosen, warming or {})
    over = [
        *(_said(said, top, place) for place, lane in enumerate(lanes.lanes) if (said := (warming or {}).get(lane.key))),
        *(_outline(lanes, edges, chosen, top) if chosen else ()),
        *(_note(note, edges) for note in shown),
    ]  # fmt: skip
    axes = "".join(
        f'<div class="dl-axis {name}" aria-hidden="true">{"".join(map(_tick, ticks(edges[0], edges[-1], most)))}</div>'
        for name, most in (("dl-wide", TICKS), ("dl-narrow", TICKS_OF_A_PHONE))
    )
    room = max(width(label(lane)) for lane in lanes.lanes) + 14
    html = (
        f'<div class="dl-drawn{" dl-boxes" if boxes else ""}" style="{_ink(colours)}--room:{room}px;--tall:{tall}px;'
        f'--high:{tall + BELOW}px"><div class="dl-grid" role="grid" aria-label="{escape(alternative(lanes))}">{rows}</div>'
        f'<div class="dl-plot">{"".join(over)}</div>{axes}</div>'
    )
    return Swimlane(html=html, edges_us=edges, height=tall + BELOW, caption=caption(lanes, boxes=boxes))


def _rows(
    lanes: Lanes, edges: Sequence[int], top: int, chosen: Cell | None, warming: Mapping[str, str]
) -> str:
    times = spans(edges)
    reached = _reached(lanes, edges, chosen)
    parts = []
    for place, lane in enumerate(lanes.lanes):
        said = f": {warming[lane.key]}" if lane.key in warming else ""
        parts.append(
            f'<div class="dl-lane" role="row" data-lane="{escape(lane.key)}" style="top:{top + LANE_HEIGHT * place}px">'
            f'<div class="dl-label" role="rowheader" aria-label="{escape(named(lane) + said)}">{escape(label(lane))}</div>'
            '<div class="dl-cells" role="presentation">'
        )
        for bucket, time in enumerate(times):
            state = ""
            if chosen is not None and _within(lane, edges, bucket, chosen):
                state += ' aria-selected="true"'
            if (place, bucket) == reached:
                state += ' tabindex="0"'
            parts.append(
                f'<div class="dl-cell {_fill(lane, bucket)}" role="gridcell"{state} '
                f'aria-label="{escape(told(lane, bucket, time))}">{_FLAG if lane.flagged[bucket] else ""}</div>'
            )
        parts.append("</div></div>")
    return "".join(parts)


def _fill(lane: Lane, bucket: int) -> str:
    bits, tested = float(lane.strongest_bits[bucket]), int(lane.tested[bucket])
    # Of a series' numbers only alerts have bits: where nothing was raised the cell is of the first fill.
    if np.isfinite(bits):
        return f"dl-s{step(bits)}"
    if tested:
        return "dl-s0"
    return "dl-untested" if lane.tested_known else "dl-unknown"


def _reached(lanes: Lanes, edges: Sequence[int], chosen: Cell | None) -> tuple[int, int]:
    """Lane and number of the one cell that the key Tab leads to: the chosen one, else the first flagged one."""
    flagged = (0, 0)
    for place in range(len(lanes.lanes) - 1, -1, -1):
        lane = lanes.lanes[place]
        for bucket in np.flatnonzero(np.asarray(lane.flagged))[:1].tolist():
            flagged = (place, bucket)
    if chosen is None:
        return flagged
    places = (
        (place, bucket)
        for place, lane in enumerate(lanes.lanes)
        for bucket in range(len(edges) - 1)
        if _within(lane, edges, bucket, chosen)
    )
    return next(places, flagged)


def _within(lane: Lane, edges: Sequence[int], bucket: int, chosen: Cell) -> bool:
    return lane.key in chosen.lanes and chosen.since_us <= edges[bucket] < chosen.until_us


def _outline(lanes: Lanes, edges: Sequence[int], chosen: Cell, top: int) -> list[str]:
    """By its times, so that it stays where it is when the range moves on."""
    left, right = _share(chosen.since_us, edges), _share(chosen.until_us, edges)
    if not right > left:
        return []
    places = [at for at, lane in enumerate(lanes.lanes) if lane.key in chosen.lanes]
    edge = (LANE_HEIGHT - _TALL) // 2
    return [
        f'<div class="dl-chosen" style="left:calc({left:.4%} - 2px);width:calc({right - left:.4%} + 4px);'
        f'top:{top + LANE_HEIGHT * first + edge - 2}px;height:{LANE_HEIGHT * (last - first) + _TALL + 4}px"></div>'
        for first, last in stretches(places)
    ]


def stretches(places: Sequence[int]) -> list[tuple[int, int]]:
    """
    First and last of neighbours; *places* ascend.

    >>> stretches([2, 3, 5]), stretches([])
    ([(2, 3), (5, 5)], [])
    """
    firsts = [one for one in places if one - 1 not in places]
    lasts = [one for one in places if one + 1 not in places]
    return list(zip(firsts, lasts, strict=True))


def _said(said: str, top: int, place: int) -> str:
    return f'<span class="dl-said" style="top:{top + LANE_HEIGHT * place + 4}px">{escape(said)}</span>'


def _note(note: Annotation, edges: Sequence[int]) -> str:
    return (
        f'<span class="dl-note" role="img" tabindex="0" aria-label="{escape(note.text)}" '
        f'style="left:{_share(_us(note.about), edges):.4%}">✎</span>'
    )


def _tick(tick: Tick) -> str:
    # A time of two lines that began or ended with the axis would stand beside it.
    side = " dl-first" if tick.share < 0.04 else " dl-last" if tick.share > 0.94 else ""
    said = f"{tick.text}\n{tick.below}" if tick.below else tick.text
    return f'<div class="dl-tick{side}" style="left:{tick.share:.4%}"><span>{said}</span></div>'


def _share(us: int, edges: Sequence[int]) -> float:
    """Of the axis, from its left end."""
    return min(1.0, max(0.0, (us - edges[0]) / max(1, edges[-1] - edges[0])))


def _ink(colours: Tokens) -> str:
    inks = {
        "text": colours.text,
        "muted": colours.muted,
        "border": colours.border,
        "hairline": colours.hairline,
        "background": colours.background,
        "surface": colours.surface,
        "flagged": colours.flagged,
        "band": colours.ordinary_band,
        **{f"s{number}": fill for number, fill in enumerate(colours.steps)},
    }
    return "".join(f"--{name}:{ink};" for name, ink in inks.items())


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
