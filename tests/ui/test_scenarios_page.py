"""The scenarios page without a browser: cards, player, truth, comparisons, export."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data_generator import catalogue, scenario_named, truth
from driftlock.bootstrap import App
from driftlock.services.replay import digest
from driftlock.ui import scenario_compare, scenario_extras, scenario_player, scenario_script
from driftlock.ui.scenario_export import walkthrough
from driftlock.ui.scenario_results import results
from driftlock.ui.scenario_script import script, steps
from driftlock.ui.scenario_strip import CELLS, strip
from driftlock.ui.session import tenant
from driftlock.ui.theme import LIGHT
from driftlock_core.profiles import BALANCED
from tests.ui.conftest import ROOT
from tests.ui.pages import FORBIDDEN, SECONDS, button, rendered


@pytest.fixture
def page(app: App) -> AppTest:
    """A fresh session on Scenarios, not run yet."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=90).switch_page("pages/scenarios.py")


@pytest.fixture
def storm(app: App, page: AppTest) -> AppTest:
    return at(app, page, "error-storm")


def at(app: App, page: AppTest, scenario: str, **parameters: str) -> AppTest:
    """The page of a scenario that is worked off."""
    seed = parameters.get("seed", "")
    run = app.scenarios.play(tenant(), scenario, int(seed) if seed.isdecimal() else 7)
    assert app.wait_for_run(tenant(), run.id, seconds=SECONDS).state == "done"
    for name, value in {"sc": scenario, **parameters}.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def counts(page: AppTest) -> tuple[int, int, int]:
    """Tested, flagged and expected, as they are read on screen."""
    said = re.search(
        r"tested ([\d\u2009]+), flagged (\d+), at most about (\d+) expected by chance",
        rendered(page).replace("\\", ""),
    )
    assert said is not None
    return int(re.sub(r"\D", "", said[1])), int(said[2]), int(said[3])


def narrated(page: AppTest) -> str:
    return next(m.value for m in page.markdown if m.value.startswith("**Step ")).replace("\\", "")


def test_five_cards_first_and_the_others_closed(page: AppTest):
    """Every scenario of the catalogue has a card; fourteen and seven stand in closed groups."""
    page.run()
    assert not page.exception
    shown = rendered(page)
    for scenario in catalogue():
        assert f"**{scenario.title}**" in shown.replace("\\", "")
    assert [group.label for group in page.expander][:2] == [
        "From other industries (14)",
        "One kind of fault each (7)",
    ]
    assert not any(group.proto.expanded for group in page.expander)


def test_the_demonstration_can_be_removed_here(page: AppTest, app: App, monkeypatch: pytest.MonkeyPatch):
    """Only after a word of consent, and the offer goes with it."""
    page.run()
    shown = [True]
    monkeypatch.setattr(app.demo, "shown", lambda _: shown[0])
    monkeypatch.setattr(app.demo, "remove", lambda _: shown.clear() or shown.append(False))
    page.run()
    assert button(page, "Remove demo data").disabled  # type: ignore[attr-defined]
    page.checkbox(key="demo-sure").check().run()
    button(page, "Remove demo data").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    assert not [b for b in page.button if b.label == "Remove demo data"]


def test_a_card_opens_its_scenario(page: AppTest, app: App):
    page.run()
    next(b for b in page.button if b.key == "open-error-storm").click().run()
    assert page.query_params["sc"] == "error-storm"
    assert page.title[0].value == "Error storm"


def test_an_unknown_scenario_gets_the_cards_and_a_word(page: AppTest):
    page.query_params["sc"] = "heat-wave"
    page.run()
    assert not page.exception
    assert page.warning[0].value.replace("\\", "").startswith("There is no scenario called “heat-wave”.")
    assert len([b for b in page.button if b.label == "Open"]) == len(catalogue())


@pytest.mark.parametrize(
    ("parameter", "value"), [("step", "nine"), ("step", "99"), ("step", "-3"), ("seed", "x"), ("speed", "9×")]
)
def test_what_the_address_cannot_mean_is_left_aside(app: App, page: AppTest, parameter: str, value: str):
    at(app, page, "error-storm", **{parameter: value})
    assert re.match(r"\*\*Step \d of 6\*\* — 14:0", narrated(page))


def test_ux28_each_step_says_its_caption(storm: AppTest):
    """Step by step to the end; the caption names its number and time of day, the address the step."""
    heard = [narrated(storm)]
    while not button(storm, "Step").disabled:  # type: ignore[attr-defined]
        button(storm, "Step").click().run()  # type: ignore[attr-defined]
        heard.append(narrated(storm))
        assert storm.query_params["step"] == str(len(heard))
    assert len(heard) == 6
    assert all(text.startswith(f"**Step {number} of 6** — 14:0") for number, text in enumerate(heard, 1))
    assert "The Payment Service loses its acquirer" in heard[2]
    assert "Driftlock flags its first window of it, 35 events after the first changed one" in heard[3]


def test_a_link_to_a_step_opens_there_and_does_not_play(app: App, page: AppTest):
    at(app, page, "error-storm", step="3")
    assert narrated(page).startswith("**Step 3 of 6**")
    assert button(page, "Play")


def test_ux11_what_chance_would_flag_stands_beside_every_count(app: App, page: AppTest):
    """The counts of a step are those of the windows that have ended by then."""
    tested, flagged, expected = counts(at(app, page, "error-storm", step="4"))
    run = app.scenarios.play(tenant(), "error-storm", 7)
    (stream,) = app.queries.streams(tenant(), run.id)
    columns = app.queries.scores(tenant(), stream.id)
    play = script("error-storm", 7)
    now = steps(play, results(stream))[3].at_us
    ended = columns.last_seq <= play.events_until(now)
    assert tested == np.count_nonzero(ended)
    assert flagged == np.count_nonzero(columns.flagged & ended)
    assert expected == np.ceil(columns.chance[ended].sum())


def test_back_and_restart_go_back(app: App, page: AppTest):
    at(app, page, "error-storm", step="4")
    button(page, "Back").click().run()  # type: ignore[attr-defined]
    assert narrated(page).startswith("**Step 3 of 6**")
    button(page, "Restart").click().run()  # type: ignore[attr-defined]
    assert narrated(page).startswith("**Step 1 of 6**")


def test_play_and_pause_change_places(storm: AppTest):
    button(storm, "Play").click().run()  # type: ignore[attr-defined]
    assert not storm.exception
    button(storm, "Pause").click().run()  # type: ignore[attr-defined]
    assert button(storm, "Play")


@pytest.mark.parametrize(("speed", "ticks"), [("1×", 600), ("4×", 150), ("max", 20)])
def test_a_play_ends_after_as_many_ticks_as_its_speed_says(app: App, speed: str, ticks: int):
    """No clock is asked: a tick is a second of the play, four, or a twentieth of it."""
    play, said = script("normal-operations", 7), _said(app, "normal-operations")
    here = scenario_player.Position(
        scenario="normal-operations", seed=7, step=1, at_us=play.begins_us, playing=True
    )
    count = 0
    while here.playing:
        here = scenario_player._advanced(here, play, said, speed)
        count += 1
    assert here.at_us == play.ends_us
    assert here.step == len(said)
    lasts_s = (play.ends_us - play.begins_us) / 1e6
    assert count == {"1×": np.ceil(lasts_s), "4×": np.ceil(lasts_s / 4), "max": ticks}[speed]


def _said(app: App, scenario: str) -> tuple[scenario_script.Step, ...]:
    run = app.scenarios.play(tenant(), scenario, 7)
    assert app.wait_for_run(tenant(), run.id, seconds=SECONDS).state == "done"
    (stream,) = app.queries.streams(tenant(), run.id)
    return steps(script(scenario, 7), results(stream))


def test_ux29_truth_is_hidden_until_asked_for(app: App, page: AppTest):
    """Off at first; then found, missed, false, and how many false ones chance alone would give."""
    at(app, page, "anomaly-spike", step="7")
    assert not page.metric
    shown = rendered(page)
    toggle = next(t for t in page.toggle if t.label == "Reveal what is hidden")
    assert not toggle.value
    toggle.set_value(True).run()
    assert not page.exception
    card = {metric.label: metric.value for metric in page.metric}
    assert list(card) == ["Found", "Missed", "False", "False, expected"]
    run = app.scenarios.play(tenant(), "anomaly-spike", 7)
    (stream,) = app.queries.streams(tenant(), run.id)
    columns = app.queries.scores(tenant(), stream.id)
    ends = columns.last_seq[columns.flagged]
    hits = [(ends > e.start) & (ends - BALANCED.window < e.stop) for e in truth("anomaly-spike", 7)]
    assert card["Found"] == f"{sum(hit.any() for hit in hits)} of 2"
    assert card["False"] == str(np.count_nonzero(~(hits[0] | hits[1])))
    assert card["False, expected"] == f"≤ {np.ceil(columns.chance.sum()):.0f}"
    assert scenario_named("anomaly-spike").hidden not in shown.replace("\\", "")
    assert scenario_named("anomaly-spike").hidden in rendered(page).replace("\\", "")


def judged(page: AppTest) -> list[int]:
    """Flagged windows of each whole replay on the page, as they are read beside what chance would flag."""
    said = (m.value.replace("\\", "") for m in page.markdown)
    found = (
        re.fullmatch(
            r"tested [\d\u2009]+, flagged (\d+) in \d+ incidents?, at most about \d+ expected by chance", text
        )
        for text in said
    )
    return [int(one[1]) for one in found if one]


def test_three_profiles_side_by_side(storm: AppTest):
    """Each with its limits, its counts and what chance would flag; a stricter one flags fewer."""
    next(t for t in storm.toggle if t.label == "Three profiles side by side").set_value(True).run()
    assert not storm.exception
    assert len(judged(storm)) == 3
    assert judged(storm) == sorted(judged(storm), reverse=True)
    named = [m.value for m in storm.markdown]
    assert all(f"**{name}**" in named for name in ("Sensitive", "Balanced", "Strict"))


def test_ux26_the_placebo_is_called_placebo_beside_the_play(storm: AppTest):
    """In the title of its card and in the legend of its chart, with its count beside the real one."""
    next(t for t in storm.toggle if t.label.startswith("Placebo")).set_value(True).run()
    assert not storm.exception
    assert "**PLACEBO: its events shuffled**" in [m.value for m in storm.markdown]
    real, placebo = judged(storm)
    assert placebo < real
    drawn = scenario_compare.small(
        scenario_compare.replayed("error-storm", 7, "balanced", True), (0.0, 1.0), LIGHT
    ).figure
    assert drawn.layout.showlegend
    assert "PLACEBO, flagged" in [trace.name for trace in drawn.data]


def test_the_digest_is_said_with_the_reference(storm: AppTest, app: App):
    text = rendered(storm)
    run = app.scenarios.play(tenant(), "error-storm", 7)
    (stream,) = app.queries.streams(tenant(), run.id)
    assert digest(app.queries.scores(tenant(), stream.id))[:16] in text
    assert "It is the one this version was released with." in text


def test_another_result_than_the_reference_is_said(app: App, page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("driftlock.ui.scenario_compare.DIGESTS", {"error-storm": "0" * 64})
    at(app, page, "error-storm")
    assert [w.value for w in page.warning] == ["Results differ from the reference on this build."]


def test_another_seed_has_no_reference(app: App, page: AppTest):
    at(app, page, "error-storm", seed="8")
    assert "released with" not in rendered(page)
    assert not page.warning


def test_numbers_are_played_too(app: App, page: AppTest):
    """A play made of metrics has no windows: counts say so, and limits on windows are not offered."""
    at(app, page, "reactor-coolant", step="3")
    text = rendered(page).replace("\\", "")
    assert "expected by chance: not stated" in text
    assert "judged number by number" in text
    assert not [t for t in page.toggle if t.label.startswith(("Three", "Placebo"))]


def test_presenter_mode_is_part_of_the_address(storm: AppTest):
    """It leaves the seed away and says so in the address, both ways."""
    assert [n.label for n in storm.number_input] == ["Seed"]
    toggle = next(t for t in storm.toggle if t.label == "Presenter mode")
    toggle.set_value(True).run()
    assert storm.query_params["present"] == "1"
    assert not storm.number_input
    next(t for t in storm.toggle if t.label == "Presenter mode").set_value(False).run()
    assert "present" not in storm.query_params


def test_a_play_that_was_called_off_can_begin_anew(app: App, page: AppTest, monkeypatch: pytest.MonkeyPatch):
    run = app.scenarios.play(tenant(), "temporal-change", 7)
    app.wait_for_run(tenant(), run.id, seconds=SECONDS)
    stopped = app.queries.run(tenant(), run.id)
    assert stopped is not None

    monkeypatch.setattr(
        app.scenarios, "play", lambda *_: replace(stopped, state="cancelled", events_analyzed=0)
    )
    page.query_params["sc"] = "temporal-change"
    page.run()
    assert not page.exception
    assert "stopped before analysis" in page.warning[0].value
    assert button(page, "Start again")


def test_ux12_no_claim_that_p_does_not_support(storm: AppTest):
    text = rendered(storm).lower()
    assert not [claim for claim in FORBIDDEN if claim in text]


class _Outside(HTMLParser):
    """Collects what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag in ("script", "link", "img", "iframe", "object") or any(n.startswith("on") for n in names):
            self.found.append(tag)
        self.found += [value for name, value in names.items() if name in ("src", "href")]


@pytest.fixture(scope="module")
def exported(app: App) -> str:
    said = _said(app, "error-storm")
    run = app.scenarios.play(tenant(), "error-storm", 7)
    (stream,) = app.queries.streams(tenant(), run.id)
    return walkthrough(script("error-storm", 7), said, results(stream))


def test_the_walkthrough_stands_alone(exported: str):
    """Nothing in it is fetched or run: no script, no link, no picture from elsewhere."""
    parser = _Outside()
    parser.feed(exported)
    assert parser.found == []
    assert "@import" not in exported
    assert "url(" not in exported


def test_the_walkthrough_tells_all_steps_and_the_score(exported: str, app: App):
    """Every caption with a drawing, what was hidden, and the result's digest; the same every time."""
    said = _said(app, "error-storm")
    assert exported.count("<svg") == len(said) + 1
    assert all(f"Step {number} of {len(said)}" in exported for number in range(1, len(said) + 1))
    assert "False, expected by chance" in exported
    assert re.search(r"<code>[0-9a-f]{64}</code>", exported)
    run = app.scenarios.play(tenant(), "error-storm", 7)
    (stream,) = app.queries.streams(tenant(), run.id)
    assert walkthrough(script("error-storm", 7), said, results(stream)) == exported


def test_the_strip_shows_nothing_of_what_is_to_come(app: App):
    """At each moment only cells that have begun are filled, and no mark stands behind the moment."""
    run = app.scenarios.play(tenant(), "error-storm", 7)
    (stream,) = app.queries.streams(tenant(), run.id)
    play, found = script("error-storm", 7), results(stream)
    for share in (0.0, 0.31, 0.72, 1.0):
        now = play.begins_us + int(share * (play.ends_us - play.begins_us))
        drawn = strip(play, found, now, LIGHT, letters=12)
        filled = [cell["itemStyle"]["color"] != "transparent" for cell in drawn["series"][0]["data"]]
        here = min(CELLS, int(share * CELLS) + 1)
        assert filled == [True] * here + [False] * (CELLS - here)
        names = drawn["xAxis"]["data"]
        assert all(names.index(name) < here for name, _ in drawn["series"][1]["data"])
    flagged_cells = len(drawn["series"][1]["data"])
    assert 0 < flagged_cells <= len(found.flags)


def test_regions_are_shares_that_add_up():
    """Of 200 recent records 50 are from a country never seen."""
    records = tuple({"country": c} for c in ["DE"] * 300 + ["VN"] * 50 + ["DE"] * 150)
    assert scenario_extras.regions(records) == [("VN", 0.0, 0.25), ("DE", 1.0, 0.75)]


def test_error_lines_tell_new_from_known():
    records = (
        {"level": "ERROR", "service": "a", "message": "no answer within 5 s"},
        *({"level": "INFO", "service": "a", "message": "fine"} for _ in range(500)),
        {"level": "ERROR", "service": "a", "message": "no answer within 7 s"},
        {"level": "WARN", "service": "b", "message": "full"},
    )
    lines = [(line.template, line.before, line.recent) for line in scenario_extras.error_lines(records)]
    assert lines == [("full", 0, 1), ("no answer within # s", 1, 1)]


def test_a_walk_by_consecutive_numbers_is_counted():
    rows = [(n, "mallory", 100 + n) for n in range(5)] + [(9, "mallory", 900), (3, "alice", 4)]
    drawing = scenario_extras.record_chart(sorted(rows), 10, LIGHT)
    assert drawing is not None
    assert drawing.alt.endswith("Longest walk by consecutive numbers: 5.")
