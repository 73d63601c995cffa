"""A figure names what it draws, so that a browser that is handed it twice draws it once."""

import numpy as np
import plotly.graph_objects as go

from driftlock.ui.charts import Drawing, drawn_once, frame
from driftlock.ui.theme import LIGHT


def drawing(last: float, *, x_title: str = "x") -> Drawing:
    figure = frame(LIGHT, height=100, x_title=x_title, y_title="y")
    figure.add_trace(go.Scatter(x=np.arange(3), y=np.array([0.1, np.nan, last]), customdata=np.arange(3)))
    return Drawing(figure=figure, alt="", caption="")


def test_the_same_drawing_has_the_same_name_and_another_one_another() -> None:
    """Of numbers and of everything else; to be named twice changes nothing."""
    first, same = drawing(0.3), drawing(0.3)
    name = drawn_once(first).layout.datarevision
    assert drawn_once(first).layout.datarevision == name == drawn_once(same).layout.datarevision
    assert drawn_once(drawing(0.4)).layout.datarevision != name
    assert drawn_once(drawing(0.3, x_title="t")).layout.datarevision != name


def test_numbers_are_plain_lists_and_there_is_no_template() -> None:
    """Plotly takes packed numbers, and a template, for new ones each time."""
    told = drawn_once(drawing(0.3)).to_plotly_json()
    assert "template" not in told["layout"]
    assert (list(told["data"][0]["x"]), told["data"][0]["y"][2]) == ([0, 1, 2], 0.3)
    for name in ("x", "y", "customdata"):
        assert isinstance(told["data"][0][name], list | tuple)
