"""The swimlane shows every cell as it was counted, and flagged ones by shape as well as by fill."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import plotly.graph_objects as go
import pytest

from driftlock.services.overview_rows import Annotation, Lane, Lanes, Scope
from driftlock.ui.charts import Drawing
from driftlock.ui.overview_cell import Cell
from driftlock.ui.overview_range import MOST_CELLS, in_cells
from driftlock.ui.swimlane import swimlane
from driftlock.ui.swimlane_text import STEPS, caption
from driftlock.ui.theme import DARK, LIGHT, Tokens

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
WIDTH_US = 600_000_000
CELLS = 6


def us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def lane(
    key: str,
    *,
    tested: tuple[int, ...] = (4,) * CELLS,
    flagged: tuple[int, ...] = (0,) * CELLS,
    bits: tuple[float, ...] = (20.0,) * CELLS,
    warming: int | None = None,
    series: bool = False,
    tested_known: bool = True,
) -> Lane:
    """A lane of a stream of logs."""
    return Lane(
        key=key,
        label=key,
        kind="logs",
        stream_id=key,
        series=series,
        tested=np.array(tested),
        tested_known=tested_known,
        tested_ever=sum(tested),
        flagged=np.array(flagged),
        strongest_bits=np.array(bits, dtype=np.float64),
        warming=warming,
        expected=0.2,
    )


def drawn(*lanes: Lane, colours: Tokens = LIGHT, **said: object) -> Drawing:
    edges = us(START) + WIDTH_US * np.arange(CELLS + 1)
    return swimlane(Lanes(edges_us=edges, lanes=lanes, more=0), colours=colours, **said)  # type: ignore[arg-type]


def trace(drawing: Drawing, name: str) -> go.Bar | go.Scatter:
    return next(one for one in drawing.figure.data if one.name == name)


def test_ux07_a_cell_is_a_bar_or_a_mark_that_names_its_lane_and_time() -> None:
    """Both can be clicked, unlike a heatmap, and both carry lane and cell."""
    drawing = drawn(lane("payments"), lane("users", flagged=(0, 0, 2, 0, 0, 0)))
    assert {type(one) for one in drawing.figure.data} == {go.Bar, go.Scatter}
    assert [list(one) for one in trace(drawing, "cells").customdata][7] == ["users", 1]
    assert [list(one) for one in trace(drawing, "flagged").customdata] == [["users", 2]]


def test_ux08_flagged_cells_have_a_shape_of_their_own() -> None:
    """A triangle with an outline, at the flagged cell and nowhere else."""
    marks = trace(drawn(lane("users", flagged=(0, 0, 2, 0, 0, 1))), "flagged")
    assert marks.marker.symbol == "triangle-up"
    assert marks.marker.line.width > 0
    assert [int(at.astype("int64")) for at in np.asarray(marks.x, dtype="datetime64[us]")] == [
        us(START) + WIDTH_US * 5 // 2,
        us(START) + WIDTH_US * 11 // 2,
    ]


def test_nothing_flagged_draws_no_triangle() -> None:
    """Quiet lanes have no mark at all."""
    assert [one.name for one in drawn(lane("users")).figure.data] == ["cells"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_fills_rise_with_the_bits(theme: Tokens) -> None:
    """Each bound begins the next of the five fills."""
    bits = (-5.0, *map(float, STEPS), 0.0)
    fills = list(trace(drawn(lane("users", bits=bits), colours=theme), "cells").marker.color)
    assert fills == [*theme.steps, theme.steps[0]]


def test_a_cell_without_windows_is_hatched_and_not_filled() -> None:
    """What was not tested does not look like what was quiet."""
    drawing = drawn(lane("users", tested=(4, 0, 4, 4, 4, 4), bits=(20, math.nan, 20, 20, 20, 20)))
    cells = trace(drawing, "cells")
    assert list(cells.marker.pattern.shape) == ["", "/", "", "", "", ""]
    assert cells.marker.color[1] not in LIGHT.steps
    assert "nothing tested here" in cells.hovertext[1]


def test_counts_that_are_not_kept_are_not_made_up() -> None:
    """Of numbers whose count is not kept no zero is told."""
    text = trace(drawn(lane("m", tested=(0,) * CELLS, tested_known=False, series=True)), "cells").hovertext[0]
    assert "not kept" in text
    assert "0 numbers" not in text


def test_a_stream_that_warms_up_says_so_in_its_lane() -> None:
    """Without a time axis, since nothing was tested."""
    empty = lane("new", tested=(0,) * CELLS, bits=(math.nan,) * CELLS, warming=13)
    drawing = swimlane(
        Lanes(edges_us=np.zeros(CELLS + 1, dtype=np.int64), lanes=(empty,), more=0),
        colours=LIGHT,
        warming={"new": "warming up: 37 of 50 events"},
    )
    assert [note.text for note in drawing.figure.layout.annotations] == ["warming up: 37 of 50 events"]
    assert drawing.figure.layout.xaxis.showticklabels is False


def test_notes_stand_above_the_lanes_at_their_moment() -> None:
    """With their text to hover; outside the range they are not drawn."""
    notes = [
        Annotation(
            id=str(n),
            stream_id=None,
            about=START + timedelta(minutes=n),
            text=f"<deploy {n}>",
            at=START,
            by="v",
        )
        for n in (20, 300)
    ]
    drawing = drawn(lane("users"), notes=notes)
    assert list(trace(drawing, "notes").hovertext) == ["&lt;deploy 20&gt;"]
    assert [shape.name for shape in drawing.figure.layout.shapes] == ["note"]


def test_the_chosen_cell_is_outlined() -> None:
    """By its times, so that it stays where it is when the range moves on."""
    cell = Cell(lanes=("users",), since_us=us(START), until_us=us(START) + WIDTH_US)
    shape = next(
        s for s in drawn(lane("a"), lane("users"), chosen=cell).figure.layout.shapes if s.name == "chosen"
    )
    assert shape.y0 < 1 < shape.y1


def test_names_of_others_are_no_markup() -> None:
    """A stream's name is shown as it is."""
    labels = drawn(lane("<b>x</b>")).figure.layout.yaxis.ticktext
    assert labels == ("● &lt;b&gt;x&lt;/b&gt;",)


def test_the_alternative_text_states_the_main_fact() -> None:
    """How much was tested, how much flagged, and where most."""
    alt = drawn(lane("users", flagged=(0, 3, 0, 0, 0, 0)), lane("payments")).alt
    assert alt == "2 lanes: 48 windows tested, 3 flagged, most of them in users."


@pytest.mark.parametrize("hours", [0.01, 0.25, 1, 7.2, 24, 168, 720, 24 * 400])
def test_cells_begin_where_a_clock_does(hours: float) -> None:
    """Whole seconds, minutes, hours or days; few enough, and all of the range is within."""
    until = datetime(2026, 11, 20, 14, 3, 22, 5, tzinfo=UTC)
    asked = Scope(tenant="t", stream_ids=("a",), since=until - timedelta(hours=hours), until=until)
    wide, cells = in_cells(asked)
    assert wide.since is not None
    assert wide.until is not None
    width = (us(wide.until) + 1 - us(wide.since)) / cells
    assert 1 <= cells <= MOST_CELLS
    assert us(wide.since) % width == 0
    assert wide.since <= until - timedelta(hours=hours)
    assert wide.until >= until


def test_a_cell_without_a_length_is_not_given_one() -> None:
    """Before anything was tested there is no stretch of time to divide."""
    lanes = (lane("orders", warming=150),)
    assert "a cell is" not in caption(Lanes(edges_us=np.full(CELLS + 1, us(START)), lanes=lanes, more=0))
    edges = us(START) + WIDTH_US * np.arange(CELLS + 1)
    assert "a cell is 10 min" in caption(Lanes(edges_us=edges, lanes=lanes, more=0))
