"""What stood around a flagged window: the windows before and after it, and what its events belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import orjson

from driftlock.decode.fields import plain_name
from driftlock.decode.kind_names import TOKENS
from driftlock.decode.measurements import Measurements, reading_of
from driftlock.errors import NotFound
from driftlock.model import AnomalyRow, ScoreColumns
from driftlock.ports import Store, StoredEvent
from driftlock.services.queries import Queries
from driftlock.services.series_store import SeriesPoints
from driftlock.services.trace_spans import Waterfall, waterfall
from driftlock_core.errors import NotRecomputable

REACH_US: Final = 30 * 60 * 1_000_000  # on either side, where windows have times
REACH_WINDOWS: Final = 40  # and at least so many windows
MOST_NEIGHBOURS: Final = 400  # flagged windows, the newest of those near


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The windows near one, and the flagged ones among them."""

    columns: ScoreColumns
    place: int  # row of the window itself
    first_seq: int  # of the window itself
    last_seq: int
    neighbours: tuple[AnomalyRow, ...]  # in stream order, the window itself included
    by_time: bool  # cut by time, not by number of windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A number that the events measure, before, in and after the window."""

    name: str
    points: SeriesPoints
    inside: int  # values within the window


class ContextQueries:
    """Reads from *store*; the tenant always comes first. Ids the tenant does not have raise NotFound."""

    def __init__(self, store: Store, queries: Queries) -> None:
        self._store = store
        self._queries = queries

    def around(self, tenant: str, anomaly_id: str) -> Around:
        """Windows within half an hour, where they have times, and at least 40 on either side."""
        row = self._row(tenant, anomaly_id)
        columns = self._queries.scores(tenant, row.stream_id)
        place = int(np.flatnonzero(np.asarray(columns.window) == row.window)[0])
        first, last = max(0, place - REACH_WINDOWS), place + REACH_WINDOWS
        times = np.asarray(columns.last_at_us, dtype=np.int64)
        by_time = bool(times.size and times.min() >= 0 and (np.diff(times) >= 0).all())
        if by_time:
            # The wider of both: an hour may hold no other window, or thousands.
            first = min(first, int(np.searchsorted(times, times[place] - REACH_US)))
            last = max(last, int(np.searchsorted(times, times[place] + REACH_US, "right")) - 1)
        rows = slice(first, last + 1)
        cut: dict[str, Any] = {
            field.name: np.asarray(getattr(columns, field.name))[rows]
            for field in fields(ScoreColumns)
            if field.name != "extra"
        }
        numbers = cut["window"]
        flagged = np.asarray(columns.flagged)
        newest = self._queries.anomalies(
            tenant,
            row.stream_id,
            order="newest",
            offset=int(np.count_nonzero(flagged[last + 1 :])),
            limit=min(MOST_NEIGHBOURS, int(np.count_nonzero(flagged[rows]))),
        )
        near = [one for one in newest if numbers[0] <= one.window <= numbers[-1]]
        if row.id not in {one.id for one in near}:
            near.append(row)
        return Around(
            columns=ScoreColumns(**cut),
            place=place - first,
            first_seq=row.first_seq,
            last_seq=row.last_seq,
            neighbours=tuple(sorted(near, key=lambda one: one.window)),
            by_time=by_time,
        )

    def waterfall(self, tenant: str, anomaly_id: str) -> Waterfall | None:
        """The window's dearest trace; None where its events are no spans."""
        row, record = self._recorded(tenant, anomaly_id)
        events = self._window(tenant, row)
        return waterfall(
            [(event.payload, event.at_us) for event in events], record["description"]["event_bits"]
        )

    def numbers(self, tenant: str, anomaly_id: str) -> list[Numbers]:
        """Numbers that the window's events measure, with as much before and after; most values first."""
        row = self._row(tenant, anomaly_id)
        if row.kind == "logs":
            return []  # a number in a line of text is no measurement
        length = row.last_seq - row.first_seq + 1
        events = self._store.events.between(
            tenant, row.stream_id, max(1, row.first_seq - 4 * length), row.last_seq + 4 * length
        )
        measurements = Measurements(reading_of([event.payload for event in events]))
        found: dict[str, list[tuple[int, int, float]]] = {}
        for event in events:
            at = -1 if event.at_us is None else event.at_us
            for name, value in measurements.of(event.payload):
                found.setdefault(name, []).append((event.seq, at, value))
        result = [
            Numbers(
                name=name,
                points=_points(values),
                inside=sum(row.first_seq <= seq <= row.last_seq for seq, _, _ in values),
            )
            for name, values in found.items()
        ]
        return sorted(result, key=lambda one: (-one.inside, one.name))

    def _window(self, tenant: str, row: AnomalyRow) -> list[StoredEvent]:
        events = self._store.events.between(tenant, row.stream_id, row.first_seq, row.last_seq)
        if len(events) != row.last_seq - row.first_seq + 1:
            raise NotRecomputable(f"of events {row.first_seq} to {row.last_seq} only {len(events)} are there")
        return events

    def _row(self, tenant: str, anomaly_id: str) -> AnomalyRow:
        return self._recorded(tenant, anomaly_id)[0]

    def _recorded(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, dict[str, Any]]:
        found = self._store.verdicts.anomaly(tenant, anomaly_id)
        if found is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        return found


def token_counts(payload: bytes) -> dict[str, int]:
    """
    The numbers of tokens a model call names, by the names it gives them; also one level down, as "usage" has them.

    >>> token_counts(b'{"prompt_tokens": 12, "usage": {"output_tokens": 40}}')
    {'prompt_tokens': 12, 'output_tokens': 40}
    """
    try:
        event = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return {}
    found: dict[str, int] = {}
    for held in (event, *(event.values() if isinstance(event, dict) else ())):
        if not isinstance(held, dict):
            continue
        for name, value in held.items():
            told = plain_name(str(name).rpartition(".")[2])
            if told in TOKENS and isinstance(value, int) and not isinstance(value, bool):
                found[str(name)] = value
    return found


def _points(values: Sequence[tuple[int, int, float]]) -> SeriesPoints:
    """Of a number that was not judged as a series: nothing was expected of it."""
    seq, at_us, value = zip(*values, strict=True)
    nothing = np.full(len(values), np.nan)
    return SeriesPoints(
        seq=np.array(seq, dtype=np.int64),
        at_us=np.array(at_us, dtype=np.int64),
        value=np.array(value, dtype=np.float64),
        low=nothing,
        high=nothing,
        score=nothing,
    )
