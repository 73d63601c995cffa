"""The words of texts, and numbers for those of a baseline."""

import re
from collections.abc import Sequence

import numpy as np

from driftlock_core import kernel
from driftlock_core.views.plain_text import text_of
from driftlock_core.views.stretches import Ints, Stretches, borders_of

_WIDTH = re.compile(rb"<n[0-9]+>")
# Scripts without spaces (UTF-8 from E3 to E9: kana, Chinese characters) are read sign by sign.
_WORD = re.compile(rb"<[a-z]+[0-9]*>|[\xe3-\xe9][\x80-\xbf]{2}|[a-z\x80-\xe2\xea-\xff]+|[0-9]+|[^ \t-\r\x1e]")


def words_in(text: bytes) -> list[bytes]:
    """
    Letters, digits or a single sign at a time, in lower case; a mask is one word, whatever its width.

    Bytes from 0x80 up count as letters, but for scripts that put no spaces
    between words: of those every sign is a word.

    >>> words_in(b"Paid <N2> EUR, v2!")
    [b'paid', b'<n>', b'eur', b',', b'v', b'2', b'!']
    """
    found: list[bytes] = _WORD.findall(_WIDTH.sub(b"<n>", text.lower()))
    return found


def placed_words(canonical: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """:func:`words_in` the text of events, each with where it begins in the text."""
    text = text_of(canonical).lower()
    return [(_WIDTH.sub(b"<n>", found.group()), found.start()) for found in _WORD.finditer(text)]


class Vocabulary:
    """
    The different words of *texts*, numbered in the order in which they first come.

    >>> known = Vocabulary([b"one two one"])
    >>> known.numbers([b"two Two new", b"one"]).symbols
    array([ 1,  1, -1,  0])
    >>> known.different([b"two Two new", b"one"]).symbols
    array([1, 3, 0])
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        self._numbers: dict[bytes, int] = {}
        for text in texts:
            for word in words_in(text):
                self._numbers.setdefault(word, len(self._numbers))
        self._compiled = None if kernel.Vocabulary is None else kernel.Vocabulary(tuple(self._numbers))

    def number(self, word: bytes) -> int:
        """Number of one word, −1 if it is not known."""
        return self._numbers.get(word, -1)

    def numbers(self, texts: Sequence[bytes]) -> Stretches:
        """Numbers of all words of each text, −1 for those that are not known."""
        if self._compiled is not None:
            return self._read(texts, once=False)
        get = self._numbers.get
        words = [words_in(text) for text in texts]
        found = [get(word, -1) for text in words for word in text]
        return Stretches(np.array(found, dtype=np.int64), borders_of([*map(len, words)]))

    def different(self, texts: Sequence[bytes]) -> Stretches:
        """Numbers of each text's different words; those that are not known count on from there."""
        if self._compiled is not None:
            return self._read(texts, once=True)
        get, unknown = self._numbers.get, len(self._numbers)
        words = [dict.fromkeys(words_in(text)) for text in texts]
        found = [get(word, unknown + at) for text in words for at, word in enumerate(text)]
        return Stretches(np.array(found, dtype=np.int64), borders_of([*map(len, words)]))

    def _read(self, texts: Sequence[bytes], *, once: bool) -> Stretches:
        joined, counts = b"".join(texts), np.empty(len(texts), dtype=np.int64)
        found: Ints = np.empty(len(joined), dtype=np.int64)
        assert self._compiled is not None
        total = self._compiled.read(joined, borders_of([*map(len, texts)]), once, found, counts)
        return Stretches(found[:total], borders_of(counts))
