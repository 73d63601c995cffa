"""The bars of What if are the bits of each event."""

from driftlock.ui.removal_chart import removal_bars
from driftlock.ui.theme import LIGHT


def test_each_event_has_its_bar_and_the_smallest_set_is_hatched() -> None:
    """Order of the stream; the set is told by pattern as well as by colour."""
    drawing = removal_bars([451, 452, 453], [10.0, 900.0, 300.0], {452, 453}, colours=LIGHT)
    bars = drawing.figure.data[0]
    assert list(bars.x) == [451, 452, 453]
    assert list(bars.y) == [10.0, 900.0, 300.0]
    assert list(bars.marker.pattern.shape) == ["", "/", "/"]
    assert "900, by event 452" in drawing.alt
    assert "Hatched" in drawing.caption
