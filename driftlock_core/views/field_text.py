"""Names and values of fields as they appear in sentences."""

from typing import Final

LONGEST: Final = 60  # characters


def shown(text: bytes) -> str:
    """
    Printable and short, in quotes.

    >>> shown(b"caf\\xc3\\xa9"), shown(b"\\xff\\n")
    ("'café'", "'\\\\xff\\\\n'")
    """
    printable = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text[: 4 * LONGEST].decode("utf-8", "backslashreplace")
    )
    return f"'{printable[: LONGEST - 1]}…'" if len(printable) > LONGEST else f"'{printable}'"
