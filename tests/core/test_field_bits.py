"""Bits by field: every byte belongs to one field, and the bits add up."""

import json

import naive_second_looks as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import log
from verdict_example import text_of

from driftlock_core.baseline import dictionary
from driftlock_core.bytemap import byte_map
from driftlock_core.compressors import COMPRESSORS, compressor_named
from driftlock_core.field_bits import byte_bits, field_report
from driftlock_core.line_parts import LAST_WORD, LONGEST_PATH, line_parts
from driftlock_core.masking import Masker

every_compressor = pytest.mark.parametrize("name", COMPRESSORS)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters=".[]"), max_size=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def assert_covers(line):
    """Parts in order, no gap, no neighbours of one sort."""
    parts, _ = line_parts(line)
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])][: len(parts)]
    assert (parts[-1].stop if parts else 0) == len(line)
    assert all(part.start < part.stop for part in parts)


@given(st.binary(max_size=80) | st.text(alphabet='{}[]",:\\ab 1<>=', max_size=40).map(str.encode))
def test_any_bytes_are_covered_without_a_gap(line):
    """Also where they only look like JSON."""
    assert_covers(line)


@given(st.dictionaries(names, json_values, max_size=5))
def test_json_is_read_as_walking_it_letter_by_letter_reads_it(event):
    """Keys and values have the paths a slow walk gives them."""
    line = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    assert_covers(line)
    parts, shape = line_parts(line)
    assert shape == "json"
    slow = {
        byte: (path[:LONGEST_PATH], role)
        for start, stop, path, role in naive.json_spans(line)
        for byte in range(start, stop)
    }
    attributes = any("[" in part.path.replace("[]", "") for part in parts)
    if attributes or any(len(path) >= LONGEST_PATH for path, _ in slow.values()):
        return  # OTLP attributes and cut paths have rules of their own
    fast = {
        byte: (part.path, part.role)
        for part in parts
        if part.role != "punctuation"
        for byte in range(part.start, part.stop)
    }
    assert fast == slow


def test_an_otlp_attribute_is_called_by_its_name():
    """Both ends, name and typed value, are one field."""
    line = b'{"attributes":[{"key":"http.route","value":{"stringValue":"/pay"}},{"key":"n","value":{"intValue":<N2>}}]}'
    parts, _ = line_parts(line)
    values = {part.path: line[part.start : part.stop] for part in parts if part.role == "value"}
    assert values == {"attributes[http.route]": b'"/pay"', "attributes[n]": b"<N2>"}
    assert {part.path for part in parts if part.role == "key"} == {"attributes", *values}


def test_plain_text_is_read_by_place_and_by_name():
    """A pair by its name; whatever lies far behind shares one place."""
    parts, shape = line_parts(b"GET /a took=<N2>ms " + b"x " * 30)
    assert shape == "text"
    found = [part.path for part in parts if part.role != "punctuation"]
    assert found[:4] == ["word 1", "word 2", "took", "took"]
    assert found[-1] == f"word {LAST_WORD} and on"


@every_compressor
@given(
    window=st.lists(st.sampled_from([b"GET /cart ok", b"a b c", b"disk full", b""]), min_size=1, max_size=6),
    baseline=st.lists(st.sampled_from([b"GET /cart ok", b"user gone", b"disk ok"]), max_size=6),
)
def test_prices_are_those_of_the_runs(name, window, baseline):
    """Summed over a run they are its price, all runs together the whole."""
    known = len(dictionary(baseline, compressor_named(name).reach))
    if known == 0:
        baseline, known = [b"x"], 2
    parsed = byte_map(window, baseline, name)
    bits = byte_bits(parsed, known)
    assert len(bits) == len(text_of(window))
    for run in parsed.runs:
        expected = naive.price(run.kind, run.start, run.stop, known)
        assert bits[run.start : run.stop].sum() == pytest.approx(expected)


@every_compressor
@pytest.mark.parametrize("kind", ["access", "nested_json", "otlp"])
def test_fields_and_overhead_add_up_to_the_total(name, kind):
    """In the window and in the baseline's windows; the overhead is what the coder says, not a rest made up."""
    events = Masker().canonical(log(kind, 200, seed=5))
    baseline, window = events[:160], [*events[160:190], *[b"panic: disk 0xdead full on volume"] * 10]
    compressor = compressor_named(name)
    digest = compressor.digest(dictionary(baseline, compressor.reach))
    size = sum(digest.cost(text_of(window[at : at + 10])) for at in range(0, 40, 10))
    report = field_report(window, baseline, compressor, size=size, hop=10)
    assert report.total == 8 * size
    assert sum(field.bits for field in report.fields) + report.overhead == pytest.approx(
        report.total, abs=1e-6
    )
    assert sum(field.usual_bits for field in report.fields) + report.usual_overhead == pytest.approx(
        report.usual_total, abs=1e-6
    )
    for field in report.fields:
        assert sum(field.by_event) == pytest.approx(field.bits)
        assert len(field.by_event) == len(window)
    priced = 0.0
    known = len(dictionary(baseline, compressor.reach))
    for at in range(0, 40, 10):
        for run in byte_map(window[at : at + 10], baseline, name).runs:
            priced += naive.price(run.kind, run.start, run.stop, known)
    assert report.overhead == pytest.approx(8 * size - priced)


def test_a_changed_value_is_the_field_that_grew():
    """The others stay as they were."""
    usual = [b'{"status":"ok","user":"u%d"}' % (at % 7) for at in range(80)]
    window = [b'{"status":"certificate expired %d","user":"u%d"}' % (at % 3, at % 7) for at in range(10)]
    compressor = compressor_named("zstd")
    report = field_report(window, usual, compressor, size=100, hop=5)
    assert (report.fields[0].path, report.fields[0].role) == ("status", "value")
    assert report.shapes == ("json",)


def test_a_field_that_is_gone_has_no_bits_and_fewer_than_usual():
    """It is listed, at the end."""
    usual = [b'{"a":"%d","b":"x%d"}' % (at * 7919 % 64, at * 31 % 50) for at in range(80)]
    report = field_report([b'{"a":"1"}'] * 10, usual, compressor_named("zstd"), size=50, hop=5)
    gone = next(field for field in report.fields if (field.path, field.role) == ("b", "value"))
    assert gone.bits == 0
    assert gone.more < 0


def test_a_baseline_shorter_than_two_windows_is_refused():
    """There would be no other window to compare with."""
    with pytest.raises(ValueError, match="shorter than two windows"):
        field_report([b"a"] * 10, [b"a"] * 19, compressor_named("zstd"), size=1, hop=5)
