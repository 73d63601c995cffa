"""Times, counters and values that differ in their digits only: what of them is compared."""

import naive_fields as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import record

from driftlock_core.views.contract import own_groups
from driftlock_core.views.field_bits import FieldBits
from driftlock_core.views.field_codes import FieldCodes
from driftlock_core.views.field_strings import FieldStrings
from driftlock_core.views.field_times import grows, hour_of
from driftlock_core.views.fields import Fields
from driftlock_core.views.record_fields import RecordReader


def column(sample, name):
    return next(one for one in FieldCodes(RecordReader().read(sample)).columns if one.name == name)


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        (b"2026-03-01T07:30:00.123456+02:00", b"07"),
        (b"2026-03-01 07:30:00,123", b"07"),
        (b"2026/03/01 7:30:00", b"07"),
        (b"01/Mar/2026:23:59:59 +0000", b"23"),
        (b"Sun, 01 Mar 2026 00:00:00 GMT", b"00"),
        (b"Mar  1 17:02:03", b"17"),
        (b"17:02", b"17"),
        (b"2026-03-01", b""),
        (b"", None),
        (b"1772350200", None),
        (b"10.0.0.1", None),
        (b"24:00:00", None),
        (b"00:1a:2b:3c:4d:5e", None),
        (b"monday", None),
        (b"/v1/2026-03-01/items", None),
    ],
)
def test_times_are_told_by_their_form(value, hour):
    assert hour_of(value) == hour


@given(st.binary(max_size=60) | st.text("0123456789:-T. ZMar/", max_size=60).map(str.encode))
def test_no_bytes_break_it(value):
    hour = hour_of(value)
    assert hour is None or hour == b"" or 0 <= int(hour) < 24


def test_growing_is_a_matter_of_order():
    """Rising or falling, with hesitations; not the same numbers shuffled, not a constant, not two values."""
    rising = [10 * n + n * 37 % 15 for n in range(40)]
    assert grows(rising)
    assert grows(rising[::-1])
    assert not grows([rising[n * 7 % 40] for n in range(40)])
    assert not grows([5.0] * 40)
    assert not grows([1.0, 2.0])


def test_a_growing_field_is_a_counter_and_a_growing_time_tells_the_hour():
    sample = [record(seq=str(900 + n), at=str(1_772_323_200 + 977 * n), kind="ab"[n % 2]) for n in range(40)]
    assert column(sample, b"seq").counter
    assert column(sample, b"at").part == 1
    assert column(sample, b"at").told(b"1772350200") == b"07"
    view = Fields(sample, own_groups(40))
    now, later = view.outside(
        [
            record(seq=str(seq), at=str(1_772_323_200 + 86_400 * day), kind="a")
            for seq, day in ((941, 0), (9**9, 99))
        ]
    )
    assert now.tolist() == later.tolist()


def test_the_hour_is_context_and_never_odd_by_itself():
    """Backups run at night, orders come by day. An hour never seen is no news; an order at night is."""
    hours = [2, 3, *range(9, 18)]
    sample = [
        record(
            at=f"2026-03-{1 + n // 11:02}T{hours[n % 11]:02}:00:00Z",
            job="backup" if hours[n % 11] < 9 else "order",
        )
        for n in range(220)
    ]
    assert column(sample, b"at").context
    view = Fields(sample, own_groups(220))
    by_day, unheard, by_night = view.outside(
        [record(at=f"2027-01-01T{hour:02}:07:11Z", job="order") for hour in (12, 20, 3)]
    )
    assert (unheard <= by_day + 1e-9).all()
    assert by_night[0] > by_day[0] + 3
    assert "where 'job' is 'order'" in " ".join(
        place.what for place in view.places(record(at="2027-01-01T03:07:11Z", job="order"))
    )


def test_bits_of_the_hour_by_hand():
    """What the hour costs given the job beyond what it costs alone; 0 where that is less, or no other has it."""
    sample = [record(at=f"0{n % 3 + n % 2}:10:00", job="ab"[n % 2]) for n in range(60)]
    fields = FieldCodes(RecordReader().read(sample))
    coded = fields.encode(RecordReader().read(sample))
    model = FieldBits(fields, coded, own_groups(60))
    field = next(number for number, one in enumerate(fields.columns) if one.name == b"at")
    parent, rows = model.parents[field], coded.codes.tolist()
    assert parent is not None
    expected = []
    for place, codes in enumerate(rows):
        others = rows[:place] + rows[place + 1 :]
        given, alone = (
            naive.value_bits(others, codes, field, above, False, 60, model.distinct[field], 1)
            for above in (parent, None)
        )
        expected.append(max(0.0, given - alone) if any(one[field] == codes[field] for one in others) else 0.0)
    np.testing.assert_allclose(model.inside()[:, field], expected, rtol=0, atol=1e-9)


def test_numbers_with_gaps_stay_numbers():
    """A null, a dash or nothing at all in every other record does not make a price a word."""
    sample = [record(a=f"{37 * n % 50}.5" if n % 2 else ("null", "-", "")[n % 3], b="x") for n in range(60)]
    assert column(sample, b"a").numeric


def test_paths_that_differ_in_their_digits_are_one_value():
    """Of 100 values of /items/<n> and /orders/<n> two are left; of 100 words none are put together."""
    sample = [record(path=f"/{'items' if n % 2 else 'orders'}/{n}", word="ab" * (1 + n)) for n in range(100)]
    assert [column(sample, name).digits_alike for name in (b"path", b"word")] == [True, False]
    assert [*column(sample, b"path").index] == [b"/orders/0", b"/items/0"]


def test_of_numbers_and_times_the_notation_is_read():
    """Larger and later is no other way of writing; a comma for the point is."""
    sample = [
        record(at=f"2026-03-01T10:{n:02}:00Z", price=f"{37 * n % 60}.{n:02}", item="ab"[n % 2])
        for n in range(60)
    ]
    view = FieldStrings(sample, own_groups(60))
    calm, odd = view.outside(
        [record(at="2029-12-31T23:59:59Z", price=price, item="a") for price in ("99999.99", "12,99")]
    )
    assert calm.tolist() == [0.0] * 8
    assert odd[0] > 5
