"""The pictures of the tuning page draw what they are given, and say it in words and shapes."""

from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import plotly.graph_objects as go
import pytest

from driftlock.model import ScoreColumns
from driftlock.services.plans import per_month, price
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_figures import Figures
from driftlock.ui import tuning_cards, tuning_marks, tuning_price, tuning_rule
from driftlock.ui.charts import Drawing
from driftlock.ui.theme import LIGHT
from driftlock.ui.tuning_budget_chart import budget_chart
from driftlock.ui.tuning_calibration_chart import calibration_chart
from driftlock.ui.tuning_changed import nearest_the_limit
from driftlock.ui.tuning_difference import difference
from driftlock.ui.tuning_map import MOST_POINTS, MapPoints, tuning_map
from driftlock.ui.tuning_placebo_chart import placebo_chart
from driftlock.ui.tuning_price import Grid, price_chart
from driftlock.ui.tuning_timeline import changed_timeline
from driftlock_core.profiles import PROFILES
from driftlock_core.recount import Rule

RULE = Rule(threshold=0.3, alpha=0.05)


def points(count: int, seed: int = 7, rule: Rule = RULE) -> MapPoints:
    """Windows anywhere on the map; the first is labelled real, the second not real."""
    draw = np.random.default_rng(seed)
    distance, p = draw.uniform(-0.4, 0.9, count), draw.uniform(0.005, 1.0, count)
    at = np.arange(count)
    return MapPoints(
        window=at,
        distance=distance,
        p=p,
        unshuffled=at == 2,
        flagged=(distance >= rule.threshold) & (p <= rule.alpha),
        real=at == 0,
        not_real=at == 1,
    )


def mapped(given: MapPoints, **settings: int) -> Drawing:
    return tuning_map(given, colours=LIGHT, current=(0.45, 0.01), candidate=(0.3, 0.05), **settings)


def traces(drawing: Drawing, name: str) -> list[go.Scatter]:
    return [trace for trace in drawing.figure.data if trace.name == name]


def test_the_map_draws_every_window_once_by_shape() -> None:
    """Not flagged: circles; flagged: triangles; together all windows."""
    given = points(600)
    plain, flagged = (traces(mapped(given), name)[0] for name in ("not flagged", "flagged by the candidate"))
    assert (plain.marker.symbol, flagged.marker.symbol) == ("circle", "triangle-up")
    assert sorted([*plain.customdata, *flagged.customdata]) == list(range(600))
    assert set(flagged.customdata) == set(np.flatnonzero(given.flagged))


def test_the_map_marks_labels_by_shape() -> None:
    """Real ● and not real ✕, at their windows."""
    drawing = mapped(points(50))
    real, not_real = traces(drawing, "labelled real")[0], traces(drawing, "labelled not real")[0]
    assert (real.marker.symbol, list(real.customdata)) == ("circle", [0])
    assert (not_real.marker.symbol, list(not_real.customdata)) == ("x", [1])


def test_the_corners_stand_at_both_rules() -> None:
    """The candidate's corner is filled, the current one's dotted; both begin at their limits."""
    shapes = {shape.name: shape for shape in mapped(points(50)).figure.layout.shapes}
    assert (shapes["candidate"].x0, shapes["candidate"].y1) == (0.3, 0.05)
    assert (shapes["current"].x0, shapes["current"].y1, shapes["current"].line.dash) == (0.45, 0.01, "dot")


def test_a_large_map_is_binned_and_counts_every_window() -> None:
    """Above 20,000 windows squares stand for the unflagged ones, none is lost, and the caption says so."""
    given = points(MOST_POINTS + 5_000)
    drawing = mapped(given)
    squares = traces(drawing, "windows")[0]
    assert squares.marker.symbol == "square"
    assert sum(
        int(said.split()[0].replace("\u202f", "")) for said in squares.customdata
    ) == given.window.size - int(given.flagged.sum())
    assert set(traces(drawing, "flagged by the candidate")[0].customdata) == set(
        np.flatnonzero(given.flagged)
    )
    assert "square stands for" in drawing.caption


def test_the_map_says_what_it_leaves_out() -> None:
    """Windows without numbers are counted, and that p stream stands for p."""
    caption = mapped(points(50), left_out=3).caption
    assert "3 windows not drawn" in caption
    assert "p stream" in caption
    assert "−0.25" in caption


def test_the_budget_curve_marks_both_limits() -> None:
    """Two curves that differ in dash, and a line at each p limit; nothing of 0 is drawn on a log scale."""
    alphas = np.array([0.01, 0.05, 0.2])
    drawing = budget_chart(
        alphas,
        np.array([1.0, 5.0, 20.0]),
        np.array([0.0, 3.0, 9.0]),
        colours=LIGHT,
        current=0.05,
        candidate=0.01,
        per_day=True,
    )
    expected, flagged = drawing.figure.data
    assert (expected.line.dash, flagged.line.dash) == ("dash", "solid")
    assert np.isnan(flagged.y[0])
    assert list(expected.y) == [1.0, 5.0, 20.0]
    assert {shape.x0 for shape in drawing.figure.layout.shapes} == {0.05, 0.01}
    assert "at 0.01 at most about 1 a day by chance and 0 flagged" in drawing.alt


def test_without_times_the_curve_is_of_1000_windows() -> None:
    """The axis never says a day where nothing a day is known."""
    one = np.array([0.05])
    drawing = budget_chart(one, one, one, colours=LIGHT, current=0.05, candidate=0.05, per_day=False)
    assert "1000 windows" in drawing.figure.layout.yaxis.title.text
    assert "a day" not in drawing.alt


def test_ux07_25_the_calibration_plot_has_diagonal_and_band() -> None:
    """The band encloses low and high, the diagonal is alpha itself, and the verdict is in the text."""
    alphas = np.array([0.01, 0.1, 0.5])
    drawing = calibration_chart(
        alphas,
        np.array([0.03, 0.12, 0.5]),
        alphas,
        np.array([0.0, 0.05, 0.4]),
        np.array([0.02, 0.15, 0.6]),
        colours=LIGHT,
        windows=400,
        every=5,
        verdict="raises too many in the tail (× 3.0 at 0.01)",
    )
    diagonal = traces(drawing, "diagonal: as often as p says")[0]
    band = traces(drawing, "95 % band of honest p-values")[0]
    observed = traces(drawing, "observed")[0]
    assert list(diagonal.x) == list(diagonal.y) == list(alphas)
    assert list(band.y[:3]) == [0.02, 0.15, 0.6]
    assert observed.line.shape == "hv"
    assert "raises too many" in drawing.alt
    assert "400 windows, one in 5" in drawing.caption


def columns(count: int) -> ScoreColumns:
    """Scores of a stream of windows of 50 events, hop 10, without times."""
    scores = np.random.default_rng(3).normal(0, 0.1, count)
    full = np.full(count, 0.5)
    return ScoreColumns(
        window=np.arange(count),
        last_seq=450 + 10 * np.arange(count),
        last_at_us=np.full(count, -1),
        ncd=scores,
        exact=np.ones(count, dtype=bool),
        p_stream=full,
        p_perm=full,
        extra_bits=1000 * scores,
        flagged=np.zeros(count, dtype=bool),
        ready=np.ones(count, dtype=bool),
        chance=full,
    )


@pytest.mark.parametrize("count", [120, 30_000])
def test_kept_gained_and_lost_differ_in_shape(count: int) -> None:
    """▲ filled kept, ▲ outlined newly flagged, △ struck dropped; at any length every mark is there."""
    at = np.arange(count)
    current, candidate = np.isin(at, (5, 9)), np.isin(at, (9, 30))
    drawing = changed_timeline(
        columns(count),
        current,
        candidate,
        colours=LIGHT,
        threshold=0.3,
        ordinary=(-0.1, 0.1),
        real=at == 9,
        not_real=at == 5,
    )
    kept, gained, lost, struck = (
        traces(drawing, name)[0] for name in ("flagged", "newly flagged", "no longer flagged", "struck")
    )
    assert (kept.marker.symbol, list(kept.x)) == ("triangle-up", [540])
    assert (gained.marker.symbol, list(gained.x)) == ("triangle-up-open", [750])
    assert list(lost.x) == list(struck.x) == [500]
    assert struck.marker.symbol == "line-ew-open"
    assert list(traces(drawing, "labelled real")[0].text) == ["●"]
    assert list(traces(drawing, "labelled not real")[0].text) == ["✕"]
    assert "▲ 1 kept · outlined ▲ 1 newly flagged · struck △ 1 no longer flagged" in drawing.caption


def scored(ncd: list[float], flagged: list[bool]) -> dict[str, list[object]]:
    return {
        "last_seq": [450 + 10 * at for at in range(len(ncd))],
        "last_at_us": [-1] * len(ncd),
        "ncd": list(ncd),
        "exact": [True] * len(ncd),
        "flagged": list(flagged),
        "stands_for": [1] * len(ncd),
    }


def test_ux07_26_the_placebo_is_named_in_title_and_legend() -> None:
    """PLACEBO stands in the title and in the legend, and marks differ in shape from those of the stream."""
    result = {
        "way": "shuffled",
        "flagged": 1,
        "real_flagged": 2,
        "scores": {
            "real": scored([0.1, 0.4, 0.5], [False, True, True]),
            "placebo": scored([0.0, 0.1, 0.35], [False, False, True]),
        },
    }
    drawing = placebo_chart(result, colours=LIGHT, threshold=0.3)
    assert "PLACEBO" in drawing.figure.layout.title.text
    shown = [trace for trace in drawing.figure.data if trace.showlegend is not False]
    assert sum("PLACEBO" in trace.name for trace in shown) == 2
    marks = {trace.name: trace.marker.symbol for trace in shown if trace.mode == "markers"}
    assert set(marks.values()) == {"triangle-up", "diamond"}
    assert drawing.alt == "PLACEBO (shuffled): 1 window flagged, 2 windows as it came."


def figures(**changed: object) -> Figures:
    """A week with 38 flagged windows, five of them expected by chance."""
    values: dict[str, object] = {
        "limit": RULE,
        "how": Alarms(),
        "flagged": 38,
        "alarms": 38,
        "left_out": 0,
        "incidents": 9,
        "tested": 2_000,
        "days": 7.0,
        "alarms_per_day": 38 / 7,
        "incidents_per_day": 9 / 7,
        "alarms_per_1000": 19.0,
        "expected": 5.0,
        "expected_per_day": 5 / 7,
        "expected_per_1000": 2.5,
        "expected_at_calibration": None,
        "expected_at_calibration_per_day": None,
        "chance_share": 5 / 38,
        "unknown": 0,
        "by_views": 2_000,
        "labelled_real": 6,
        "real_windows": 19,
        "real_kept": 5,
        "real_kept_range": (0.44, 0.97),
        "labelled_not_real": 0,
        "not_real_windows": 0,
        "not_real_dropped": 0,
        "not_real_dropped_range": None,
        "price": price(per_month(9, 7.0)),
    }
    return Figures(**(values | changed))  # type: ignore[arg-type]


def card(given: Figures, label: str) -> tuple[str, str]:
    found = next(card for card in tuning_cards.cards(given) if card.label == label)
    return found.value, found.note


def test_the_cards_say_the_figures() -> None:
    """Eight cards, each from its number; what is unknown or cannot be said is said so."""
    assert len(tuning_cards.cards(figures())) == 8
    assert card(figures(), "Flagged") == ("38", "of 2000 windows")
    assert card(figures(unknown=4), "Flagged") == ("38", "4 windows not known yet")
    assert card(figures(), "Alarms a day") == ("5.4", "over 7 days")
    assert card(figures(), "Expected by chance a day") == ("0.71", "at most about")
    measured = figures(expected_at_calibration=20.0, expected_at_calibration_per_day=2.9)
    assert card(measured, "Expected by chance a day")[1] == "at most about; 2.9 at measured calibration"
    assert card(figures(), tuning_cards.CHANCE_SHARE) == ("13 %", "upper estimate")
    assert card(figures(flagged=0, chance_share=None), tuning_cards.CHANCE_SHARE) == (
        "—",
        "nothing is flagged",
    )
    assert card(figures(), "Real kept") == ("5 of 6", "places; 95 % interval 44 % to 97 %")
    assert card(figures(), "Not-real dropped") == ("—", "no window is labelled not real yet")


def test_the_price_card_follows_the_catalogue() -> None:
    """Detections are incidents of a month, the plan and its cost those of the catalogue."""
    expected = price(per_month(9, 7.0))
    assert expected.cost == Decimal(0)
    value, note = card(figures(), "Detections and cost a month")
    assert value == str(expected.detections)
    assert note == "Developer plan, $0 est."


def test_without_times_nothing_is_said_a_day() -> None:
    """Counts per 1000 windows take the place, and no price is made up."""
    given = figures(days=None, alarms_per_day=None, expected_per_day=None, price=None)
    shown = tuning_cards.cards(given)
    assert not any("a day" in one.label for one in shown)
    assert card(given, "Alarms per 1000 windows")[0] == "19"
    assert card(given, "Detections and cost a month")[0] == "—"


def test_the_difference_is_said_in_words() -> None:
    """Signs, a week where there is one, and what happens to labelled windows."""
    less = figures(flagged=15, alarms=15, incidents=8, expected=1.0, expected_per_day=1 / 7, real_kept=4)
    assert difference(figures(), less) == (
        "−23 flagged a week, −0.57 expected by chance a day, −1 incident, loses 1 place labelled real"
    )
    short = figures(days=2.0, flagged=40, alarms=40)
    assert difference(figures(days=2.0), short).startswith("+2 flagged in this range")


def test_the_marks_show_ordinary_range_and_limit() -> None:
    """Both stand in the picture and in words; without windows there is nothing to mark."""
    drawn = tuning_marks.marks((0.05, 0.25), 0.3, LIGHT)
    assert "left:5.00%;width:20.00%" in drawn
    assert "ordinary here 0.050 to 0.250" in drawn
    assert "now 0.30" in drawn
    assert tuning_marks.marks((float("nan"), float("nan")), 0.3, LIGHT) == ""


def test_the_steps_of_p_hold_every_shipped_limit() -> None:
    """From the smallest a stream can express to 0.2, rising, with the p limits of the profiles among them."""
    steps = tuning_rule.p_steps(0.00249)
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.00249, 0.2)
    assert {profile.alpha for profile in PROFILES.values()} <= set(steps)


def test_the_nearest_to_the_limit_come_first() -> None:
    """A window on the edge is nearer than one just outside, and that is nearer than one deep inside."""
    way = nearest_the_limit(np.array([0.3, 0.8, 0.2]), np.array([0.02, 0.0005, 0.05]), RULE)
    assert way[0] == 0
    assert 0 < way[2] < way[1]


def test_the_price_grid_of_a_stream_as_it_stood_is_never_shown_for_another(monkeypatch) -> None:
    """Also where the new numbers lie where the old ones lay in memory."""

    class Numbers:
        pass

    asked: list[int] = []
    monkeypatch.setattr(tuning_price, "st", SimpleNamespace(session_state={}))
    monkeypatch.setattr(tuning_price, "grid_of", lambda _history: asked.append(1))

    def shown(numbers: object) -> None:
        tuning_price._grid(SimpleNamespace(recounter=numbers, first=0, stop=9))  # type: ignore[arg-type]

    old = Numbers()
    place = id(old)
    shown(old)
    shown(old)
    assert len(asked) == 1
    del old
    others = []
    while not others or (id(others[-1]) != place and len(others) < 10_000):
        others.append(Numbers())
    shown(others[-1])
    assert (id(others[-1]), len(asked)) == (place, 2)


def test_the_price_grid_marks_the_current_point() -> None:
    """One square for each pair whose windows are all decided; current and candidate have marks of their own."""
    grid = Grid(thresholds=(0.1, 0.3), alphas=(0.01, 0.05, 0.1), incidents=np.array([[-1, 8, 9], [1, 2, 3]]))
    drawing = price_chart(grid, 7.0, colours=LIGHT, current=RULE, candidate=Rule(threshold=0.1, alpha=0.1))
    squares = traces(drawing, "detections a month")[0]
    assert len(squares.x) == 5
    assert list(drawing.figure.layout.xaxis.ticktext) == ["0.01", "0.05", "0.10"]
    assert list(traces(drawing, "current: NCD ≥ 0.30, p ≤ 0.05")[0].x) == [1.0]
    assert price(per_month(8, 7.0)).sentence in squares.customdata
    names = [trace.name for trace in drawing.figure.data]
    assert "current: NCD ≥ 0.30, p ≤ 0.05" in names
    assert "candidate: NCD ≥ 0.10, p ≤ 0.10" in names
    assert "1 pair of limits not drawn" in drawing.caption
