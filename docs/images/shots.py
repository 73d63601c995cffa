"""One picture: a window of a given size, drawn to its end, in as few colours as it takes."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
WAIT_MS: Final = 60_000
SCALE: Final = 1.5  # pixels of the picture for one of the page
COLOURS: Final = 128
GAP: Final = 24  # pixels between two phones
BETWEEN: Final = "#8b95a7"
QUIET_MS: Final = 1_500  # charts go on drawing after the page is complete


def window(browser: Browser, scheme: Scheme, width: int, height: int) -> Page:
    """A page of its own, in pixels of the page."""
    page = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=SCALE
    ).new_page()
    page.set_default_timeout(WAIT_MS)
    return page


def settled(page: Page) -> None:
    """Until everything is drawn and nothing is being computed."""
    page.wait_for_timeout(QUIET_MS)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="hidden")
    page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
    page.wait_for_function("document.querySelectorAll('[data-testid=stSkeleton]').length === 0")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    page.mouse.move(0, 0)


def shoot(page: Page, path: Path) -> Path:
    """What the window shows, settled."""
    settled(page)
    return _kept(Image.open(io.BytesIO(page.screenshot(animations="disabled"))), path)


def beside(pictures: Sequence[bytes], path: Path) -> Path:
    """PNGs of one height, side by side."""
    images = [Image.open(io.BytesIO(one)) for one in pictures]
    width = sum(image.width for image in images) + GAP * (len(images) - 1)
    sheet = Image.new("RGB", (width, images[0].height), BETWEEN)
    at = 0
    for image in images:
        sheet.paste(image, (at, 0))
        at += image.width + GAP
    return _kept(sheet, path)


def _kept(image: Image.Image, path: Path) -> Path:
    """In few colours, chosen by the picture itself: a third of the bytes, and the eye sees no difference."""
    few = image.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path
