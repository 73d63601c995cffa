"""Each byte of a window is traced to where it comes from, and the trace holds."""

import zlib
from contextlib import suppress

import logs
import lz4.block
import pytest
from hypothesis import given
from hypothesis import strategies as st
from verdict_example import text_of

from driftlock_core.baseline import dictionary
from driftlock_core.bytemap import DEFLATE_SOURCE, LZ4_SOURCE, REFERENCE_SOURCE, Run, byte_map
from driftlock_core.compressors import COMPRESSORS, compressor_named
from driftlock_core.deflate_parse import parse_deflate
from driftlock_core.errors import UnknownCompressor
from driftlock_core.lz4_parse import parse_lz4
from driftlock_core.masking import Masker
from driftlock_core.match_parse import parse_longest

every_compressor = pytest.mark.parametrize("name", COMPRESSORS)

pieces = st.sampled_from(
    [b"GET /cart ", b"<IP> ", b"user=<N3> ", b"a", b"ab", b"aaaaaaa", b"\x00\xff", b"error: disk "]
)
lines = st.lists(pieces, max_size=8).map(b"".join)
events = st.lists(lines, max_size=12)


def assert_holds(window, baseline, byte_map):
    """Runs cover the text in order without gaps, and every source has the bytes it is named for."""
    text = text_of(window)
    at = 0
    for run in byte_map.runs:
        assert run.start == at < run.stop
        at = run.stop
        copied = text[run.start : run.stop]
        offset, length = run.source_offset, run.stop - run.start
        if run.kind == "baseline":
            line = baseline[run.source_event] + b"\n"
            assert line[offset : offset + length] == copied
            assert baseline[run.source_event] not in baseline[run.source_event + 1 :]
        elif run.kind == "window":
            assert run.source_event is None
            assert 0 <= offset < run.start
            assert text[offset : offset + length] == copied
        else:
            assert (run.source_event, run.source_offset) == (None, None)
    assert at == len(text)


@every_compressor
@given(window=events, baseline=events)
def test_runs_hold(name, window, baseline):
    """For any events and any compressor."""
    assert_holds(window, baseline, byte_map(window, baseline, name))


@every_compressor
@pytest.mark.parametrize("kind", sorted(logs.KINDS))
def test_runs_hold_on_logs(name, kind):
    """For masked logs of every kind at real sizes, one of which does not fit what deflate can look back."""
    canonical = Masker().canonical(logs.changing((kind, "otlp"), 450, seed=11))
    assert_holds(canonical[400:], canonical[:400], byte_map(canonical[400:], canonical[:400], name))


@every_compressor
def test_a_known_line_comes_from_the_baseline(name):
    """Hand example: a repeated line points to its last occurrence, an alien one is new."""
    known = b"cache hit for the session of user <N4>"
    baseline = [known, b"order placed", known, b"payment accepted by bank"]
    runs = byte_map([known, b"XYZ 77 QQQ"], baseline, name).runs
    first = runs[0]
    assert (first.kind, first.source_event, first.source_offset) == ("baseline", 2, 0)
    assert first.stop >= len(known)
    # LZ4 and deflate may take the line ends from anywhere; the alien text itself has no source.
    alien = range(len(known) + 1, len(known) + 11)
    assert all(run.kind == "new" for run in runs if run.start in alien and run.stop - 1 in alien)


def test_runs_are_cut_at_event_borders():
    """Two lines copied in one go come from two events; their line ends belong to them."""
    baseline = [b"first known line", b"second known line"]
    assert byte_map(baseline, baseline, "zstd").runs == (
        Run(0, 17, "baseline", 0, 0),
        Run(17, 35, "baseline", 1, 0),
    )


def test_a_copy_that_runs_out_of_the_dictionary_goes_on_in_the_window():
    """A line repeated beyond its last place in the baseline continues with the window's own bytes."""
    runs = byte_map([b"tick", b"tick", b"tick"], [b"tick"], "zstd").runs
    assert [(run.kind, run.start, run.stop, run.source_offset) for run in runs] == [
        ("baseline", 0, 5, 0),
        ("window", 5, 15, 0),
    ]


def test_offsets_survive_a_baseline_beyond_reach():
    """When only the latest events fit the dictionary, runs still name the right ones."""
    baseline = [b"%06d " % n + bytes((n * 7 + i * i) % 90 + 33 for i in range(93)) for n in range(400)]
    window = baseline[-50:] + baseline[:10]
    found = byte_map(window, baseline, "gzip")
    assert_holds(window, baseline, found)
    sources = {run.source_event for run in found.runs if run.kind == "baseline"}
    assert sources
    assert min(sources) >= 400 - 32 * 1024 // 101


@pytest.mark.parametrize(
    ("name", "source"), [("lz4", LZ4_SOURCE), ("gzip", DEFLATE_SOURCE), ("zstd", REFERENCE_SOURCE)]
)
def test_names_whose_parse_it_is(name, source):
    """The label says whether these are the compressor's own tokens."""
    assert byte_map([b"a"], [b"b"], name).source == source


def test_unknown_compressor():
    """A name that does not exist is refused."""
    with pytest.raises(UnknownCompressor, match="brotli"):
        byte_map([b"a"], [b"b"], "brotli")


@given(window=events, baseline=events)
def test_decoded_lz4_is_the_text(window, baseline):
    """The library's block, decoded by our parser, is the window again."""
    text, known = text_of(window), dictionary(baseline, compressor_named("lz4").reach)
    assert parse_lz4(lz4.block.compress(text, store_size=False, dict=known), known).text == text


@pytest.mark.parametrize("size", [0, 1, 14, 15, 16, 269, 270, 271, 525, 70_000])
def test_lz4_lengths_at_their_borders(size):
    """Literal runs and matches on both sides of where a length takes one more byte."""
    mixed = bytes((n * n * 31 + n // 7) % 251 for n in range(size))
    for text in (mixed, b"z" * size, mixed + b"y" * size):
        assert parse_lz4(lz4.block.compress(text, store_size=False), b"").text == text


@given(text=st.binary(max_size=300) | lines, known=lines, level=st.integers(0, 9), fixed=st.booleans())
def test_decoded_deflate_is_the_text(text, known, level, fixed):
    """Stored, fixed and dynamic blocks of another library, with and without a dictionary."""
    strategy = zlib.Z_FIXED if fixed else zlib.Z_DEFAULT_STRATEGY
    stream = zlib.compressobj(level, wbits=-15, strategy=strategy, **({"zdict": known} if known else {}))
    assert parse_deflate(stream.compress(text) + stream.flush(), known).text == text


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_deflate_of_long_texts(level):
    """Several blocks, dynamic codes, the longest matches."""
    text = b"\n".join(logs.log("syslog", 2000, seed=3)) + b"q" * 70_000
    stream = zlib.compressobj(level, wbits=-15)
    assert parse_deflate(stream.compress(text) + stream.flush(), b"").text == text


@pytest.mark.parametrize("parse", [parse_lz4, parse_deflate])
@given(junk=st.binary(max_size=80))
def test_junk_is_refused_not_crashed_on(parse, junk):
    """Any bytes are either decoded or refused; no other error gets out."""
    with suppress(ValueError):
        found = parse(junk, b"known")
        assert sum(piece.length for piece in found.pieces) == len(found.text)


@pytest.mark.parametrize(
    ("message", "stream"),
    [
        ("ends inside", b""),
        ("unknown kind 3", b"\x07"),
        ("does not match its check", b"\x01\x05\x00\x00\x00hello"),
        ("only 5 are there", b"\x03\x32\x00"),
    ],
)
def test_deflate_errors_say_what_is_wrong(message, stream):
    """Cut off, unknown, inconsistent, or copying from nowhere."""
    with pytest.raises(ValueError, match=message):
        parse_deflate(stream, b"known")


@given(text=lines, known=lines)
def test_reference_parse_is_greedy_and_longest(text, known):
    """Agrees with looking at every earlier place: the longest, the dictionary before the text, the latest."""
    whole, start = known + text, len(known)
    at, expected = start, []
    while at < len(whole):
        best = (0, False, -1)
        for source in range(at):
            length = 0
            while at + length < len(whole) and whole[source + length] == whole[at + length]:
                length += 1
            best = max(best, (length, source < start, source))
        length, _, source = best
        if length < 4:
            length, distance = 1, 0
        else:
            distance = at - source
        if expected and expected[-1][1] == distance:
            expected[-1] = (expected[-1][0] + length, distance)
        else:
            expected.append((length, distance))
        at += length
    parse = parse_longest(text, known)
    assert parse.text == text
    assert [(piece.length, piece.distance) for piece in parse.pieces] == expected
