"""
A grammar in small parts, for the slow twin of the mask.

A part is a function from (text, start) to the ends it can reach, preferred
end first: "greedy, giving back from the right" is the order in which they come.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

DIGITS = b"0123456789"
LOWER = b"abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
LETTERS = LOWER + UPPER
WORD = LETTERS + DIGITS
HEX = b"0abcdefABCDEF"  # of the shape, so 0 is the only digit

Part = Callable[[bytes, int], Iterator[int]]


def one(allowed: bytes) -> Part:
    """One byte of *allowed*."""
    return run(allowed, 1, 1)


def run(allowed: bytes, least: int, most: int | None = None) -> Part:
    """*least* to *most* bytes of *allowed*, the longest first."""

    def ends(text: bytes, start: int) -> Iterator[int]:
        end = start
        while end < len(text) and text[end] in allowed and (most is None or end - start < most):
            end += 1
        yield from range(end, start + least - 1, -1)

    return ends


def literal(word: bytes) -> Part:
    """Exactly *word*."""

    def ends(text: bytes, start: int) -> Iterator[int]:
        if text[start : start + len(word)] == word:
            yield start + len(word)

    return ends


def sequence(*parts: Part) -> Part:
    """All parts, one after the other; the last gives back first."""

    def ends(text: bytes, start: int) -> Iterator[int]:
        # One iterator for each part begun so far; the last one is asked for its next end.
        trail = [parts[0](text, start)]
        while trail:
            end = next(trail[-1], None)
            if end is None:
                trail.pop()
            elif len(trail) == len(parts):
                yield end
            else:
                trail.append(parts[len(trail)](text, end))

    return ends


def either(*parts: Part) -> Part:
    """Any of the parts, in the order given."""

    def ends(text: bytes, start: int) -> Iterator[int]:
        for part in parts:
            yield from part(text, start)

    return ends


def maybe(*parts: Part) -> Part:
    """The parts in sequence, or nothing."""
    return either(sequence(*parts), literal(b""))


def repeat(part: Part, least: int, most: int | None = None) -> Part:
    """*least* to *most* times *part*, as often as possible first."""

    def ends(text: bytes, start: int) -> Iterator[int]:
        # One entry for each repetition made so far, on top of the start; not
        # recursive, because an event may hold thirty thousand repetitions.
        trail = [(start, part(text, start))]
        while trail:
            position, further = trail[-1]
            end = next(further, None) if most is None or len(trail) <= most else None
            if end is not None:
                trail.append((end, part(text, end)))
                continue
            trail.pop()
            if len(trail) >= least:
                yield position

    return ends


# Conditions on the bytes beside a match, and on the match


def before_none_of(refused: bytes) -> Callable[[bytes, int], bool]:
    """The byte before a match is none of *refused*."""
    return lambda text, start: start == 0 or text[start - 1] not in refused


def after_none_of(refused: bytes) -> Callable[[bytes, int, int], bool]:
    """The byte after a match is none of *refused*."""
    return lambda text, _start, end: end == len(text) or text[end] not in refused


def anything(_text: bytes, _start: int, _end: int) -> bool:
    """No condition on the right."""
    return True


FREE_LEFT, FREE_RIGHT = before_none_of(WORD), after_none_of(WORD)


@dataclass(frozen=True)
class Form:
    """One way a class is written; *fits* judges a candidate match, the byte after it included."""

    part: Part
    left: Callable[[bytes, int], bool] = FREE_LEFT
    fits: Callable[[bytes, int, int], bool] = FREE_RIGHT

    def end(self, text: bytes, start: int) -> int | None:
        """Where the match that begins at *start* ends, or None."""
        if not self.left(text, start):
            return None
        return next((end for end in self.part(text, start) if self.fits(text, start, end)), None)
