"""The input of ``score``: lines with a body, and the units they make."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal

from driftlock.cli.failure import Failure
from driftlock.decode.compression import Unpacked
from driftlock.decode.json_text import read_object
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally

Group = str | int | float
By = Literal["event", "group", "window"]
UNITS: Final[tuple[By, ...]] = ("event", "group", "window")

_BOM: Final = b"\xef\xbb\xbf"


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


def read_lines(source: BinaryIO, name: str) -> Iterator[Line]:
    """
    The lines of a JSONL file, compressed or not; blank ones are counted and left out.

    Raises:
        Failure: A line is no JSON object, or has no body; the message counts lines from 1.
        MalformedPayload: The compressed file is damaged.
    """
    tally = Tally()
    for number, text in numbered_lines(Unpacked(source, name=name), tally):
        if tally.skipped:
            skip = tally.first_skips[0]
            raise _wrong(name, skip.line, f"{skip.reason}. Shorten it")
        if number == 1:
            text = text.removeprefix(_BOM)
        if text.strip():
            yield _line(text, number, name)
    if tally.skipped:
        skip = tally.first_skips[0]
        raise _wrong(name, skip.line, f"{skip.reason}. Shorten it")


def units_of(lines: Iterator[Line], by: By, name: str, *, window: int, hop: int) -> list[Unit]:
    """
    Units in order of first appearance.

    Raises:
        Failure: Units are groups and a line names none.
    """
    if by == "event":
        return [Unit(line.number, None, [line.body]) for line in lines]
    if by == "group":
        return _groups(lines, name)
    bodies = [line.body for line in lines]
    last = max(0, len(bodies) - window)
    starts = range(0, last + 1, hop) if bodies else range(0)
    return [Unit(start, None, bodies[start : start + window]) for start in starts]


def _groups(lines: Iterator[Line], name: str) -> list[Unit]:
    groups: dict[Group, Unit] = {}
    for line in lines:
        if line.group is None:
            raise _wrong(name, line.number + 1, "it has no group. Add one, or use --unit event or window")
        groups.setdefault(line.group, Unit(line.group, line.group, [])).events.append(line.body)
    return list(groups.values())


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
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def _group(group: Any, number: int, name: str) -> Group | None:
    if group is None or isinstance(group, str) or _is_number(group):
        return group  # type: ignore[no-any-return]
    raise _wrong(name, number, "its group is neither text nor a number. Correct it")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _wrong(name: str, line: int, what: str) -> Failure:
    return Failure(f"“{name}”, line {line}: {what}.")
