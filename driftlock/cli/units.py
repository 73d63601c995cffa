"""The input of ``score``: lines with a body, and the units they make."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal

from driftlock.cli.failure import Failure
from driftlock.cli.grouped_lines import Group, GroupedLines
from driftlock.cli.progress import Progress, unseen
from driftlock.decode.compression import Unpacked
from driftlock.decode.json_text import read_object
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally

By = Literal["event", "group", "window"]
UNITS: Final[tuple[By, ...]] = ("event", "group", "window")

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BOM: Final = b"\xef\xbb\xbf"
_LINES_A_REPORT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """What may reach the engine of one line, and nothing else of it."""

    number: int  # 0-based
    body: bytes
    group: Group | None


@dataclass(frozen=True, slots=True)
class Unit:
    """Events that get one score."""

    name: Group  # the group's id, or the 0-based line it begins with
    group: Group | None
    events: list[bytes]


def read_lines(source: BinaryIO, name: str, *, progress: Progress = unseen) -> Iterator[Line]:
    """
    The lines of a JSONL file, compressed or not; blank ones are counted and left out.

    Args:
        source: Read on while iterating.
        name: For messages.
        progress: Told the bytes read so far, now and then.

    Raises:
        Failure: A line is no JSON object, or has no body; the message counts lines from 1.
        MalformedPayload: The compressed file is damaged.
    """
    tally = Tally()
    unpacked = Unpacked(source, name=name)
    for number, text in numbered_lines(unpacked, tally):
        if number % _LINES_A_REPORT == 0:
            progress(unpacked.bytes_read)
        if tally.skipped:
            skip = tally.first_skips[0]
            raise _wrong(name, skip.line, f"{skip.reason}. Shorten it")
        if number == 1:
            text = text.removeprefix(_BOM)
        if text.strip():
            yield _line(text, number, name)
    progress(unpacked.bytes_read)
    if tally.skipped:
        skip = tally.first_skips[0]
        raise _wrong(name, skip.line, f"{skip.reason}. Shorten it")


def units_of(lines: Iterable[Line], by: By, name: str, *, window: int, hop: int) -> Iterator[Unit]:
    """
    Units in order of first appearance; at most one of them, or of groups a bounded part, is held.

    An event is complete with its line and a window with its last one. A group is complete when all
    lines have been read, since its lines may be scattered: groups wait on disk.

    Raises:
        Failure: Units are groups and a line names none.
    """
    if by == "event":
        return (Unit(line.number, None, [line.body]) for line in lines)
    if by == "group":
        return _groups(lines, name)
    return _windows(lines, window, hop)


def unit_count(by: By, events: int, *, window: int, hop: int) -> int | None:
    """
    Units that so many events make; None for groups.

    >>> [unit_count("window", events, window=20, hop=10) for events in (0, 7, 20, 95)]
    [0, 1, 1, 8]
    """
    if by == "window":
        return min(events, 1) + max(0, events - window) // hop
    return events if by == "event" else None


def _windows(lines: Iterable[Line], window: int, hop: int) -> Iterator[Unit]:
    held: list[bytes] = []
    start = 0
    for at, line in enumerate(lines):
        if at < start:
            continue
        held.append(line.body)
        if len(held) == window:
            yield Unit(start, None, held)
            start += hop
            held = held[hop:]
    if start == 0 and held:
        yield Unit(0, None, held)


def _groups(lines: Iterable[Line], name: str) -> Iterator[Unit]:
    with GroupedLines() as grouped:
        grouped.add((_named(line, name), line.body) for line in lines)
        for group, bodies in grouped:
            yield Unit(group, group, bodies)


def _named(line: Line, name: str) -> Group:
    if line.group is None:
        raise no_group(name, line.number)
    return line.group


def no_group(name: str, line: int) -> Failure:
    """For the 0-based *line* of the file *name*, where units are groups."""
    return _wrong(name, line + 1, "it has no group. Add one, or use --unit event or window")


def _line(text: bytes, number: int, name: str) -> Line:
    try:
        # Not orjson: it rounds whole numbers above 64 bits and refuses NaN and half surrogate pairs,
        # which other programs write and a group or a prompt may hold.
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = read_object(text)
        raise _wrong(name, number, f"{reason if isinstance(reason, str) else error}. Correct it") from error
    if not isinstance(record, dict):
        raise _wrong(name, number, 'not a JSON object. Write {"body": text or object}')
    if record.get("body") is None:
        raise _wrong(name, number, 'it has no body. Write {"body": text or object}')
    return Line(number - 1, _bytes(record["body"]), _group(record.get("group"), number, name))


def _bytes(body: Any) -> bytes:
    text = body if isinstance(body, str) else _JSON(body)
    return text.encode("utf-8", "backslashreplace")


def _group(group: Any, number: int, name: str) -> Group | None:
    if group is None or isinstance(group, str) or _is_number(group):
        return group  # type: ignore[no-any-return]
    raise _wrong(name, number, "its group is neither text nor a number. Correct it")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _wrong(name: str, line: int, what: str) -> Failure:
    return Failure(f"“{name}”, line {line}: {what}.")
