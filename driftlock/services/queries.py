"""Every question a screen asks. Read only; what is another tenant's looks like what does not exist."""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from driftlock.model import Anomaly, AnomalyRow, Run, ScoreColumns, Source, Stream
from driftlock.ports import Clock, Order, Store, StoredEvent
from driftlock.services.fitting import BASELINE_SUSPECTS
from driftlock.services.records import ORDINARY_SHARES, verdict_of
from driftlock_core.contamination import Suspect
from driftlock_core.profiles import Profile
from driftlock_core.stationarity import RECENT, RecentFlags, recent_flags


class Queries:
    """
    Reads from *store*; the tenant always comes first.

    With a *clock*, a run past its time is gone at that minute, with its
    streams and anomalies, however long its removal takes.
    """

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock

    def _expired(self, tenant: str) -> set[str]:
        """Ids of this tenant's runs that are past their time and not removed yet."""
        if self._clock is None:
            return set()
        return {run_id for of, run_id in self._store.runs.expired(self._clock.now()) if of == tenant}

    def run(self, tenant: str, run_id: str) -> Run | None:
        """The run of that id."""
        return None if run_id in self._expired(tenant) else self._store.runs.get(tenant, run_id)

    def runs(self, tenant: str, limit: int = 10, sources: Collection[Source] | None = None) -> list[Run]:
        """The latest runs, newest first; of *sources* alone where they are given."""
        gone = self._expired(tenant)
        found = self._store.runs.newest(tenant, limit + len(gone), sources)
        return [run for run in found if run.id not in gone][:limit]

    def stream(self, tenant: str, stream_id: str) -> Stream | None:
        """The stream of that id."""
        found = self._store.streams.get(tenant, stream_id)
        return None if found is None or found.run_id in self._expired(tenant) else found

    def streams(self, tenant: str, run_id: str) -> list[Stream]:
        """The streams a run made, in the order it made them."""
        return [] if run_id in self._expired(tenant) else self._store.streams.of_run(tenant, run_id)

    def scores(self, tenant: str, stream_id: str) -> ScoreColumns:
        """One row a window, in stream order; empty columns where there is nothing."""
        return self._store.verdicts.scores(tenant, stream_id)

    def ordinary_range(self, tenant: str, stream_id: str) -> tuple[float, float]:
        """5 and 95 % of the NCD (its bound where not exact) of all windows; NaN twice without windows."""
        scores = self._store.verdicts.ncd(tenant, stream_id)
        if len(scores) == 0:
            return math.nan, math.nan
        low, high = np.quantile(scores, ORDINARY_SHARES)
        return float(low), float(high)

    def baseline_suspects(self, stream: Stream) -> tuple[Suspect, ...]:
        """Stretches of the stream's first baseline that are unlike the rest of it, as its run found them."""
        run = None if stream.run_id is None else self.run(stream.tenant, stream.run_id)
        found = {} if run is None else run.options.get(BASELINE_SUSPECTS, {})
        return tuple(Suspect(**one) for one in found.get(stream.id, ()))

    def recent_flags(self, stream: Stream) -> RecentFlags:
        """How many of the stream's last windows are flagged; not for one judged as series."""
        profile = Profile.from_configuration(stream.configuration)
        first = max(0, stream.windows - RECENT)
        # The window before ends so many events into the stream.
        behind = profile.baseline + profile.window + (first - 1) * profile.hop
        flagged = self._store.detections.flagged_after(stream.tenant, stream.id, behind)
        numbers = {window.window for window in flagged}
        return recent_flags([at in numbers for at in range(first, stream.windows)], profile)

    def anomalies(
        self, tenant: str, stream_id: str, *, order: Order = "strongest", offset: int = 0, limit: int = 50
    ) -> list[AnomalyRow]:
        """Flagged windows: most extra bits first, or the end of the stream first."""
        if self.stream(tenant, stream_id) is None:
            return []
        return self._store.verdicts.anomalies(tenant, stream_id, order, offset, limit)

    def anomaly(self, tenant: str, anomaly_id: str) -> Anomaly | None:
        """One flagged window, whole, with its neighbours among the flagged ones in stream order."""
        found = self._recorded(tenant, anomaly_id)
        if found is None:
            return None
        row, record = found
        among = self._store.verdicts.neighbours(tenant, row.stream_id, row.window)
        return Anomaly(
            row=row,
            record=record,
            previous_id=among.previous_id,
            next_id=among.next_id,
            position=among.position,
            total=among.total,
        )

    def _recorded(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, dict[str, Any]] | None:
        found = self._store.verdicts.anomaly(tenant, anomaly_id)
        return None if found is None or self.stream(tenant, found[0].stream_id) is None else found

    def window_events(self, tenant: str, anomaly_id: str) -> list[StoredEvent]:
        """The events of a flagged window, in order; none for an id that is not there."""
        found = self._recorded(tenant, anomaly_id)
        if found is None:
            return []
        row, _ = found
        return self._store.events.between(tenant, row.stream_id, row.first_seq, row.last_seq)

    def baseline_events(self, tenant: str, anomaly_id: str) -> list[StoredEvent]:
        """The events it was measured against at its end: the baseline of its last epoch."""
        found = self._recorded(tenant, anomaly_id)
        if found is None:
            return []
        row, record = found
        first_seq, last_seq, _ = verdict_of(record).evidence.epochs[-1]
        return self._store.events.between(tenant, row.stream_id, first_seq, last_seq)

    def stored(self, tenant: str, stream_id: str, first_seq: int, last_seq: int) -> dict[int, bytes]:
        """Payloads by seq, both ends included."""
        events = self._store.events.between(tenant, stream_id, first_seq, last_seq)
        return {event.seq: event.payload for event in events}
