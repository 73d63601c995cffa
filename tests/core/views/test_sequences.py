import math
import subprocess
import sys
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views import sequences
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.sequences import SequenceView

COLUMN = {statistic.name: at for at, statistic in enumerate(SequenceView.statistics)}
letters = st.lists(st.text("abcd", max_size=8), min_size=1, max_size=6)


def unit(text):
    events = tuple(letter.encode() for letter in text)
    return Unit(events, events)


def entropy(symbols):
    return sum(
        -symbols.count(s) / len(symbols) * math.log2(symbols.count(s) / len(symbols)) for s in set(symbols)
    )


def slow_row(others, text, texts):
    """The view by its definition. 0 and 1 frame a unit; *texts* is the whole baseline."""

    def framed(word):
        return [0, *word, 1]

    symbols = [symbol for other in texts for symbol in framed(other)]
    kinds = len(set(symbols))

    def bits(order):
        result = []
        sequence = framed(text)
        for at in range(1, len(sequence)):
            p = 1 / (kinds + 1 + 50)
            for k in range(min(order, at) + 1):
                after = [
                    other[i]
                    for other in map(framed, others)
                    for i in range(k, len(other))
                    if other[i - k : i] == sequence[at - k : at]
                ]
                size, distinct = (len(after), len(set(after))) if k else (len(symbols), kinds)
                if size:
                    p = (after.count(sequence[at]) + distinct * p) / (size + distinct)
            result.append(-math.log2(p))
        return result

    def novel(order):
        seen = [w[i : i + order + 1] for w in map(framed, others) for i in range(len(w) - order)]
        own = framed(text)
        return sum(own[i - order : i + 1] not in seen for i in range(max(1, order), len(own)))

    def repeat():
        """Bits of the dearest piece that is followed by itself, all copies but the first."""
        eight, best = [0.0, *bits(8)], 0.0
        sequence = framed(text)
        for start in range(1, len(sequence)):
            for size in range(1, len(sequence) - start):
                end = start + size
                while end < len(sequence) and sequence[end] == sequence[end - size]:
                    end += 1
                if end >= start + 2 * size:
                    best = max(best, sum(eight[start + size : end]))
        return math.log2(1 + best)

    places, pairs = len(text) + 1, [text[i : i + 2] for i in range(len(text) - 1)]
    four = bits(4)
    return [
        np.mean(four),
        np.mean(bits(8)),
        np.quantile(four, 0.5),
        np.quantile(four, 0.9),
        *(novel(order) / places for order in (0, 1)),
        bits(1)[-1],
        bits(8)[-1],
        repeat(),
        entropy(text) if text else 0.0,
        entropy(pairs) - entropy(text[:-1]) if pairs else 0.0,
        math.log2(places),
    ]


@settings(deadline=None)
@given(
    texts=letters,
    groups=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    strange=st.text("abxy", max_size=8),
)
def test_every_statistic_agrees_with_its_definition(texts, groups, strange):
    """Inside as fitted without the own group, outside as fitted on all."""
    groups = np.array(groups[: len(texts)])
    with patch.object(sequences, "_STEP", 2.0**-30):
        view = SequenceView([unit(text) for text in texts], groups)
        inside, outside = view.inside(), view.outside([unit(strange)])
    for at, text in enumerate(texts):
        others = [other for other, group in zip(texts, groups, strict=True) if group != groups[at]]
        np.testing.assert_allclose(inside[at], slow_row(others, text, texts), atol=1e-5)
    np.testing.assert_allclose(outside[0], slow_row(texts, strange, texts), atol=1e-5)


def test_another_order_of_known_events_is_dearer():
    view = SequenceView([unit("abcabc")] * 30, own_groups(30))
    calm, shuffled = view.outside([unit("abcabc"), unit("cbacba")])
    assert shuffled[COLUMN["seq4.mean"]] > calm[COLUMN["seq4.mean"]] + 1
    assert shuffled[COLUMN["nov0.rate"]] == 0
    assert shuffled[COLUMN["nov1.rate"]] > 0.5
    assert shuffled[COLUMN["self.h0"]] == calm[COLUMN["self.h0"]]


def test_a_session_cut_short_ends_dearly():
    view = SequenceView([unit("abcd")] * 30, own_groups(30))
    whole, short = view.outside([unit("abcd"), unit("abc")])
    for statistic in ("end1.bits", "end8.bits"):
        assert short[COLUMN[statistic]] > whole[COLUMN[statistic]] + 4


def test_a_repetition_costs_what_the_baseline_does_not_repeat_itself():
    """Thrice is dearer than twice; a loop the baseline has is cheap."""
    view = SequenceView([unit("abcdxxxxxx")] * 30, own_groups(30))
    loop, twice, thrice = view.outside([unit("abcdxxxxxx"), unit("abcdabcdxx"), unit("abcdabcdabcd")])
    at = COLUMN["rep.bits"]
    assert loop[at] < 1.5 < twice[at] < thrice[at]


def test_widths_of_numbers_make_no_new_event():
    lines = [Unit((b"",), (b"took <N%d> ms" % (1 + n % 2),)) for n in range(30)]
    view = SequenceView(lines, own_groups(30))
    wider, other = view.outside([Unit((b"",), (b"took <N7>.<N1> ms",)), Unit((b"",), (b"gave <N1>",))])
    assert wider[COLUMN["nov0.rate"]] == 0 < other[COLUMN["nov0.rate"]]


def test_order_and_company_change_nothing():
    rng = np.random.default_rng(3)
    texts = ["".join(rng.choice(list("abcdef"), size=rng.integers(0, 40))) for _ in range(60)]
    view = SequenceView([unit(text) for text in texts[:30]], own_groups(30))
    asked = [unit(text + "xy") for text in texts[30:]]
    together = view.outside(asked)
    np.testing.assert_array_equal(together[::-1], view.outside(asked[::-1]))
    np.testing.assert_array_equal(together, np.concatenate([view.outside([one]) for one in asked]))
    assert view.outside([]).shape == (0, 12)


@pytest.mark.parametrize("known", ["", "ab", "abcabc"])
def test_units_new_in_the_same_way_are_no_surprise(known):
    """Where every unit has lines of its own, one more such unit is at most as dear as the baseline's."""
    view = SequenceView([unit(known + chr(0x4E00 + n)) for n in range(40)], own_groups(40))
    inside, outside = view.inside(), view.outside([unit(known + "x")])[0]
    one_sided = [at for at, statistic in enumerate(view.statistics) if not statistic.two_sided]
    assert (outside[one_sided] <= inside[:, one_sided].min(axis=0)).all()


def test_places_name_what_is_new():
    view = SequenceView([unit("abcabc")] * 30, own_groups(30))
    first, second = view.places(unit("abcxbc"))[:2]
    assert (first.event, first.what) == (3, "no unit of the baseline has this line")
    assert (second.event, second.what) == (4, "known, but never seen right after the event before")
    assert view.places(unit("")) == []


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_hash_seeds_change_nothing(hash_seed):
    program = (
        "from driftlock_core.views.contract import Unit, own_groups\n"
        "from driftlock_core.views.sequences import SequenceView\n"
        "u = [Unit(e, e) for n in range(30) for e in [tuple(b'%d' % (n * k % 7) for k in range(n))]]\n"
        "v = SequenceView(u[:20], own_groups(20))\n"
        "print((v.inside().tobytes() + v.outside(u).tobytes()).hex())\n"
    )

    def run(seed):
        return subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout

    assert run("0") == run(hash_seed)


@given(events=st.lists(st.binary(max_size=30), max_size=8))
def test_no_bytes_break_it(events):
    view = SequenceView([Unit(tuple(events), tuple(events)), unit("ab"), unit("")], own_groups(3))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([Unit(tuple(events), tuple(events))])).all()


def test_one_unit_of_many_events():
    big = Unit((b"x" * 65_536, b"a") * 5_000, (b"x" * 65_536, b"a") * 5_000)
    view = SequenceView([big, unit("ab")], own_groups(2))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([big])).all()
