"""Streams and anchors: what is usual, since when, and whether it moves."""

import contextlib
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.model import Event
from driftlock.services.lease import StreamBusy
from driftlock.ui import session, streams_silent
from driftlock.ui.session import reader, tenant
from driftlock_core.profiles import BALANCED
from tests.core.streams import usual, with_burst
from tests.ui.pages import FORBIDDEN, SECONDS, button, rendered

PAGE = "pages/streams.py"
ROOT = Path(__file__).parents[2]
SMALL = BALANCED.with_sizes(20)
START_US = 1_767_600_000_000_000
MINUTE_US = 60_000_000


def fed(app: App, name: str, payloads: list[bytes], *, step_us: int = MINUTE_US) -> str:
    """The id of a stream of its own with these events, judged."""
    stream_id = app.create_stream(tenant(), name=name, kind="logs", profile=SMALL)
    app.receive(
        tenant(),
        stream_id,
        [
            Event(payload, "logs", at.to_bytes(8, "big"), START_US + at * step_us, "api")
            for at, payload in enumerate(payloads)
        ],
    )
    until = time.monotonic() + SECONDS
    while app._store.anchors.state(tenant(), stream_id)[0] < len(payloads):
        with contextlib.suppress(StreamBusy):  # the turns of the application itself may be at it
            app.advance(tenant(), stream_id)
        assert time.monotonic() < until
    return stream_id


@pytest.fixture(scope="module")
def calm(app: App) -> str:
    """A stream without a change, long enough to have settled: one event a minute."""
    return fed(app, "calm_log", usual(4_400, 1))


@pytest.fixture(scope="module")
def moved(app: App) -> str:
    """A stream that half changes after it has settled, and stays so for two days."""
    return fed(app, "moved.log", [*usual(4_000, 2), *with_burst(3_000, 3, start=0, stop=3_000, share=0.5)])


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """An application of its own without any stream, which the pages open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = session.app()
        yield opened
        opened.close()
        st.cache_resource.clear()


def opened(**address: str) -> AppTest:
    """The page at an address."""
    st.cache_data.clear()
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.switch_page(PAGE)
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def table_of(page: AppTest, column: str) -> object:
    """The table that has a column of that name."""
    return next(one.value for one in page.dataframe if column in one.value.columns)


def test_without_streams_the_page_says_how_to_get_one(empty: App) -> None:
    """Empty: one sentence, one way on, and the button that makes a stream."""
    page = opened()
    assert "No streams yet" in rendered(page)
    assert button(page, "Create stream")


def test_while_the_demonstration_is_prepared_the_page_does_not_say_that_there_is_nothing(
    empty: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(empty.demo), "ready", lambda *_: False)
    page = opened()
    assert "Demo data is being prepared" in rendered(page)
    assert "No streams yet" not in rendered(page)


def test_the_table_has_a_row_a_stream(app: App, calm: str, moved: str) -> None:
    """Kind, rate, anchor, drift against its range and flags beside chance, each from its record."""
    page = opened()
    table = table_of(page, "Drift now")
    rows = {row["Stream"]: row for _, row in table.iterrows()}  # type: ignore[attr-defined]
    row = rows["calm_log"]
    assert row["Events/min"] == "1"
    assert "Frozen when calibration was complete" in row["Anchor"]
    stream = app.queries.stream(tenant(), calm)
    assert stream is not None
    assert f"{stream.flagged} flagged" in row["Calibration"]
    assert "drifting" in rows["moved.log"]["Drift now"]
    assert rows["moved.log"]["Drift ÷ limit"] > 1
    said = rendered(page)
    assert "moved\\.log has drifted" in said
    assert not [word for word in FORBIDDEN if word in said.lower()]


def test_a_silent_stream_is_a_finding_of_its_own(
    app: App, calm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last event is months old and one came every minute: said with both, and counted in the foot of every page."""
    assert "calm\\_log is silent since" in rendered(opened())
    said: list[str] = []
    monkeypatch.setattr(streams_silent.st, "page_link", lambda *_, label, **__: said.append(label))
    states = app.overview.streams(tenant())
    streams_silent.foot([state for state in states if state.stream.id == calm])
    streams_silent.foot([])
    assert said == ["1 stream silent"]


@pytest.mark.parametrize("stream", ["0123456789abcdef", "../etc", "日本"])
def test_an_unknown_stream_is_like_a_foreign_one(app: App, calm: str, stream: str) -> None:
    """Neither is told apart, and nothing breaks."""
    app.create_stream("other", name="theirs", kind="logs", profile=SMALL)
    assert "not kept any more, or never was" in rendered(opened(stream=stream))


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("Baseline", "Learned from events"),
        ("Anchors", "An anchor is never deleted"),
        ("Drift", "Drift ruler"),
        ("Windows", "Suggested:"),
        ("Masking", "Rules that changed it"),
        ("Settings", "Send events"),
    ],
)
def test_every_tab_has_an_address(calm: str, tab: str, expected: str) -> None:
    """A link to a tab shows that tab, with nothing forbidden on it."""
    page = opened(stream=calm, tab=tab)
    said = rendered(page)
    assert expected in said
    assert not [word for word in FORBIDDEN if word in said.lower()]


def test_another_stream_is_a_choice_away(calm: str, moved: str) -> None:
    """On a tab another stream is chosen and shown under the same tab; the way back leads to the table."""
    page = opened(stream=calm, tab="Drift")
    page.selectbox(key=f"stream-of-page-{calm}").set_value(moved).run()
    assert not page.exception
    assert page.query_params["stream"] in (moved, [moved])
    assert "The stream has drifted" in rendered(page)
    page.button(key="all-streams").click().run()
    assert not page.exception
    assert "stream" not in page.query_params
    assert table_of(page, "Drift now") is not None


def test_an_anchor_is_frozen_compared_activated_and_retired(app: App) -> None:
    """The whole way by hand: from a note to a retired anchor that stays in the list."""
    stream_id = fed(app, "by hand", usual(1_200, 8))
    page = opened(stream=stream_id, tab="Anchors")
    page.text_input(key="anchor-note").input("after release").run()
    page.button(key="anchor-freeze").click().run()
    assert not page.exception
    first, second = app.anchors.of_stream(tenant(), stream_id)
    assert (second.note, second.by, second.state) == ("after release", reader(), "kept")
    page = opened(stream=stream_id, tab="Anchors", anchor=second.id)
    assert "They lie" in rendered(page)
    page.text_input(key="activate-reason").input("the first was before the release").run()
    page.button(key="activate-go").click().run()
    states = {one.id: one.state for one in app.anchors.of_stream(tenant(), stream_id)}
    assert states == {first.id: "kept", second.id: "active"}
    page = opened(stream=stream_id, tab="Anchors", anchor=first.id)
    page.text_input(key="retire-reason").input("no longer of use").run()
    page.button(key="retire-go").click().run()
    assert [one.state for one in app.anchors.of_stream(tenant(), stream_id)] == ["retired", "active"]


def test_what_a_reset_would_hide_is_counted_and_listed(app: App) -> None:
    """Making an anchor of a range with open anomalies warns of them, with a link to each."""
    stream_id = fed(app, "burst", with_burst(1_200, 3, start=900, stop=940))
    page = opened(stream=stream_id, tab="Anchors")
    page.button_group(key="anchor-way").select("range").run()
    page.number_input(key="anchor-first").set_value(880).run()
    page.number_input(key="anchor-last").set_value(1_100).run()
    page.toggle(key="anchor-active").set_value(True).run()
    hidden = app.anchors.hidden(tenant(), stream_id, 880, 1_100)
    assert len(hidden) > 0
    assert f"{len(hidden)} open anomal" in rendered(page)


def test_a_bad_range_is_refused_with_both_ends(app: App, calm: str) -> None:
    """Five events cannot be an anchor; the form says what can, and keeps what was typed."""
    page = opened(stream=calm, tab="Anchors")
    page.button_group(key="anchor-way").select("range").run()
    page.number_input(key="anchor-first").set_value(1).run()
    page.number_input(key="anchor-last").set_value(5).run()
    page.text_input(key="anchor-note").input("too short").run()
    page.button(key="anchor-freeze").click().run()
    assert "choose 160 to 640" in rendered(page)
    assert page.text_input(key="anchor-note").value == "too short"


def test_drift_is_told_in_words_and_as_a_table(app: App, moved: str) -> None:
    """The sentence, the points and the templates that came are those of the record."""
    page = opened(stream=moved, tab="Drift")
    said = rendered(page)
    assert "The stream has drifted" in said
    (anchor,) = app.anchors.of_stream(tenant(), moved)
    newest = app.drift.points(tenant(), moved, anchor.id)[-1]
    assert newest.p <= 0.05
    assert f"lies {newest.distance:.3f} from its anchor" in said.replace("\\", "")
    templates = table_of(page, "Template")
    assert any("kernel" in one for one in templates["Template"])  # type: ignore[index]


def test_a_new_stream_shows_the_line_that_feeds_it(app: App) -> None:
    """From a name to an id with a ready command; the suggestion follows the rate."""
    page = opened()
    page.text_input(key="new-name").input("checkout <b>").run()
    page.number_input(key="new-rate").set_value(0.05).run()
    assert "30 events of window instead of 50" in rendered(page).replace("\\", "")
    page.button(key="new-create").click().run()
    assert not page.exception
    stream = next(row.stream for row in app.drift.table(tenant()) if row.stream.name == "checkout <b>")
    stream_id = stream.id
    assert (stream.name, stream.configuration["window"]) == ("checkout <b>", 30)
    page = opened(stream=str(stream_id), tab="Settings")
    assert any(f"/v1/streams/{stream_id}/events" in one.value for one in page.code)


def test_a_stream_that_has_begun_keeps_its_sizes(app: App, calm: str) -> None:
    """Other sizes need a reason and make another stream; the old one's configuration and verdicts stay."""
    before = app.queries.stream(tenant(), calm)
    assert before is not None
    page = opened(stream=calm, tab="Windows")
    assert "This stream has begun" in rendered(page)
    page.selectbox(key=f"window-{calm}").set_value(10).run()
    page.text_input(key="sizes-reason").input("too coarse").run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "switch_page", lambda *_, **__: st.stop())
        page.button(key="sizes-go").click().run()
    after = app.queries.stream(tenant(), calm)
    assert after is not None
    assert (after.configuration, after.windows) == (before.configuration, before.windows)
    new = next(row.stream for row in app.drift.table(tenant()) if row.stream.name == "calm_log, anew")
    assert new.configuration["window"] == 10
    assert new.events > 0


def test_rename_and_rule_are_kept(app: App) -> None:
    """Another name and another drift rule are there after they were saved, and an empty name is refused."""
    stream_id = fed(app, "old name", usual(300, 4))
    page = opened(stream=stream_id, tab="Settings")
    page.text_input(key=f"name-{stream_id}").input("new name")
    button(page, "Rename").click().run()  # type: ignore[attr-defined]
    stream = app.queries.stream(tenant(), stream_id)
    assert stream is not None
    assert stream.name == "new name"
    page = opened(stream=stream_id, tab="Settings")
    page.number_input(key=f"drift-hours-{stream_id}").set_value(6)
    button(page, "Keep this rule").click().run()  # type: ignore[attr-defined]
    stream = app.queries.stream(tenant(), stream_id)
    assert stream is not None
    assert stream.settings == {"drift": {"hours": 6, "reset": False, "reset_hours": 72}}


def test_a_viewer_sees_and_changes_nothing(calm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No button that changes anything is offered to a viewer."""
    monkeypatch.setattr(sys.modules["driftlock.ui.session"], "role", lambda: "viewer")
    for tab in ("Baseline", "Anchors", "Drift", "Windows", "Masking", "Settings"):
        page = opened(stream=calm, tab=tab)
        labels = {one.label for one in page.button}
        assert not labels & {
            "Freeze",
            "Retire",
            "Apply",
            "Begin",
            "Rename",
            "Keep this rule",
            "Delete for good",
        }


def test_a_stream_of_numbers_says_what_applies(app: App) -> None:
    """Baseline, anchors and drift do not apply to a stream judged as numbers; its settings do."""
    run_id = app.start_run(
        tenant(),
        source="upload",
        name="scrapes",
        open_source=lambda: io.BytesIO(generate("service-metrics").data),
        profile=SMALL,
    )
    assert app.wait_for_run(tenant(), run_id, seconds=SECONDS).state == "done"
    (stream,) = app.queries.streams(tenant(), run_id)
    page = opened(stream=stream.id)
    said = rendered(page)
    assert "judged as numbers" in said
    assert "takes nothing from outside" in said
    table = table_of(opened(), "Drift now")
    rows = {row["Stream"]: row for _, row in table.iterrows()}  # type: ignore[attr-defined]
    assert rows[stream.name]["Drift now"] == "numbers: does not apply"


def test_a_stream_made_elsewhere_is_in_the_table_at_the_next_look(app: App, calm: str) -> None:
    """Within the seconds for which the table is kept: files that were analyzed and other people's streams come so."""
    assert "made elsewhere" not in list(table_of(opened(), "Stream")["Stream"])
    app.create_stream(tenant(), name="made elsewhere", kind="logs", profile=SMALL)
    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    again.switch_page(PAGE).run()
    assert "made elsewhere" in list(table_of(again, "Stream")["Stream"])
