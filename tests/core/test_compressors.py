"""One examination for every compressor."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core import COMPRESSORS, UnknownCompressor, compressor_named

every_compressor = pytest.mark.parametrize("name", COMPRESSORS)
LINES = [b"GET /orders/%d HTTP/1.1 200" % n for n in range(200)]


@every_compressor
def test_a_known_text_costs_less_than_an_unknown_one(name):
    """Of a text that nothing but the dictionary explains, less than a tenth remains."""
    compressor = compressor_named(name)
    text = b"".join(sha256(line).digest() for line in LINES)
    assert compressor.size(text) > 0.9 * len(text)
    assert compressor.digest(text).cost(text) < len(text) / 10


@every_compressor
def test_without_dictionary_the_cost_is_the_size(name):
    """An empty dictionary explains nothing."""
    compressor = compressor_named(name)
    text = b"\n".join(LINES)
    assert compressor.size(text) == compressor.digest(b"").cost(text)


@every_compressor
@given(known=st.binary(max_size=300), text=st.binary(min_size=1, max_size=300))
def test_the_same_question_gets_the_same_answer(name, known, text):
    """Sizes do not depend on what was compressed before, nor on who holds the memory."""
    compressor = compressor_named(name)
    digest = compressor.digest(known)
    first = digest.cost(text)
    digest.cost(known + b"x")
    assert first == digest.cost(memoryview(text)) == compressor_named(name).digest(known).cost(text)


@every_compressor
def test_pieces_cost_what_they_cost_alone(name):
    """costs() is cost() of each piece."""
    digest = compressor_named(name).digest(LINES[0])
    text = b"".join(LINES)
    borders = [0, 10, 10, 500, len(text)]
    pieces = [text[start:stop] for start, stop in pairwise(borders)]
    assert [digest.cost(piece) for piece in pieces] == digest.costs(memoryview(text), borders)


@every_compressor
def test_what_lies_beyond_reach_does_not_help(name):
    """Only the last `reach` bytes of a dictionary can be copied from (lz4, gzip), or may be (zstd)."""
    compressor = compressor_named(name)
    text = bytes(range(256)) * 2
    far = text + b"\0" * compressor.reach
    if name == "zstd":
        assert compressor.digest(text).cost(text) < compressor.size(text) / 4
    else:
        assert compressor.digest(far).cost(text) > 0.9 * compressor.size(text)


@every_compressor
def test_the_version_names_library_and_number(name):
    """A result can say by what it was made."""
    version = compressor_named(name).version
    assert version.startswith(name)
    assert any(character.isdigit() for character in version)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(UnknownCompressor, match="zstd, lz4, gzip"):
        compressor_named("brotli9")
