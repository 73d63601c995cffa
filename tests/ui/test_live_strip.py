"""The live strip draws the newest scores as they are, and keeps still."""

from dataclasses import replace

import numpy as np
import pytest

from driftlock.ui.live_strip import WINDOWS, said, strip
from driftlock.ui.theme import DARK, LIGHT, Tokens
from tests.ui.test_timeline_chart import columns


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_ux10_scores_are_steps_and_not_smoothed(theme: Tokens) -> None:
    """Each window is one step at its own score, in the theme's text colour."""
    scores = columns(50)
    line = strip(scores, colours=theme, threshold=0.3)["series"][0]
    assert line["step"] == "end"
    assert "smooth" not in line
    assert line["data"] == pytest.approx(scores.ncd.tolist(), abs=1e-6)
    assert line["lineStyle"]["color"] == theme.text


@pytest.mark.parametrize("threshold", [0.2, 0.3, 0.45])
def test_ux09_the_line_stands_at_the_limit_in_use(threshold: float) -> None:
    """And is within the axis, however far the scores stay below."""
    drawn = strip(columns(50), colours=LIGHT, threshold=threshold)
    assert drawn["series"][0]["markLine"]["data"] == [{"yAxis": threshold}]
    assert drawn["yAxis"]["max"] > threshold


def test_only_the_newest_are_drawn_and_marks_stay_with_their_windows() -> None:
    """Of a longer stream the beginning is left out, and a triangle keeps its place."""
    total = WINDOWS + 60
    drawn = strip(columns(total, flags=(5, total - 1)), colours=LIGHT, threshold=0.3)
    assert drawn["xAxis"]["data"] == [str(at) for at in range(60, total)]
    marks = drawn["series"][1]
    assert marks["symbol"] == "triangle"
    assert [at for at, _ in marks["data"]] == [WINDOWS - 1]


def test_nothing_moves_by_itself() -> None:
    """No animation: at the next tick the picture is replaced in place."""
    drawn = strip(columns(20), colours=LIGHT, threshold=0.3)
    assert drawn["animation"] is False
    assert drawn["series"][0]["markLine"]["animation"] is False


def test_who_sees_no_picture_learns_the_count() -> None:
    """Of the windows drawn, not of all."""
    scores = columns(WINDOWS + 60, flags=(5, 290))
    assert said(scores, 0.3) == f"NCD of the newest {WINDOWS} windows: 1 flagged, limit 0.30."
    assert np.count_nonzero(replace(scores).flagged) == 2
