"""Cutting units into fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit
from driftlock_core.views.record_fields import RecordReader, event_of, is_record, record_share


def read(*events: bytes) -> dict[bytes, bytes]:
    return RecordReader().read([Unit(events, events)])[0]


@pytest.mark.parametrize(
    ("body", "record"),
    [
        (b"a=1 b=two words c=3", {b"_tmpl": b"a= b= c=", b"a": b"1", b"b": b"two words", b"c": b"3"}),
        (b"/p.jsp?id=7&q=x+y;z=", {b"_tmpl": b"/p.jsp?id=&q=;z=", b"id": b"7", b"q": b"x+y", b"z": b""}),
        (b"a=1\nb=2", {b"_tmpl": b"a=\x1eb=", b"a": b"1", b"b": b"2"}),
        (b"x y", {b"_tmpl": b"x y"}),
        (b"a=1, b=2,c=3", {b"_tmpl": b"a=, b=,c=", b"a": b"1", b"b": b"2", b"c": b"3"}),
        (b"a=Roe, Doe and Co b=2", {b"_tmpl": b"a= b=", b"a": b"Roe, Doe and Co", b"b": b"2"}),
        (
            b'msg="two words, x=1" level="info"',
            {b"_tmpl": b'msg="" level=""', b"msg": b"two words, x=1", b"level": b"info"},
        ),
        (b'a="open b=2', {b"_tmpl": b'a=" b=', b"a": b"open", b"b": b"2"}),
        (b"a=b=c", {b"_tmpl": b"a=", b"a": b"b=c"}),
        (b"id=1&id=2&id=3", {b"_tmpl": b"id=&id=&id=", b"id": b"1", b"id[2]": b"2", b"id[3]": b"3"}),
        (b"12:00:01 a=1", {b"_tmpl": b"<TS> a=", b"a": b"1"}),
        (
            b'{"b": {"c": 1.50, "d": [1, "x"]}, "a": null, "e": {}}',
            {b"_tmpl": b"{a,b.c,b.d,e}", b"b.c": b"1.50", b"b.d": b"[1,x]", b"a": b"null", b"e": b"{}"},
        ),
        (b'{"a": 1, "a": true}', {b"_tmpl": b"{a,a}", b"a": b"1", b"a[2]": b"true"}),
        (b'{"a": 1', {b"_tmpl": b'{"a": <N1>'}),
        (b"", {b"_tmpl": b""}),
    ],
)
def test_bodies_are_cut(body, record):
    """A value ends at white space before the next name, at & ; ? or a newline; JSON is flattened."""
    assert read(body) == record


def test_wide_json_has_fields_and_deep_json_is_text():
    """Brackets inside strings are no depth."""
    wide = b'{"a":"]]]]' + b"[" * 500 + b'","b":[' + b"[1]," * 500 + b"2]}"
    assert read(wide).keys() == {b"_tmpl", b"a", b"b"}
    assert read(b'{"a":' * 101 + b"1" + b"}" * 101).keys() == {b"_tmpl"}
    assert read(b'{"a":' * 100 + b"1" + b"}" * 100).keys() == {b"_tmpl", b".".join([b"a"] * 100)}


def test_a_unit_without_events_has_an_empty_template():
    assert read() == {b"_tmpl": b""}


def test_fields_of_all_events_count_and_are_found_again():
    """The second event's id is id[2], and it stands in event 1."""
    unit = Unit((b"id=1", b"id=2 b=3"), (b"", b""))
    assert read(*unit.raw) == {b"_tmpl": b"id=\x1eid= b=", b"id": b"1", b"id[2]": b"2", b"b": b"3"}
    assert [event_of(unit, name) for name in (b"id", b"id[2]", b"b", b"_tmpl", b"none")] == [0, 1, 1, 0, 0]


def test_order_of_parameters_makes_another_template():
    assert read(b"a=1 b=2")[b"_tmpl"] != read(b"b=2 a=1")[b"_tmpl"]


def test_half_of_the_units_with_two_fields_make_records():
    """One field is not enough, half of the units are."""
    two, one = Unit((b"a=1 b=2",), (b"",)), Unit((b"the sum is a=1",), (b"",))
    assert (record_share([two, one, one]), is_record([two, one, one])) == (1 / 3, False)
    assert (record_share([two, one]), is_record([two, one])) == (0.5, True)
    assert record_share([]) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"a=" + b" " * 65_000,
        b"a= b" * 16_000,
        b"a" * 65_536,
        b"a=&" * 20_000,
        b"a=" + b"," * 65_000,
        b"a=b, " * 13_000,
        b'a="' * 21_000,
        b'a="' + b"\\" * 65_000,
        b"a=" + b", " * 32_000,
        b"[" * 65_536,
        b"{" * 65_536,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"a":["}",' * 5_000 + b"1" + b"]}" * 5_000,
        b'{"' + b'\\"' * 30_000 + b"[" * 200,
        b'{"a": "\\ud800\xff"}',
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_hostile_bodies_are_read(body):
    """Long runs, many repeats and deep nesting neither fail nor hang."""
    assert b"_tmpl" in read(body)


@given(st.lists(st.binary(max_size=200) | st.text('ab=&;? \n{}":,1[]').map(str.encode), max_size=4))
def test_no_bytes_break_it(events):
    record = read(*events)
    assert all(isinstance(part, bytes) for pair in record.items() for part in pair)


@given(
    st.dictionaries(
        st.from_regex(r"\A[a-z]{1,5}\Z"), st.from_regex(r"\A[0-9a-z./+%-]{0,8}\Z"), min_size=1, max_size=6
    )
)
def test_what_is_written_is_read(fields):
    """Values without separators come back as they were, in either notation."""
    pairs = [f"{name}={value}".encode() for name, value in fields.items()]
    expected = {name.encode(): value.encode() for name, value in fields.items()}
    for separator in (b"&", b";", b" "):
        record = read(separator.join(pairs))
        del record[b"_tmpl"]
        assert record == expected
