"""When a page is at rest, and acts that a redraw of it may swallow."""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from playwright.sync_api import Page, TimeoutError

from driftlock.ui.theme import tokens

PATIENCE = 90_000  # ms, on a busy machine
_FIRST, _TRIES = 8_000, 3  # ms that an act is given before it is done once more

_AT_REST = """ms => {
  const state = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState;
  const drawn = state === 'notRunning' && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
  if (!drawn) delete window.atRestSince;
  else window.atRestSince ??= performance.now();
  return drawn && performance.now() - window.atRestSince >= ms;
}"""

_WIDER = """Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map(e => e.scrollWidth - e.clientWidth))"""


def sideways(page: Page) -> int:
    """Pixels by which the page stays wider than the window; menu and charts follow a new width a moment later."""
    with suppress(TimeoutError):
        page.wait_for_function(f"{_WIDER} <= 0", timeout=_FIRST)
    wider: int = page.evaluate(_WIDER)
    return wider


def idle(page: Page, *, still_ms: int = 300, timeout: float = PATIENCE) -> None:
    """
    Until the script has run to its end, nothing old stands there any more, and that has been so for *still_ms*.

    For that long an act just done may still be on its way to the server.
    """
    page.evaluate("delete window.atRestSince")
    page.wait_for_function(_AT_REST, arg=still_ms, polling=50, timeout=timeout)


# The rules that the server writes for captions name a colour of the theme it drew the page in.
_DRAWN_IN = """ink => [...document.querySelectorAll('style')]
  .some(one => one.textContent.includes('stCaptionContainer') && one.textContent.includes(ink))"""


def change_theme(page: Page, scheme: Literal["light", "dark"]) -> None:
    """As the system does; until the page, which asks for that itself, is drawn in the colours of *scheme*."""
    idle(page)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(_DRAWN_IN, arg=tokens(scheme).muted, polling=50, timeout=PATIENCE)
    idle(page)


def press(page: Page, key: str) -> None:
    """A key on a page at rest: it belongs to a button that a redraw may just be taking away."""
    idle(page)
    page.keyboard.press(key)


def repeated(act: Callable[[], object], met: Callable[[float], None], *, first: float = _FIRST) -> None:
    """*act* until it is *met*, which takes the ms to wait and fails after them: what meets a redraw is lost."""
    for _ in range(_TRIES):
        act()
        try:
            met(first)
            return
        except AssertionError:
            continue
    met(PATIENCE)
