from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.masking import Masker
from driftlock_core.views.contract import Unit
from driftlock_core.views.line_templates import Templates, template_of


@given(low=st.integers(-(10**9), 10**9), high=st.integers(-(10**9), 10**9), decimals=st.booleans())
def test_the_size_of_a_number_makes_no_other_template(low, high, decimals):
    """Whatever its width, sign or decimals."""
    one, other = (b"took %d ms" % value for value in (low, high))
    other = other.replace(b" ms", b".25 ms") if decimals else other
    first, second = map(template_of, Masker().canonical([one, other]))
    assert first == second


@given(
    baseline=st.lists(st.lists(st.sampled_from([b"a", b"b <N1>", b"b <N2>", b"c"])), max_size=4),
    asked=st.lists(st.lists(st.sampled_from([b"a", b"b <N3>", b"x", b"y <N1>", b"y <N2>"])), max_size=4),
)
def test_equal_templates_have_equal_numbers_and_new_ones_are_negative(baseline, asked):
    known = Templates(Unit(tuple(lines), tuple(lines)) for lines in baseline)
    held = {template_of(line) for lines in baseline for line in lines}
    for lines, numbers in zip(asked, known.of(Unit(tuple(a), tuple(a)) for a in asked), strict=True):
        named = {template_of(line): number for line, number in zip(lines, numbers, strict=True)}
        assert [named[template_of(line)] for line in lines] == numbers
        assert len(set(named.values())) == len(named)
        assert all((number >= 2) == (template in held) for template, number in named.items())
        assert sorted(number for number in named.values() if number < 0) == [
            *range(-sum(number < 0 for number in named.values()), 0)
        ]


def test_scoring_teaches_no_template():
    known = Templates([Unit((b"a",), (b"a",))])
    strange = Unit((b"x", b"a", b"x"), (b"x", b"a", b"x"))
    assert known.of([strange, strange]) == known.of([strange]) * 2 == [[-1, 2, -1]] * 2
    assert known.framed([strange]) == [[0, -1, 2, -1, 1]]
