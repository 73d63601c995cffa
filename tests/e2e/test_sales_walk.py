"""
The walk before an audience: quiet traffic, a storm, why it was flagged and how rare that is, two subtler stories,
and what a limit costs.

``pytest -s tests/e2e/test_sales_walk.py`` prints when each stop was reached. Plays run at full speed, and only for a moment.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.complaints import complaints
from tests.e2e.tabs import select_tab
from tests.e2e.waiting import idle
from tests.e2e.walks import WAIT, Watch, untick_the_cause, wish_for_one_false_alarm_a_day

pytestmark = pytest.mark.browser

MOST_SECONDS = 400  # an idle machine is meant to need one minute; this catches what never comes
IN_VAIN = 6  # windows of this storm from the strongest on: too much of them differs for a small cause
SO_FAR = re.compile(r"tested \d+, flagged \d+, ")
COUNTED = re.compile(r"tested (\d+), flagged (\d+), at most about (\d+) expected by chance")


def test_the_walk_before_an_audience_leads_from_quiet_to_the_price_of_a_limit(
    page: Page, dashboard: str
) -> None:
    """Every stop follows from the one before, and says what it is there to say; the scenarios' own seeds."""
    page.emulate_media(color_scheme="dark")
    page.set_default_timeout(WAIT)
    errors = complaints(page)
    watch = Watch()
    try:
        _quiet(page, dashboard, watch)
        _storm(page, dashboard, watch)
        _why(page, watch)
        _subtler(page, dashboard, watch)
        _limit(page, watch)
    finally:
        print(f"\n{watch}")
    assert errors == []
    assert page.get_by_test_id("stException").count() == 0
    assert watch.seconds < MOST_SECONDS


def _presented(page: Page, dashboard: str, scenario: str, step: int = 1) -> None:
    """A scenario before an audience, at full speed."""
    page.goto(f"{dashboard}/scenarios?sc={scenario}&present=1&speed=max&step={step}")
    page.get_by_text(re.compile(rf"^Step {step} of \d+")).wait_for()
    page.get_by_text(re.compile(r"tested .* flagged")).first.wait_for()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()


def _played(page: Page) -> tuple[int, int, int]:
    """
    Play a moment of it, then step to its end; answers how many windows were tested, flagged, and at most expected by
    chance. Played to the end it takes twenty seconds, which another test sits through.
    """
    play = page.locator(".st-key-scenario-play button").first
    so_far = page.get_by_text(SO_FAR).first
    before = so_far.inner_text()
    play.click()
    expect(so_far).not_to_have_text(before, timeout=WAIT)
    # While the page is drawn anew there may be two of each for a moment.
    step = page.locator(".st-key-scenario-step button").first
    said = page.locator(".st-key-narration p").first
    while not (end := re.match(r"Step (\d+) of (\d+) ", said.inner_text())) or end[1] != end[2]:
        now = said.inner_text()
        step.click()
        expect(said).not_to_have_text(now, timeout=WAIT)
        idle(page)
    expect(play).to_be_disabled(timeout=WAIT)
    counted = COUNTED.search(so_far.inner_text())
    assert counted
    tested, flagged, by_chance = map(int, counted.groups())
    return tested, flagged, by_chance


def _quiet(page: Page, dashboard: str, watch: Watch) -> None:
    """No more is flagged than chance would, and that stands beside it."""
    _presented(page, dashboard, "normal-operations")
    tested, flagged, by_chance = _played(page)
    assert tested > 1_000
    assert flagged <= by_chance
    watch.reached(f"normal operations, to the end: {flagged} of {tested} flagged, {by_chance} by chance")


def _storm(page: Page, dashboard: str, watch: Watch) -> None:
    """The last window flagged is told in a sentence."""
    _presented(page, dashboard, "error-storm")
    tested, flagged, by_chance = _played(page)
    expect(page.get_by_text(re.compile("^Flagged last, at"))).to_be_visible()
    expect(page.get_by_text(re.compile("stands out by")).first).to_be_visible()
    watch.reached(f"error storm, to the end: {flagged} of {tested} flagged, {by_chance} by chance")


def _why(page: Page, watch: Watch) -> None:
    page.get_by_role("link", name="Open top anomaly").click()
    page.locator(".dl-map .dl-new").first.wait_for()
    watch.reached("its strongest window: new bytes marked")
    select_tab(page, "Is it chance?")
    page.get_by_text(re.compile(r"^[1-9](st|nd|rd|th) of 501")).first.wait_for()
    page.get_by_text(re.compile("It is not the chance that")).first.wait_for()
    watch.reached("how rare it is among past windows")
    untick_the_cause(page, later=IN_VAIN)
    watch.reached("without the smallest set it would not be flagged")


def _subtler(page: Page, dashboard: str, watch: Watch) -> None:
    _presented(page, dashboard, "geographic-anomaly", 4)
    page.get_by_role("figure", name=re.compile("^Requests by country. Largest rise:")).wait_for()
    watch.reached("geographic anomaly: countries")
    _presented(page, dashboard, "behavioural-anomaly", 4)
    page.get_by_role("figure", name=re.compile("^Records asked for in the last")).wait_for()
    watch.reached("behavioural anomaly: the order of record numbers")


def _limit(page: Page, watch: Watch) -> None:
    page.get_by_role("link", name="Open in Tuning lab").click()
    wish_for_one_false_alarm_a_day(page)
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible(timeout=WAIT)
    watch.reached("one false alarm a day: what it takes")
