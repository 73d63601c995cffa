import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_fields import value_bits

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.counts import CountView, bucket_of
from driftlock_core.views.runs import Runs

COLUMN = {statistic.name: at for at, statistic in enumerate(CountView.statistics)}
words = st.builds(
    lambda *counts: "".join(letter * n for letter, n in zip("abc", counts, strict=True)),
    *[st.integers(0, 9)] * 3,
)


def unit(text):
    events = tuple(letter.encode() for letter in text)
    return Unit(events, events)


def bucket(count):
    return count if count <= 6 else math.floor(2 * math.log2(count)) + 2


class Slow:
    """The view by its definition, one unit at a time."""

    def __init__(self, texts, groups, chosen):
        """*chosen* are the view's parents: of equally good ones either will do, but none worse."""
        self.texts, self.groups = texts, groups
        self.letters = {}
        for text in texts:
            for letter in text:
                self.letters.setdefault(letter, len(self.letters))
        records = [self.record(text) for text in texts]
        held = Counter(name for record in records for name in record)
        names = sorted(held, key=lambda name: (name != "", -held[name]))
        self.columns = [(name, self.codes_of(name, records)) for name in names]
        self.codes = [self.coded(record) for record in records]
        self.distinct = [len({codes[at] for codes in self.codes}) for at in range(len(self.columns))]
        self.parents = chosen
        for at, parent in enumerate(chosen):
            self.check(at, parent)
        self.bits = [
            self.row(
                codes,
                [other for other, g in zip(self.codes, groups, strict=True) if g != group],
                [own for own, g in zip(self.codes, groups, strict=True) if g == group],
            )
            for codes, group in zip(self.codes, groups, strict=True)
        ]

    def record(self, text):
        record = {"": "", "events": bucket(len(text))}
        if text:
            record |= {"first": self.letters.get(text[0], -1), "last": self.letters.get(text[-1], -1)}
        return record | {letter: bucket(n) for letter, n in Counter(text).items() if letter in self.letters}

    def codes_of(self, name, records):
        values = dict.fromkeys(record[name] for record in records if name in record)
        return {value: code for code, value in enumerate(values, start=1)}

    def coded(self, record):
        return [
            codes.get(record[name], len(codes) + 1) if name in record else 0 for name, codes in self.columns
        ]

    def cost(self, others, codes, field, parent, own=0):
        size, distinct = len(self.texts), self.distinct[field]
        return value_bits(others, codes, field, parent, False, size, distinct, own)

    def mean(self, field, parent):
        return np.mean(
            [
                self.cost(self.codes[:at] + self.codes[at + 1 :], codes, field, parent)
                for at, codes in enumerate(self.codes)
            ]
        )

    def check(self, field, parent):
        """A parent saves most bits of the units, each without itself, and at least 0.02 bits a unit."""
        if self.distinct[field] < 2:
            assert parent is None
            return
        able = [at for at, distinct in enumerate(self.distinct) if 2 <= distinct <= 60 and at != field]
        best = min((self.mean(field, at) for at in able), default=math.inf)
        enough = self.mean(field, None) - 0.02
        if parent is None:
            assert best >= enough - 1e-9
        else:
            assert parent in able
            assert self.mean(field, parent) <= min(best, enough) + 1e-9

    def row(self, codes, others, own=()):
        """Times of a parent's value stay those of the whole baseline: its *own* group's are counted back in."""
        return [
            self.cost(others, codes, at, parent, sum(mate[parent or 0] == codes[parent or 0] for mate in own))
            for at, parent in enumerate(self.parents)
        ]

    def over(self, row):
        columns = np.array(self.bits).T
        return sum(
            max(0.0, cost - column.mean()) / max(column.std(), 0.5)
            for cost, column in zip(row, columns, strict=True)
        )

    def runs(self, text, others):
        def longest(word, letter):
            return max((n for n in range(1, len(word) + 1) if letter * n in word), default=0)

        ratios = [1.0]
        for letter in set(text):
            theirs = max((longest(other, letter) for other in others), default=0)
            if theirs:
                ratios.append(longest(text, letter) / theirs)
        return 2 * math.log2(max(ratios))


@settings(deadline=None, max_examples=50)
@given(
    texts=st.lists(words, min_size=2, max_size=6),
    groups=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    strange=st.text("acxy", max_size=20),
)
def test_both_statistics_agree_with_their_definition(texts, groups, strange):
    """Inside as if the own group had not been there, outside against all."""
    groups = np.array(groups[: len(texts)])
    view = CountView([unit(text) for text in texts], groups)
    slow = Slow(texts, groups.tolist(), view._model.parents)
    for at, text in enumerate(texts):
        others = [other for other, group in zip(texts, groups, strict=True) if group != groups[at]]
        expected = [slow.over(slow.bits[at]), slow.runs(text, others)]
        np.testing.assert_allclose(view.inside()[at], expected, atol=1e-6)
    row = slow.row(slow.coded(slow.record(strange)), slow.codes)
    expected = [slow.over(row), slow.runs(strange, texts)]
    np.testing.assert_allclose(view.outside([unit(strange)])[0], expected, atol=1e-6)


def test_a_count_is_judged_given_its_partner():
    """Three opened and one closed: each count is ordinary, both together are not."""
    texts = ["o" * n + "c" * n for n in (1, 2, 3)] * 20
    view = CountView([unit(text) for text in texts], own_groups(60))
    even, uneven = view.outside([unit("ooccc" + "o"), unit("oooc")])
    assert uneven[COLUMN["cnt.z"]] > even[COLUMN["cnt.z"]] + 3


def test_a_missing_line_is_seen():
    view = CountView([unit("abc")] * 40, own_groups(40))
    whole, without = view.outside([unit("abc"), unit("ac")])
    assert whole[COLUMN["cnt.z"]] == 0 < without[COLUMN["cnt.z"]]


def test_a_stuck_event_is_compared_with_the_longest_run_of_others():
    """Twelve of it, where others had three at most: four times as long."""
    view = CountView([unit("abbbcb")] * 30, own_groups(30))
    assert view.outside([unit("a" + "b" * 12 + "c")])[0, COLUMN["run.exc"]] == pytest.approx(4)


@given(
    drawn=st.lists(st.tuples(st.text("ab", max_size=8), st.integers(0, 2)), min_size=1, max_size=7),
)
def test_the_longest_run_of_other_groups_is_known_whatever_their_order(drawn):
    texts, groups = [text for text, _ in drawn], [group for _, group in drawn]
    ours = Runs([[*text.encode()] for text in texts], np.array(groups)).inside()
    for at, text in enumerate(texts):
        others = [other for other, group in zip(texts, groups, strict=True) if group != groups[at]]
        assert ours[at] == pytest.approx(Slow.runs(None, text, others))


@pytest.mark.parametrize("octave", range(3, 60))
def test_buckets_change_at_half_octaves(octave):
    """Exact integers decide, also where floats would round."""
    middle = math.isqrt(2 ** (2 * octave + 1)) + 1  # the first count above 2^(octave + ½)
    assert bucket_of(2**octave) == bucket_of(2**octave - 1) + 1
    assert bucket_of(middle) == bucket_of(middle - 1) + 1 == bucket_of(2**octave) + 1


@pytest.mark.parametrize("units", [40, 200])
def test_units_new_in_the_same_way_are_no_surprise(units):
    """Where every unit has lines of its own, one more such unit is at most as dear as the baseline's."""
    texts = [chr(0x4E00 + n) * 3 for n in range(units + 10)]
    view = CountView([unit(text) for text in texts[:units]], own_groups(units))
    outside = view.outside([unit(text) for text in texts[units:]])
    assert len(np.unique(outside, axis=0)) == 1
    assert (outside[0] <= view.inside().min(axis=0) + 1e-9).all()


def test_company_and_emptiness_change_nothing():
    view = CountView([unit("ab"), unit("")], own_groups(2))
    together = view.outside([unit("xa"), unit(""), unit("bb")])
    np.testing.assert_array_equal(together[2], view.outside([unit("bb")])[0])
    assert view.outside([]).shape == (0, 2)
    assert CountView([], own_groups(0)).inside().shape == (0, 2)


def test_places_name_line_and_counts():
    texts = ["o" * n + "c" * n for n in (1, 2, 3)] * 20
    view = CountView([unit(text) for text in texts], own_groups(60))
    found = [(place.event, place.what) for place in view.places(unit("oooc"))]
    assert (3, "1 × 'c' with 4 events is rare in the baseline") in found


@given(events=st.lists(st.binary(max_size=20), max_size=9))
def test_no_bytes_break_it(events):
    odd = Unit(tuple(events), tuple(events))
    view = CountView([odd, unit("ab")], own_groups(2))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([odd])).all()
