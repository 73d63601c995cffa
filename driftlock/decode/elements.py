"""
Cuts the elements of an array out of JSON text that is never held whole.

It follows strings and brackets only; what an element is, its reader finds out.
A fault inside an element costs that element: reading goes on at the next line
that begins as the faulty element did, with the same indentation.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from driftlock.decode import json_marks as marks
from driftlock.decode.lines import MAX_ELEMENT_BYTES

_DEEPEST = 1024  # open brackets; the JSON parser reads no deeper either
_LONGEST_KEY = 1024  # bytes; a longer string is no key that is looked for


class Element(NamedTuple):
    """Line it starts on and running number, both from 1; key of its array, "" at top level; its bytes."""

    line: int
    number: int
    key: str
    text: bytes


class Cutter:
    """
    Push blocks in, take elements out.

    Args:
        wanted: Keys of the arrays to cut, directly inside the outermost
            object; None for an array that is the outermost value itself.
        skip: Told line and reason of everything that is lost.
        limit: Bytes of the largest element.
    """

    def __init__(
        self,
        wanted: frozenset[str] | None,
        skip: Callable[[int, str], None],
        *,
        limit: int = MAX_ELEMENT_BYTES,
    ) -> None:
        self._wanted = wanted
        self._skip = skip
        self._limit = limit
        self._buffer = b""
        self._at = 0  # everything before it is scanned
        self._line = 1  # of the byte at _counted
        self._counted = 0
        self._stack: list[int] = []  # open brackets
        self._base = 0  # depth of the array being cut, 0 outside of one
        self._start = 0  # where the current element's text begins, white space included
        self._lead = b""  # white space before a dropped element, from its last line end
        self._dropped = False  # the element is over the limit: followed, not kept
        self._string = -1  # where the open string begins, -1 outside of one
        self._last_string = b""  # in the outermost object: the key, when a bracket follows
        self._key = ""
        self._number = 0
        self._resume: bytes | None = None  # after a fault: the line to go on at
        self._lost = False  # after a fault with no such line
        self._ready: Element | None = None  # ended in the last step

    def feed(self, block: bytes) -> Iterator[Element]:
        """The elements that end in *block*."""
        self._buffer += block
        while self._step():
            if self._ready is not None:
                yield self._ready
                self._ready = None
        self._forget()

    def close(self) -> Iterator[Element]:
        """The last element of an array that was never closed; what is missing is reported."""
        self._at = len(self._buffer)
        if self._resume is not None or self._lost or not self._stack:
            return
        inside = self._base and len(self._stack) > self._base and not self._dropped
        first = self._first()
        if self._base and not (inside or self._dropped) and first < len(self._buffer):
            self._number += 1
            text = self._buffer[first:].rstrip(marks.BLANK)
            yield Element(self._line_of(first), self._number, self._key, text)
        self._skip(
            self._line_of(self._at),
            f"cut off: the text ends inside element {self._number + 1:,}"
            if inside
            else "cut off: the last bracket is not closed",
        )

    def _step(self) -> bool:
        """Go to the next mark; False when the buffer holds no further one."""
        if self._lost:
            self._at = len(self._buffer)
            return False
        if self._resume is not None:
            return self._find_resumption(self._resume)
        if self._string >= 0:
            return self._pass_string()
        if not self._stack:
            return self._open_outermost()
        depth = len(self._stack)
        if depth == 1 and not self._base:
            mark = marks.KEY_OR_BRACKET.search(self._buffer, self._at)
            if mark is None:
                self._at = len(self._buffer)
                return False
            begin, self._at = mark.span()
            if self._at - begin > 1:
                self._last_string = self._buffer[begin + 1 : self._at - 1]
                return True
        else:
            plain = (marks.UP_TO_EDGE if depth == self._base else marks.UP_TO_BRACKET).match(
                self._buffer, self._at
            )
            begin = plain.end() if plain else self._at
            if begin == len(self._buffer):
                self._at = begin
                return False
            self._at = begin + 1
        letter = self._buffer[begin]
        if letter == marks.QUOTE:
            self._string = begin
        elif letter == marks.COMMA:
            self._end_element(begin, last=False)
        elif letter in marks.PARTNER:
            self._close_bracket(letter, begin)
        else:
            self._open_bracket(letter)
        return True

    def _pass_string(self) -> bool:
        while mark := marks.STRING_STOP.search(self._buffer, self._at):
            letter = self._buffer[mark.start()]
            if letter == marks.BACKSLASH:
                if mark.end() == len(self._buffer):
                    self._at = mark.start()
                    return False
                self._at = mark.end() + 1
            elif letter == marks.NEWLINE:
                self._at = mark.start()
                self._string = -1
                self._fault("missing quote")
                return True
            else:
                if len(self._stack) == 1 and not self._base:
                    self._last_string = self._buffer[self._string + 1 : mark.start()][:_LONGEST_KEY]
                self._at = mark.end()
                self._string = -1
                return True
        self._at = len(self._buffer)
        return False

    def _open_outermost(self) -> bool:
        mark = marks.NOT_BLANK.search(self._buffer, self._at)
        if mark is None:
            self._at = len(self._buffer)
            return False
        letter = self._buffer[mark.start()]
        self._at = mark.end()
        if letter in (marks.OPEN_BRACE, marks.OPEN_BRACKET):
            self._open_bracket(letter)
            return True
        self._skip(self._line_of(mark.start()), "text outside of the JSON value")
        self._resume = b"\n"
        return True

    def _open_bracket(self, letter: int) -> None:
        if len(self._stack) == _DEEPEST:
            self._fault(f"brackets are nested more than {_DEEPEST:,} deep")
            return
        self._stack.append(letter)
        if self._base or letter != marks.OPEN_BRACKET:
            return
        depth = len(self._stack)
        if self._wanted is None:
            opens = depth == 1
            key = ""
        else:
            key = self._last_string.decode("utf-8", "replace")
            opens = depth == 2 and self._stack[0] == marks.OPEN_BRACE and key in self._wanted
        if opens:
            self._base, self._key, self._start = depth, key, self._at

    def _close_bracket(self, letter: int, begin: int) -> None:
        if self._stack[-1] != marks.PARTNER[letter]:
            self._fault("brackets do not match")
            return
        if len(self._stack) == self._base:
            self._end_element(begin, last=True)
            self._base = 0
        self._stack.pop()

    def _first(self) -> int:
        """Where the current element itself begins, behind its white space; the buffer's end if not yet seen."""
        mark = marks.NOT_BLANK.search(self._buffer, self._start)
        return mark.start() if mark else len(self._buffer)

    def _end_element(self, end: int, *, last: bool) -> None:
        first = min(self._first(), end)
        self._start = end + 1
        if self._dropped:
            self._dropped = False
            return
        text = self._buffer[first:end]
        if last and not text:
            return
        self._number += 1
        line = self._line_of(first)
        if len(text) > self._limit:
            self._skip(line, self._too_large())
        elif not text:
            self._skip(line, f"element {self._number:,}: nothing between two commas")
        else:
            self._ready = Element(line, self._number, self._key, text.rstrip(marks.BLANK))

    def _drop(self, first: int) -> int:
        """Give up the element that begins at *first*, and keep what its line began with; its line."""
        self._number += 1
        self._lead = self._buffer[max(self._start, self._buffer.rfind(b"\n", 0, first)) : first]
        return self._line_of(first)

    def _fault(self, reason: str) -> None:
        """The current element cannot be followed; go on at a line that begins as it did."""
        if not self._base:
            self._lead = b""
            self._skip(self._line_of(self._at), reason)
        elif not self._dropped:
            first = self._first()
            line = self._drop(first)
            over = self._at - first > self._limit
            self._skip(line, self._too_large() if over else f"element {self._number:,}: {reason}")
        self._dropped = False
        if self._lead.startswith(b"\n"):
            self._resume = self._lead + b"{"
        else:
            self._lost = True
            self._skip(self._line_of(self._at), "the rest of the text could not be read")

    def _find_resumption(self, resume: bytes) -> bool:
        found = self._buffer.find(resume, self._at)
        if found < 0:
            self._at = max(self._at, len(self._buffer) - len(resume) + 1)
            return False
        self._resume = None
        if resume == b"\n":
            self._at = found
            return True
        del self._stack[self._base :]
        self._at = self._start = found
        return True

    def _too_large(self) -> str:
        return f"element {self._number:,} is over {self._limit:,} bytes"

    def _line_of(self, position: int) -> int:
        if position > self._counted:
            self._line += self._buffer.count(b"\n", self._counted, position)
            self._counted = position
        return self._line

    def _forget(self) -> None:
        """Drop what no later step looks at."""
        keep = self._at
        if self._base and self._resume is None and not self._lost:
            first = self._first()
            if first == len(self._buffer) and not self._dropped:
                # Nothing but white space so far: its last line is all that may be asked for.
                self._start = max(self._start, self._buffer.rfind(b"\n"))
            elif len(self._buffer) - first > self._limit and not self._dropped:
                self._skip(self._drop(first), self._too_large())
                self._dropped = True
            if not self._dropped:
                keep = self._start
        elif self._string >= 0 and self._at - self._string <= _LONGEST_KEY:
            keep = self._string
        self._line_of(keep)
        self._buffer = self._buffer[keep:]
        self._counted -= keep
        self._at -= keep
        self._start = max(0, self._start - keep)
        if self._string >= 0:
            self._string = max(0, self._string - keep)


def elements(
    blocks: Iterable[bytes],
    wanted: frozenset[str] | None,
    skip: Callable[[int, str], None],
    *,
    limit: int = MAX_ELEMENT_BYTES,
) -> Iterator[Element]:
    """All elements of *blocks*; the arguments are those of :class:`Cutter`."""
    cutter = Cutter(wanted, skip, limit=limit)
    for block in blocks:
        yield from cutter.feed(block)
    yield from cutter.close()
