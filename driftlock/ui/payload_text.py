"""Hostile bytes as harmless, visible text."""

import html
import unicodedata
from typing import Final

# Format characters (Cf) can turn the direction of all that follows, or be invisible; separators break lines.
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Zl", "Zp"})
# Masking joins the lines of one event by the record separator.
_LINE_ENDS: Final = frozenset("\n\x1e")


def characters(payload: bytes) -> list[tuple[str, int]]:
    """
    The characters to show for *payload*, each with the number of bytes it stands for.

    Bytes that are not UTF-8 and characters that cannot be seen are spelled out.

    >>> characters(b"a\\xff\\x00")
    [('a', 1), ('\\\\xff', 1), ('\\\\x00', 1)]
    >>> "".join(shown for shown, _ in characters("x\\u202ey".encode()))
    'x<U+202E>y'
    """
    shown = []
    for character in payload.decode("utf-8", errors="surrogateescape"):
        if "\udc80" <= character <= "\udcff":
            shown.append((f"\\x{ord(character) - 0xDC00:02x}", 1))
        else:
            shown.append((_visible(character), len(character.encode())))
    return shown


def _visible(character: str) -> str:
    if character == "\t":
        return "⇥"
    if character in _LINE_ENDS:
        return "↵"
    if character < " ":
        return f"\\x{ord(character):02x}"
    if unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return f"<U+{ord(character):04X}>"
    return character


def text(payload: bytes, most: int | None = None) -> str:
    """
    *payload* as text, at most so many characters.

    >>> text(b"0123456789", most=4)
    '0123… 6 bytes more'
    """
    shown = characters(payload)
    if most is None or len(shown) <= most:
        return "".join(c for c, _ in shown)
    rest = sum(size for _, size in shown[most:])
    return "".join(c for c, _ in shown[:most]) + f"… {rest} bytes more"


def escaped(shown: str) -> str:
    """The text as HTML shows it literally."""
    return html.escape(shown, quote=True)
