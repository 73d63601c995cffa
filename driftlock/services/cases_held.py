"""What was flagged in each stream, kept at hand: read is only what came since, looked at only what it changes."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

import numpy as np

from driftlock.services.cases_grouping import groups
from driftlock.services.cases_spans import Spans, joined
from driftlock.services.cases_store import CaseTable, Flagged, Reach, Tallies, Tally
from driftlock_core.windows import Ints

_KEPT: Final = 4  # tenants whose flagged windows are kept at hand: 50,000 are 3 MB, their groups as much


@dataclass(slots=True)
class _Held:
    tallies: Tallies
    flagged: dict[str, Flagged]
    spans: Spans
    settled: frozenset[bytes] = frozenset()  # ids of each group that was seen to
    done: bool = False  # whether those are all groups there are


@dataclass(frozen=True, slots=True)
class Looked:
    """All that is flagged now."""

    tallies: Tallies
    spans: Spans


class HeldSpans:
    """The spans of some tenants, as they were when last asked for."""

    def __init__(self, table: CaseTable) -> None:
        self._table = table
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, tenant: str, now: datetime) -> Looked:
        """What is flagged at *now*."""
        held = self._look(tenant, now)
        return Looked(held.tallies, held.spans)

    def unsettled(self, tenant: str, looked: Looked) -> tuple[list[Ints], frozenset[bytes]]:
        """
        Groups that are not as any was when :meth:`settle` was called last, and what to call it with.

        What is done about a group depends on what is in it alone, and doing it
        twice does nothing more.
        """
        with self._lock:
            held = self._held.get(tenant)
        if held is not None and held.done and held.spans is looked.spans:
            return [], held.settled
        known = frozenset[bytes]() if held is None else held.settled
        found = {looked.spans.anomaly_id[group].tobytes(): group for group in groups(looked.spans)}
        return [group for name, group in found.items() if name not in known], frozenset(found)

    def settle(self, tenant: str, looked: Looked, seen_to: frozenset[bytes]) -> None:
        """All groups of what was looked at were seen to."""
        with self._lock:
            if (held := self._held.get(tenant)) is not None:
                held.settled, held.done = seen_to, held.spans is looked.spans

    def _look(self, tenant: str, now: datetime) -> _Held:
        tallies = self._table.tallies(tenant, now)
        with self._lock:
            held = self._held.get(tenant)
        if held is None or held.tallies != tallies:
            flagged = self._flagged(tenant, tallies, held)
            spans = joined(flagged, _reaches(self._table.reaches(tenant, now), flagged))
            settled = held.settled if held is not None else frozenset[bytes]()
            held = _Held(tallies, flagged, spans, settled)
        with self._lock:
            self._held[tenant] = held
            self._held.move_to_end(tenant)
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return held

    def _flagged(self, tenant: str, tallies: Tallies, held: _Held | None) -> dict[str, Flagged]:
        """What is held, with what came since; a stream of which something was deleted is read again."""
        found: dict[str, Flagged] = {}
        ranges: dict[str, tuple[int, int]] = {}
        for stream_id, tally in tallies.items():
            known = None if held is None else held.tallies.get(stream_id)
            mine = None if held is None else held.flagged.get(stream_id)
            if mine is not None:
                found[stream_id] = mine
            if known != tally:
                grew = mine is not None and known is not None and _grew(known, tally)
                ranges[stream_id] = (known.last_window if grew and known else -1, tally.last_window)
        again = {}
        for stream_id, more in self._table.flagged(tenant, ranges).items():
            after, last = ranges[stream_id]
            whole = more if after < 0 else _appended(found[stream_id], more)
            if after >= 0 and len(whole.anomaly_id) != tallies[stream_id].windows:
                again[stream_id] = (-1, last)
            found[stream_id] = whole
        found |= self._table.flagged(tenant, again) if again else {}
        return {stream_id: mine for stream_id, mine in found.items() if len(mine.anomaly_id)}


def _grew(before: Tally, now: Tally) -> bool:
    """Whether there may be nothing but further windows."""
    more = now.windows > before.windows and now.last_window > before.last_window
    return more and not now.alerts and not before.alerts


def _appended(before: Flagged, more: Flagged) -> Flagged:
    return Flagged(
        **{
            column.name: np.concatenate((getattr(before, column.name), getattr(more, column.name)))
            for column in fields(Flagged)
        }
    )


def _reaches(known: list[Reach], flagged: Mapping[str, Flagged]) -> list[Reach]:
    """With what the alerts say of streams of numbers."""
    found = []
    for reach in known:
        if (mine := flagged.get(reach.stream_id)) is None:  # deleted in this moment
            continue
        if reach.of_numbers:
            lasted = mine.last_us - mine.first_us
            reach = replace(
                reach,
                length_us=round(float(np.median(lasted))),
                first_us=int(mine.first_us.min()),
                last_us=int(mine.last_us.max()),
            )
        found.append(reach)
    return found
