"""Figures of a scenario, counted from the events that it sends."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from data_generator.scenarios.event import Event, Record
from data_generator.scenarios.theatre import perform_scenario

_MOST_VALUES: Final = 40  # a field with more different texts is an id, whose commonest value says nothing
_CLEARLY: Final = 2.0  # factor between two medians
_SHARE: Final = 0.3  # between two shares of the commonest value


@dataclass(frozen=True, slots=True)
class Figure:
    """What one field of the affected services is in ordinary traffic and in what a fault changed."""

    field: str
    ordinary: str
    changed: str


def figures(scenario_id: str, seed: int | None = None, *, fault: str | None = None) -> tuple[Figure, ...]:
    """
    Fields that a fault moves clearly, in the scenario as it is played by default.

    Numbers are medians and count as moved by a factor of two; texts and truth values are the
    commonest with its share, and count as moved if the old one falls or the new one rises by 30
    points. Only the affected services' events are counted. *fault* picks one of several.
    """
    performance = perform_scenario(scenario_id, seed)
    faults = [s.fault for s in performance.strikes if fault in (None, s.fault.name)]
    affected = {service for one in faults for service in one.affected}
    ordinary: dict[str, list[Any]] = {}
    changed: dict[str, list[Any]] = {}
    for event in performance.events:
        if event.record["service"] in affected:
            into = changed if event.changed else ordinary
            for field, value in _values(event):
                into.setdefault(field, []).append(value)
    return tuple(
        figure
        for field in ordinary
        if field in changed and (figure := _compared(field, ordinary[field], changed[field]))
    )


def _values(event: Event) -> Iterable[tuple[str, Any]]:
    record: Record = event.record
    if event.signal == "metrics":
        return [(f"{record['metric']}, {record['unit']}", record["value"])]
    return [(k, v) for k, v in record.items() if k not in ("service", "level") and not isinstance(v, dict)]


def _compared(field: str, before: list[Any], after: list[Any]) -> Figure | None:
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in before + after):
        low, high = sorted((abs(median(before)), abs(median(after))))
        if high < _CLEARLY * low or high == 0:
            return None
        return Figure(field, _number(median(before)), _number(median(after)))
    usual, now = Counter(before).most_common(1)[0], Counter(after).most_common(1)[0]
    if len(set(before)) > _MOST_VALUES or len(set(after)) > _MOST_VALUES:
        return None
    share, share_now = usual[1] / len(before), now[1] / len(after)
    fallen = share - after.count(usual[0]) / len(after)
    risen = share_now - before.count(now[0]) / len(before)
    if max(fallen, risen) < _SHARE:
        return None
    return Figure(field, f"{_text(usual[0])} {share:.0%}", f"{_text(now[0])} {share_now:.0%}")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _text(value: Any) -> str:
    return {True: "yes", False: "no", "": "none"}.get(value, str(value))
