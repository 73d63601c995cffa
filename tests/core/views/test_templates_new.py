import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.templates_new import NewTemplatesView


def unit(*events):
    return Unit(events, events)


lines = st.lists(st.sampled_from([b"", b"get a", b"get b", b"put a", b"panic: out of memory"]), max_size=4)


@given(
    baseline=st.lists(lines, min_size=1, max_size=5),
    groups=st.lists(st.integers(0, 2), min_size=5, max_size=5),
)
def test_only_lines_of_no_other_group_count(baseline, groups):
    """0 exactly where others have every line; their number and the order of them change nothing."""
    groups = np.array(groups[: len(baseline)])
    rows = NewTemplatesView([unit(*events) for events in baseline], groups).inside()
    again = NewTemplatesView([unit(*events[::-1], *events) for events in baseline], groups).inside()
    np.testing.assert_allclose(rows, again, atol=1e-8)
    for at, events in enumerate(baseline):
        others = {
            line for own, group in zip(baseline, groups, strict=True) if group != groups[at] for line in own
        }
        assert (rows[at, 0] > 0) == bool(set(events) - others - {b""})


def test_known_lines_are_free_and_foreign_ones_dearer_than_similar_ones():
    view = NewTemplatesView([unit(b"GET /cart/%c ok" % n) for n in range(97, 120)] * 2, own_groups(46))
    known, similar, foreign = view.outside(
        [unit(b"GET /cart/a ok"), unit(b"GET /cart/z ok"), unit(b"\x00\x01\x02 panic!")]
    )
    assert known.tolist() == [0, 0]
    assert 0 < similar[1] < foreign[1] / 2


def test_company_and_emptiness_change_nothing():
    view = NewTemplatesView([unit(b"a b"), unit()], own_groups(2))
    asked = [unit(b"x" * 65_536), unit(), unit(b"a c", b"a c", b"")]
    together = view.outside(asked)
    np.testing.assert_array_equal(together, np.concatenate([view.outside([one]) for one in asked]))
    assert np.isfinite(together).all()
    assert view.outside([]).shape == (0, 2)
    assert NewTemplatesView([], own_groups(0)).outside([unit(b"a")]).shape == (1, 2)


def test_places_show_the_new_line_and_its_dearest_stretch():
    view = NewTemplatesView([unit(b"GET /cart ok")] * 20, own_groups(20))
    (place,) = view.places(unit(b"GET /cart ok", b"GET /cart ok ~~~~~~~~~~~~"))
    assert place.event == 1
    assert place.what.endswith("dearest at ' ~~~~~~~~~~~'") or place.what.endswith(
        "dearest at '~~~~~~~~~~~~'"
    )
