"""Both themes keep text readable and marks visible."""

import pytest

from driftlock.ui.theme import DARK, LIGHT, Tokens


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("role", ["text", "muted", "ordinary", "flagged_text", "ok", "warn", "error"])
def test_words_have_a_contrast_of_four_and_a_half(theme: Tokens, role: str) -> None:
    """Every colour that words are written in can be read on page and card."""
    for ground in (theme.background, theme.surface):
        assert contrast(getattr(theme, role), ground) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("role", ["border", "flagged", "comparison", "action"])
def test_marks_and_outlines_have_a_contrast_of_three(theme: Tokens, role: str) -> None:
    """Every mark and outline can be told from the page."""
    assert contrast(getattr(theme, role), theme.background) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("fill", ["novel_fill", "repeat_fill"])
def test_text_on_filled_bytes_is_readable(theme: Tokens, fill: str) -> None:
    """Payload text keeps its contrast where bytes are filled."""
    assert contrast(theme.text, getattr(theme, fill)) >= 4.5
