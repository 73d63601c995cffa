"""Which windows a candidate adds, drops and keeps."""

from dataclasses import dataclass

import numpy as np

from driftlock.services.records import anomaly_id
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_counts import Limit, alarmed
from driftlock.services.tuning_history import History
from driftlock_core.recount import Rule
from driftlock_core.windows import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangedWindows:
    """Windows, column by column."""

    window: Ints
    first_seq: Ints
    last_seq: Ints
    seen_us: Ints
    ncd: Floats
    distance: Floats  # that decides under the candidate
    p: Floats  # that decides under the candidate, NaN where not computed
    extra_bits: Floats
    anomaly_ids: tuple[str | None, ...]  # None: not flagged when it was judged, so there is no record

    def __len__(self) -> int:
        return len(self.window)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changed:
    """What a candidate changes against the current rule."""

    gained: ChangedWindows
    lost: ChangedWindows
    kept: ChangedWindows
    current: Bools  # flagged under it, one entry per window of the range
    candidate: Bools


def changed(history: History, current: Limit, candidate: Limit, hows: tuple[Alarms, Alarms]) -> Changed:
    """
    Windows that are alarms under one of the two limits, by which of them.

    Args:
        hows: Flags are counted, for each.
    """
    before, after = (
        alarmed(history, limit, how).alarms for limit, how in zip((current, candidate), hows, strict=True)
    )
    # Other limits than NCD and p have no p of their own: windows lie where the limits in force put them.
    placed = history.recounter.placed(candidate if isinstance(candidate, Rule) else history.rule)
    taken = slice(history.first, history.stop)
    distance, p, columns = placed.distance[taken], placed.p[taken], history.columns

    def of(which: Bools) -> ChangedWindows:
        at = np.flatnonzero(which)
        recorded = columns.flagged[at].tolist()
        ids = [anomaly_id(history.stream.id, window) for window in columns.window[at].tolist()]
        return ChangedWindows(
            window=columns.window[at],
            first_seq=columns.extra["first_seq"][at],
            last_seq=columns.last_seq[at],
            seen_us=columns.extra["seen_us"][at],
            ncd=columns.ncd[at],
            distance=distance[at],
            p=p[at],
            extra_bits=columns.extra_bits[at],
            anomaly_ids=tuple(one if there else None for one, there in zip(ids, recorded, strict=True)),
        )

    return Changed(
        gained=of(after & ~before),
        lost=of(before & ~after),
        kept=of(before & after),
        current=before,
        candidate=after,
    )
