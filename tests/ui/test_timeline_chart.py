"""The drawn timeline is the stored scores: nothing smoothed, nothing flagged left out."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from driftlock.model import ScoreColumns
from driftlock.ui.charts import Drawing
from driftlock.ui.theme import DARK, LIGHT
from driftlock.ui.timeline_chart import MOST_POINTS, Interval, timeline

HOP = 10


def columns(windows: int, *, seed: int = 7, flags: tuple[int, ...] = ()) -> ScoreColumns:
    """Scores of ordinary noise with *flags* lifted far above it."""
    ncd = np.random.default_rng(seed).normal(0, 0.05, windows)
    flagged = np.zeros(windows, dtype=bool)
    flagged[list(flags)] = True
    ncd[flagged] += 0.6
    return ScoreColumns(
        window=np.arange(windows),
        last_seq=450 + HOP * np.arange(windows),
        last_at_us=np.full(windows, -1),
        ncd=ncd,
        exact=np.ones(windows, dtype=bool),
        p_stream=np.full(windows, 0.5),
        p_perm=np.full(windows, np.nan),
        extra_bits=ncd * 3000,
        flagged=flagged,
        ready=np.ones(windows, dtype=bool),
        chance=np.full(windows, 0.01),
    )


def drawn(scores: ScoreColumns, threshold: float = 0.3, truth: tuple[Interval, ...] = ()) -> Drawing:
    return timeline(scores, colours=LIGHT, threshold=threshold, ordinary=(-0.08, 0.08), truth=truth)


def trace(drawing: Drawing, name: str) -> go.Scatter:
    return next(trace for trace in drawing.figure.data if trace.name == name)


def test_the_line_holds_every_score_and_is_not_smoothed() -> None:
    """Each window is one step of the line, at its last event."""
    scores = columns(120, flags=(40,))
    line = trace(drawn(scores), "window")
    assert line.line.shape in ("hv", "linear")
    assert np.array_equal(line.y, scores.ncd)
    assert np.array_equal(line.x, scores.last_seq)


@pytest.mark.parametrize("threshold", [0.2, 0.3, 0.45])
def test_the_dashed_line_stands_at_the_limit_in_use(threshold: float) -> None:
    """The limit drawn is the limit given, with its number written beside it."""
    figure = drawn(columns(60), threshold).figure
    line = next(shape for shape in figure.layout.shapes if shape.type == "line")
    assert (line.y0, line.y1, line.line.dash) == (threshold, threshold, "dash")
    assert f"limit {threshold:.2f}" in [note.text for note in figure.layout.annotations]


def test_the_band_is_the_ordinary_range() -> None:
    """5 and 95 % are the edges of the band."""
    band = next(shape for shape in drawn(columns(60)).figure.layout.shapes if shape.name == "ordinary range")
    assert (band.y0, band.y1) == (-0.08, 0.08)


def test_flagged_windows_have_a_shape_of_their_own() -> None:
    """Flagged windows are triangles, so colour alone never carries the meaning."""
    marks = trace(drawn(columns(200, flags=(20, 90))), "flagged")
    assert marks.marker.symbol == "triangle-up"
    assert list(marks.x) == [450 + HOP * 20, 450 + HOP * 90]


def test_a_long_stream_keeps_extremes_and_flagged_windows() -> None:
    """Above the limit of points lowest, highest and flagged are drawn, and the caption says so."""
    scores = columns(MOST_POINTS * 4, flags=(11, 12, 19_000))
    drawing = drawn(scores)
    line = trace(drawing, "window")
    assert line.x.size <= MOST_POINTS
    assert line.y.min() == scores.ncd.min()
    assert line.y.max() == scores.ncd.max()
    assert list(trace(drawing, "flagged").x) == [450 + HOP * w for w in (11, 12, 19_000)]
    assert "One point stands for up to 14 windows" in drawing.caption


def test_times_are_the_axis_where_every_window_has_one() -> None:
    """Rising times become the x axis; without them event numbers do."""
    scores = columns(60)
    timed = replace(scores, last_at_us=1_763_000_000_000_000 + 1_000_000 * np.arange(60))
    assert drawn(timed).figure.layout.xaxis.title.text == "End of window, UTC"
    assert drawn(scores).figure.layout.xaxis.title.text == "Last event of window"


def test_calibration_is_marked_until_the_stream_is_ready() -> None:
    """The stretch before the first ready window carries the word."""
    scores = columns(60)
    calibrating = replace(scores, ready=np.arange(60) >= 30)
    shade = next(s for s in drawn(calibrating).figure.layout.shapes if s.name == "calibrating")
    assert (shade.x0, shade.x1) == (450, 450 + HOP * 30)


def test_truth_is_drawn_only_when_given() -> None:
    """Nothing hidden is shaded unless it is asked for."""
    hidden = Interval(900, 1000, "retry storm")
    assert not any(s.name == "retry storm" for s in drawn(columns(100)).figure.layout.shapes)
    shade = next(
        s for s in drawn(columns(100), truth=(hidden,)).figure.layout.shapes if s.name == "retry storm"
    )
    assert shade.x0 == 900


def test_no_p_of_the_line_is_below_the_smallest_possible() -> None:
    """The first of 190 is told as 0.00527, not as 0.00526 < 1/190."""
    scores = replace(columns(60), p_stream=np.full(60, 1 / 190))
    assert set(trace(drawn(scores), "window").customdata[:, 2]) == {"0.00527"}


def test_the_alternative_text_states_the_main_fact() -> None:
    """A reader who sees no picture learns how many were flagged and the limit."""
    assert "2 flagged" in drawn(columns(200, flags=(20, 90))).alt
    assert "limit 0.30" in drawn(columns(200)).alt


def test_dark_charts_use_dark_tokens() -> None:
    """The observed series is drawn in the theme's text colour."""
    drawing = timeline(columns(60), colours=DARK, threshold=0.3, ordinary=(-0.1, 0.1))
    assert trace(drawing, "window").line.color == DARK.text


def test_flags_below_the_limit_are_said_to_come_from_other_views() -> None:
    """Their NCD is no reason; where all flags are above it, nothing is said."""
    scores = columns(100, flags=(40, 41, 60))
    assert "something else" not in drawn(scores).caption
    low = scores.ncd.copy()
    low[[40, 41]] = 0.1
    assert (
        "2 flagged windows below the limit stand out by something else than their bytes"
        in drawn(replace(scores, ncd=low)).caption
    )
