"""Walks through the dashboard: when each stop was reached, and a stop that several of them make."""

import re
import time

from playwright.sync_api import Page, expect

from tests.e2e.tabs import select_tab
from tests.e2e.waiting import idle

WAIT = 120_000  # ms, of any one stop; the machine may be busy
MOST_WINDOWS = 12  # looked at until one has a smallest set


class Watch:
    """Seconds since the walk began, stop by stop."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.stops: list[tuple[float, str]] = []

    def reached(self, stop: str) -> None:
        self.stops.append((time.monotonic() - self.begun, stop))

    @property
    def seconds(self) -> float:
        """When the last stop was reached."""
        return self.stops[-1][0]

    def __str__(self) -> str:
        return "\n".join(f"{seconds:6.1f} s  {stop}" for seconds, stop in self.stops)


def wish_for_one_false_alarm_a_day(page: Page) -> None:
    """In the tuning lab: the answer names a limit, or what it would take."""
    page.get_by_text("Alarm budget", exact=True).click()
    wish = page.get_by_role("spinbutton", name="At most so many false alarms a day")
    wish.fill("1")
    wish.press("Enter")
    page.get_by_text(re.compile(r"^At most 1 false alarm a day(:| at .* needs) p ≤")).first.wait_for()


def untick_the_cause(page: Page, later: int = 0) -> None:
    """
    On What if: ticked, the smallest set takes the flag away. Where all of a window differs, a later one has such a set.

    Args:
        later: So many windows are left behind before, on the tab that is open: to look for a set in vain takes seconds.
    """
    for _ in range(later):
        _next_window(page)
    select_tab(page, "What if")
    tick = page.get_by_role("button", name="Tick the smallest set")
    idle(page)
    for _ in range(MOST_WINDOWS):
        page.get_by_text(
            re.compile(r"^(No small cause:|No event to name:|Without events? )")
        ).first.wait_for()
        tick.wait_for()
        if tick.is_enabled():
            break
        _next_window(page)
    tick.click()
    expect(page.get_by_text("would not be flagged", exact=True)).to_be_visible(timeout=WAIT)


def _next_window(page: Page) -> None:
    heading = page.get_by_role("heading", level=1)
    before = heading.inner_text()
    page.keyboard.press("j")
    expect(heading).not_to_have_text(before, timeout=WAIT)
    idle(page)
