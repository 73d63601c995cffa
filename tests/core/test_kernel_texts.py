"""Views of long texts: the kernel gives what Python gives, and reads nothing that does not fit."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_paths import both, needs_kernel

from driftlock_core import kernel
from driftlock_core.views.character_model import CharacterModel
from driftlock_core.views.characters import CharactersView
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.key_table import KeyTable
from driftlock_core.views.near_text import MOST_GRAMS, NearTextView, grams_of
from driftlock_core.views.stretches import Stretches, borders_of
from driftlock_core.views.text_sets import REFERENCES, TextSets
from driftlock_core.views.vocabulary import Vocabulary
from driftlock_core.views.words import WordsView

texts = st.lists(st.binary(max_size=40) | st.text("ab ", max_size=40).map(str.encode), max_size=8)


def units(given_texts):
    return [Unit((text,), (text.lower(),)) for text in given_texts]


def measured(view, baseline, groups, asked):
    fitted = view(baseline, groups)
    return fitted.inside().tobytes(), fitted.outside(asked).tobytes()


@needs_kernel
@given(
    keys=st.sets(st.integers(0, 60) | st.integers(0, 2**62), max_size=50),
    others=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=9),
)
@settings(deadline=None)
def test_places_are_equal(keys, others):
    """In tables small and large, of keys that are there and numbers that are not."""
    held = np.array(sorted(keys), dtype=np.int64)
    wanted = np.array([*keys, *others], dtype=np.int64)
    both(lambda: KeyTable(held).find(wanted).tolist())


@needs_kernel
@given(given_texts=texts)
@settings(deadline=None)
def test_runs_of_bytes_are_equal(given_texts):
    """All of them, or a sample of the longer texts."""
    for most in (None, 1, 5, 30):

        def found(most=most):
            grams, shares = grams_of(given_texts, most=most)
            return grams.symbols.tolist(), grams.borders.tolist(), shares.tolist()

        both(found)


@needs_kernel
def test_runs_of_long_texts_are_equal():
    """100 kB of few letters, of all bytes, of one byte; more than are put in order one by one."""
    random = Random(3)
    long = [
        bytes(random.choices(b"ab 19", k=100_000)),
        random.randbytes(100_000),
        b"\xff" * 100_000,
        b"",
        b"ab",
    ]
    for most in (None, MOST_GRAMS):
        both(lambda most=most: [grams_of(long, most=most)[0].symbols.tobytes(), grams_of(long)[1].tolist()])


@needs_kernel
@given(baseline=texts, groups=st.lists(st.integers(-2, 3), min_size=8, max_size=8), asked=texts)
@settings(max_examples=60, deadline=None)
def test_distances_are_equal(baseline, groups, asked):
    """Groups of several, baselines of one text or none, texts without a word."""
    apart = np.array(groups[: len(baseline)], dtype=np.int64)
    both(lambda: measured(NearTextView, units(baseline), apart, units(asked)))


@needs_kernel
def test_distances_to_many_texts_are_equal():
    """More units than references, common words that are listed by who lacks them, a text of 100 kB."""
    random = Random(8)
    words = [bytes(random.choices(b"abcdef", k=3)) for _ in range(90)]
    known = [
        b"the " + b" ".join(random.choices(words[:60], k=random.randrange(9))) for _ in range(REFERENCES + 50)
    ]
    asked = [b" ".join(random.choices(words, k=30_000)), b"", *known[:9], b"the " * 200]
    both(lambda: measured(NearTextView, units(known), np.arange(len(known)) // 3, units(asked)))


@needs_kernel
@given(
    known=st.lists(st.lists(st.integers(0, 9) | st.integers(0, 2**50), max_size=20), max_size=5),
    asked=st.lists(st.lists(st.integers(-1, 12), max_size=20), max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_bits_in_context_are_equal(known, asked):
    """Symbols the baseline does not hold, contexts it never met, any orders asked for, empty sequences."""

    def laid(sequences):
        symbols = [symbol for sequence in sequences for symbol in sequence]
        return Stretches(np.array(symbols, dtype=np.int64), borders_of([*map(len, sequences)]))

    def bits(orders):
        model, _ = CharacterModel.fitted(laid(known), own_groups(len(known)), orders=orders, escapes=7)
        return [found.tobytes() for found in model.bits(laid([*asked, *known]), orders=orders)]

    for orders in ((0, 2, 4), (1,), (0,)):
        both(lambda orders=orders: bits(orders))


pieces = st.sampled_from(
    [
        *b"<< <n> <n12> <N7> <ip4> <nx3> <3> <n <n5 > > a Bc 77 . \t \x1e \xe3 \xe5\x80\xbf \xe9\xbf \xc3\xa4 \xff \x80".split(
            b" "
        ),
        b" ",
    ]
)


@needs_kernel
@given(
    known=st.lists(st.lists(pieces, max_size=9).map(b"".join), max_size=4), asked=texts, more=st.lists(pieces)
)
@settings(deadline=None)
def test_words_are_equal(known, asked, more):
    """Masks whole and cut off, scripts without spaces whole and cut off, capitals; all words, or the different ones."""

    def found():
        vocabulary = Vocabulary(known)
        read = [
            vocabulary.numbers([*asked, *known, b"".join(more)]),
            vocabulary.different([*asked, b"".join(more)]),
        ]
        return [part.tolist() for one in read for part in (one.symbols, one.borders)]

    both(found)


@needs_kernel
def test_words_of_long_texts_are_equal():
    """100 kB of words known and unknown, each text's own unknown ones counted anew."""
    random = Random(4)
    long = [
        b" ".join(b"%d%c" % (random.randrange(5000), random.randrange(256)) for _ in range(20_000))
        for _ in "ab"
    ]
    both(lambda: [Vocabulary([long[0][:9000]]).different([*long, b"", long[0]]).symbols.tobytes()])


@needs_kernel
@pytest.mark.parametrize("view", [CharactersView, WordsView, NearTextView])
@given(baseline=texts, asked=texts)
@settings(max_examples=40, deadline=None)
def test_views_of_any_texts_are_equal(view, baseline, asked):
    """Bytes that are no UTF-8 among them."""
    both(lambda: measured(view, units(baseline), own_groups(len(baseline)), units(asked)))


@needs_kernel
def test_arrays_that_do_not_fit_are_refused():
    """Of another type, too short, out of order, or naming what is not there."""
    keys, slots, wanted, room = (
        np.array([3]),
        np.array([-1, -1, -1, 0, -1], dtype=np.int32),
        np.arange(5),
        np.zeros(5, int),
    )
    kernel.find(keys, slots, 0, wanted, room)
    assert room.tolist() == [-1, -1, -1, 0, -1]
    kernel.find(keys, slots + 7, 0, wanted, room)  # beyond the keys
    assert room.tolist() == [-1] * 5
    kernel.find(keys, np.zeros(4, dtype=np.int32), 62, wanted, room)  # no end to the search
    assert room.tolist() == [-1, -1, -1, 0, -1]
    for wrong in (
        (keys, slots, 60, wanted, room),
        (keys, slots, 0, wanted, room[:4]),
        (keys, slots[:0], 0, wanted, room),
        (keys, slots.astype(np.int64), 0, wanted, room),
        (keys, slots, 0, wanted[::2], room[:3]),
        (keys, slots, 0, wanted, room.reshape(1, 5)),
    ):
        with pytest.raises((ValueError, BufferError), match=r"fit together|contiguous"):
            kernel.find(*wrong)
    for wrong in ((np.arange(4), np.zeros(4, dtype=np.int32), 62), (keys, slots, 62), (keys, slots, 0)):
        with pytest.raises(ValueError, match="fit together"):
            kernel.seat(*wrong)
    borders, limits, found, counts = np.array([0, 2, 5]), np.ones(2), np.zeros(10, int), np.zeros(2, int)
    kernel.grams(b"abcde", borders, limits, found, counts)
    for wrong in (
        (b"abcd", borders, limits, found, counts),
        (b"abcde", borders[::-1].copy(), limits, found, counts),
        (b"abcde", np.array([0, 6, 5]), limits, found, counts),
        (b"abcde", borders, limits[:1], found, counts),
        (b"abcde", borders, limits, found[:9], counts),
        (b"abcde", borders, limits, found, counts[:1]),
    ):
        with pytest.raises(ValueError, match="fit together"):
            kernel.grams(*wrong)
    with pytest.raises(BufferError):
        kernel.grams(b"abcde", borders, limits, bytes(80), counts)


@needs_kernel
def test_words_that_do_not_fit_are_refused():
    """Room for fewer words than there may be, borders beyond the texts, words that are no bytes."""
    known, borders, found, counts = (
        kernel.Vocabulary((b"a",)),
        np.array([0, 2, 3]),
        np.zeros(3, int),
        np.zeros(2, int),
    )
    assert known.read(b"b a", borders, True, found, counts) == 2
    for wrong in (
        (b"b a ", borders, True, found, counts),
        (b"b a", borders + 1, True, found, counts),
        (b"b a", borders, True, found[:2], counts),
        (b"b a", borders, True, found, counts[:1]),
        (b"b a", borders, True, found.astype(np.int32), counts),
    ):
        with pytest.raises(ValueError, match="fit together"):
            known.read(*wrong)
    for words in (("a",), [b"a"], (b"a", None)):
        with pytest.raises(TypeError):
            kernel.Vocabulary(words)


@needs_kernel
def test_orders_that_do_not_fit_are_refused():
    """Chances and escapes for fewer grams than there are, room for another text, symbols beyond the alphabet."""
    table = KeyTable(np.arange(2)).parts
    chances, escapes, symbols, borders = np.ones(2), np.ones(1), np.array([0, 1, -1]), np.array([0, 1, 3])
    room = np.zeros(3)
    first, second = (*table, chances, escapes, None), (*table, chances, np.ones(2), room)
    kernel.contexts((first, second), 2, 0.5, symbols, borders)
    assert room.tolist() == [1, 1, 0.5]
    for orders, alphabet, asked, ends in (
        (((*table, chances[:1], escapes, None),), 2, symbols, borders),
        (((*table, chances, escapes[:0], None),), 2, symbols, borders),
        (((*table, chances, escapes, room[:2]),), 2, symbols, borders),
        ((first, (*table, chances, escapes, None)), 2, symbols, borders),
        (((*table[:2], 64, chances, escapes, None),), 2, symbols, borders),
        ((first,) * 17, 2, symbols, borders),
        ((first,), 1, symbols, borders),
        ((first,), 2**40, symbols, borders),
        ((first,), 2, symbols[:2], borders),
        ((first,), 2, symbols.astype(np.int32), borders),
    ):
        with pytest.raises(ValueError, match=r"fit together|more orders"):
            kernel.contexts(orders, alphabet, 0.5, asked, ends)
    for wrong in (1, first[:5]):
        with pytest.raises(TypeError):
            kernel.contexts((wrong,), 2, 0.5, symbols, borders)


@needs_kernel
def test_an_index_that_does_not_fit_is_refused():
    """Lists that reach beyond the entries, holders beyond the weights, tokens beyond the index."""
    sets = Stretches(np.array([1, 2, 2, 3]), borders_of([2, 2]))
    fitted = TextSets(sets, own_groups(2))
    index, places, borders, shares = fitted._index, np.array([0, -1]), np.array([0, 2]), np.ones(1)
    apart = np.zeros(1, int), np.array([0, 1]), np.array([0, 1, 1, 2]), np.array([0, 2, 4])
    rows = np.zeros(2)
    kernel.nearest(index, places, borders, shares, apart, rows)
    assert (rows > 0).all()

    def changed(parts, at, wrong):
        return (*parts[:at], wrong, *parts[at + 1 :])

    tokens, listed, marked, weights, sizes = index
    assert len(marked)  # some lists are rows

    def token(column, wrong):
        changed_tokens = tokens.reshape(-1, 4).copy()
        changed_tokens[:, column] = wrong
        return changed(index, 0, changed_tokens.reshape(-1))

    indices = [
        *(token(column, wrong) for column in range(4) for wrong in (-1, 99)),
        changed(index, 0, tokens[:-1]),
        changed(index, 0, tokens.astype(np.int64)),
        changed(index, 1, listed.astype(np.int64)),
        changed(index, 1, listed[:0]),
        changed(index, 2, marked[:1]),
        changed(index, 3, weights - 10**9),
        changed(index, 3, weights + 2**40),
        changed(index, 3, weights[:2]),
        changed(index, 4, sizes - 10**9),
        changed(index, 4, sizes + 2**60),
        changed(index, 4, sizes[:1]),
    ]
    calls = [(wrong, places, borders, shares, apart, rows) for wrong in indices]
    whole = index, places, borders, shares, apart, rows
    calls += [
        changed(whole, 1, places + 4),
        changed(whole, 2, borders + 1),
        changed(whole, 2, borders[:1]),
        changed(whole, 3, np.ones(2)),
        changed(whole, 4, changed(apart, 0, apart[1])),
        changed(whole, 4, changed(apart, 1, apart[0])),
        changed(whole, 4, changed(apart, 2, apart[2] - 1)),
        changed(whole, 4, changed(apart, 2, apart[2] + 9)),
        changed(whole, 4, changed(apart, 3, apart[3] + 1)),
        changed(whole, 5, np.zeros(1)),
    ]
    for wrong in calls:
        with pytest.raises(ValueError, match="fit together"):
            kernel.nearest(*wrong)
    with pytest.raises(TypeError):
        kernel.nearest(index, places, borders, shares, 1, rows)
    with pytest.raises(TypeError):
        kernel.nearest(index[:4], places, borders, shares, apart, rows)
