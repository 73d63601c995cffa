"""gzip and zstd by their first bytes, whole or in parts, damaged or endless."""

import gzip
import io
from collections.abc import Callable

import pytest
import zstandard

from driftlock.decode import decode
from driftlock.decode.errors import BinaryContent, OutputLimitExceeded, UnreadableCompression
from tests.decode.sources import Dribble, read_all

LINES = b"".join(b"2024-05-01T10:00:%02dZ request %d\n" % (n // 100 % 60, n * 7919) for n in range(20_000))


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


every_codec = pytest.mark.parametrize(
    ("pack", "codec"), [(gzip.compress, "gzip"), (zstd, "zstd")], ids=["gzip", "zstd"]
)
Pack = Callable[[bytes], bytes]


@every_codec
def test_is_told_by_bytes_not_by_name(pack: Pack, codec: str) -> None:
    """A compressed file called .log is unpacked, a plain one called .gz is read as it is."""
    expected, _ = read_all(LINES)
    events, report = read_all(pack(LINES), name="app.log")
    assert expected == events
    assert codec == report.recognition.compression
    plain, report = read_all(LINES, name=f"app.{codec}")
    assert expected == plain
    assert report.recognition.compression is None


@every_codec
@pytest.mark.parametrize("sizes", [(1,), (1_000, 3)], ids=str)
def test_read_sizes_change_nothing(pack: Pack, codec: str, sizes: tuple[int, ...]) -> None:
    """A compressed source may dribble as well."""
    packed = pack(LINES)
    assert read_all(packed) == read_all(Dribble(packed, sizes))


@every_codec
def test_parts_put_together_are_one_file(pack: Pack, codec: str) -> None:
    """Several members or frames in one file follow each other, as log rotation writes them."""
    packed = pack(LINES[:5_000]) + pack(b"") + pack(LINES[5_000:])
    assert read_all(LINES)[0] == read_all(packed)[0]
    assert read_all(LINES)[0] == read_all(Dribble(packed, (1, 2, 5)))[0]


def test_zeros_behind_gzip_are_padding() -> None:
    """Tape blocks filled up with zeros are no damage."""
    assert read_all(LINES)[0] == read_all(gzip.compress(LINES) + b"\x00" * 700)[0]


@every_codec
@pytest.mark.parametrize("share", [0.3, 0.999], ids=str)
def test_a_missing_end_is_reported(pack: Pack, codec: str, share: float) -> None:
    """A file that breaks off is refused, and the message says where and what to do."""
    packed = pack(LINES)
    with pytest.raises(UnreadableCompression, match=rf"“a.log” is {codec} compressed.*breaks off.*again"):
        read_all(packed[: int(len(packed) * share)], name="a.log")


@every_codec
def test_damage_is_reported(pack: Pack, codec: str) -> None:
    """Bytes in the middle that were overwritten are refused."""
    packed = bytearray(pack(LINES))
    packed[len(packed) // 2 : len(packed) // 2 + 64] = bytes(64)
    with pytest.raises(UnreadableCompression, match="damaged"):
        read_all(bytes(packed))


def test_other_bytes_behind_gzip_are_reported() -> None:
    """Text appended to a gzip file is not silently lost."""
    with pytest.raises(UnreadableCompression, match="other bytes follow"):
        read_all(gzip.compress(LINES) + b"one more line\n")


@every_codec
def test_a_bomb_stops_at_the_limit(pack: Pack, codec: str) -> None:
    """A small file that unpacks without end is refused, and not much more than the limit is unpacked."""
    bomb = pack(b"a line\n" * 8_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(OutputLimitExceeded, match=r"more than 3,000,000 bytes.*Split it"):
        list(decode(io.BytesIO(bomb), limit=3_000_000))


def test_compressed_twice_is_named() -> None:
    """gzip inside gzip is no telemetry; the message says what it is."""
    with pytest.raises(BinaryContent, match="gzip file inside a compressed file"):
        read_all(gzip.compress(gzip.compress(LINES)))
