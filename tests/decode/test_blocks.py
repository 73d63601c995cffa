"""Block boundaries are no part of a file: wherever it is cut, the same comes out."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock.decode.ceiling import may_exceed
from driftlock.decode.compression import BLOCK_BYTES, Unpacked
from driftlock.decode.elements import Element, elements
from driftlock.decode.lines import numbered_lines
from driftlock.decode.recognise import FORMATS, Head, recognise
from driftlock.decode.tally import Tally
from driftlock.errors import MalformedPayload
from tests.decode.sources import Dribble, cut, golden_inputs, read_all

GOLDEN_BYTES = [path.read_bytes().removeprefix(b"\xef\xbb\xbf") for path in golden_inputs()]
places = st.lists(st.integers(0, 5_000), max_size=12)
json_soup = st.lists(
    st.sampled_from(
        [
            b"[",
            b"]",
            b"{",
            b"}",
            b'"',
            b'\\"',
            b"\\",
            b"\n",
            b"\n  {",
            b",",
            b":",
            b" ",
            b'"a"',
            b'{"a":1}',
            b"x",
        ]
    ),
    max_size=40,
).map(b"".join)


@given(data=st.sampled_from(GOLDEN_BYTES), places=places, format=st.sampled_from([None, *FORMATS]))
@settings(max_examples=400, deadline=None)
def test_every_reader_is_blind_to_cuts(data: bytes, places: list[int], format: str | None) -> None:
    """A golden file, read as any format, gives the same events and counts from any blocks."""
    reading = recognise(Head(data, True), format=format, kind=None)
    whole, pieces = Tally(), Tally()
    expected = list(reading.read([data], whole))
    assert expected == list(reading.read(cut(data, places), pieces))
    assert (whole.lines, whole.skipped, whole.joined) == (pieces.lines, pieces.skipped, pieces.joined)
    assert whole.first_skips == pieces.first_skips


@given(
    soup=json_soup, places=places, prefix=st.sampled_from([b"", b"[", b"[\n  ", b'{"events":[', b'{"k":[1],'])
)
@settings(max_examples=1_500, deadline=None)
def test_elements_are_blind_to_cuts_even_in_nonsense(soup: bytes, places: list[int], prefix: bytes) -> None:
    """Faults are found at the same line with the same words, too, and the limit bites at the same byte."""
    data = prefix + soup
    for wanted in (None, frozenset({"events", "a"})):

        def run(
            blocks: list[bytes], wanted: frozenset[str] | None = wanted
        ) -> tuple[list[Element], list[object]]:
            skips: list[object] = []
            return list(elements(blocks, wanted, lambda *skip: skips.append(skip), limit=12)), skips

        assert run([data]) == run(cut(data, places))


@given(data=st.lists(st.sampled_from([b"\n", b"\r\n", b"\r", b"ab", b"c" * 5])).map(b"".join), places=places)
@settings(max_examples=500, deadline=None)
def test_lines_are_blind_to_cuts(data: bytes, places: list[int]) -> None:
    """Lines, their numbers and the ones that are too long do not depend on blocks."""
    whole, pieces = Tally(), Tally()
    expected = list(numbered_lines([data], whole, limit=8))
    assert expected == list(numbered_lines(cut(data, places), pieces, limit=8))
    assert (whole.lines, whole.first_skips) == (pieces.lines, pieces.first_skips)
    naive = data.removesuffix(b"\n").split(b"\n") if data else []
    assert [line.removesuffix(b"\r") for line in naive if len(line) <= 8] == [line for _, line in expected]


@pytest.mark.parametrize("sizes", [(1,), (3, 1, 2)], ids=str)
def test_small_reads_come_out_as_large_blocks(sizes: tuple[int, ...]) -> None:
    """A source that gives a byte at a time does not cost a block for each."""
    data = bytes(range(65, 91)) * 12_000
    blocks = list(Unpacked(Dribble(data, sizes)))
    assert data == b"".join(blocks)
    assert len(blocks) <= len(data) // BLOCK_BYTES + 1


def test_bytes_read_grows_to_the_size_of_the_source() -> None:
    """Progress is counted in bytes of the source."""
    data = b"line\n" * 200_000
    unpacked = Unpacked(io.BytesIO(data))
    seen = [unpacked.bytes_read for _ in unpacked]
    assert seen == sorted(seen)
    assert len(data) == unpacked.bytes_read


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
def test_progress_of_a_compressed_source_follows_what_comes_out(pack: Callable[[bytes], bytes]) -> None:
    """No more than a small piece of the source is counted ahead of its events."""
    data = b"".join(b"request %d took %d ms\n" % (n * 7919, n % 977) for n in range(300_000))
    packed = pack(data)
    unpacked, out = Unpacked(io.BytesIO(packed)), 0
    for block in unpacked:
        out += len(block)
        assert unpacked.bytes_read / len(packed) - out / len(data) < 0.1
    assert (unpacked.bytes_read, out) == (len(packed), len(data))


def holds_events(path: Path) -> bool:
    try:
        return bool(read_all(path.read_bytes())[0])
    except MalformedPayload:
        return False


@pytest.mark.parametrize("path", [*filter(holds_events, golden_inputs())], ids=lambda path: path.name)
def test_no_file_holds_more_events_than_its_ceiling(path: Path) -> None:
    """Whatever the format, one event fewer than there are may be exceeded."""
    data = path.read_bytes()
    events, report = read_all(data)
    assert may_exceed(io.BytesIO(data), len(events) - 1, format=report.recognition.format)


@pytest.mark.parametrize(
    ("data", "format"),
    [(b'{"a":{"b":1}}\n{"a":2}', "ndjson"), (b'[{"a":1},{"a":2}]', "json_array"), (b"a\nb", "text")],
)
def test_a_ceiling_that_is_not_reached_rules_more_out(data: bytes, format: str) -> None:
    """Two events; an array counts one more than its braces."""
    assert not may_exceed(io.BytesIO(data), 3, format=format)
