"""How values are written."""

import math

import naive_fields as naive
import numpy as np
import pytest
from record_samples import groups, record, units

from driftlock_core.views.contract import own_groups
from driftlock_core.views.field_codes import FieldCodes, number_of
from driftlock_core.views.field_strings import FieldStrings, shape_of
from driftlock_core.views.record_fields import RecordReader

every_seed = pytest.mark.parametrize("seed", [1, 2, 3])


def alphabet(texts):
    return len({symbol for text in texts for symbol in text}) + 2  # the end, and one to come


def written(record, names, numeric):
    """Values as they are read: of the numbers of numeric fields the notation."""
    read = {name: record[name] for name in names if name in record}
    return {
        name: shape_of(value) if name in numeric and not math.isnan(number_of(value)) else value
        for name, value in read.items()
    }


def measures(others, text, letters, shapes):
    """The four measures of a value given the other values of its field."""
    full, plain = naive.character_bits(others, text, letters)
    shape, _ = naive.character_bits([*map(shape_of, others)], shape_of(text), shapes)
    return sum(full) / len(full), max(plain, default=0.0), sum(shape), math.log2(1 + len(text))


def naive_rows(table, strangers, surprise):
    """Largest and sum over the fields of each measure's surprise."""
    rows = []
    for held, unknown in zip(table, strangers, strict=True):
        row = []
        for number in range(4):
            found = [surprise(name, number, value[number]) for name, value in held.items()] + [3.0] * unknown
            row += [max(found, default=0.0), sum(found)]
        rows.append(row)
    return rows


def ranked(table, rule):
    columns = {}
    for held in table:
        for name, value in held.items():
            columns.setdefault(name, []).append(value)
    columns = {name: [*zip(*values, strict=True)] for name, values in columns.items()}

    def surprise(name, number, value):
        column = columns.get(name, [()] * 4)[number]
        return rule(column, value) if len(column) >= 8 else 3.0

    return surprise


@every_seed
def test_leaving_out_is_counting_the_others(seed):
    """All eight statistics equal those from texts of the other groups, counted one character at a time."""
    sample, owners, asked = units(60, seed), groups(60, seed), units(25, seed + 100)
    records = RecordReader().read(sample)
    names = [column.name for column in FieldCodes(records).columns]
    numeric = {column.name for column in FieldCodes(records).columns if column.numeric}
    held = [written(record, names, numeric) for record in records]
    texts = [value for values in held for value in values.values()]
    letters, shapes = alphabet(texts), alphabet([*map(shape_of, texts)])
    table = []
    for values, owner in zip(held, owners, strict=True):
        table.append({})
        for name, value in values.items():
            others = [o[name] for o, g in zip(held, owners, strict=True) if g != owner and name in o]
            table[-1][name] = measures(others, value, letters, shapes)
    strangers = [len(record) - len(values) for record, values in zip(records, held, strict=True)]
    view = FieldStrings(sample, owners)
    expected = naive_rows(table, strangers, ranked(table, naive.inside_surprise))
    np.testing.assert_allclose(view.inside(), expected, rtol=0, atol=1e-9)

    outside, unknown = [], []
    for other in RecordReader().read(asked):
        values = written(other, names, numeric)
        outside.append(
            {
                name: measures([o[name] for o in held if name in o], value, letters, shapes)
                for name, value in values.items()
            }
        )
        unknown.append(len(other) - len(values))
    expected = naive_rows(outside, unknown, ranked(table, naive.outside_surprise))
    np.testing.assert_allclose(view.outside(asked), expected, rtol=0, atol=1e-9)


def test_shapes():
    """Letters, digits and spaces in runs become one; other bytes stay as often as they stand."""
    assert shape_of(b"Calle  12 +--x9Y\xff\xff") == b"a 0 +--a0a\xff\xff"


def test_a_new_value_written_as_usual_is_calm_and_an_odd_one_is_not():
    """A phone number never seen is ordinary; a piece of SQL in its place is not."""
    sample = [record(phone=f"{600 + n}-{1000 + 37 * n % 9000}", ok="yes") for n in range(60)]
    view = FieldStrings(sample, own_groups(60))
    asked = [record(phone="633-4711", ok="yes"), record(phone="' or 1='1", ok="yes")]
    calm, odd = view.outside(asked)
    assert (odd[:8] > calm[:8]).all()
    place = view.places(asked[1])[0]
    assert "of field 'phone', which is '' or 1='1'" in place.what
    assert place.bits >= math.log2(61)


def test_a_value_all_records_share_is_no_surprise():
    """One record more in the counts moves its bits a trifle; that must not rank above the whole baseline."""
    sample = [record(path="/srv/app/Zq%7", id=str(n % 3)) for n in range(200)]
    view = FieldStrings(sample, own_groups(200))
    row = view.outside([record(path="/srv/app/Zq%7", id="1")])[0]
    assert row[::2].tolist() == [0.0] * 4


def test_unknown_fields_cost_three_bits_each():
    view = FieldStrings([record(a="x", b="y") for _ in range(30)], own_groups(30))
    known, unknown = view.outside([record(a="x", b="y"), record(a="x", b="y", c="1", d="2")])
    template = view.outside([record(a="x", b="y", c="1")])[0] - view.outside([record(a="x", b="y")])[0]
    assert known[1::2].tolist() == [0.0] * 4
    assert (unknown[1::2] >= 6).all()
    assert (template[1::2] >= 3).all()
