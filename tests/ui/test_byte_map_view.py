"""The byte map on screen shows each byte once, marked as the parse says, and nothing of it can act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock.ui.byte_map_lines import MOST_CHARACTERS, lines
from driftlock.ui.byte_map_view import diff, rows
from driftlock.ui.payload_text import characters
from driftlock_core.attribution import difference
from driftlock_core.bytemap import byte_map

BASELINE = [f"GET /item/{n} status=200 ms={n % 7}".encode() for n in range(40)]
events = st.lists(st.binary(max_size=60).map(lambda b: b.replace(b"\n", b" ")), min_size=1, max_size=8)


@given(window=events)
def test_every_byte_is_shown_once_and_in_order(window: list[bytes]) -> None:
    """The pieces of a line, put together, are the line."""
    for line, event in zip(lines(window, byte_map(window, BASELINE, "lz4")), window, strict=True):
        assert "".join(piece.text for piece in line.pieces) == "".join(c for c, _ in characters(event))
        assert sum(piece.size for piece in line.pieces) == len(event)
        assert line.cut == 0


@pytest.mark.parametrize("compressor", ["zstd", "lz4", "gzip"])
def test_copied_bytes_occur_where_the_source_says(compressor: str) -> None:
    """A piece marked as copied stands in the named baseline event at the named offset."""
    window = [
        b"GET /item/7 status=200 ms=3",
        b"upstream connect error /item/31 status=503",
        b"GET /item/12 slow",
    ]
    copied = [
        piece
        for line in lines(window, byte_map(window, BASELINE, compressor))
        for piece in line.pieces
        if piece.kind == "baseline"
    ]
    assert len(copied) >= 3
    for piece in copied:
        assert piece.source_event is not None
        assert piece.source_offset is not None
        source = BASELINE[piece.source_event] + b"\n"
        assert source[piece.source_offset :].startswith(piece.text.encode())


def test_markup_in_a_payload_is_text() -> None:
    """A payload that is HTML arrives as letters."""
    window = [b"<img src=x onerror=alert(1)> <script>fetch('//evil')</script>"]
    shown = rows(
        [0], lines(window, byte_map(window, BASELINE, "lz4")), [451], [900.0], dear_above=100, picked=None
    )
    assert "<img" not in shown
    assert "<script" not in shown
    assert "&lt;img" in shown.replace("</span>", "").replace('<span class="dl-new">', "")
    assert "<b>" not in diff(difference(b"GET /a", b"GET <b>/a</b>"))


def test_characters_that_hide_or_turn_text_are_spelled_out() -> None:
    """Direction marks, control characters and broken UTF-8 can be seen."""
    shown = "".join(c for c, _ in characters("a\u202eb\u200bc".encode() + b"\x1b[31m\xff"))
    assert shown == "a<U+202E>b<U+200B>c\\x1b[31m\\xff"


def test_a_very_long_line_is_cut_and_says_so() -> None:
    """The bytes that are not shown are counted."""
    (line,) = lines([b"x" * 5_000], byte_map([b"x" * 5_000], BASELINE, "lz4"))
    assert line.cut == 5_000 - MOST_CHARACTERS
    assert "3.4 KiB more" in rows([0], [line], [1], [1.0], dear_above=2, picked=None)
