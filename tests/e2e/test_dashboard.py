"""The dashboard as a browser shows it."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data_generator import generate
from driftlock.ui.theme import DARK, LIGHT
from tests.e2e.conftest import PATIENCE

pytestmark = pytest.mark.browser


def run_sample(page: Page, dashboard: str, sample: str) -> str:
    """Analyze a sample with its own settings and give the address of the result."""
    page.goto(f"{dashboard}/analyze?sample={sample}")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    return page.url


@pytest.fixture(scope="module")
def result(warm: BrowserContext, dashboard: str) -> str:
    """The address of a finished run of the web shop's log."""
    opened = warm.new_page()
    opened.set_default_timeout(PATIENCE)
    address = run_sample(opened, dashboard, "web-logs")
    opened.close()
    return address


def open_strongest(page: Page, result: str) -> None:
    """From a result to its strongest anomaly."""
    page.goto(result)
    page.get_by_role("link", name="Open the strongest").click()
    page.get_by_role("tab", name="What differs").wait_for()


def upload(page: Page, dashboard: str, name: str, data: bytes) -> None:
    """Choose a file on the Upload tab."""
    page.goto(f"{dashboard}/analyze?src=Upload")
    choose(page, name, data)


def choose(page: Page, name: str, data: bytes) -> None:
    """A file, on the Upload tab that is open."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def test_a_sample_leads_to_flagged_windows_beside_chance(page: Page, dashboard: str) -> None:
    """Choose a card, run without scrolling, and the result names what chance alone would flag."""
    page.goto(f"{dashboard}/analyze")
    page.get_by_role("button", name="Choose").first.click()
    run = page.get_by_role("button", name="Run")
    run.wait_for()
    box = run.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800  # in the first screen
    run.click()
    page.get_by_text(re.compile(r"\d+ flagged · at most about .+ by chance alone")).wait_for()
    assert "run=" in page.url


def test_ux05_pasted_text_outlives_a_change_of_page(page: Page, dashboard: str) -> None:
    """And nothing of it stands in an address."""
    page.goto(f"{dashboard}/analyze?src=Paste")
    field = page.get_by_role("textbox", name="Telemetry")
    field.fill("secret-line one\nsecret-line two")
    field.press("Control+Enter")
    page.get_by_text("2 lines").wait_for()
    page.get_by_role("link", name="Scenarios").click()
    page.get_by_role("heading", name="Scenarios").wait_for()
    assert "secret" not in page.url
    page.get_by_role("link", name="Analyze").click()
    expect(page.get_by_role("textbox", name="Telemetry")).to_have_value("secret-line one\nsecret-line two")
    assert "secret" not in page.url


def test_a_result_opens_in_another_browser(page: Page, elsewhere: Page, dashboard: str) -> None:
    """The address is all it takes."""
    address = run_sample(page, dashboard, "support-llm")
    shown = page.get_by_test_id("stMetricValue")
    expect(shown).to_have_count(5)
    metrics = shown.all_inner_texts()
    elsewhere.goto(address)
    expect(elsewhere.get_by_test_id("stMetricValue")).to_have_text(metrics)


def test_an_anomaly_opens_by_its_address_with_its_tab(page: Page, elsewhere: Page, result: str) -> None:
    """Id and tab are in the address, payloads are not."""
    open_strongest(page, result)
    page.get_by_role("tab", name="Record").click()
    page.get_by_text("Exact sizes, bytes").wait_for()
    elsewhere.goto(page.url)
    elsewhere.get_by_text("Exact sizes, bytes").wait_for()
    assert re.fullmatch(r".*/anomaly\?id=[0-9a-f]{16}&tab=Record", page.url)


def test_back_returns_from_the_anomaly_to_its_run(page: Page, result: str) -> None:
    """The browser's back button leads to the same result."""
    page.goto(result)
    page.get_by_role("link", name="Open the strongest").click()
    page.get_by_role("tab", name="What differs").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    assert page.url == result


def test_ticking_the_smallest_set_unflags_the_window(page: Page, result: str) -> None:
    """All of the set ticked: not flagged; one back: flagged, as it is where that was the only one."""
    open_strongest(page, result)
    page.get_by_role("tab", name="What if").click()
    page.get_by_role("button", name="Tick the smallest set").click()
    page.get_by_text("would not be flagged", exact=True).wait_for()
    page.locator("[data-testid=stCheckbox]:has(input:checked) label").first.click()
    page.get_by_text(re.compile(r"^(would be|is) flagged$")).wait_for()


def test_replay_is_identical(page: Page, result: str) -> None:
    """Every number of the record comes out again."""
    open_strongest(page, result)
    page.get_by_role("tab", name="Record").click()
    page.get_by_role("button", name="Replay").click()
    page.get_by_text(re.compile(r"Identical: (\d+) of \1 numbers")).wait_for()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.log", b"", "is empty: it has 0 bytes"),
        ("large.log", b"2026-03-02 00:00:01 INFO ok\n" * 147_000, "File must be 4.0MB or smaller"),
        ("random.ndjson", bytes(range(256)) * 400, "cannot be read"),
        ("setup.exe", b"MZ\x90\x00" + bytes(range(256)) * 40, "setup.exe"),
        ("short.log", generate("quiet-logs", events=44).data, "needs at least 45: 1 more"),
    ],
    ids=["empty", "too large", "binary", "wrong extension", "too short"],
)
def test_ux30_an_unusable_file_gets_a_sentence_of_its_own(
    page: Page, dashboard: str, name: str, data: bytes, sentence: str
) -> None:
    """The sentence names the trouble, and a good file works right afterwards, in its place."""
    upload(page, dashboard, name, data)
    page.get_by_text(sentence).first.wait_for()
    choose(page, "good.log.gz", gzip.compress(generate("quiet-logs", events=600).data))
    page.get_by_role("button", name="Run").click()
    page.get_by_text("Windows tested").first.wait_for()


def test_a_file_far_too_large_finds_the_command_beside_the_limit(page: Page, dashboard: str) -> None:
    """Three times the limit: the widget's number is the limit, and the page says what to use instead."""
    upload(page, dashboard, "huge.log", b"2026-03-02 00:00:01 INFO ok\n" * 450_000)
    page.get_by_text("File must be 4.0MB or smaller").wait_for()
    page.get_by_text("driftlock detect FILE").wait_for()
    expect(page.get_by_role("button", name="Run")).to_have_count(0)


def test_windows_counts_larger_megabytes_and_the_page_refuses_what_lies_between(
    page: Page, dashboard: str
) -> None:
    """4.1 MB pass a widget that counts 1,048,576 bytes a MB; the page names the file in its command."""
    page.add_init_script("Object.defineProperty(navigator, 'platform', {get: () => 'Win32'})")
    upload(page, dashboard, "large.log", b"2026-03-02 00:00:01 INFO ok\n" * 147_000)
    page.get_by_text("driftlock detect large.log").wait_for()
    page.get_by_text("has 4.1 MB; this dashboard takes up to 4 MB").wait_for()


def test_back_from_an_anomaly_leads_to_its_result(page: Page, dashboard: str) -> None:
    """However the result was reached, one step back shows it again."""
    upload(page, dashboard, "app.ndjson", generate("app-json").data)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    run = re.search(r"run=(\w+)", page.url)
    assert run
    page.get_by_role("link", name="Open the strongest").click()
    page.get_by_role("tab", name="Record").click()
    page.go_back()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    assert f"run={run[1]}" in page.url


def test_a_bad_line_is_reported_with_its_number(page: Page, dashboard: str) -> None:
    """One broken line of NDJSON is skipped and named; the rest is analyzed."""
    lines = generate("app-json", events=600).data.splitlines()
    lines[16] = b'{"level": "INFO", "broken'
    upload(page, dashboard, "app.ndjson", b"\n".join(lines) + b"\n")
    page.get_by_text("line 17").first.wait_for()
    expect(page.get_by_role("button", name="Run")).to_be_enabled()


def test_nothing_is_fetched_from_elsewhere(page: Page, dashboard: str, result: str) -> None:
    """Every request of both pages goes to the dashboard itself."""
    foreign: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((dashboard, "data:", "blob:")) else foreign.append(request.url)
        ),
    )
    open_strongest(page, result)
    assert foreign == []


def test_a_download_holds_every_flagged_window(page: Page, result: str, tmp_path: Path) -> None:
    """The NDJSON has one line for each window that the card counts."""
    page.goto(result)
    with page.expect_download() as download:
        page.get_by_role("button", name="NDJSON").click()
    file = tmp_path / "flagged.ndjson"
    download.value.save_as(file)
    flagged = page.get_by_test_id("stMetric").filter(has_text="Flagged").get_by_test_id("stMetricValue")
    assert len(file.read_text().splitlines()) == int(flagged.inner_text())


def test_a_page_that_is_open_follows_the_theme(page: Page, dashboard: str) -> None:
    """What is written in a colour of the light theme is drawn anew in one of the dark theme, and back."""
    page.goto(f"{dashboard}/verify")
    purpose = page.get_by_test_id("stMain").get_by_test_id("stCaptionContainer").locator("p").first
    for scheme, ink in (("light", LIGHT.muted), ("dark", DARK.muted), ("light", LIGHT.muted)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        red, green, blue = (int(ink[at : at + 2], 16) for at in (1, 3, 5))
        expect(purpose).to_have_css("color", f"rgb({red}, {green}, {blue})")
