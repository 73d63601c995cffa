import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.masking import Masker
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.numbers_in_templates import ValuesView, numbers_of

MASKER = Masker()


def unit(*events):
    return Unit(events, tuple(MASKER.canonical(events)))


def took(*values):
    return unit(*(b"took %d ms" % value for value in values))


def slow_bits(others, value):
    """Rank tail and excess by their definition, on asinh."""
    y, known = math.asinh(value), [math.asinh(other) for other in others]
    low, high = sum(k <= y for k in known), sum(k >= y for k in known)
    tail = -math.log2(min(1, 2 * (min(low, high) + 1) / (len(known) + 1)))
    excess = max(0.0, y - max(known), min(known) - y)
    return tail + 2 * math.log2(1 + excess / max(float(np.std(known)), 0.25))


def slow_row(others, values):
    bits = [slow_bits(others, value) for value in values] if len(others) >= 8 else []
    return [np.mean(bits), max(bits)] if bits else [0, 0]


numbers = st.lists(st.integers(0, 2000), max_size=5)


@given(
    baseline=st.lists(numbers, min_size=1, max_size=8),
    groups=st.lists(st.integers(0, 4), min_size=8, max_size=8),
    asked=numbers,
)
def test_both_statistics_agree_with_their_definition(baseline, groups, asked):
    groups = np.array(groups[: len(baseline)])
    view = ValuesView([took(*values) for values in baseline], groups)
    for at, values in enumerate(baseline):
        others = [v for own, group in zip(baseline, groups, strict=True) if group != groups[at] for v in own]
        np.testing.assert_allclose(view.inside()[at], slow_row(others, values), atol=1e-8)
    everything = [v for own in baseline for v in own]
    np.testing.assert_allclose(view.outside([took(*asked)])[0], slow_row(everything, asked), atol=1e-8)


def test_a_number_a_hundred_times_as_large_stands_out():
    """Also though masking gives it another width and so another canonical line."""
    view = ValuesView([took(n, n + 5) for n in range(20, 60)], own_groups(40))
    ordinary, large = view.outside([took(30, 40), took(30, 4000)])
    assert ordinary[1] < 3
    assert large[1] > 10


@pytest.mark.parametrize(
    ("event", "values"),
    [
        (b"2026-03-02T10:11:12Z took 12.5 ms, delta -3", [12.5, -3]),
        (b"10.0.0.1 sent 40 of 41 to node-7", [40, 41, 7]),
        (b'{"z": 1, "a": 2.5, "id": "x9"}', [1, 2.5]),
        (b"no numbers here", []),
        (b"1 2 3 4 5 6 7 8", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_numbers_are_those_masking_calls_numbers(event, values):
    """Times and addresses are none. JSON, whose keys masking sorts, gives its free-standing ones."""
    assert [value for _, _, value in numbers_of(unit(event), {})] == values


def test_company_and_emptiness_change_nothing():
    view = ValuesView([took(*range(n)) for n in range(9)], own_groups(9))
    asked = [took(3, 900), took(), unit(b"other 7"), took(1)]
    together = view.outside(asked)
    np.testing.assert_array_equal(together, np.concatenate([view.outside([one]) for one in asked]))
    assert together[1:3].tolist() == [[0, 0], [0, 0]]
    assert view.outside([]).shape == (0, 2)
    assert ValuesView([], own_groups(0)).inside().shape == (0, 2)
    assert ValuesView([took()], own_groups(1)).outside([took(1)]).tolist() == [[0, 0]]


def test_places_name_the_number_and_its_range():
    view = ValuesView([took(n) for n in range(20, 60)], own_groups(40))
    (place,) = view.places(unit(b"started", b"took 9000 ms"))
    assert place.event == 1
    assert place.what == "number 1 is 9000; in the baseline it lies between 20 and 59"


@given(
    events=st.lists(st.binary(max_size=40) | st.from_regex(rb"\A-?[0-9]{1,400}\.?[0-9]* <N1>\Z"), max_size=6)
)
def test_no_bytes_break_it(events):
    odd = unit(*events)
    view = ValuesView([odd] * 9, own_groups(9))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([odd, took(1)])).all()


def test_long_runs_of_digits():
    """64 KiB without a free-standing number in it, in a line that falls back to free-standing ones."""
    digits = Unit((b"{" + b"1" * 65_000, b"{" + b"1." * 32_000), (b"[<N1>", b"[<N1>"))
    assert numbers_of(digits, {}) == []


@given(
    parts=st.lists(st.sampled_from([b"a", b" ", b"=", b".", b"-", b"x9"]), min_size=1, max_size=4),
    raws=st.lists(st.binary(max_size=6).map(lambda noise: noise + b" 7a-3.5=" + noise), max_size=4),
    values=st.lists(st.integers(-99, 99), min_size=4, max_size=4),
)
def test_a_line_met_often_is_read_as_before(parts, raws, values):
    """From the fiftieth time on lines are read by an expression; it finds the same numbers in all of them."""
    template = b"<N>".join([*parts, b"<HEX>", b"end"])
    fitting = b"".join(part + b"%d" % value for part, value in zip(parts, values, strict=False))
    for raw in [*raws, fitting + b"deadbeef1end", fitting]:
        shapes = {}
        line = Unit((raw,), (template,))
        answers = [numbers_of(line, shapes) for _ in range(60)]
        assert all(answer == answers[0] for answer in answers)
