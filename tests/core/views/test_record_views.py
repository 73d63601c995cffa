"""What all views of records promise."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_samples import groups, record, units

from benchmarks.quality.labelled import roc_auc
from benchmarks.sources import labelled
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.field_numbers import FieldNumbers
from driftlock_core.views.field_strings import FieldStrings
from driftlock_core.views.fields import Fields

every_view = pytest.mark.parametrize(
    "kind", [Fields, FieldNumbers, FieldStrings], ids=lambda kind: kind.__name__
)

RUN = """
from record_samples import groups, units
from driftlock_core.views.{module} import {name}
view = {name}(units(60, 4), groups(60, 4))
print(view.inside().tobytes().hex(), view.outside(units(20, 5)).tobytes().hex())
print([view.places(unit) for unit in units(20, 5)])
"""


@every_view
def test_order_and_company_change_nothing(kind):
    """A unit gets the same bits alone, among others and in any order; scoring teaches nothing."""
    view = kind(units(90, 6), own_groups(90))
    before, asked = view.inside(), units(70, 7)
    together = view.outside(asked)
    assert together.tobytes() == np.vstack([view.outside([unit]) for unit in asked]).tobytes()
    assert together[::-1].tobytes() == view.outside(asked[::-1]).tobytes()
    assert view.inside().tobytes() == before.tobytes()
    assert before.shape == (90, len(view.statistics))
    assert view.outside([]).shape == (0, len(view.statistics))


@every_view
def test_the_order_of_hashes_changes_nothing(kind):
    """Two processes with other hash seeds print the same bytes."""
    program = RUN.format(module=kind.__module__.rsplit(".", 1)[1], name=kind.__name__)
    here = Path(__file__).parents[1]
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert len(printed.pop()) > 1000


@every_view
def test_extreme_units_are_scored(kind):
    """No events, empty events, an event of 64 KiB, a hundred thousand events."""
    view = kind(units(60, 8), groups(60, 8))
    many = (b"kind=food amount=3.5 state=A city=Aton",)
    asked = [
        Unit((), ()),
        Unit((b"",), (b"",)),
        Unit((b"kind=" + b"x " * 32_000,), (b"",)),
        Unit(many * 100_000, many),
    ]
    assert np.isfinite(view.outside(asked)).all()
    assert view.places(asked[0]) == []
    for unit in asked[1:3]:
        assert len(view.places(unit)) <= 5


@every_view
def test_strange_baselines_are_fitted(kind):
    """Units without events or fields, all alike, or all one group: nobody else is left to compare with."""
    empty, alike = [Unit((), ())] * 20, [record(a="1", b="x")] * 20
    numbered = [record(a=str(n), b="x") for n in range(20)]
    for sample, owners in (
        (empty, own_groups(20)),
        (alike, own_groups(20)),
        (numbered, np.zeros(20, dtype=np.int64)),
        (numbered[:1], own_groups(1)),
    ):
        view = kind(sample, owners)
        assert np.isfinite(view.inside()).all()
        assert np.isfinite(view.outside([*numbered, *empty])).all()


@pytest.mark.data
@pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="the labelled sets are not here")
@pytest.mark.parametrize(
    ("name", "kind", "statistic", "least"),
    [
        ("fraud", FieldNumbers, "fnump.sum", 0.88),
        ("nsl_kdd_a", Fields, "fldp.rank", 0.95),
        ("csic2010", FieldStrings, "fchr.max", 0.93),
    ],
)
def test_labelled_anomalies_rank_high(name, kind, statistic, least):
    """The share of (anomalous, normal) pairs that one statistic alone puts in the right order."""
    baseline, asked, labels = labelled(Path(os.environ["DRIFTLOCK_DATA"]), name)
    view = kind([Unit(tuple(u), tuple(u)) for u in baseline], own_groups(len(baseline)))
    column = [statistic.name for statistic in view.statistics].index(statistic)
    scores = view.outside([Unit(tuple(u), tuple(u)) for u in asked])[:, column]
    assert roc_auc(scores, np.array(labels) == 1) >= least


FITTED = [kind(units(60, 9), own_groups(60)) for kind in (Fields, FieldNumbers, FieldStrings)]


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.binary(max_size=60) | st.text("amount=kid&; 01.").map(str.encode), max_size=3), max_size=3
    )
)
def test_no_bytes_break_it(bodies):
    """Any bytes give finite numbers and at most five places, dearest first."""
    asked = [Unit(tuple(body), tuple(body)) for body in bodies]
    for view in FITTED:
        assert np.isfinite(view.outside(asked)).all()
        for unit in asked:
            bits = [place.bits for place in view.places(unit)]
            assert bits == sorted(bits, reverse=True)
            assert len(bits) <= 5
            assert all(0 <= place.event < len(unit.raw) for place in view.places(unit))


@every_view
def test_places_name_field_value_and_what_was_expected(kind):
    """An odd purchase: each view says where, and what the ordinary cost is."""
    view = kind(units(120, 10), own_groups(120))
    odd = record(kind="food", amount="99999.99", state="A", city="#!{}")
    place = view.places(odd)[0]
    assert "field 'amount'" in place.what or "field 'city'" in place.what
    assert place.what.endswith("expected")
    assert place.bits > 3
