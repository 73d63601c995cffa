"""Lines of sessions as numbers: those that differ only in how wide their masked numbers are share one."""

import re
from collections.abc import Iterable
from typing import Final

from driftlock_core.views.contract import Unit

_MASKED_NUMBER: Final = re.compile(rb"(?:(?<![\w>)\]])-)?<N\d+>(?:\.<N\d+>)?")


def template_of(canonical: bytes) -> bytes:
    """
    A canonical line whose masked numbers have neither width, sign nor decimals.

    A counter that goes from 9 to 10 is not another kind of event.

    >>> template_of(b"took <N2>.<N1> ms, left -<N3>")
    b'took <N> ms, left <N>'
    """
    return _MASKED_NUMBER.sub(b"<N>", canonical) if b"<N" in canonical else canonical


START: Final = 0
END: Final = 1
_FIRST: Final = 2


class Templates:
    """
    Numbers of the baseline's templates, from 2 in order of appearance; 0 and 1 frame a unit.

    >>> known = Templates([Unit((b"a 7", b"b"), (b"a <N1>", b"b"))])
    >>> known.of([Unit((b"b", b"a 77", b"c"), (b"b", b"a <N2>", b"c"))])
    [[3, 2, -1]]
    """

    def __init__(self, baseline: Iterable[Unit]) -> None:
        self._numbers: dict[bytes, int] = {}
        self._lines: dict[bytes, int] = {}  # canonical lines as received, so that most need no rewriting
        for unit in baseline:
            for line in unit.canonical:
                if line not in self._lines:
                    template = template_of(line)
                    self._lines[line] = self._numbers.setdefault(template, _FIRST + len(self._numbers))

    def framed(self, units: Iterable[Unit]) -> list[list[int]]:
        """As :meth:`of`, with 0 before the first line and 1 behind the last."""
        return [[START, *numbers, END] for numbers in self.of(units)]

    def text(self, number: int) -> bytes:
        """The template with this number."""
        return next(text for text, own in self._numbers.items() if own == number)

    def of(self, units: Iterable[Unit]) -> list[list[int]]:
        """Numbers of each unit's lines. Templates the baseline does not hold are −1, −2, … in each unit anew."""
        rewritten: dict[bytes, bytes] = {}
        return [self._numbered(unit, rewritten) for unit in units]

    def _numbered(self, unit: Unit, rewritten: dict[bytes, bytes]) -> list[int]:
        lines = self._lines
        try:
            return [lines[line] for line in unit.canonical]
        except KeyError:
            pass
        strangers: dict[bytes, int] = {}
        numbers = []
        for line in unit.canonical:
            number = lines.get(line)
            if number is None:
                template = rewritten.get(line) or rewritten.setdefault(line, template_of(line))
                number = self._numbers.get(template)
                if number is None:
                    number = strangers.setdefault(template, -1 - len(strangers))
            numbers.append(number)
        return numbers
