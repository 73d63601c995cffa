import numpy as np

from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.event_records import EventRecordsView, event_views, events_of, groups_of
from driftlock_core.views.fields import Fields


def unit(*events):
    return Unit(events, events)


def orders(count, seed):
    random = np.random.default_rng(seed)
    return [
        unit(
            *(
                b"user=u%d city=%b amount=%d"
                % (random.integers(3), [b"rome", b"oslo"][random.integers(2)], random.integers(90))
                for _ in range(random.integers(1, 5))
            )
        )
        for _ in range(count)
    ]


def test_a_unit_is_left_out_with_all_its_events():
    """Worst and mean over the unit's rows of the view of records fitted on the events, unit by unit left out."""
    baseline = orders(30, 1)
    view = event_views(baseline, own_groups(30))[0]
    fitted = Fields(events_of(baseline), groups_of(baseline, own_groups(30)))
    rows, start = fitted.inside(), 0
    for at, one in enumerate(baseline):
        own = rows[start : start + len(one.raw)]
        start += len(one.raw)
        expected = [*own.max(axis=0), *own.mean(axis=0)]
        np.testing.assert_allclose(view.inside()[at], expected, atol=1e-9)


def test_outside_is_the_worst_and_mean_event():
    baseline, asked = orders(30, 1), [*orders(4, 2), unit()]
    fitted = Fields(events_of(baseline), groups_of(baseline, own_groups(30)))
    view = EventRecordsView(fitted, baseline)
    for one, row in zip(asked, view.outside(asked), strict=True):
        own = fitted.outside(events_of([one])) if one.raw else np.zeros((1, len(fitted.statistics)))
        np.testing.assert_allclose(row, [*own.max(axis=0), *own.mean(axis=0)], atol=1e-9)


def test_one_odd_record_among_ordinary_ones_is_found_and_shown():
    view = event_views(orders(60, 1), own_groups(60))[0]
    (calm,) = orders(1, 5)
    odd = unit(*calm.raw, b"user=root city=nowhere amount=7", *calm.raw)
    rows = view.outside([calm, odd])
    column = [statistic.name for statistic in view.statistics].index("fldp.zmax.worst")
    assert rows[1, column] > rows[0, column] + 2
    assert view.places(odd)[0].event == len(calm.raw)
