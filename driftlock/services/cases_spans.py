"""Flagged windows and alerts in time, as columns: what cases are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from driftlock.services.cases_store import Flagged, Reach, Span
from driftlock_core.severity import Severity
from driftlock_core.windows import Ints

SEVERITIES: Final[tuple[Severity, ...]] = ("low", "medium", "high")  # by their rank
Ids = npt.NDArray[np.bytes_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spans:
    """One row each, of all streams of a tenant; a stream's place among the reaches stands for it."""

    reaches: tuple[Reach, ...]  # by stream id
    anomaly_id: Ids
    stream: Ints  # place in ``reaches``
    first_us: Ints
    last_us: Ints
    severity: npt.NDArray[np.int8]  # place in SEVERITIES

    def __len__(self) -> int:
        return len(self.anomaly_id)

    @property
    def start(self) -> Ints:
        """Where each begins once half a usual window is added before it; microseconds."""
        return self.first_us - self._half

    @property
    def stop(self) -> Ints:
        """Likewise where it ends."""
        return self.last_us + self._half

    @property
    def length(self) -> Ints:
        """The usual length of the stream's windows, or the span's own where that is longer."""
        longest: Ints = np.maximum(self._usual, self.last_us - self.first_us)
        return longest

    @property
    def _usual(self) -> Ints:
        of_streams: Ints = np.array([one.length_us for one in self.reaches], dtype=np.int64)
        return of_streams[self.stream]

    @property
    def _half(self) -> Ints:
        return self._usual // 2

    def order(self) -> Ints:
        """Rows by where they begin once widened, then by stream and id."""
        return np.lexsort((self.anomaly_id, self.stream, self.start))

    def of_streams(self, stream_ids: Iterable[str]) -> "Spans":
        """Those of some streams alone."""
        wanted = set(stream_ids)
        chosen = np.array([one.stream_id in wanted for one in self.reaches], dtype=np.bool_)
        kept = chosen[self.stream]
        columns = {name: getattr(self, name)[kept] for name in _COLUMNS}
        return Spans(reaches=self.reaches, **columns)

    def names(self, at: Ints) -> list[str]:
        """Ids of the anomalies in those rows."""
        return [name.decode() for name in self.anomaly_id[at].tolist()]

    def rows(self, at: Ints) -> list[Span]:
        """Those rows as objects."""
        return [
            Span(
                anomaly_id=name.decode(),
                stream_id=self.reaches[stream].stream_id,
                stream_name=self.reaches[stream].stream_name,
                first_us=first,
                last_us=last,
                severity=SEVERITIES[rank],
            )
            for name, stream, first, last, rank in zip(
                *(getattr(self, column)[at].tolist() for column in _COLUMNS), strict=True
            )
        ]


_COLUMNS: Final = ("anomaly_id", "stream", "first_us", "last_us", "severity")


def joined(flagged: Mapping[str, Flagged], reaches: Iterable[Reach]) -> Spans:
    """What was flagged in those of the streams that have a reach, as far as it has its place in time."""
    order = tuple(sorted((one for one in reaches if one.stream_id in flagged), key=lambda one: one.stream_id))
    parts: dict[str, list[npt.NDArray[Any]]] = {name: [_EMPTY[name]] for name in _COLUMNS}
    for place, reach in enumerate(order):
        mine = flagged[reach.stream_id]
        kept = mine.placed
        parts["stream"].append(np.full(int(kept.sum()), place, dtype=np.int64))
        for name in ("anomaly_id", "first_us", "last_us", "severity"):
            parts[name].append(getattr(mine, name)[kept])
    return Spans(reaches=order, **{name: np.concatenate(some) for name, some in parts.items()})


def spans_of(rows: Sequence[Span], reaches: Mapping[str, Reach]) -> Spans:
    """The inverse of :meth:`Spans.rows`."""
    order = tuple(reaches[name] for name in sorted(reaches))
    place = {reach.stream_id: at for at, reach in enumerate(order)}
    return Spans(
        reaches=order,
        anomaly_id=np.array([one.anomaly_id.encode() for one in rows], dtype="S32"),
        stream=np.array([place[one.stream_id] for one in rows], dtype=np.int64),
        first_us=np.array([one.first_us for one in rows], dtype=np.int64),
        last_us=np.array([one.last_us for one in rows], dtype=np.int64),
        severity=np.array([SEVERITIES.index(one.severity) for one in rows], dtype=np.int8),
    )


_EMPTY: Final[Mapping[str, npt.NDArray[Any]]] = {
    "anomaly_id": np.empty(0, dtype="S32"),
    "stream": np.empty(0, dtype=np.int64),
    "first_us": np.empty(0, dtype=np.int64),
    "last_us": np.empty(0, dtype=np.int64),
    "severity": np.empty(0, dtype=np.int8),
}
