"""One examination that every view passes."""

import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from streams import FOREIGN, lines, usual

from driftlock_core import Masker, compressor_named
from driftlock_core.surprise import leave_out_blocks
from driftlock_core.views.characters import CharactersView
from driftlock_core.views.compressed import CompressedView
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.counts import CountView
from driftlock_core.views.event_records import event_views
from driftlock_core.views.field_numbers import FieldNumbers
from driftlock_core.views.field_strings import FieldStrings
from driftlock_core.views.fields import Fields
from driftlock_core.views.near_text import NearTextView
from driftlock_core.views.nearest import NearestView
from driftlock_core.views.numbers_in_templates import ValuesView
from driftlock_core.views.sequences import SequenceView
from driftlock_core.views.shapes import ShapesView
from driftlock_core.views.templates_new import NewTemplatesView
from driftlock_core.views.text_parts import OfParts, TextParts
from driftlock_core.views.words import WordsView


def compressed(baseline, groups):
    return CompressedView(baseline, groups, compressor_named("zstd"))


def event_fields(baseline, groups):
    return event_views(baseline, groups)[0]


def event_field_numbers(baseline, groups):
    return event_views(baseline, groups)[1]


def event_field_strings(baseline, groups):
    return event_views(baseline, groups)[2]


def parts_of_texts(baseline, groups):
    return OfParts(CharactersView, TextParts((b"text",), frozenset({b"text"})), baseline, groups)


MAKERS = [
    parts_of_texts,
    compressed,
    SequenceView,
    CountView,
    NearestView,
    NewTemplatesView,
    ValuesView,
    Fields,
    FieldNumbers,
    FieldStrings,
    event_fields,
    event_field_numbers,
    event_field_strings,
    CharactersView,
    ShapesView,
    WordsView,
    NearTextView,
]
every_view = pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
MASKER = Masker()


def units(events_of):
    return [Unit(raw=tuple(events), canonical=tuple(MASKER.canonical(events))) for events in events_of]


def sessions(count, seed):
    random, known = Random(seed), usual(500, seed)
    return units([[random.choice(known) for _ in range(random.randint(2, 9))] for _ in range(count)])


def records(count, seed):
    random = Random(seed)
    return units(
        [
            [
                b"user=%b amount=%d.%02d city=%b"
                % (
                    random.choice([b"ann", b"bob", b"cy"]),
                    random.randint(1, 90),
                    random.randint(0, 99),
                    random.choice([b"rome", b"oslo", b"lima"]),
                )
            ]
            for _ in range(count)
        ]
    )


def odd_ones():
    """Units that no baseline looks like: empty, enormous, binary, foreign."""
    return units(
        [
            [],
            [b""],
            [b"a" * 65_536],
            [bytes(range(256))],
            lines(FOREIGN, 300, 5),
            [b"=&;?=", b'{"a":{"b":[1,2,{"c":null}]}}'],
            [b"user=ann amount=nan city="],
        ]
    )


@pytest.fixture(scope="module", params=["sessions", "records"])
def data(request):
    make = sessions if request.param == "sessions" else records
    return make(60, 1), make(25, 2)


@every_view
def test_columns_fit_the_statistics_and_are_finite(maker, data):
    baseline, asked = data
    view = maker(baseline, own_groups(len(baseline)))
    assert len({statistic.name for statistic in view.statistics}) == len(view.statistics) > 0
    inside, outside = view.inside(), view.outside([*asked, *odd_ones()])
    assert inside.shape == (len(baseline), len(view.statistics))
    assert outside.shape == (len(asked) + len(odd_ones()), len(view.statistics))
    assert np.isfinite(inside).all()
    assert np.isfinite(outside).all()
    assert view.outside([]).shape == (0, len(view.statistics))


@every_view
def test_scoring_teaches_nothing_and_company_does_not_matter(maker, data):
    """Scored again, alone, or in another order, a unit has the same numbers."""
    baseline, asked = data
    view = maker(baseline, own_groups(len(baseline)))
    inside, together = view.inside(), view.outside(asked)
    view.outside(odd_ones())
    np.testing.assert_array_equal(together, view.outside(asked))
    np.testing.assert_array_equal(together[::-1], view.outside(asked[::-1]))
    np.testing.assert_array_equal(together[3:4], view.outside(asked[3:4]))
    np.testing.assert_array_equal(inside, view.inside())


@every_view
def test_the_same_baseline_gives_the_same_view(maker, data):
    baseline, asked = data
    groups, _ = leave_out_blocks(len(baseline))
    first, second = maker(baseline, groups), maker(list(baseline), groups.copy())
    np.testing.assert_array_equal(first.inside(), second.inside())
    np.testing.assert_array_equal(first.outside(asked), second.outside(asked))


@every_view
def test_places_lie_in_the_unit(maker, data):
    """At most five, dearest first, each with a clause of its own."""
    baseline, asked = data
    view = maker(baseline, own_groups(len(baseline)))
    for unit in [*asked[:5], *odd_ones()]:
        places = view.places(unit)
        assert len(places) <= 5
        assert all(0 <= place.event < max(1, len(unit.raw)) for place in places)
        assert all(np.isfinite(place.bits) and place.what for place in places)
        assert [place.bits for place in places] == sorted((p.bits for p in places), reverse=True)


def test_the_order_of_hashes_changes_nothing():
    """Two processes with different hash seeds print the same numbers, to the last bit."""
    program = (
        "from test_examination import *\n"
        "for maker in MAKERS:\n"
        "    for make in (sessions, records):\n"
        "        view = maker(make(40, 1), own_groups(40))\n"
        "        print(maker.__name__, view.inside().tobytes().hex(), view.outside(make(9, 2)).tobytes().hex())\n"
    )
    here = Path(__file__).parent
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{here}:{here.parent}:{here.parents[2]}"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
