"""Lanes of the swimlane from counts by stream and bucket."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from driftlock.services.overview_rows import Lane, LaneBy, Lanes, Scope, StreamState
from driftlock.services.overview_store import BucketRow, Buckets, OverviewTable
from driftlock.services.series_plan import SeriesPlan
from driftlock.services.window_totals import window_totals

Key = tuple[str, bool]  # stream or kind, and whether numbers are judged


@dataclass(slots=True)
class _Counted:
    """What a lane holds so far."""

    tested: npt.NDArray[np.int64]
    flagged: npt.NDArray[np.int64]
    strongest: npt.NDArray[np.float64]  # NaN: nothing yet
    tested_known: bool = True
    chances: list[float] = field(default_factory=list)  # one a stream

    def add_tested(self, row: BucketRow) -> None:
        self.tested[row.bucket] += row.count
        self._strongest(row)

    def add_flagged(self, row: BucketRow) -> None:
        self.flagged[row.bucket] += row.count
        self._strongest(row)

    def _strongest(self, row: BucketRow) -> None:
        self.strongest[row.bucket] = np.fmax(self.strongest[row.bucket], row.strongest_bits)


def lanes_of(
    table: OverviewTable,
    scope: Scope,
    states: Sequence[StreamState],
    by: LaneBy,
    buckets: Buckets | None,
    count: int,
    most: int,
) -> Lanes:
    """
    Lanes of *states*, the most flagged first.

    Args:
        buckets: None: the range holds nothing.
        count: How many buckets.
    """
    keys: dict[str, Key] = {
        state.stream.id: (state.stream.id if by == "stream" else state.stream.kind, state.series)
        for state in states
    }
    counted = {key: _empty(count) for key in keys.values()}
    if buckets is not None:
        _count(table, scope, states, keys, counted, buckets)
    lanes = [
        _lane(key, [state for state in states if keys[state.stream.id] == key], counted[key], by)
        for key in dict.fromkeys(keys.values())
    ]
    lanes.sort(key=_busiest_first)
    return Lanes(edges_us=_edges(buckets, count), lanes=tuple(lanes[:most]), more=max(0, len(lanes) - most))


def _empty(count: int) -> _Counted:
    return _Counted(
        tested=np.zeros(count, dtype=np.int64),
        flagged=np.zeros(count, dtype=np.int64),
        strongest=np.full(count, math.nan),
    )


def _count(
    table: OverviewTable,
    scope: Scope,
    states: Sequence[StreamState],
    keys: dict[str, Key],
    counted: dict[Key, _Counted],
    buckets: Buckets,
) -> None:
    for row in table.tested(scope, buckets):
        counted[keys[row.stream_id]].add_tested(row)
    for stream_id, totals in window_totals(table, scope, states).items():
        counted[keys[stream_id]].chances.append(totals.chance)
    windows, alerts = table.flagged(scope, buckets)
    for row in (*windows, *alerts):
        counted[keys[row.stream_id]].add_flagged(row)
    warmups = {
        state.stream.id: list(SeriesPlan.from_configuration(state.stream.configuration).warmups.values())
        for state in states
        if state.series
    }
    numbers = table.numbers(scope, warmups, buckets) if warmups else {}
    for stream_id in warmups:
        lane = counted[keys[stream_id]]
        if stream_id in numbers:
            lane.tested += numbers[stream_id]
        else:
            lane.tested_known = False


def _lane(key: Key, states: Sequence[StreamState], counted: _Counted, by: LaneBy) -> Lane:
    name, series = key
    first = states[0].stream
    ever = sum(state.stream.windows for state in states)
    return Lane(
        key=f"{name} series" if series and by == "kind" else name,
        label=first.name if by == "stream" else first.kind,
        kind=first.kind,
        stream_id=first.id if by == "stream" else None,
        series=series,
        # Parts of a sum would look like the whole.
        tested=counted.tested if counted.tested_known else np.zeros_like(counted.tested),
        tested_known=counted.tested_known,
        tested_ever=ever,
        flagged=counted.flagged,
        strongest_bits=counted.strongest,
        warming=None if ever else min(state.stream.events_needed for state in states),
        expected=math.nan if series else math.fsum(counted.chances),
    )


def _busiest_first(lane: Lane) -> tuple[int, float, int, str, str]:
    strongest = float(np.nanmax(lane.strongest_bits, initial=-math.inf))
    return (-int(lane.flagged.sum()), -strongest, -lane.tested_ever, lane.label, lane.key)


def _edges(buckets: Buckets | None, count: int) -> npt.NDArray[np.int64]:
    if buckets is None:
        return np.zeros(count + 1, dtype=np.int64)
    # Rounded up: the first moment of bucket i is the first t with (t - low) * count >= i * (high - low).
    width = buckets.high - buckets.low
    return np.array(
        [buckets.low - (-i * width // buckets.count) for i in range(buckets.count + 1)], dtype=np.int64
    )
