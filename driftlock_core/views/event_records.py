"""Views of records applied to each event of a session whose events are records themselves."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from driftlock_core.views.contract import Floats, Groups, Place, Statistic, Unit, View
from driftlock_core.views.field_numbers import FieldNumbers
from driftlock_core.views.field_strings import FieldStrings
from driftlock_core.views.fields import Fields
from driftlock_core.views.record_coding import RecordCoding
from driftlock_core.views.stretches import borders_of, largest, means

_MOST_PLACES: Final = 5


class EventRecordsView:
    """
    Worst and mean, over the events of a unit, of what a view of records says of each.

    Events of one unit are left out of the baseline together. 0 for a unit without events.

    Args:
        view: A view of records, fitted on :func:`events_of` the baseline with :func:`groups_of` its groups.
        baseline: The units.
    """

    def __init__(self, view: View, baseline: Sequence[Unit]) -> None:
        self._view = view
        self._baseline = baseline
        self.name = f"event {view.name}"
        self.statistics = tuple(
            Statistic(name=f"{one.name}.{kind}", two_sided=one.two_sided)
            for kind in ("worst", "mean")
            for one in view.statistics
        )

    def inside(self) -> Floats:
        return self._rows(self._baseline, self._view.inside())

    def outside(self, units: Sequence[Unit]) -> Floats:
        return self._rows(units, self._view.outside(events_of(units)))

    def places(self, unit: Unit) -> list[Place]:
        """What the view shows of the events it finds most surprising by its first statistic."""
        events = events_of([unit])
        if not events:
            return []
        first = self._view.outside(events)[:, 0]
        places = [
            Place(event=at, bits=place.bits, what=place.what)
            for at in np.argsort(-first, kind="stable")[:_MOST_PLACES].tolist()
            for place in self._view.places(events[at])
        ]
        return sorted(places, key=lambda place: (-place.bits, place.event))[:_MOST_PLACES]

    def _rows(self, units: Sequence[Unit], events: Floats) -> Floats:
        borders = borders_of([len(unit.raw) for unit in units])
        columns = [over(column, borders) for over in (largest, means) for column in events.T]
        return np.stack(columns, axis=1) if columns else np.zeros((len(units), 0))


def event_views(baseline: Sequence[Unit], groups: Groups) -> tuple[View, ...]:
    """All views of records, each applied to the events of the units of *baseline*."""
    events, of_events = events_of(baseline), groups_of(baseline, groups)
    coding = RecordCoding(events)
    fitted = (maker(events, of_events, coding) for maker in (Fields, FieldNumbers, FieldStrings))
    return tuple(EventRecordsView(view, baseline) for view in fitted)


def events_of(units: Sequence[Unit]) -> list[Unit]:
    """
    Each event a unit of its own, unit after unit.

    >>> [event.raw for event in events_of([Unit((b"a=1", b"a=2"), (b"a", b"a")), Unit((), ())])]
    [(b'a=1',), (b'a=2',)]
    """
    return [
        Unit((raw,), (canonical,))
        for unit in units
        for raw, canonical in zip(unit.raw, unit.canonical, strict=True)
    ]


def groups_of(units: Sequence[Unit], groups: Groups) -> Groups:
    """Leave-out group of each event: that of its unit."""
    spread: Groups = np.repeat(groups, [len(unit.raw) for unit in units])
    return spread
