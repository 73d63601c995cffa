"""What was said to a model and what it answered, with the characters marked that the baseline does not hold."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from driftlock.decode.fields import plain_name
from driftlock.decode.kind_names import ANSWER, PROMPT, TURNS
from driftlock.ui.json_strings import Members, Node, Stretch, Text, aligned, tree
from driftlock.ui.payload_text import characters, escaped
from driftlock_core.bytemap import ByteMap
from driftlock_core.numbers_text import bytes_text

MOST_CHARACTERS: Final = 4_000  # of one text; a longer one is cut, and says so
_CONTENT = frozenset({"content", "contents", "value", "stringvalue", "text", "parts", "message", "delta"})
_ROLE = ("role", "from")
# Behind "gen_ai": the attributes that hold text, among many that hold names and numbers.
_GENAI = frozenset(
    PROMPT
    | ANSWER
    | TURNS
    | {"input", "inputmessages", "outputmessages", "systeminstructions", "content", "eventcontent"}
)
_CLASSES: Final = {"baseline": "dl-old", "window": "dl-rep", "new": "dl-new"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One text of an event: who says it, or the name of its field."""

    label: str
    text: Text


def turns(event: bytes) -> tuple[Turn, ...]:
    """
    The texts of a model call or chat, in the order of the event; none if it is not read as one.

    >>> [(turn.label, turn.text) for turn in turns(b'{"prompt": "hi", "response": "hello", "n": 1}')]
    [('prompt', Text(start=12, stop=14)), ('response', Text(start=30, stop=35))]
    """
    return tuple(_found(event, tree(event), None))


def summary(event: bytes) -> str:
    """
    All texts of an event or a canonical line in one line; empty if there are none.

    >>> summary(b'{"n": <N2>, "prompt": "hi", "response": "hello"}')
    'prompt: hi · response: hello'
    """
    return " · ".join(f"{turn.label}: {_said(event, turn.text)}" for turn in turns(event))


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text of an event as HTML."""

    label: str
    html: str


def bodies(events: Sequence[bytes], window: Sequence[bytes], parsed: ByteMap) -> dict[int, str]:
    """HTML of the texts of each event that has any, by position; arguments as of :func:`spoken`."""
    return {at: "".join(one.html for one in said) for at, said in spoken(events, window, parsed).items()}


def spoken(
    events: Sequence[bytes], window: Sequence[bytes], parsed: ByteMap
) -> dict[int, tuple[Spoken, ...]]:
    """
    The texts of each event that has any, by position.

    Args:
        events: As received.
        window: The same, canonical.
        parsed: Where the bytes of the canonical events come from.
    """
    result: dict[int, tuple[Spoken, ...]] = {}
    starts = [0]
    for line in window:
        starts.append(starts[-1] + len(line) + 1)
    kinds = _Kinds(parsed)
    for at, (event, line) in enumerate(zip(events, window, strict=True)):
        if said := turns(event):
            where = aligned(event, tree(event), line)
            own = kinds.of(starts[at], starts[at] + len(line))
            result[at] = tuple(
                Spoken(turn.label, _turn(event, turn, where.get(turn.text), own)) for turn in said
            )
    return result


class _Kinds:
    """The kind of each byte; events are asked for in order."""

    def __init__(self, parsed: ByteMap) -> None:
        self._runs = parsed.runs
        self._first = 0

    def of(self, start: int, stop: int) -> list[str]:
        while self._first < len(self._runs) and self._runs[self._first].stop <= start:
            self._first += 1
        kinds: list[str] = []
        for run in self._runs[self._first :]:
            if run.start >= stop:
                break
            kinds += [run.kind] * (min(run.stop, stop) - max(run.start, start))
        return kinds


def _found(event: bytes, node: Node, label: str | None) -> Iterator[Turn]:
    if isinstance(node, Text):
        if label is not None and node.stop > node.start:
            yield Turn(label, node)
    elif isinstance(node, list):
        for element in node:
            yield from _found(event, element, label)
    elif isinstance(node, Members):
        named = [(plain_name(_said(event, key)), key, value) for key, value in node.pairs]
        values = {name: value for name, _, value in named}
        role = next((values[name] for name in _ROLE if isinstance(values.get(name), Text)), None)
        attribute = values.get("key")
        for name, key, value in named:
            if isinstance(role, Text) and name in _CONTENT:
                yield from _found(event, value, _said(event, role))
            elif isinstance(attribute, Text) and name == "value":
                own = _said(event, attribute)
                yield from _found(event, value, own if _tells(plain_name(own)) else label)
            elif _tells(name):
                yield from _found(event, value, _said(event, key))
            elif name in _CONTENT or isinstance(value, Members | list):
                yield from _found(event, value, label)


def _tells(name: str) -> bool:
    if name.startswith("genai"):
        return name.removeprefix("genai") in _GENAI
    return name in PROMPT or name in ANSWER or name in TURNS


def _said(event: bytes, text: Text) -> str:
    inside = event[text.start : text.stop].decode("utf-8", "replace")
    try:
        return str(json.loads(f'"{inside}"'))
    except ValueError:
        return inside


def _turn(event: bytes, turn: Turn, where: Sequence[Stretch] | None, kinds: Sequence[str]) -> str:
    body = "".join(
        f'<span class="{kind}">{escaped("".join(shown for shown, _ in group))}</span>'
        for kind, group in groupby(_marks(event, turn.text, where or (), kinds), key=lambda mark: mark[1])
    )
    note = "" if where is not None else " (not marked: masking changed it too much to follow)"
    return f'<div class="dl-turn"><b>{escaped(turn.label)}{note}</b>{body}</div>'


def _marks(
    event: bytes, text: Text, where: Sequence[Stretch], kinds: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Characters as shown, each with the class of its mark; a masked value has that of its mask."""
    stretches = iter(where)
    stretch = next(stretches, None)
    for count, (shown, at) in enumerate(_characters(event, text)):
        if count == MOST_CHARACTERS:
            yield f" … {bytes_text(text.stop - at)} more", "dl-old"
            return
        while stretch is not None and stretch.stop <= at:
            stretch = next(stretches, None)
        if stretch is None:
            yield shown, ""
            continue
        place = stretch.canonical + (0 if stretch.masked else at - stretch.start)
        yield shown, _CLASSES.get(kinds[place], "")


_ESCAPES: Final = {"n": "↵\n", "t": "⇥", "r": "", "b": "", "f": "↵\n"}


def _characters(event: bytes, text: Text) -> Iterator[tuple[str, int]]:
    """Characters as shown, each with the offset of its first byte in the event."""
    at = text.start
    while at < text.stop:
        if event[at] != 0x5C:
            end = event.find(b"\\", at, text.stop)
            end = text.stop if end < 0 else end
            for shown, size in characters(event[at:end]):
                yield shown, at
                at += size
            continue
        sign = chr(event[at + 1])
        if sign == "u":
            # A pair of surrogates is one character.
            length = 12 if event[at + 6 : at + 8] == b"\\u" and event[at + 2 : at + 3] in b"dD" else 6
            for one in _unicode(event[at : at + length]):
                yield one, at
            at += length
        else:
            yield _ESCAPES.get(sign, sign), at
            at += 2


def _unicode(escape: bytes) -> Iterator[str]:
    try:
        said = json.loads(b'"' + escape + b'"')
    except ValueError:
        said = escape.decode("ascii", "replace")
    for shown, _ in characters(said.encode("utf-8", "replace")):
        yield shown
