"""The mask against its slow twin, and what it promises beyond single matches."""

import os
from collections.abc import Sequence
from pathlib import Path
from random import Random

import logs
import naive_masking
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from naive_classes import NAMES

from driftlock_core import MASK_CLASSES, Masker

every_kind = pytest.mark.parametrize("kind", list(logs.KINDS))
every_class = pytest.mark.parametrize("name", sorted(NAMES))

# Pieces of the grammar: put side by side they make all kinds of near misses.
PIECES = (
    *(
        b"0",
        b"1",
        b"12",
        b"123",
        b"2024",
        b"10:20:30",
        b"2015-10-18",
        b"20171223",
        b"7:8:9:10",
        b"1.2",
        b"e+5",
    ),
    *(
        b"T",
        b" ",
        b"  ",
        b":",
        b".",
        b"-",
        b"/",
        b"Jan",
        b"Jun",
        b"Sun",
        b", ",
        b",",
        b"Z",
        b" UTC",
        b"GMT",
        b"+0100",
    ),
    *(
        b"-07:00",
        b"10/Oct/2000",
        b"a",
        b"f",
        b"ab",
        b"deadbeef",
        b"0x",
        b"eyJ",
        b"abcd",
        b"arn:",
        b"aws",
        b"://",
    ),
    *(
        b"http",
        b"@",
        b"com",
        b".com",
        b"io",
        b".de",
        b"example",
        b"_",
        b"%",
        b"+",
        b"::",
        b"fe80",
        b"10.0.0.1",
    ),
    *(
        b"aa:bb:cc:dd:ee:0f",
        b"550e8400-e29b-41d4-a716-446655440000",
        b"aB3dE5fG7hI9jK1lM3nO5pQ7",
        b"aB3",
        b"xY9",
    ),
    *(b"{", b"}", b"[", b"]", b'"', b'"a":', b'"k 1":', b'"k":1', b"\\", b"true", b"null", b"-0.5e3"),
    *(b"\n", b"\t", b"\r", b"\x1e", b"\x00", b"$", b"#", b"?", b"=", b"<", b"|", b"\x80", b"\xff"),
)
pieced = st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)
json_text = st.recursive(
    st.sampled_from(
        (
            b"0",
            b"-12.5e+3",
            b"01",
            b"1e",
            b"1.",
            b"-",
            b".5",
            b"2E-07",
            b"true",
            b"null",
            b'""',
            b'"a\\"b"',
            b'"10.0.0.1"',
            b'"\\',
            b"x",
        )
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: b"[ " + b" ,\n".join(parts) + b"]"),
        st.lists(
            st.tuples(st.sampled_from((b'"a"', b'"a!"', b'"a1"', b'"b" ', b'"B"', b'"\\"":"')), inner),
            max_size=4,
        ).map(lambda members: b"{" + b", ".join(key + b":\t" + value for key, value in members) + b" }"),
    ),
    max_leaves=8,
)
events = st.one_of(pieced, json_text, st.binary(max_size=60))


def check_agreement(lines: Sequence[bytes], classes: frozenset[str] = NAMES) -> None:
    """Twin and engine give the same line for each event."""
    masked = Masker(classes).canonical(lines)
    for line, fast in zip(lines, masked, strict=True):
        assert fast == naive_masking.canonical(line, classes), line


def other_digits(event: bytes, random: Random) -> bytes:
    """An event of the same shape."""
    return bytes(random.choice(b"0123456789") if byte in b"0123456789" else byte for byte in event)


def test_the_classes_are_those_of_the_text() -> None:
    """Engine and text know the same names."""
    assert NAMES == MASK_CLASSES


@seed(1)
@settings(max_examples=400, deadline=None, database=None)
@given(event=events)
def test_agrees_with_the_slow_twin_on_any_bytes(event: bytes) -> None:
    """Whatever the bytes, the fast mask gives what the text says."""
    check_agreement([event])


@seed(2)
@settings(max_examples=300, deadline=None, database=None)
@given(event=events, classes=st.frozensets(st.sampled_from(sorted(NAMES))))
def test_agrees_with_the_slow_twin_under_any_switches(event: bytes, classes: frozenset[str]) -> None:
    """Any set of classes may be off; what they would have taken is open to those after them."""
    check_agreement([event], classes)


@every_kind
def test_agrees_with_the_slow_twin_on_logs(kind: str) -> None:
    """On logs of every kind all events are masked as the text says."""
    check_agreement(logs.log(kind, 150, seed=3))


@every_class
def test_agrees_with_the_slow_twin_with_a_class_off(name: str) -> None:
    """Each class can be switched off alone."""
    lines = [line for kind in logs.KINDS for line in logs.log(kind, 12, seed=4)]
    check_agreement(lines, NAMES - {name})


@every_kind
def test_masks_by_shape_alone(kind: str) -> None:
    """Two events that differ only in the values of their digits have one canonical form."""
    random = Random(5)
    lines = logs.log(kind, 100, seed=5)
    twins = [other_digits(line, random) for line in lines]
    assert lines != twins
    assert Masker().canonical(lines) == Masker().canonical(twins)


@every_kind
def test_gives_one_line_for_each_event(kind: str) -> None:
    """A canonical event holds no newline, however many the event had."""
    lines = logs.log(kind, 100, seed=6)
    masked = Masker().canonical(lines)
    assert len(masked) == len(lines)
    assert not any(b"\n" in line for line in masked)


@pytest.mark.parametrize("classes", [MASK_CLASSES, MASK_CLASSES - {"number"}], ids=["shapes", "events"])
def test_does_not_depend_on_its_caches(classes: frozenset[str]) -> None:
    """A second call, another order, a fresh masker and caches of a few bytes all give the same lines."""
    lines = [line for kind in logs.KINDS for line in logs.log(kind, 30, seed=7)]
    warm = Masker(classes)
    first = warm.canonical(lines)
    assert warm.canonical(lines) == first
    assert warm.canonical(lines[::-1]) == first[::-1]
    assert [Masker(classes).canonical([line])[0] for line in lines[::10]] == first[::10]
    small = Masker(classes, cache_bytes=(2_000, 500))
    assert small.canonical(lines) == first
    assert small.canonical(lines) == first


def test_is_its_own_answer_on_no_events() -> None:
    """No events, no lines; an empty event, an empty line."""
    assert Masker().canonical([]) == []
    assert Masker().canonical([b"", b"\n", b""]) == [b"", b"\x1e", b""]


LONG = {
    "just fits": b"ab " * 21_845 + b"c",
    "one byte over": b"ab " * 21_845 + b"cd",
    "digits behind the cut": b"ab " * 22_000 + b"17",
    "json before the cut": b'{"b": 1, "a": 2}' + b" " * 65_536,
    "json over the cut": b'{"b": 1, "a": "' + b"x " * 33_000 + b'"}',
    "cut inside a number": b"x " * 32_767 + b"12345",
    "cut inside a character": "ä ".encode() * 22_000,
}


@pytest.mark.parametrize("event", LONG.values(), ids=LONG)
def test_agrees_with_the_slow_twin_on_long_events(event: bytes) -> None:
    """An event beyond 65,536 bytes is cut; its length and the digest of its shape stand in for the rest."""
    check_agreement([event])


def test_tells_long_events_apart_by_what_was_cut() -> None:
    """Two events that differ only behind the cut stay different, unless only in the value of a digit."""
    start = b"word " * 14_000
    one, two, other = Masker().canonical([start + b"7", start + b"8", start + b"x"])
    assert one == two != other


# What the text shows as examples, or names as an edge, with the line it must give.
LINES = {
    b"2015-10-18T18:01:47,978Z INFO": b"<TS> INFO",
    b"Sun Dec 04 04:47:44 2005 x": b"<TS> x",
    b'10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET': b'<IP> - - [<TS>] "GET',
    b"2005-06-03-15.42.50.675872 R": b"<TS> R",
    b"20171223-22:15:29:606|Step": b"<TS>|Step",
    b"06:55:46.120: done": b"<TS>: done",
    b"1:06:55:46 x:06:55:46 06:55:46:x": b"<TS> x:<N2>:<N2>:<N2> <N2>:<N2>:<N2>:x",
    b"get https://a.example.com:8443/v/12?x=1": b"get <URL>/v/<N2>?x=<N1>",
    b"mail jo.doe+x@mail.example.co.uk.": b"mail <EMAIL>.",
    b"at java.lang.Thread.run(Thread.java:72)": b"at java.lang.Thread.run(Thread.java:<N2>)",
    b"00:1a:2b:3c:4d:5e deadbeef deadbee1": b"<HEX> deadbeef <HEX>",
    b"10.20.com 10.a.com": b"<N2>.<N2>.com <DOMAIN>",
    b"fe80::1%eth0 ::1 1.2.3.4.5": b"<IP>%eth<N1> <IP> <N1>.<N1>.<N1>.<N1>.<N1>",
    b'{"b": [1, {"d": 2, "c": "x y"}], "a": null}': b'{"a":null,"b":[<N1>,{"c":"x y","d":<N1>}]}',
    b'{"b": 1e, "a": 2}': b'{"b": <N1>e, "a": <N1>}',
    b"a" * 20 + b"://x " + b"a" * 21 + b"://x": b"<URL> " + b"a" * 21 + b"://x",
    b"a" * 64 + b"@b.de " + b"a" * 65 + b"@b.de": b"<EMAIL> " + b"a" * 65 + b"@<DOMAIN>",
    b"aB3cD4eF5gH6iJ7kL8mN9oP0 B3cD4eF5gH6iJ7kL8mN9oP0": b"<B64> B<N1>cD<N1>eF<N1>gH<N1>iJ<N1>kL<N1>mN<N1>oP<N1>",
    b'{"b": 1, "a": 2} tail': b'{"b": <N1>, "a": <N1>} tail',
}


@pytest.mark.parametrize("event", LINES, ids=lambda event: event.decode())
def test_gives_the_lines_of_the_text(event: bytes) -> None:
    """Fast mask and twin both give the line worked out by hand."""
    assert Masker().canonical([event]) == [LINES[event]]
    assert naive_masking.canonical(event) == LINES[event]


@pytest.mark.parametrize("depth", [64, 65])
def test_sorts_members_down_to_64_levels(depth: int) -> None:
    """JSON nested deeper than 64 levels is text and keeps its white space."""
    event = b"[" * (depth - 1) + b'{"b": true, "a": null}' + b"]" * (depth - 1)
    check_agreement([event])
    assert (b'{"a":null,"b":true}' in Masker().canonical([event])[0]) == (depth == 64)


@pytest.mark.data
@pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="DRIFTLOCK_DATA names no data")
@pytest.mark.parametrize("path", logs.real_files(), ids=lambda path: path.name)
def test_agrees_with_the_slow_twin_on_real_logs(path: Path) -> None:
    """Lines spread over each real log are masked as the text says."""
    lines = logs.real(path)
    check_agreement(lines[:: max(1, len(lines) // 1000)])
