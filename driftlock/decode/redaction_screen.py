"""
Which texts can hold something that is to be taken out, asked of many at once.

Most lines of telemetry hold nothing, so this is where redaction spends its time. Nothing is parsed and no line is
visited: what all have in common is one long text that is searched for traces, and only where a trace stands does
anybody look closer. Too many texts may come out, never too few.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

import stringzilla

from driftlock.decode.redaction_keys import names_in
from driftlock.decode.redaction_numbers import shape
from driftlock.decode.redaction_patterns import Pattern
from driftlock.decode.sensitive_keys import Ending

QUOTED: Final = 1  # a name in quotes stands there
PLAIN: Final = 2  # a name without
_PATTERNS_FROM: Final = 2  # the first of the patterns is bit 2
# How a letter or digit hides in JSON: then no other trace need be there.
_HIDDEN: Final = re.compile(rb"\\u00[2-7]")
_ESCAPE: Final = re.compile(rb"(?<!\\)\\++(?:u[0-9A-Fa-f]{4}|[ntrbf])")  # several backslashes: JSON in JSON
_BLANK_BEHIND_NAME: Final = re.compile(rb"\\[ntrbf]['\"\\\s]*+[:=]")
# Neither letter nor digit, and allowed in addresses: what an escape stands for may be either.
_BLANK: Final = b"\xff"


class Screen:
    """
    Looks for what *patterns* and names that end in one of *endings* leave behind.

    Args:
        sensitive: Whether what stands under a name is taken out; asked of few names only.
    """

    def __init__(
        self, patterns: Sequence[Pattern], endings: Iterable[Ending], sensitive: Callable[[bytes], bool]
    ) -> None:
        self._patterns = tuple(patterns)
        self._names = names_in(endings)
        self._sensitive = sensitive
        self.everything = (1 << _PATTERNS_FROM + len(self._patterns)) - 1
        self._found_by = dict[int, tuple[Pattern, ...]]()

    def suspects(self, texts: Sequence[bytes]) -> dict[int, int]:
        """Of each text that may hold something: its place, and as bits what that may be."""
        # Some patterns look at two bytes before a number.
        together = b"\n\n".join(texts)
        # A text may hold ends of lines of its own, so lines are no measure of where one begins.
        starts = [0, *accumulate(len(text) + 2 for text in texts)]
        found = dict[int, int]()
        for at, bit in self._traces(together):
            place = bisect_right(starts, at) - 1
            found[place] = found.get(place, 0) | bit
        return found

    def patterns(self, bits: int) -> tuple[Pattern, ...]:
        """Those among *bits*, in their order."""
        chosen = self._found_by.get(bits)
        if chosen is None:
            chosen = self._found_by[bits] = tuple(
                pattern for number, pattern in enumerate(self._patterns, _PATTERNS_FROM) if bits >> number & 1
            )
        return chosen

    def _traces(self, text: bytes) -> Iterator[tuple[int, int]]:
        for at, name, quoted in self._names(text):
            # An escape before it leaves its letter: "\npin" is no "npin".
            if self._sensitive(name) or (name[:1] in b"ntrbf" and self._sensitive(name[1:])):
                yield at, QUOTED if quoted else PLAIN
        if stringzilla.find(text, b"\\") >= 0:
            if stringzilla.find(text, b"\\u00") >= 0:
                for match in _HIDDEN.finditer(text):
                    yield match.start(), self.everything
            for match in _BLANK_BEHIND_NAME.finditer(text):
                yield match.start(), QUOTED | PLAIN
            text = _ESCAPE.sub(_blank, text)
        form = shape(text)
        for number, pattern in enumerate(self._patterns, _PATTERNS_FROM):
            if any(stringzilla.find(text, one) >= 0 for one in pattern.letters) or any(
                stringzilla.find(form, one) >= 0 for one in pattern.shapes
            ):
                for at in pattern.traces(text, form):
                    yield at, 1 << number


def _blank(escape: re.Match[bytes]) -> bytes:
    return _BLANK * (escape.end() - escape.start())
