"""Bytes under Witten-Bell contexts: by hand, against the slow twin, and for any bytes."""

import math
import subprocess
import sys
import zlib

import naive_texts as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views.characters import CharactersView
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.plain_text import event_at, text_of
from driftlock_core.views.stretches import sums

NAMES = [statistic.name for statistic in CharactersView.statistics]
units = st.lists(st.binary(max_size=40), max_size=3).map(lambda events: Unit(tuple(events), tuple(events)))
small = st.lists(
    st.text("ab é中\n", max_size=12).map(lambda text: Unit((text.encode(),), (text.encode(),))),
    min_size=1,
    max_size=6,
)


def unit(*events):
    return Unit(events, events)


def view(*texts):
    baseline = [unit(text) for text in texts]
    return CharactersView(baseline, own_groups(len(baseline)))


def column(rows, name):
    return rows[:, NAMES.index(name)]


def characters(text):
    return [*text.decode("utf-8", "surrogateescape")]


def twin(texts, text, different):
    """The statistics of *text* after *texts*, in the order of the view."""
    known, letters = [*map(characters, texts)], characters(text)
    order0, order2, order4 = (naive.witten_bell(known, letters, order, different, 60) for order in (0, 2, 4))
    packed = 8 * len(zlib.compress(text, 9))
    return [
        naive.mean(order2),
        naive.worst_mean(order2, 12),
        naive.total(order2),
        naive.mean(order4),
        naive.worst_mean(order4, 12),
        naive.total(order4),
        sum(order4) / sum(order0) if text else 0,
        sum(order4) / packed if text else 0,
        packed / (8 * len(text)) if text else 0,
        math.log2(1 + len(text)),
    ]


def test_two_letters_by_hand():
    """“ab” known: a costs −log2((1 + 2/63)/4) at order 0, b after a −log2((1 + p)/2) with its order-0 p."""
    first = (1 + 2 / 63) / 4
    second = (1 + first) / 2
    bits = -math.log2(first) - math.log2(second)
    assert column(view(b"ab").outside([unit(b"ab")]), "chr2.mean") == pytest.approx([bits / 2], abs=1e-12)


def test_a_byte_never_seen_costs_what_is_left_for_it():
    """After “aaa” a new byte has (0 + 1 · 1/62) / (3 + 1) of the probability."""
    assert column(view(b"aaa").outside([unit(b"z")]), "chr4.mean") == pytest.approx([math.log2(4 * 62)])


@given(baseline=small, groups=st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(max_examples=80, deadline=None)
def test_leaving_out_is_fitting_without(baseline, groups):
    """Each baseline unit gets what counting all other groups by hand gives it."""
    numbers = np.array(groups[: len(baseline)])
    texts = [text_of(one.raw) for one in baseline]
    different = len({*"".join(letter for text in texts for letter in characters(text))})
    expected = [
        twin([text for text, group in zip(texts, numbers, strict=True) if group != own], texts[at], different)
        for at, own in enumerate(numbers)
    ]
    assert CharactersView(baseline, numbers).inside() == pytest.approx(np.array(expected), abs=1e-9)


@given(baseline=small, asked=small)
@settings(max_examples=80, deadline=None)
def test_scoring_agrees_with_counting_by_hand(baseline, asked):
    """Units to score get what the slow twin gives them."""
    texts = [text_of(one.raw) for one in baseline]
    different = len({*"".join(letter for text in texts for letter in characters(text))})
    expected = [twin(texts, text_of(one.raw), different) for one in asked]
    found = CharactersView(baseline, own_groups(len(baseline))).outside(asked)
    assert found == pytest.approx(np.array(expected), abs=1e-9)


def test_bytes_of_one_unit_only_are_new_to_it():
    """
    Left out, they cost what they cost where the unit is not in the baseline at all.

    But for V: all 14 byte values stay in the alphabet, where the other baseline has only 10.
    """
    calm, odd = [unit(b"GET /index")] * 9, unit(b"\x01\x02\x03\x04")
    inside = CharactersView([*calm, odd], own_groups(10)).inside()[-1:]
    outside = CharactersView(calm, own_groups(9)).outside([odd])
    assert column(inside - outside, "chr4.mean") == pytest.approx([math.log2((14 + 61) / (10 + 61))])


@given(baseline=st.lists(units, max_size=5), asked=st.lists(units, max_size=70))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_it_and_company_changes_nothing(baseline, asked):
    """Everything is finite, and a unit scored alone gets exactly what it gets among others."""
    fitted = CharactersView(baseline, own_groups(len(baseline)))
    together = fitted.outside(asked)
    assert fitted.inside().shape == (len(baseline), len(NAMES))
    assert together.shape == (len(asked), len(NAMES))
    assert np.isfinite(together).all()
    assert np.isfinite(fitted.inside()).all()
    for row, one in zip(together, asked, strict=True):
        assert (fitted.outside([one])[0] == row).all()
        assert len(fitted.places(one)) <= 5


@given(st.lists(st.floats(0, 100), min_size=1, max_size=300), st.integers(0, 40))
def test_a_sum_does_not_depend_on_where_its_stretch_lies(values, before):
    """To the last bit, which ranks of equal scores need."""
    bits = np.array(values)
    moved = sums(np.concatenate([np.full(before, 0.1), bits]), np.array([0, before, before + len(bits)]))
    assert sums(bits, np.array([0, len(bits)]))[0] == moved[1]


def test_nothing_hides_in_the_middle_of_a_long_text():
    """Forty strange bytes among 24 thousand ordinary ones are as dear at their dearest as alone."""
    calm = [b"user %d asks for page %d of the manual" % (n % 7, n % 11) for n in range(60)]
    fitted, strange = view(*calm), b"%$}{#~|" * 6
    long = b". ".join(calm * 5)
    buried, alone, harmless = fitted.outside([unit(long, strange, long), unit(strange), unit(long, long)])
    worst = NAMES.index("chr4.maxw")
    assert buried[worst] == pytest.approx(alone[worst], rel=0.1)
    assert buried[worst] > 1.5 * harmless[worst]
    assert 1 in [place.event for place in fitted.places(unit(long, strange, long))]


def test_what_lies_behind_64_kib_is_read_by_its_length_alone():
    fitted, most = view(b"abc" * 900), b"abc" * 22_000
    shorter, longer = fitted.outside([unit(most), unit(most, b"\x00" * 9000)])
    assert (shorter == longer).tolist() == [name != "len.char" for name in NAMES]


def test_a_new_letter_is_one_piece_of_news_in_every_script():
    """An e with an accent, a Cyrillic and a Chinese sign are as new as an X, though UTF-8 needs 2 and 3 bytes."""
    fitted = view(*[b"all is well on deck %d" % (n % 9) for n in range(40)])
    texts = [
        "all is well on decX 1",
        "all is well on decé 1",
        "all is well on decк 1",
        "all is well on dec中 1",
    ]
    totals = column(fitted.outside([unit(text.encode()) for text in texts]), "chr4.tot")
    assert totals.tolist() == [totals[0]] * 4


def test_a_unit_of_many_events_is_read():
    """A hundred thousand events are one text like any other."""
    rows = view(b"tick").outside([Unit((b"tick",) * 100_000, (b"tick",) * 100_000)])
    assert column(rows, "len.char") == pytest.approx([math.log2(500_000)])


def test_places_name_the_strange_stretch():
    """The dearest place is the event and the bytes that the baseline does not hold."""
    calm = [b"user asks for a page"] * 30
    dearest = view(*calm).places(unit(b"user asks for a page", b"user ~~##~~## a page"))[0]
    assert dearest.event == 1
    assert "~~##~~##" in dearest.what
    assert dearest.bits > 50


def test_positions_belong_to_the_event_that_holds_them():
    """Also where an event holds newlines of its own."""
    assert [event_at([b"a\nb", b"", b"c"], at) for at in range(6)] == [0, 0, 0, 0, 1, 2]


def test_hash_seeds_change_nothing():
    """All text views give the same bits in processes with other hash seeds."""
    program = (
        "from driftlock_core.views.contract import Unit, own_groups\n"
        "from driftlock_core.views.characters import CharactersView\n"
        "from driftlock_core.views.near_text import NearTextView\n"
        "from driftlock_core.views.shapes import ShapesView\n"
        "from driftlock_core.views.words import WordsView\n"
        "texts = [b'%d words of text %d, (and) signs' % (n, n * 7919 % 31) for n in range(30)]\n"
        "units = [Unit((text,), (text,)) for text in texts]\n"
        "for view in (CharactersView, NearTextView, ShapesView, WordsView):\n"
        "    fitted = view(units[:20], own_groups(20))\n"
        "    print(fitted.inside().tobytes().hex(), fitted.outside(units).tobytes().hex(), fitted.places(units[25]))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1
