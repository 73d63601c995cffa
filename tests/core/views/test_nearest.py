import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.nearest import NearestView
from driftlock_core.views.nearest_sets import REFERENCES
from driftlock_core.views.session_grams import SessionGrams


def unit(text):
    events = tuple(letter.encode() for letter in text)
    return Unit(events, events)


def token_sets(text):
    """By definition: counted lines and pairs; runs of 2, 4 and 6. ^ and $ frame a unit."""
    framed = f"^{text}$"
    grams = [*framed, *(framed[i : i + 2] for i in range(len(framed) - 1))]
    counted = {(gram, j) for gram in grams for j in range(12) if 2**j <= grams.count(gram)}
    runs = {framed[i : i + k] for k in (2, 4, 6) for i in range(len(framed) - k + 1)}
    return counted, runs


def slow_row(others, text, everybody):
    row, n = [], len(everybody)
    for which in (0, 1):
        own = token_sets(text)[which]
        theirs = [token_sets(other)[which] for other in others]

        shared = set.intersection(*(token_sets(each)[which] for each in everybody))

        def weight(tokens, theirs=theirs, shared=shared):
            held = [sum(t in other for other in theirs) for t in tokens]
            held = [n if t in shared else df for t, df in zip(tokens, held, strict=True)]
            return sum(round(max(0.02, -math.log2((df + 0.5) / (n + 1))) * 1024) / 1024 for df in held)

        if which == 0:
            distances = [1 - weight(own & other) / weight(own | other) for other in theirs]
        else:
            distances = [1 - weight(own & other) / weight(own) for other in theirs]
        least = sorted(distances)[:3]
        row.append(sum(least) / len(least) if least else 1.0)
    return row


@settings(deadline=None)
@given(
    texts=st.lists(st.text("abc", max_size=9), min_size=1, max_size=6),
    groups=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    strange=st.text("abxy", max_size=9),
)
def test_every_statistic_agrees_with_its_definition(texts, groups, strange):
    """Inside, the own group is neither a reference nor counted in any weight."""
    groups = np.array(groups[: len(texts)])
    view = NearestView([unit(text) for text in texts], groups)
    for at, text in enumerate(texts):
        others = [other for other, group in zip(texts, groups, strict=True) if group != groups[at]]
        np.testing.assert_allclose(view.inside()[at], slow_row(others, text, texts), atol=1e-8)
    np.testing.assert_allclose(view.outside([unit(strange)])[0], slow_row(texts, strange, texts), atol=1e-8)


@given(
    texts=st.lists(st.text("ab", max_size=7), min_size=1, max_size=4),
    asked=st.lists(st.text("abc", max_size=7), max_size=4),
)
def test_grams_have_one_number_each(texts, asked):
    """Equal grams the same, different ones different; known ones as in the baseline, unknown ones beyond."""
    grams = SessionGrams([[*text.encode()] for text in texts])
    for length in (1, 2, 4, 6):
        known = {text[i : i + length] for text in texts for i in range(len(text) - length + 1)}
        owner, numbers = grams.number([[*text.encode()] for text in asked], length)
        pieces = [
            (at, text[i : i + length]) for at, text in enumerate(asked) for i in range(len(text) - length + 1)
        ]
        assert owner.tolist() == [at for at, _ in pieces]
        named = dict(zip((piece for _, piece in pieces), numbers.tolist(), strict=True))
        assert [named[piece] for _, piece in pieces] == numbers.tolist()
        assert len(set(named.values())) == len(named)
        assert all((number < len(known)) == (piece in known) for piece, number in named.items())


def test_a_copy_is_at_distance_zero():
    view = NearestView([unit("abc")] * 4 + [unit("xyz")], own_groups(5))
    assert view.outside([unit("abc")])[0].tolist() == [0, 0]
    assert view.inside()[0].tolist() == [0, 0]
    assert (view.inside()[4] > 0.5).all()


@pytest.mark.parametrize("units", [40, 200])
def test_units_new_in_the_same_way_are_no_surprise(units):
    """Where every unit has lines of its own, one more such unit is as far from the baseline as the baseline's."""
    texts = [f"{chr(0x4E00 + n)}{chr(0x6E00 + n)}" for n in range(units + 1)]
    view = NearestView([unit(text) for text in texts[:units]], own_groups(units))
    assert (view.outside([unit(texts[units])])[0] <= view.inside().min(axis=0)).all()


def test_of_many_units_references_are_spread_evenly():
    """Every second of 4000 is kept: the kept kind is near, the other is not."""
    units = [unit("abab"), unit("cdcd")] * REFERENCES
    kept, other = NearestView(units, own_groups(len(units))).outside(units[:2])
    assert kept.tolist() == [0, 0]
    assert (other > 0.5).all()


def test_company_and_emptiness_change_nothing():
    rng = np.random.default_rng(4)
    asked = [unit("".join(rng.choice(list("abcx"), size=n))) for n in range(20)]
    view = NearestView([unit("abcabc"), unit(""), unit("ab")], own_groups(3))
    together = view.outside(asked)
    np.testing.assert_array_equal(together, np.concatenate([view.outside([one]) for one in asked]))
    np.testing.assert_array_equal(together[::-1], view.outside(asked[::-1]))
    assert view.outside([]).shape == (0, 2)
    assert NearestView([], own_groups(0)).outside([unit("a")]).tolist() == [[1, 1]]


def test_places_name_what_the_nearest_unit_lacks():
    view = NearestView([unit("zzz"), unit("abcabc"), unit("zz")], own_groups(3))
    places = view.places(unit("abxabc"))
    assert {place.event for place in places} == {2, 3}
    assert places[0].what.endswith("the nearest baseline unit (1)")
    assert view.places(unit("abcabc")) == []


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_hash_seeds_change_nothing(hash_seed):
    program = (
        "from driftlock_core.views.contract import Unit, own_groups\n"
        "from driftlock_core.views.nearest import NearestView\n"
        "u = [Unit(e, e) for n in range(30) for e in [tuple(b'%d' % (n * k % 7) for k in range(n))]]\n"
        "v = NearestView(u[:20], own_groups(20))\n"
        "print((v.inside().tobytes() + v.outside(u).tobytes()).hex(), v.places(u[25]))\n"
    )

    def run(seed):
        return subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout

    assert run("0") == run(hash_seed)


@given(events=st.lists(st.binary(max_size=20), max_size=9))
def test_no_bytes_break_it(events):
    odd = Unit(tuple(events), tuple(events))
    view = NearestView([odd, unit("ab")], own_groups(2))
    assert np.isfinite(view.inside()).all()
    assert np.isfinite(view.outside([odd])).all()
