"""A flagged window asked about in other ways: by other compressors, and under other masks."""

from dataclasses import dataclass
from typing import Any, Final

from driftlock.errors import NotFound
from driftlock.model import AnomalyRow
from driftlock.ports import Store
from driftlock.services.records import verdict_of
from driftlock_core.errors import NotRecomputable
from driftlock_core.jury import Jury, Known, jury
from driftlock_core.masking import Masker
from driftlock_core.masking_xray import Xray, replay_from, xray
from driftlock_core.profiles import Profile
from driftlock_core.verdict import Verdict

MOST_PAST: Final = 99  # past windows of the jury: a first rank is then 1 %


@dataclass(frozen=True, slots=True, kw_only=True)
class XrayReport:
    """The window under each set of masks, and how much of the stream was replayed for it."""

    found: tuple[Xray, ...]
    events: int
    agrees: bool  # under the profile's own masks the replay says what the record says


class CrossChecks:
    """
    Second opinions, computed from stored events; the tenant always comes first.

    Every method raises NotFound for an id the tenant does not have, and
    NotRecomputable where the events are gone.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def jury(self, tenant: str, anomaly_id: str) -> Jury | None:
        """
        The window's rank among disjoint past windows under each compressor; None without past windows.

        Each past window is told from as many events as the window itself, as
        far before it. Where these are too few, the windows inside the stream's
        first baseline join them, each told from the rest of it, as they are
        the first references of a verdict.
        """
        row, verdict = self._verdict(tenant, anomaly_id)
        profile = Profile.from_configuration(verdict.configuration)
        if verdict.evidence.baseline_given:
            raise NotRecomputable("the verdict was made with a given baseline, which is not stored")
        first, last, _ = verdict.evidence.epochs[-1]
        reach = row.first_seq - first  # events from the beginning of the baseline to the window
        past = min(MOST_PAST, (first - 1) // profile.window)
        start = first - past * profile.window if past == MOST_PAST else 1
        canonical = Masker(profile.masks).canonical(self._payloads(tenant, row, start))

        def known(begin: int) -> Known:
            at = begin - start
            return Known(
                window=tuple(canonical[at : at + profile.window]),
                baseline=tuple(canonical[at - reach : at - reach + last - first + 1]),
            )

        others = [known(row.first_seq - number * profile.window) for number in range(1, past + 1)]
        if past < MOST_PAST:
            others += _inside(canonical[: profile.baseline], profile.window)[: MOST_PAST - past]
        return jury(known(row.first_seq), others) if others else None

    def xray(self, tenant: str, anomaly_id: str) -> XrayReport:
        """The window under four sets of masks, by running the detector again."""
        row, verdict = self._verdict(tenant, anomaly_id)
        profile = Profile.from_configuration(verdict.configuration)
        if verdict.evidence.baseline_given:
            raise NotRecomputable("the verdict was made with a given baseline, which is not stored")
        start = replay_from(profile, verdict.window)
        events = self._store.events.between(tenant, row.stream_id, start, row.last_seq)
        _whole(start, row.last_seq, len(events))
        found = xray(
            [event.payload for event in events],
            [event.at_us for event in events],
            profile,
            first_seq=start,
            window_first_seq=row.first_seq,
        )
        own = next(one for one in found if one.masks == profile.masks)
        return XrayReport(found=found, events=len(events), agrees=own.flagged == verdict.flagged)

    def _payloads(self, tenant: str, row: AnomalyRow, start: int) -> list[bytes]:
        """From event *start* to the end of the window."""
        events = self._store.events.between(tenant, row.stream_id, start, row.last_seq)
        _whole(start, row.last_seq, len(events))
        return [event.payload for event in events]

    def _verdict(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, Verdict]:
        found: tuple[AnomalyRow, dict[str, Any]] | None = self._store.verdicts.anomaly(tenant, anomaly_id)
        if found is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        row, record = found
        return row, verdict_of(record)


def _inside(baseline: list[bytes], window: int) -> list[Known]:
    """Each disjoint window of a baseline, the rest of it known."""
    return [
        Known(
            window=tuple(baseline[start : start + window]),
            baseline=(*baseline[:start], *baseline[start + window :]),
        )
        for start in range(0, len(baseline), window)
    ]


def _whole(first: int, last: int, there: int) -> None:
    if there != last - first + 1:
        raise NotRecomputable(f"of events {first} to {last} only {there} are there")
