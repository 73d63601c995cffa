"""The overview as a browser shows it: cold, narrowed, clicked, live, full, and on a phone."""

import io
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from data_generator import generate
from driftlock.bootstrap import open_app
from driftlock.model import Event
from driftlock.services.lease import StreamBusy
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED
from tests.e2e.complaints import complaints
from tests.e2e.conftest import serving
from tests.e2e.waiting import idle, press, sideways

pytestmark = pytest.mark.browser

TENANT = "demo"
# Flags something every few seconds, for lists to move.
LOUD = replace(BALANCED, name="custom", baseline=200, window=20, hop=10, alpha=0.2, threshold=0.05)
FORBIDDEN = ("confidence", "probability that", "p = 0 ", "p=0.000", "p = 0.000", "all clear")
# An idle machine is meant to need five; this catches what never comes, on a busy one too.
COLD_SECONDS = 60
LIVE_SECONDS = int(os.environ.get("DRIFTLOCK_LIVE_SECONDS", "15"))  # that the live feed is watched for
RATE, TICK = 200, 0.5  # events a second; seconds
BEFORE = 1_500  # events that are there when it begins
expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Desk:
    """A dashboard whose demo data is ready, and how it came to be."""

    address: str
    home: Path
    cold_seconds: float  # from asking an empty dashboard for its page to the first triangle
    cold_said: str  # on the page at that moment


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, warm: BrowserContext) -> Iterator[Desk]:
    """Opened cold, by a first visitor, who waits until everything is there."""
    home = tmp_path_factory.mktemp("desk") / "home"
    with serving(home) as address:
        page = warm.new_page()
        began = time.monotonic()
        page.goto(address)
        expect(flagged_marks(page).first).to_be_visible(timeout=COLD_SECONDS * 1_000)
        seconds = time.monotonic() - began
        said = page.locator("body").inner_text()
        expect(page.get_by_text("Demo data is being prepared")).to_have_count(0, timeout=120_000)
        page.close()
        yield Desk(address, home, seconds, said)


def flagged_marks(page: Page) -> Locator:
    """The triangles of the swimlane."""
    return page.locator(".st-key-lanes .dl-flag")


def cells(page: Page) -> Locator:
    """The cells of the swimlane."""
    return page.locator(".st-key-lanes .dl-cell")


def opened(page: Page, address: str) -> Page:
    """The overview, drawn whole."""
    page.goto(address)
    expect(flagged_marks(page).first).to_be_visible()
    page.get_by_text(re.compile(r"of \d+$")).wait_for()
    return page


def counted(page: Page) -> int:
    """How many rows the table says it has."""
    said = page.get_by_text(re.compile(r"^\d+–\d+ of \d+$")).inner_text()
    return int(said.rsplit(" ", 1)[1])


def test_ux01_a_first_visitor_sees_a_flagged_window_soon(desk: Desk) -> None:
    """No form, no key: from an empty home to the first triangle."""
    assert desk.cold_seconds < COLD_SECONDS
    assert "DEMO DATA" in desk.cold_said


def test_ux03_and_04_a_narrowed_overview_is_the_same_elsewhere_and_on_the_way_back(
    page: Page, elsewhere: Page, desk: Desk
) -> None:
    """What Copy link shows leads to the same range, filters and page; so does the browser's button from a window."""
    opened(page, f"{desk.address}/?r=7+d&by=Kind&k=Logs&o=Newest+first&pg=2")
    expected = counted(page)
    page.get_by_role("button", name="Copy link").click()
    address = page.locator("[data-testid=stPopoverBody] code").inner_text()
    other = opened(elsewhere, address.strip())
    narrowed(other, expected)
    other.locator(".st-key-row-next button").click()
    other.get_by_role("link", name="Why, and how rare").click()
    other.get_by_role("tab", name="What differs").or_(
        other.get_by_role("tab", name="Series")
    ).first.wait_for()
    other.go_back()
    other.get_by_text(re.compile(r"^51–\d+ of \d+$")).wait_for()
    narrowed(other, expected)


def narrowed(page: Page, rows: int) -> None:
    """The second page of so many rows, by kind, of seven days, newest first."""
    assert counted(page) == rows
    expect(page.get_by_text(re.compile(r"^51–\d+ of \d+$"))).to_be_visible()
    expect(page.get_by_role("radio", name="7 d")).to_be_checked()
    expect(page.get_by_role("radio", name="Kind")).to_be_checked()
    expect(page.locator(".st-key-o").get_by_role("combobox")).to_have_value("Newest first")


def test_ux07_a_cell_narrows_the_list_to_its_stream_and_time_by_click_and_by_keys(
    page: Page, desk: Desk
) -> None:
    """The chip names both, the list holds what the cell counts, and the chip lets go; so it does of a box."""
    opened(page, desk.address)
    everything = counted(page)
    box = flagged_marks(page).first.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    hover = page.locator(".st-key-lanes .dl-tip")
    flagged = re.search(r"(\d+) flagged", hover.text_content() or "")
    assert flagged
    page.mouse.click(*middle)
    chip = page.get_by_role("button", name=re.compile(r"^close\s*Only .+UTC|^Only .+UTC")).first
    chip.wait_for()
    expect(page.get_by_text(re.compile(rf"^1–{flagged[1]} of {flagged[1]}$"))).to_be_visible()
    assert "cell=" in page.url
    chip.click()
    expect(page.get_by_text(re.compile(rf"of {everything}$"))).to_be_visible()
    assert "cell=" not in page.url
    idle(page)
    page.locator(".st-key-lanes .dl-cell[tabindex]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(rf"^1–{flagged[1]} of {flagged[1]}$"))).to_be_visible()
    idle(page)
    page.keyboard.press("Enter")  # on the chosen one, which the keys have not left
    expect(page.get_by_text(re.compile(rf"of {everything}$"))).to_be_visible()
    page.get_by_text("Draw boxes").click()
    idle(page)
    lanes = page.locator(".st-key-lanes .dl-plot").bounding_box()
    assert lanes is not None
    page.mouse.move(lanes["x"] + 2, lanes["y"] + 2)
    page.mouse.down()
    page.mouse.move(lanes["x"] + lanes["width"] / 2, lanes["y"] + 60, steps=8)
    page.mouse.up()
    page.get_by_role("button", name=re.compile(r"Only 2 lanes, .+UTC")).click()
    expect(page.get_by_text(re.compile(rf"of {everything}$"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ux08_ux12_and_ux40_the_page_fits_says_nothing_false_and_fails_nowhere(
    page: Page, desk: Desk, scheme: Literal["light", "dark"]
) -> None:
    """On a desk, a wide one and a phone; without colour, flagged cells are still told apart."""
    page.emulate_media(color_scheme=scheme)
    errors = complaints(page)
    opened(page, desk.address)
    expect(page.locator("[data-testid=stApp]")).to_have_css("color-scheme", scheme)
    told_apart(page)
    fits(page, 1280, 800)
    page.get_by_role("radio", name="Live").click(force=True)
    page.locator(".st-key-live-list").wait_for()
    assert sideways(page) <= 0
    said_nothing_false(page)
    for width, height in ((1920, 1080), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        opened(page, desk.address)
        fits(page, width, height)
        said_nothing_false(page)
    assert errors == []
    assert page.get_by_test_id("stException").count() == 0


def told_apart(page: Page) -> None:
    """In grey, a flagged cell holds a mark of another brightness; others are one even shade."""
    page.mouse.move(0, 0)
    triangles = boxes(flagged_marks(page))

    def holds_a_mark(cell: dict[str, float]) -> bool:
        return any(
            cell["x"] <= one["x"] + one["width"] / 2 <= cell["x"] + cell["width"]
            and cell["y"] <= one["y"] + one["height"] / 2 <= cell["y"] + cell["height"]
            for one in triangles
        )

    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    spread: dict[bool, list[int]] = {True: [], False: []}
    for box in boxes(cells(page)):
        if box["hatched"]:
            continue  # nothing was tested
        inside = (box["x"] + 3, box["y"] + 3, box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
        low, high = picture.crop(tuple(map(round, inside))).getextrema()  # type: ignore[misc, arg-type]
        spread[holds_a_mark(box)].append(int(high) - int(low))
    assert len(spread[True]) >= 5
    assert min(spread[True]) > 3 * max(1, max(spread[False]))
    assert min(spread[True]) >= 40


def boxes(drawn: Locator) -> list[dict[str, float]]:
    """Where each of them is, and whether it is hatched; asked for at once, as there are hundreds."""
    found: list[dict[str, float]] = drawn.evaluate_all(
        """all => all.map(one => {
          const {x, y, width, height} = one.getBoundingClientRect();
          const hatched = Number(one.classList.contains("dl-untested"));
          return {x, y, width, height, hatched};
        })"""
    )
    return found


def fits(page: Page, width: int, height: int) -> None:
    """No sideways scroll, no cut label on cards or axes, the primary action in sight; chance beside the count (11)."""
    assert page.viewport_size == {"width": width, "height": height}
    idle(page)  # a chart that is being drawn has labels that lie in no chart
    assert sideways(page) <= 0
    box = page.get_by_role("button", name="Open the strongest").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    cut = page.locator("[data-testid=stMetricLabel] p").evaluate_all(
        "labels => labels.filter(l => l.scrollWidth > l.clientWidth + 1).map(l => l.innerText)"
    )
    assert cut == []
    room = page.locator(".js-plotly-plot .ytick text").evaluate_all(
        "all => Math.min(...all.map(one => one.getBoundingClientRect().left"
        " - one.closest('.js-plotly-plot').getBoundingClientRect().left))"
    )
    assert room >= 0
    assert page.locator(".st-key-lanes .dl-label").evaluate_all(
        "all => all.every(l => l.scrollWidth <= l.clientWidth)"
    )
    page.get_by_text(re.compile(r"\d+ flagged · at most about .+ by chance alone")).wait_for()


def said_nothing_false(page: Page) -> None:
    """None of the words that claim more than a p-value supports."""
    text = page.locator("[data-testid=stMain]").inner_text().lower()
    assert not [phrase for phrase in FORBIDDEN if phrase in text]


def test_ux33_labels_by_key_are_undone_by_key_and_a_file_holds_every_row(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    """J opens a row, N labels it, Z takes it back; an export has not only the rows of the page that is shown."""
    opened(page, f"{desk.address}/?st=Open&k=Logs")
    rows = counted(page)
    assert rows > 50
    with page.expect_download() as download:
        page.get_by_role("button", name="NDJSON").click()
    file = tmp_path / "flagged.ndjson"
    download.value.save_as(file)
    assert len(file.read_text().splitlines()) == rows
    press(page, "j")
    page.locator(".st-key-open-row").wait_for()
    press(page, "n")
    expect(page.get_by_text(re.compile(rf"of {rows - 1}$"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Undo")).first.wait_for()
    press(page, "z")
    expect(page.get_by_text(re.compile(rf"of {rows}$"))).to_be_visible()


@dataclass
class Feed:
    """What was sent, and for how long."""

    events: int = 0
    seconds: float = 0.0


@contextmanager
def fed(home: Path) -> Iterator[Feed]:
    """A stream that another process sends to, 200 lines a second, while the block lasts; seed 3."""
    app = open_app(Settings(home=home, demo_data=False), work=False)
    lines = generate("app-json", seed=3, events=5_000).data.splitlines()
    stream_id = app.create_stream(TENANT, name="checkout", kind="logs", profile=LOUD)
    stop, feed = threading.Event(), Feed()

    def send(first: int, stop_at: int) -> None:
        events = [
            Event(payload=lines[at % len(lines)], kind="logs", key=b"%d" % at) for at in range(first, stop_at)
        ]
        app.receive(TENANT, stream_id, events)
        with suppress(StreamBusy):  # the dashboard's own worker is at it
            app.advance(TENANT, stream_id)

    def go_on() -> None:
        began = time.monotonic()
        while not stop.wait(TICK):
            feed.seconds = time.monotonic() - began
            due = round(feed.seconds * RATE)  # what a slow tick has missed is sent with the next one
            send(BEFORE + feed.events, BEFORE + due)
            feed.events = due

    send(0, BEFORE)
    sender = threading.Thread(target=go_on)
    sender.start()
    try:
        yield feed
    finally:
        stop.set()
        sender.join()
        app.close()


# What moves without the reader's doing, as browsers measure it.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: false});
"""


def test_ux32_the_live_feed_stays_still_and_a_zoom_survives_a_pause(page: Page, desk: Desk) -> None:
    """The strip keeps its canvas, nothing shifts, the open row and the scroll stay, and what is new is counted."""
    with fed(desk.home) as feed:
        opened(page, desk.address)
        page.get_by_role("radio", name="Live").click(force=True)
        strip = page.locator(".st-key-live-strip canvas").first
        strip.wait_for()
        page.locator(".st-key-live-list button").first.click()
        page.locator(".st-key-open-row").wait_for()
        opened_row = page.locator(".st-key-open-row p").first.inner_text()
        page.locator(".st-key-live-list").scroll_into_view_if_needed()
        page.wait_for_timeout(3_000)
        strip.evaluate("canvas => { canvas.marked = true; }")
        before = strip.evaluate("canvas => canvas.toDataURL()")
        scrolled = page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop")
        assert scrolled > 0
        page.evaluate(WATCH_SHIFTS)
        page.wait_for_timeout(LIVE_SECONDS * 1_000)
        assert strip.evaluate("canvas => canvas.marked") is True
        assert strip.evaluate("canvas => canvas.toDataURL()") != before
        shifted = page.evaluate("window.shifted")
        print(f"{feed.events} events in {feed.seconds:.0f} s, layout shift {shifted:.4f}")
        assert shifted < 0.05
        assert feed.events > 0.9 * RATE * max(feed.seconds, LIVE_SECONDS)
        assert page.locator(".st-key-open-row p").first.inner_text() == opened_row
        assert page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop") == scrolled
        page.get_by_role("button", name=re.compile(r"\d+ new — show")).click()
        expect(page.locator(".st-key-open-row")).to_have_count(0)
        zoom_in_a_pause(page)


def zoom_in_a_pause(page: Page) -> None:
    """The paused picture is not redrawn: later it still shows the stretch that was chosen."""
    page.locator(".st-key-live-pause button").click()
    plot = page.locator(".st-key-live-timeline .nsewdrag").first
    plot.wait_for()
    idle(page)  # what was on its way when the button was pressed has been drawn
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    ranges = "() => document.querySelector('.st-key-live-timeline .js-plotly-plot').layout.xaxis.range"
    whole = page.evaluate(ranges)
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=8)
    page.mouse.up()
    page.wait_for_timeout(1_000)
    zoomed = page.evaluate(ranges)
    assert zoomed != whole
    page.wait_for_timeout(LIVE_SECONDS * 500)
    assert page.evaluate(ranges) == zoomed
