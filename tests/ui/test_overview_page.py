"""The overview in each of its states, and what it says in them."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.model import Event
from driftlock.services.overview_rows import Figures, SelfCheck, SelfCheckLine, Wanted
from driftlock.ui import overview_later, range_pick, session
from driftlock.ui.overview_states import quiet
from driftlock.ui.session import tenant
from driftlock_core.profiles import BALANCED, Profile
from tests.ui.conftest import ROOT
from tests.ui.pages import FORBIDDEN, SECONDS, button, rendered

# Nothing reaches this limit, so nothing is flagged.
DEAF = replace(BALANCED, name="custom", threshold=5.0, views=("bytes",))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[App]:
    """The application of an empty home, of its own for each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = session.app()
        yield opened
        opened.close()
        st.cache_resource.clear()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The application of a home with one analyzed log, and one of another tenant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = session.app()
        data = generate("web-logs", events=3_000).data
        analyzed(opened, tenant(), data, "Shop")
        analyzed(opened, "another", data, "Secret shop")
        yield opened
        opened.close()
        st.cache_resource.clear()


def analyzed(app: App, tenant: str, data: bytes, name: str, profile: Profile = BALANCED) -> str:
    """The id of the stream that came of *data*."""
    run_id = app.start_run(
        tenant, source="paste", name=name, open_source=lambda: io.BytesIO(data), profile=profile
    )
    assert app.wait_for_run(tenant, run_id, seconds=SECONDS).state == "done"
    return app.queries.streams(tenant, run_id)[0].id


def overview(**parameters: str) -> AppTest:
    """The page, run once."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def metric(page: AppTest, label: str) -> str:
    """What a card says."""
    return str(next(one.value for one in page.metric if one.label.startswith(label)))


def test_an_empty_desk_says_why_and_offers_two_ways_on(desk: App) -> None:
    """No cards of zeros: a sentence, a scenario and an upload."""
    page = overview()
    assert "No windows yet" in rendered(page)
    assert {"Run a scenario", "Analyze a file"} <= {one.label for one in page.button}
    assert not page.metric


def test_a_stream_that_warms_up_counts_what_is_missing(desk: App) -> None:
    """Its lane says how many events it has and needs; nothing was tested, so nothing is claimed."""
    stream_id = desk.create_stream(tenant(), name="checkout", kind="logs", profile=BALANCED)
    lines = generate("app-json", events=37).data.splitlines()
    desk.receive(tenant(), stream_id, [Event(payload=line, kind="logs", key=line) for line in lines])
    desk.advance(tenant(), stream_id)
    page = overview()
    said = f"warming up: 37 of {BALANCED.baseline + BALANCED.window} events"
    assert any(said in one.proto.json for one in page.get("bidi_component"))
    assert "No window was tested in this range" in rendered(page)
    assert metric(page, "Expected by chance") == "—"


def test_a_quiet_range_says_how_much_was_tested_and_not_that_all_is_well(desk: App) -> None:
    """The count of the card, and that nobody knows yet what would be noticed."""
    analyzed(desk, tenant(), generate("quiet-logs", events=1_500).data, "Calm", DEAF)
    page = overview(r="All")
    text = rendered(page).replace("\\", "")
    assert f"No window flagged in this range. {metric(page, 'Windows tested')} tested." in text
    assert "No self-check has been run yet" in text
    assert not [phrase for phrase in FORBIDDEN if phrase in text.lower()]


def test_ux11_every_flagged_count_stands_beside_what_chance_explains(full: App) -> None:
    """The sentence holds the cards' own numbers."""
    page = overview(r="All")
    flagged, chance = metric(page, "Flagged"), metric(page, "Expected by chance").removeprefix("≤ ")
    assert int(flagged) > 0
    assert f"{flagged} flagged · at most about {chance} by chance alone" in rendered(page)


def test_ux12_no_state_claims_more_than_a_p_value_supports(full: App) -> None:
    """In the cards, their help, the captions and the list."""
    text = rendered(overview(r="All")).lower()
    assert not [phrase for phrase in FORBIDDEN if phrase in text]


def test_figures_are_those_of_the_service(full: App) -> None:
    """Nothing is added on the way to the screen."""
    page = overview(r="All")
    figures = full.overview.figures(full.overview.scope(tenant(), None, "all"))
    assert metric(page, "Flagged") == str(figures.flagged)
    assert metric(page, "Incidents") == str(figures.incidents)
    assert metric(page, "Windows tested") == str(figures.tested)


def test_another_tenants_streams_look_like_unknown_ones(full: App) -> None:
    """Neither by the sidebar nor by the address of a cell, and the words are the same for both."""
    foreign = full.overview.streams("another")[0].stream.id
    assert "Secret" not in rendered(overview(r="All"))
    pages = [
        rendered(overview(r="All", cell=f"{one}~0-9999999999999999")).replace(one, "")
        for one in (foreign, "0" * 16)
    ]
    assert pages[0] == pages[1]
    assert "No flagged window matches" in pages[0]


@pytest.mark.parametrize(
    "broken", [{"cell": "a~b"}, {"pg": "-3"}, {"pg": "999"}, {"r": "never"}, {"s": "nobody"}, {"st": "x"}]
)
def test_a_broken_address_shows_the_overview(full: App, broken: dict[str, str]) -> None:
    """What cannot be read is as if it were not there."""
    page = overview(**{"r": "All"} | broken)
    assert page.title[0].value == "Overview"


def components(page: AppTest) -> list[str]:
    """Those of the page itself: that which follows the theme stands on every page."""
    names = [one.proto.component_name for one in page.get("bidi_component")]
    assert names.pop(0) == "driftlock_theme_watch"
    return names


def test_scores_are_drawn_once_the_browser_says_that_the_list_stands(full: App) -> None:
    """Until then it does not load what draws them; a range that holds nothing needs neither."""
    page = overview(r="All")
    assert components(page) == ["driftlock_lanes", "driftlock_list_stands"]
    assert not page.get("plotly_chart")
    page.session_state[overview_later.LOADED] = True
    page.run()
    assert len(page.get("plotly_chart")) == 1
    assert components(page) == ["driftlock_lanes"]


def test_filters_of_the_address_narrow_the_list(full: App) -> None:
    """The caption counts what matches."""
    scope = full.overview.scope(tenant(), None, "all")
    high = full.overview.feed(scope, Wanted(severities=("high",)), limit=1).total
    assert high > 0
    assert re.search(rf"of {high}\b", rendered(overview(r="All", min="High")))


def test_the_checklist_goes_and_is_taken_back(full: App) -> None:
    """Undo is offered right after, and no longer; without an account another session begins anew."""
    page = overview(r="All")
    assert "Start here** 0/4" in rendered(page)
    button(page, "Dismiss").click().run()  # type: ignore[attr-defined]
    assert "Start here** 0/4" not in rendered(page)
    button(page, "Undo").click().run()  # type: ignore[attr-defined]
    assert "Start here** 0/4" in rendered(page)
    button(page, "Dismiss").click().run()  # type: ignore[attr-defined]
    page.run()
    assert not [one for one in page.button if one.key == "undo-start"]
    assert "Start here** 0/4" in rendered(overview(r="All"))


def test_keys_can_be_switched_off(full: App) -> None:
    """Then no button listens for one."""
    page = overview(r="All")
    assert any(one.proto.shortcut for one in page.button)
    page.session_state["keys"] = False
    page.run()
    assert not [one.label for one in page.button if one.proto.shortcut]


def test_a_store_that_does_not_answer_says_what_is_safe(full: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """No trace of the program, and a way to try again."""

    def gone(*_: object) -> None:
        raise OSError("disk gone")

    monkeypatch.setattr(full.overview, "scope", gone)
    page = overview()
    assert "What was stored is safe" in page.error[0].value
    assert "disk gone" not in rendered(page)
    assert [one.label for one in page.button if one.label == "Try again"]


def test_what_a_check_found_is_told_in_its_numbers() -> None:
    """Each kind with its own count."""
    none = Figures(
        flagged=0, expected_by_chance=1.0, tested=8_612, series_flagged=0, incidents=0, suppressed=0,
        flagged_by_bucket=(), untested_streams=(), data_until=None,
    )  # fmt: skip
    check = SelfCheck(
        at=datetime(2026, 11, 20, 14, tzinfo=UTC),
        stream_id="a",
        stream_name="payments",
        lines=(SelfCheckLine(kind="error", of=50, noticed_from=2),),
    )
    assert quiet(none, check) == (
        "No window flagged in this range. 8612 tested. Last self-check 2026-11-20 14:00:00 UTC on payments: "
        "error would be noticed from 2 of 50 foreign events on."
    )


def test_two_moments_of_ones_own_narrow_the_page_as_the_address_says(full: App) -> None:
    """Both ends belong to the range, and the cards count what the service counts there."""
    first, last = (
        full.overview.scope(tenant(), None, "all").since,
        full.overview.streams(tenant())[0].last_seen,
    )
    first = first or full.overview.streams(tenant())[0].first_seen
    assert first is not None
    assert last is not None
    middle = first + (last - first) / 2
    page = overview(r="Custom", **{"from": first.isoformat(), "to": middle.isoformat()})
    figures = full.overview.figures(full.overview.scope(tenant(), None, (first, middle)))
    everything = full.overview.figures(full.overview.scope(tenant(), None, "all"))
    assert 0 < figures.tested < everything.tested
    assert metric(page, "Flagged, custom") == str(figures.flagged)
    assert metric(page, "Windows tested") == str(figures.tested)
    page = overview(r="Custom", **{"from": "1999-12-31", "to": "yesterday"})
    assert "“To” is not a time; write it as 2026" in page.error[0].value
    assert page.metric[0].label == "Flagged, 24 h"


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("", "2026-07-01", "“From” is empty"),
        ("2026-07-02", "2026-07-01", "“To” lies before “From”"),
        ("2026-13-01", "2026-07-01", "“From” is not a time"),
        ("0001-01-01", "2026-07-01", "“From” lies outside the years 1970 to 2999"),
    ],
)
def test_what_is_no_range_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, first: str, last: str, why: str
) -> None:
    """It names the field, and what is wrong with it."""
    monkeypatch.setattr(st, "session_state", {"from": first, "to": last})
    with pytest.raises(ValueError, match=why):
        range_pick.moments("UTC")


def test_a_written_time_is_meant_in_the_tenants_zone() -> None:
    """Unless it says its own offset; a day alone begins or ends the range."""
    berlin = {"zone": "Europe/Berlin", "of": "From"}
    assert range_pick.read("2026-07-01 12:00", ends=False, **berlin) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert range_pick.read("2026-07-01T12:00Z", ends=True, **berlin) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert range_pick.read("2026-07-01", ends=False, **berlin) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert range_pick.read("2026-07-01", ends=True, **berlin).hour == 21
