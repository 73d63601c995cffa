"""Whole files that cannot be read: each refusal names the place and the next step."""

import random

import pytest

from driftlock.decode.errors import (
    BinaryContent,
    EmptyFile,
    NoObjects,
    NothingReadable,
    UnknownFormat,
    UnknownKind,
)
from tests.decode.sources import read_all


@pytest.mark.parametrize("data", [b"", b" \n\r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"], ids=repr)
def test_white_space_alone_is_an_empty_file(data: bytes) -> None:
    """Nothing but white space, a byte order mark counted as none."""
    with pytest.raises(EmptyFile, match=r"“void.log” holds no text.*Choose a file"):
        read_all(data, name="void.log")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"PK\x03\x04\x14\x00", "ZIP archive"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"SQLite format 3\x00", "SQLite database"),
        (b"PAR1\x15\x04", "Parquet file"),
        (b"\xfd7zXZ\x00", "xz file"),
        (b"BZh91AY&SY\x00", "bzip2 file"),
        ("Zeile\n".encode("utf-16"), "UTF-16"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_well_known_binary_files_are_named(head: bytes, name: str) -> None:
    """The message says what the file looks like and how to get at the text."""
    with pytest.raises(BinaryContent, match=name) as refusal:
        read_all(head + random.Random(7).randbytes(2_000))
    assert refusal.value.looks_like is not None


def test_unknown_binary_is_refused_whatever_format_is_chosen() -> None:
    """Random bytes are no text."""
    with pytest.raises(BinaryContent, match=r"holds binary data.*Export the telemetry"):
        read_all(random.Random(7).randbytes(4_000), format="text")


@pytest.mark.parametrize(
    "line",
    [
        b"PAR1 reactor started",
        b"MZ-80 booted",
        b"ORC raid at dawn",
        b"Ob\xe9lix l\xe0",
        b"\x1b[31mred\x1b[0m",
    ],
)
def test_text_that_begins_like_a_binary_file_is_text(line: bytes) -> None:
    """Letters alone do not make a file binary, nor do Latin-1 or colour codes."""
    events, _ = read_all(line + b"\n" + b"and more\n" * 20)
    assert line == events[0].payload


def test_when_every_line_fails_the_first_is_quoted() -> None:
    """Format, line and reason of the first failure stand in the message."""
    with pytest.raises(
        NothingReadable, match=r"read as ndjson.*line 2: missing quote.*another format"
    ) as refusal:
        read_all(b'\n{"a: 1}\n{"b": }\n', format="ndjson")
    assert (refusal.value.first_line, refusal.value.first_reason) == (2, "missing quote")


@pytest.mark.parametrize("data", [b"[]", b'{"events":[]}', b'{"resourceLogs":[]}'], ids=repr)
def test_a_well_formed_file_without_events_says_so(data: bytes) -> None:
    """Empty lists are no failure of any line."""
    with pytest.raises(NothingReadable, match="holds no event"):
        read_all(data)


def test_unknown_choices_list_the_known_ones() -> None:
    """A format or kind that does not exist."""
    with pytest.raises(UnknownFormat, match=r"no format “yaml”.*ndjson, json_array"):
        read_all(b"a\n", format="yaml")
    with pytest.raises(UnknownKind, match=r"no telemetry kind “profiles”.*logs, metrics"):
        read_all(b"a\n", kind="profiles")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (b"[1, 2, 3]", "a number"),
        (b' ["a", "b"]\n', "a text"),
        (b"[[1, 2], [3, 4]]", "an array"),
        (b"[null]", "null"),
        (b"[" + b"12.5,\n" * 300_000 + b"1]", "a number"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else value,
)
def test_a_json_array_without_objects_is_refused(data: bytes, first: str) -> None:
    """Also one that goes on behind the head."""
    with pytest.raises(NoObjects, match=rf"“a.json” is a JSON array.*first is {first}\).*Make each element"):
        read_all(data, name="a.json")


@pytest.mark.parametrize("data", [b"[1] up\n[2] down\n", b"[1, 2]\n[3, 4]\n", b"[error] disk full"], ids=repr)
def test_lines_in_brackets_are_no_array(data: bytes) -> None:
    """Text stays text."""
    assert len(data.splitlines()) == len(read_all(data)[0])
