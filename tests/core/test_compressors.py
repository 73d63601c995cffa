"""One examination for every compressor."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core import (
    COMPRESSORS,
    CompressorNotInstalled,
    UnknownCompressor,
    compressor_named,
    openzl_compressor,
)

with_openzl = pytest.mark.skipif(
    not openzl_compressor.installed(), reason="the extra openzl is not installed"
)
every_compressor = pytest.mark.parametrize("name", [*COMPRESSORS, pytest.param("openzl", marks=with_openzl)])
LINES = [b"GET /orders/%d HTTP/1.1 200" % n for n in range(200)]


@every_compressor
def test_a_known_text_costs_less_than_an_unknown_one(name):
    """Of a text that nothing but the dictionary explains, less than a tenth remains."""
    compressor = compressor_named(name)
    text = b"".join(sha256(line).digest() for line in LINES)[: compressor.reach]
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
def test_a_view_of_memory_has_the_size_of_its_bytes(name):
    """Many times over: a library that read freed memory would be right now and then."""
    compressor = compressor_named(name)
    text = b"\n".join(sha256(line).hexdigest().encode() for line in LINES)
    view = memoryview(text)
    parts = [(start, start + length) for length in (600, 1_100, 2_000) for start in range(0, 3_000, 37)]
    expected = [compressor.size(text[start:stop]) for start, stop in parts]
    for _ in range(5):
        assert expected == [compressor.size(view[start:stop]) for start, stop in parts]


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
    """Only the last `reach` bytes of a dictionary can be copied from (lz4, gzip, openzl), or may be (zstd)."""
    compressor = compressor_named(name)
    text = b"".join(sha256(line).digest() for line in LINES)[:2_048]
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


def test_a_missing_library_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(openzl_compressor, "installed", lambda: False)
    with pytest.raises(CompressorNotInstalled, match=r'not installed; install it with pip install "openzl=='):
        compressor_named("openzl")


@with_openzl
def test_openzl_says_that_it_is_not_calibrated():
    """Its version stands in every record."""
    assert compressor_named("openzl").version.endswith("not calibrated")


@with_openzl
def test_openzl_costs_what_a_text_adds_to_the_tail():
    """C(tail + text) − C(tail), and nothing of what lies before the tail."""
    compressor = compressor_named("openzl")
    known, text = b"\n".join(LINES)[-compressor.reach :], b"GET /orders/7 HTTP/1.1 500"
    expected = compressor.size(known + text) - compressor.size(known)
    assert (
        expected == compressor.digest(known).cost(text) == compressor.digest(b"x" * 5_000 + known).cost(text)
    )
