"""The swimlane shows every cell as it was counted, and flagged ones by shape as well as by fill."""

import math
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest

from driftlock.services.overview_rows import Annotation, Lane, Lanes, Scope
from driftlock.ui.overview_cell import Cell
from driftlock.ui.overview_range import MOST_CELLS, in_cells
from driftlock.ui.swimlane import swimlane
from driftlock.ui.swimlane_axis import ticks
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


def drawn(*lanes: Lane, colours: Tokens = LIGHT, **said: object) -> Element:
    """The HTML of the lanes; read as XML, where a new line in an attribute is a space."""
    edges = us(START) + WIDTH_US * np.arange(CELLS + 1)
    return fromstring(swimlane(Lanes(edges_us=edges, lanes=lanes, more=0), colours=colours, **said).html)  # type: ignore[arg-type]


def of(picture: Element, name: str) -> list[Element]:
    """All elements of that class, in the order of the page."""
    return [one for one in picture.iter() if name in one.get("class", "").split()]


def texts(elements: list[Element]) -> list[str]:
    return ["".join(one.itertext()) for one in elements]


def test_ux07_a_cell_says_its_lane_and_time_and_can_be_reached_by_keys() -> None:
    """One cell of all is where the key Tab leads: the first flagged one; lanes name themselves to whoever is clicked."""
    picture = drawn(lane("payments"), lane("users", flagged=(0, 0, 2, 0, 0, 0)))
    assert [one.get("data-lane") for one in of(picture, "dl-lane")] == ["payments", "users"]
    cells = of(picture, "dl-cell")
    assert len(cells) == 2 * CELLS
    assert cells[CELLS + 2].get("aria-label") == (
        "users 2026-11-20 08:20:00 – 08:30:00 UTC 4 windows tested, 2 flagged most extra bits +20"
    )
    assert [at for at, one in enumerate(cells) if one.get("tabindex")] == [CELLS + 2]
    assert {one.get("role") for one in cells} == {"gridcell"}


def test_ux08_flagged_cells_have_a_shape_of_their_own() -> None:
    """A triangle in the flagged cell and nowhere else."""
    cells = of(drawn(lane("users", flagged=(0, 0, 2, 0, 0, 1))), "dl-cell")
    assert [at for at, one in enumerate(cells) if of(one, "dl-flag")] == [2, 5]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_fills_rise_with_the_bits(theme: Tokens) -> None:
    """Each bound begins the next of the five fills, which are the theme's."""
    bits = (-5.0, *map(float, STEPS), 0.0)
    picture = drawn(lane("users", bits=bits), colours=theme)
    fills = [one.get("class") for one in of(picture, "dl-cell")]
    assert fills == [f"dl-cell dl-s{step}" for step in (0, 1, 2, 3, 4, 0)]
    assert all(f"--s{step}:{fill};" in picture.get("style", "") for step, fill in enumerate(theme.steps))


def test_a_cell_without_windows_is_hatched_and_not_filled() -> None:
    """What was not tested does not look like what was quiet."""
    cells = of(
        drawn(lane("users", tested=(4, 0, 4, 4, 4, 4), bits=(20, math.nan, 20, 20, 20, 20))), "dl-cell"
    )
    assert [at for at, one in enumerate(cells) if "dl-untested" in one.get("class", "")] == [1]
    assert "nothing tested here" in cells[1].get("aria-label", "")


def test_counts_that_are_not_kept_are_not_made_up() -> None:
    """Of numbers whose count is not kept no zero is told, and nothing is hatched."""
    untold = lane("m", tested=(0,) * CELLS, tested_known=False, series=True, bits=(math.nan,) * CELLS)
    cell = of(drawn(untold), "dl-cell")[0]
    assert "not kept" in cell.get("aria-label", "")
    assert "0 numbers" not in cell.get("aria-label", "")
    assert cell.get("class") == "dl-cell dl-unknown"


def test_a_stream_that_warms_up_says_so_in_its_lane() -> None:
    """Without a time axis, since nothing was tested."""
    empty = lane("new", tested=(0,) * CELLS, bits=(math.nan,) * CELLS, warming=13)
    picture = fromstring(
        swimlane(
            Lanes(edges_us=np.zeros(CELLS + 1, dtype=np.int64), lanes=(empty,), more=0),
            colours=LIGHT,
            warming={"new": "warming up: 37 of 50 events"},
        ).html
    )
    assert texts(of(picture, "dl-said")) == ["warming up: 37 of 50 events"]
    assert of(picture, "dl-tick") == []
    assert {one.get("aria-label") for one in of(picture, "dl-cell")} == {"new nothing tested here"}


def test_notes_stand_above_the_lanes_at_their_moment() -> None:
    """With their text; outside the range they are not drawn."""
    notes = [
        Annotation(
            id=str(n),
            stream_id=None,
            about=START + timedelta(minutes=n),
            text=f"<deploy {n}>",
            at=START,
            by="v",
        )
        for n in (15, 300)
    ]
    [note] = of(drawn(lane("users"), notes=notes), "dl-note")
    assert note.get("aria-label") == "<deploy 15>"
    assert note.get("style") == "left:25.0000%"


def test_the_chosen_cell_is_outlined() -> None:
    """By its times, so that it stays where it is when the range moves on; it is where the key Tab leads."""
    cell = Cell(lanes=("users",), since_us=us(START) + WIDTH_US, until_us=us(START) + 3 * WIDTH_US)
    picture = drawn(lane("a", flagged=(1,) * CELLS), lane("users"), chosen=cell)
    [outline] = of(picture, "dl-chosen")
    assert "left:calc(16.6667% - 2px);width:calc(33.3333% + 4px)" in outline.get("style", "")
    cells = of(picture, "dl-cell")
    assert [at for at, one in enumerate(cells) if one.get("aria-selected")] == [CELLS + 1, CELLS + 2]
    assert [at for at, one in enumerate(cells) if one.get("tabindex")] == [CELLS + 1]
    elsewhere = Cell(lanes=("users",), since_us=us(START) + 9 * WIDTH_US, until_us=us(START) + 10 * WIDTH_US)
    assert of(drawn(lane("users"), chosen=elsewhere), "dl-chosen") == []


def test_names_of_others_are_no_markup() -> None:
    """A stream's name is shown as it is."""
    picture = drawn(lane('<b title="x">'))
    assert texts(of(picture, "dl-label")) == ['● <b title="x">']
    assert [one.tag for one in picture.iter() if one.tag == "b"] == []


def test_the_alternative_text_states_the_main_fact() -> None:
    """How much was tested, how much flagged, and where most."""
    [grid] = of(drawn(lane("users", flagged=(0, 3, 0, 0, 0, 0)), lane("payments")), "dl-grid")
    assert grid.get("aria-label") == "2 lanes: 48 windows tested, 3 flagged, most of them in users."


@pytest.mark.parametrize("hours", [0.002, 0.25, 1, 7.2, 24, 168, 720, 24 * 400, 24 * 365 * 30])
@pytest.mark.parametrize("most", [3, 8])
def test_the_axis_names_moments_that_a_clock_or_a_calendar_names(hours: float, most: int) -> None:
    """At most so many and never none, in order and all within; where the day or the year is left open, it is said once."""
    first = START + timedelta(seconds=17)
    found = ticks(us(first), us(first + timedelta(hours=hours)), most)
    shares = [one.share for one in found]
    assert 1 <= len(found) <= most
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    for one in found:
        assert round(us(first) + one.share * hours * 3.6e9) % 1_000_000 == 0
    said = [one.below for one in found if one.below]
    assert len(said) == len(set(said))


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
