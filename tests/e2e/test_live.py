"""One process, seen from outside: a page over its websocket, events over HTTP, a feed that is played into it."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.cli.serving import ROOT, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("serve") / "home")
    yield started
    started.stop()


def shown(page: Page, label: str) -> int:
    """The number on the card of that label."""
    card = page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")
    return int("".join(sign for sign in card.inner_text() if sign.isdigit()) or 0)


def test_the_first_address_that_is_opened_may_be_a_deep_one(server, page):
    """Nobody has opened the start page of this process yet; the frame is there all the same."""
    page.goto(f"{server.address}/analyze?src=Paste")
    expect(page.get_by_label("Telemetry")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav").get_by_text("Overview")).to_be_visible()


def test_what_a_generator_sends_is_on_the_screen(server, page):
    """Seed 7: 2,500 events over HTTP, judged without being asked for, open on the overview."""
    asked = [sys.executable, "-m", "data_generator", "error-storm", "--seed", "7", "--events", "2500"]
    sent = subprocess.run(
        [*asked, "--stream", "storm", "--to", server.address],
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert sent.returncode == 0
    page.goto(f"{server.address}/?s=storm&r=All")
    expect(page.get_by_text("storm").first).to_be_visible()


def test_a_feed_is_started_watched_paused_and_stopped(server, page):
    """100 events a second: the numbers grow without a click, stand still in a pause, and a step moves them."""
    page.goto(f"{server.address}/analyze?src=Live+generator")
    rate = page.get_by_label("Events a second")
    rate.fill("100")
    rate.press("Enter")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text("more events needed")).to_be_visible()
    _until(lambda: shown(page, "Events sent") > 100)
    _until(lambda: shown(page, "Windows judged") > 0)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    time.sleep(3)
    held = shown(page, "Events sent")
    time.sleep(2.5)
    assert shown(page, "Events sent") == held
    page.get_by_role("button", name="Step").click()
    _until(lambda: held < shown(page, "Events sent") <= held + 500)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Ended", exact=True)).to_be_visible()
    page.get_by_role("link", name="Watch on Overview").first.click()  # a fragment at work shows it twice
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def _until(condition: object) -> None:
    end = time.monotonic() + 60
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.3)
