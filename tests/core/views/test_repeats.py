from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.views.repeats import dearest_repeats


def slow(symbols, bits):
    best = 0.0
    for start in range(len(symbols)):
        for size in range(1, (len(symbols) - start) // 2 + 1):
            end = start + size
            while end < len(symbols) and symbols[end] == symbols[end - size]:
                end += 1
            if end >= start + 2 * size:
                best = max(best, sum(bits[start + size : end]))
    return best


def found(sequences, bits):
    borders = np.cumsum([0, *map(len, sequences)])
    flat = np.array([symbol for sequence in sequences for symbol in sequence], dtype=np.int64)
    return dearest_repeats(
        flat, borders, np.array([cost for each in bits for cost in each], dtype=np.float64)
    )


@given(
    st.lists(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 9)), max_size=14), min_size=1, max_size=4)
)
def test_nothing_is_taken_for_a_repetition_that_is_none(drawn):
    """Never more than the dearest of all pieces at all places."""
    sequences = [[symbol for symbol, _ in each] for each in drawn]
    bits = [[cost for _, cost in each] for each in drawn]
    ours, all_pieces = found(sequences, bits), np.array([*map(slow, sequences, bits)])
    assert (ours <= all_pieces + 1e-5).all()


def test_all_short_sequences_of_two_symbols():
    """The dearest is found in each, though they lie end to end and neighbours would go on alike."""
    sequences = [[*each] for each in product(range(2), repeat=10)]
    bits = [[7, 1, 5, 3, 2, 8, 4, 6, 9, 5]] * len(sequences)
    np.testing.assert_allclose(found(sequences, bits), [*map(slow, sequences, bits)], atol=1e-5)


def test_company_does_not_matter_to_the_last_bit():
    rng = np.random.default_rng(7)
    sequences = [rng.integers(0, 3, size).tolist() for size in (400, 1, 0, 300)]
    bits = [(rng.random(len(each)) * 1e3).tolist() for each in sequences]
    together = found(sequences, bits)
    alone = [found([each], [its])[0] for each, its in zip(sequences, bits, strict=True)]
    assert together.tolist() == alone


def test_one_symbol_a_hundred_thousand_times():
    assert found([[5] * 100_000], [[1.0] * 100_000]).tolist() == [99_999.0]
