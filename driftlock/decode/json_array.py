"""Arrays of objects: a JSON array, or the ``events`` of one JSON object."""

from collections.abc import Iterable, Iterator

import orjson

from driftlock.decode.elements import elements
from driftlock.decode.fields import FieldReader
from driftlock.decode.found import Found
from driftlock.decode.json_text import read_object
from driftlock.decode.tally import Tally

EVENT_LISTS = frozenset({"events"})

_NAMES: dict[type, str] = {
    int: "a number",
    float: "a number",
    str: "a text",
    list: "an array",
    bool: "true or false",
    type(None): "null",
}


def first_of_no_objects(head: bytes, *, complete: bool) -> str | None:
    """
    What the first element is, if the text is a JSON array without any object; None for all other texts.

    Args:
        head: First bytes of the text.
        complete: They are all of it; otherwise they are judged up to their last comma.

    >>> first_of_no_objects(b"[1, 2]", complete=True), first_of_no_objects(b"[1] up", complete=True)
    ('a number', None)
    """
    if not head.lstrip().startswith(b"["):
        return None
    try:
        value = orjson.loads(head if complete else head[: max(0, head.rfind(b","))] + b"]")
    except orjson.JSONDecodeError:
        return None
    if not value or any(isinstance(element, dict) for element in value):
        return None
    return _NAMES[type(value[0])]


def read(blocks: Iterable[bytes], tally: Tally, *, wanted: frozenset[str] | None) -> Iterator[Found]:
    """
    Events in order; the payload is the element's own bytes.

    Args:
        wanted: :data:`EVENT_LISTS` for an object around the array, None for the bare array.
    """
    fields = FieldReader(tally)
    for element in elements(counted(blocks, tally), wanted, tally.skip):
        record = read_object(element.text)
        if isinstance(record, str):
            tally.skip(element.line, f"element {element.number:,}: {record}")
            continue
        at_us, service = fields.read(record)
        yield Found(element.text, at_us, service)


def counted(blocks: Iterable[bytes], tally: Tally) -> Iterator[bytes]:
    """*blocks*, with their lines counted as they pass."""
    last = b""
    for block in blocks:
        tally.lines += block.count(b"\n")
        last = block
        yield block
    if last and not last.endswith(b"\n"):
        tally.lines += 1
