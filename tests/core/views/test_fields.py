"""What the values of a record's fields cost."""

import naive_fields as naive
import numpy as np
import pytest
from record_samples import groups, record, units

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.field_bits import FieldBits
from driftlock_core.views.field_codes import FieldCodes
from driftlock_core.views.fields import Fields
from driftlock_core.views.nearest_records import NearestRecords
from driftlock_core.views.record_fields import RecordReader

every_seed = pytest.mark.parametrize("seed", [1, 2, 3])


def coding(sample: list[Unit]):
    records = RecordReader().read(sample)
    fields = FieldCodes(records)
    return records, fields, fields.encode(records)


def naive_bits(model, fields, rows, owners, seed_rows=None):
    """Bits of each baseline record given the others, or of other records given the whole baseline."""
    asked = rows if seed_rows is None else seed_rows
    table = []
    for place, codes in enumerate(asked):
        left_out = [o == owners[place] for o in owners] if seed_rows is None else [False] * len(rows)
        others = [row for row, out in zip(rows, left_out, strict=True) if not out]
        table.append([])
        for field, parent in enumerate(model.parents):
            own = sum(
                row[parent] == codes[parent]
                for row, out in zip(rows, left_out, strict=True)
                if out and parent is not None
            )
            table[-1].append(
                naive.value_bits(
                    others,
                    codes,
                    field,
                    parent,
                    fields.columns[field].numeric,
                    len(rows),
                    model.distinct[field],
                    own,
                )
            )
    return table


@every_seed
def test_leaving_out_is_counting_the_others(seed):
    """Bits, near5 and the four sums equal those counted by hand from the records of the other groups."""
    sample, owners = units(80, seed), groups(80, seed)
    records, fields, coded = coding(sample)
    model = FieldBits(fields, coded, owners)
    assert any(parent is not None for parent in model.parents)
    assert any(column.numeric for column in fields.columns)
    rows = coded.codes.tolist()
    bits = naive_bits(model, fields, rows, owners.tolist())
    np.testing.assert_allclose(model.inside(), bits, rtol=0, atol=1e-9)

    numeric = [column.numeric for column in fields.columns]
    columns = [list(column) for column in zip(*model.inside().tolist(), strict=True)]
    expected = []
    for place, codes in enumerate(rows):
        costs = model.inside()[place].tolist()
        over = [
            max(0.0, cost - np.mean(column)) / max(np.std(column), 0.5)
            for cost, column in zip(costs, columns, strict=True)
        ]
        ranks = [naive.inside_surprise(column, cost) for cost, column in zip(costs, columns, strict=True)]
        others = [row for row, owner in zip(rows, owners, strict=True) if owner != owners[place]]
        names = {
            name
            for other, owner in zip(records, owners, strict=True)
            if owner != owners[place]
            for name in other
        }
        near = naive.near5(others, codes, costs, numeric)
        expected.append(
            [sum(over), max(over), sum(ranks), max(ranks), near, len(records[place].keys() - names)]
        )
    np.testing.assert_allclose(Fields(sample, owners).inside(), expected, rtol=0, atol=1e-9)


@every_seed
def test_other_records_are_costed_by_the_whole_baseline(seed):
    sample, asked, owners = units(60, seed), units(30, seed + 100), own_groups(60)
    _, fields, coded = coding(sample)
    model = FieldBits(fields, coded, owners)
    codes = fields.encode(RecordReader().read(asked)).codes
    bits = naive_bits(model, fields, coded.codes.tolist(), owners.tolist(), codes.tolist())
    np.testing.assert_allclose(model.outside(codes), bits, rtol=0, atol=1e-9)
    near = NearestRecords(fields, coded.codes, owners).outside(codes, model.outside(codes))
    numeric = [column.numeric for column in fields.columns]
    by_hand = [
        naive.near5(coded.codes.tolist(), row, costs, numeric)
        for row, costs in zip(codes.tolist(), model.outside(codes).tolist(), strict=True)
    ]
    np.testing.assert_allclose(near, by_hand, rtol=0, atol=1e-9)


def test_a_value_nobody_else_has_costs_the_same_inside_and_outside():
    """Records with an id of their own: left out or scored, the id is new, and its bits are equal."""
    sample = [record(kind="ab"[n % 2], id=f"x{n}y") for n in range(40)]
    _, fields, coded = coding(sample)
    model = FieldBits(fields, coded, own_groups(40))
    asked = fields.encode(RecordReader().read([record(kind="a", id="unheard of")])).codes
    column = [column.name for column in fields.columns].index(b"id")
    assert set(model.inside()[:, column].tolist()) == set(model.outside(asked)[:, column].tolist())


def test_the_parent_is_the_field_that_foretells():
    """The city depends on the state and nothing else."""
    sample = [record(state="AB"[n % 2], city=f"{'AB'[n % 2]}{n // 2 % 3}", day=str(n % 7)) for n in range(84)]
    _, fields, coded = coding(sample)
    names = [column.name for column in fields.columns]
    model = FieldBits(fields, coded, own_groups(84))
    assert names[model.parents[names.index(b"city")]] == b"state"
    assert model.parents[names.index(b"day")] is None


def test_a_record_of_known_values_in_an_unknown_pairing_stands_out():
    """Both values are frequent; together they were never seen."""
    sample = [record(state="AB"[n % 2], city=f"{'AB'[n % 2]}{n // 2 % 3}") for n in range(60)]
    view = Fields(sample, own_groups(60))
    calm, odd = view.outside([record(state="A", city="A1"), record(state="A", city="B1")])
    assert (odd[:5] > calm[:5]).all()
    place = view.places(record(state="A", city="B1"))[0]
    assert place.what.startswith(
        ("field 'city' is 'B1' where 'state' is 'A'", "field 'state' is 'A' where 'city' is 'B1'")
    )
    assert place.what.endswith(" expected")


def test_unknown_names_are_counted_and_named():
    """Left out, a record's only-here field is unknown too."""
    sample = [record(a=str(n % 3), b="x") for n in range(30)]
    sample[7] = record(a="1", b="x", extra="1")
    view = Fields(sample, own_groups(30))
    assert view.inside()[:, 5].tolist() == [float(n == 7) for n in range(30)]
    asked = record(a="1", b="x", zzz="hello", extra="2")
    assert view.outside([asked])[0, 5] == 1
    assert "field 'zzz' is in no baseline record; it is 'hello'" in [
        place.what for place in view.places(asked)
    ]


def test_rare_fields_have_no_column_and_numbers_have_bins():
    """Fields in fewer than 2 % of records are left to fld.unk; ten different numbers make a numeric field."""
    sample = [record(a=f"{n % 10}.5", b="xy"[n % 2]) for n in range(100)] + [record(a="1", b="x", rare="1")]
    _, fields, _ = coding(sample)
    assert [(column.name, column.numeric) for column in fields.columns] == [
        (b"_tmpl", False),
        (b"a", True),
        (b"b", False),
    ]
