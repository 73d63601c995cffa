"""How extreme the numbers of a record are."""

import naive_fields as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import groups, record, units

from driftlock_core.views.contract import own_groups
from driftlock_core.views.field_bits import FieldBits
from driftlock_core.views.field_codes import FieldCodes, number_of
from driftlock_core.views.field_numbers import FieldNumbers
from driftlock_core.views.number_tails import NumberTails
from driftlock_core.views.record_fields import RecordReader


def spread(values):
    ten, ninety = np.quantile(values, (0.1, 0.9))
    return max((ninety - ten) / 2, 0.25)


@given(
    st.lists(
        st.tuples(st.integers(-30, 30).map(lambda v: v / 8), st.integers(0, 8)), min_size=1, max_size=25
    ),
    st.integers(-50, 50),
)
def test_tails_are_counted_among_the_others(baseline, asked):
    """A number's own group takes no part in lo, hi and the range."""
    values, owners = np.array([v for v, _ in baseline]), np.array([g for _, g in baseline])
    tails = NumberTails(values, owners)
    size, width = len(values), spread(values)
    by_hand = [
        naive.tail([v for v, g in baseline if g != owner], value, size, width) for value, owner in baseline
    ]
    np.testing.assert_allclose(tails.inside(values, owners), by_hand, rtol=0, atol=1e-9)
    outside = naive.tail(values.tolist(), asked / 8, size, width)
    np.testing.assert_allclose(tails.outside(np.array([asked / 8])), [outside], rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_leaving_out_is_counting_the_others(seed):
    """Sum and largest tail under the parent and sum in the whole field, by hand among the other groups."""
    sample, owners = units(150, seed), groups(150, seed)
    records = RecordReader().read(sample)
    fields = FieldCodes(records)
    coded = fields.encode(records)
    parents = FieldBits(fields, coded, owners, categorical_parents=True).parents
    expected = np.zeros((150, 3))
    under_parent = 0
    for field, column in enumerate(fields.columns):
        if not column.numeric:
            assert parents[field] is None
            continue
        for place in np.flatnonzero(~np.isnan(coded.axis[:, field])):
            value, parent = coded.axis[place, field], parents[field]
            there = [row for row in range(150) if not np.isnan(coded.axis[row, field])]
            alike = [row for row in there if coded.codes[row, parent] == coded.codes[place, parent]]
            pool = alike if parent is not None and len(alike) >= 8 else there
            under_parent += pool is alike
            others = [coded.axis[row, field] for row in pool if owners[row] != owners[place]]
            bits = naive.tail(others, value, len(pool), spread(coded.axis[pool, field]))
            others = [coded.axis[row, field] for row in there if owners[row] != owners[place]]
            whole = naive.tail(others, value, len(there), spread(coded.axis[there, field]))
            expected[place] += bits, 0, whole
            expected[place, 1] = max(expected[place, 1], bits)
    assert under_parent > 50
    np.testing.assert_allclose(FieldNumbers(sample, owners).inside(), expected, rtol=0, atol=1e-9)


def test_a_number_is_judged_among_those_of_its_kind():
    """900 for a flight is ordinary, for a coffee it is not, though the field has seen larger numbers."""
    sample = [record(kind="flight", amount=str(700 + 10 * n)) for n in range(40)]
    sample += [record(kind="coffee", amount=f"{2 + n / 10}") for n in range(40)]
    view = FieldNumbers(sample, own_groups(80))
    flight, coffee = view.outside([record(kind="flight", amount="900"), record(kind="coffee", amount="900")])
    assert flight[0] < 2
    assert coffee[0] > 8
    place = view.places(record(kind="coffee", amount="900"))[0]
    assert place.what.startswith("field 'amount' is '900', far out among 40 where 'kind' is 'coffee': ")


def test_both_ends_are_far_out():
    """Too small is as surprising as too large."""
    view = FieldNumbers([record(a=str(100 + 37 * n % 50), b="x") for n in range(50)], own_groups(50))
    low, middle, high = view.outside([record(a=value, b="x") for value in ("1", "125", "9999")])[:, 0]
    assert middle == 0
    assert low > 5
    assert high > 5


@pytest.mark.parametrize(
    ("value", "number"),
    [(b"12", 12.0), (b"-.5", -0.5), (b"1e3", 1000.0), (b"+7.", 7.0), (b"0", 0.0), (b"1" * 40, 1.0)],
)
def test_numbers_are_read(value, number):
    assert number_of(value) == pytest.approx(number if number != 1.0 else float(value))


@pytest.mark.parametrize(
    "value", [None, b"", b"nan", b"inf", b"1_000", b"1,5", b"0x1f", b" 1", b"1e999", b"1" * 41]
)
def test_what_is_no_number_is_none(value):
    assert np.isnan(number_of(value))


def test_numbers_without_end_stay_finite():
    """Magnitudes at both ends of what can be written."""
    sample = [record(a=f"{1 + n}e{(-1) ** n * 7 * n}", b="x") for n in range(40)]
    view = FieldNumbers(sample, own_groups(40))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([record(a="1e300", b="x"), record(a="-1e300", b="x")])).all()
