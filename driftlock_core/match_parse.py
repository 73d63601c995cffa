"""A reference parse: at each place the longest copy there is."""

from collections.abc import Sequence
from typing import Final

from driftlock_core.copies import Copyist, Parse

SHORTEST_COPY: Final = 4  # bytes

# Places with the same first bytes that are looked at, latest first. Only texts of one endlessly repeated
# piece have more; without a bound they would take time in the square of their length.
_MOST_CANDIDATES: Final = 4096

_Places = dict[bytes, list[int]]


def parse_longest(text: bytes, dictionary: bytes) -> Parse:
    """
    From left to right, copy the longest stretch that occurs before, or write out one byte.

    Of equally long stretches one in the dictionary is taken rather than one
    in the text, and a later one rather than an earlier one: what the
    dictionary explains is shown as explained by it, also the second time.

    >>> parse_longest(b"disk full, disk full", b"disk ok").pieces
    (Piece(length=5, distance=7), Piece(length=6, distance=0), Piece(length=9, distance=11))
    """
    return parse_each([text], dictionary)[0]


def parse_each(texts: Sequence[bytes], dictionary: bytes) -> list[Parse]:
    """:func:`parse_longest` of each text by itself; the dictionary is searched through once."""
    needed = {text[at : at + SHORTEST_COPY] for text in texts for at in range(len(text) - SHORTEST_COPY + 1)}
    places: _Places = {}
    for at in range(len(dictionary) - SHORTEST_COPY + 1):
        start = dictionary[at : at + SHORTEST_COPY]
        if start in needed:
            places.setdefault(start, []).append(at)
    return [_parsed(text, dictionary, places) for text in texts]


def _parsed(text: bytes, dictionary: bytes, in_dictionary: _Places) -> Parse:
    whole = dictionary + text
    known = len(dictionary)
    # Stretches that begin in the dictionary and end in the text differ from text to text.
    across: _Places = {}
    for at in range(max(0, known - SHORTEST_COPY + 1), known):
        across.setdefault(whole[at : at + SHORTEST_COPY], []).append(at)
    copyist = Copyist(dictionary)
    in_text: _Places = {}
    at, listed = known, known
    while at < len(whole):
        for place in range(listed, at):
            in_text.setdefault(whole[place : place + SHORTEST_COPY], []).append(place)
        listed = at

        source, length = _longest(whole, at, across, -1, SHORTEST_COPY - 1)
        source, length = _longest(whole, at, in_dictionary, source, length)
        source, length = _longest(whole, at, in_text, source, length)
        if source < 0:
            copyist.literal(whole[at : at + 1])
            at += 1
        else:
            copyist.copy(length, at - source)
            at += length
    return copyist.parse()


def _longest(whole: bytes, at: int, places: _Places, source: int, length: int) -> tuple[int, int]:
    """The latest of the longest matches of the text at *at*, or what was known if none is longer."""
    candidates = places.get(whole[at : at + SHORTEST_COPY], ())
    for candidate in candidates[-1 : -_MOST_CANDIDATES - 1 : -1]:
        if at + length == len(whole):
            break
        # One comparison settles whether this match is longer at all.
        if whole[candidate : candidate + length + 1] == whole[at : at + length + 1]:
            source, length = candidate, _common_length(whole, candidate, at, length + 1)
    return source, length


def _common_length(whole: bytes, earlier: int, later: int, length: int) -> int:
    """How far two places agree; *length* bytes are known to."""
    step = 64
    end = len(whole) - later
    while length + step <= end and (
        whole[earlier + length : earlier + length + step] == whole[later + length : later + length + step]
    ):
        length += step
    while length < end and whole[earlier + length] == whole[later + length]:
        length += 1
    return length
