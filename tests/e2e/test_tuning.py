"""The tuning lab as a browser shows it."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data_generator import generate
from tests.e2e.conftest import PATIENCE
from tests.e2e.tabs import select_tab
from tests.e2e.waiting import idle, repeated, sideways

pytestmark = pytest.mark.browser

FORBIDDEN = ("confidence", "probability that", "p=0.000", "p = 0.000", "all clear")
# Labels and notes of cards that are wider than their place.
CUT = (
    "[...document.querySelectorAll('[data-testid=stMetricLabel] p, [data-testid=stMetricDelta] p')]"
    ".filter(e => e.scrollWidth > e.clientWidth + 1).length"
)


@pytest.fixture(scope="module")
def stream(warm: BrowserContext, dashboard: str) -> str:
    """The name of a stream of varied answers, so that limits have something to decide."""
    page = warm.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{dashboard}/analyze?src=Upload")
    data = generate("support-llm", events=3_000).data
    page.locator("input[type=file]").set_input_files(
        {"name": "desk.jsonl", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Flagged windows").wait_for()
    page.close()
    return "desk.jsonl"


def opened(page: Page, dashboard: str, stream: str, **address: str) -> Page:
    """The page on *stream*, its cards drawn and its numbers filled in."""
    query = "&".join(f"{name}={value}" for name, value in {"r": "All", "stream": stream, **address}.items())
    page.goto(f"{dashboard}/tuning?{query}")
    settled(page)
    return page


def settled(page: Page) -> None:
    """Until the page is drawn and no job is followed any more."""
    page.get_by_role("tab", name="History").wait_for(timeout=PATIENCE)
    expect(page.get_by_text("Filling in the numbers")).to_have_count(0, timeout=PATIENCE)
    page.get_by_test_id("stMetric").first.wait_for(timeout=PATIENCE)
    idle(page)


def values(page: Page) -> list[str]:
    """The numbers on all sixteen cards, current first."""
    expect(page.get_by_test_id("stMetricValue")).to_have_count(16, timeout=PATIENCE)
    idle(page)
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def entered(page: Page, name: str, value: str, address: str) -> None:
    """*value* in the field of that *name*, once it stands in the address."""
    field = page.get_by_role("spinbutton", name=name)

    def enter() -> None:
        field.fill(value)
        field.press("Enter")

    def kept(ms: float) -> None:
        expect(page).to_have_url(re.compile(address), timeout=ms)
        idle(page)  # what was on its way when it was entered may have put the former value back
        expect(field).to_have_value(re.compile(rf"^{re.escape(value)}0*$"), timeout=ms)

    repeated(enter, kept)


def test_ux07_16_03_23_a_visit_from_a_limit_that_decides_nothing_to_a_link_and_a_budget(
    page: Page, warm: BrowserContext, dashboard: str, stream: str
) -> None:
    """
    One click takes the suggestion as custom; a slider moves the candidate alone; a link restores everything in a
    session of its own; a budget too small says what it needs, and Apply is off.
    """
    opened(page, dashboard, stream, ncd="4")
    notice = page.get_by_text("No window of this range reaches")
    notice.wait_for()
    button = page.get_by_role("button", name=re.compile(r"Use NCD ≥"))
    suggested = button.inner_text().strip().rsplit(" ", 1)[1]
    button.click()
    expect(notice).to_have_count(0)
    field = page.get_by_role("spinbutton", name="NCD at least")
    expect(field).to_have_value(f"{float(suggested):.3f}")
    expect(page).to_have_url(re.compile(r"prof=Custom"))

    before = values(page)
    handle = page.get_by_role("group", name="NCD limit").get_by_role("slider")
    repeated(lambda: handle.press("Home"), lambda ms: expect(field).to_have_value("0.000", timeout=ms))
    expect(page).to_have_url(re.compile(r"ncd=0(\.0)?(&|$)"))
    after = values(page)
    assert after[:8] == before[:8]
    assert int(after[8]) > int(before[8])

    strict = page.get_by_test_id("stMain").get_by_text("Strict", exact=True)
    repeated(
        lambda: strict.click(), lambda ms: expect(page).to_have_url(re.compile(r"prof=Strict"), timeout=ms)
    )
    expect(field).to_have_value("0.450")
    idle(page)
    entered(page, "NCD at least", "0.25", r"ncd=0\.25")
    entered(page, "An alarm needs", "2", r"rep=2")
    entered(page, "of the last", "9", r"of=9")
    select_tab(page, "Price")
    expect(page).to_have_url(re.compile(r"view=Price"))
    page.get_by_text("Candidate against current").wait_for()
    idle(page)
    seen = values(page)
    page.get_by_role("button", name="Copy link").click()
    other = warm.new_page()
    other.goto(page.get_by_test_id("stCode").inner_text().strip())
    settled(other)
    for name, value in (
        ("NCD at least", "0.250"),
        ("p at most", "0.01"),
        ("An alarm needs", "2"),
        ("of the last", "9"),
    ):
        expect(other.get_by_role("spinbutton", name=name)).to_have_value(value)
    expect(other.get_by_role("tab", name="Price")).to_have_attribute("aria-selected", "true")
    expect(other.get_by_test_id("stMetricValue")).to_have_text(seen)

    other.get_by_text("Alarm budget", exact=True).click()
    entered(other, "An alarm needs", "1", r"drive=Alarm")
    entered(other, "At most so many false alarms a day", "0.01", r"day=0\.01")
    other.get_by_text(re.compile(r"needs p ≤ .* and m ≥ .* references")).wait_for()
    other.get_by_text("Apply is off: no limits fulfil the wish.").wait_for()
    expect(other.get_by_role("button", name="Apply candidate")).to_be_disabled()


def test_ux07_24_apply_asks_for_a_reason_and_can_be_undone(page: Page, dashboard: str, stream: str) -> None:
    """Without a reason nothing happens; applied, the candidate is the current rule; undone, it was not."""
    opened(page, dashboard, stream, ncd="0.5", p="0.08")
    page.get_by_role("button", name="Apply candidate").click()
    page.get_by_role("button", name="Apply from now on").click()
    page.get_by_text("Say why").wait_for()
    page.get_by_label("Reason (required)").fill("quieter nights")
    page.get_by_role("button", name="Apply from now on").click()
    page.get_by_text(re.compile(r"Recorded verdicts never change; this applies from event \d+ on")).wait_for()
    page.get_by_text("The candidate equals the current limits. Move").wait_for()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("Candidate against current").wait_for()
    select_tab(page, "History")
    page.get_by_text("Undo: quieter nights").wait_for()


def test_ux07_40_no_sideways_scroll_and_the_primary_action_in_sight(
    page: Page, dashboard: str, stream: str
) -> None:
    """On a desk and on a phone, in both themes; labels of cards are not cut."""
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, dashboard, stream, ncd="0.36", rep="2", of="6", gap="3")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width, height in ((390, 844), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
            idle(page)
            assert sideways(page) == 0, (scheme, width)
            expect(page.get_by_role("button", name="Apply candidate")).to_be_in_viewport()
            assert page.evaluate(CUT) == 0, (scheme, width)
    text = page.inner_text("body").lower()
    assert not [word for word in FORBIDDEN if word in text]
