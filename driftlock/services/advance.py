"""Stored events through the detector: the only caller of the engine on what is stored."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from driftlock.ports import Claim, Clock, FlaggedWindow, FoundAnomaly, Step, Store, StoredEvent
from driftlock.services.drift_watch import DriftWatch, reset_recorded
from driftlock.services.lease import LEASE, claimed, lost
from driftlock.services.records import RecordWriter, disjoint_in_a_row
from driftlock_core import state
from driftlock_core.detector import Detector
from driftlock_core.gate import Gate
from driftlock_core.incidents import incidents
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.severity import PERSISTENT
from driftlock_core.verdict import Verdict
from driftlock_core.windows import Windows

SLAB_EVENTS: Final = 5_000
# A coming window can touch one that ended a window's length ago, and severity looks back over as many
# disjoint ones as count as persistent; each of those may lie up to a window before the next.
REACH_WINDOWS: Final = 2 * PERSISTENT


def advance(
    store: Store,
    clock: Clock,
    tenant: str,
    stream_id: str,
    *,
    slab_events: int = SLAB_EVENTS,
    most_events: int | None = None,
    on_slab: Callable[[int], None] | None = None,
) -> int:
    """
    Judge the stored events that have not been judged yet.

    Each slab keeps its windows, anomalies, detector state and cursor in one
    transaction, under a lease that one caller holds at a time: an end at any
    moment repeats nothing and loses nothing.

    Args:
        slab_events: Events per transaction.
        most_events: After about so many the rest is left for another call.
        on_slab: Called after each slab with its last seq; what it raises ends the work there.

    Returns:
        Windows computed.

    Raises:
        NotFound: The tenant has no such stream.
        StreamBusy: The lease is somebody else's.
    """
    windows = 0
    if most_events is not None:
        slab_events = min(slab_events, most_events)
    with claimed(store.detections, clock, tenant, stream_id) as claim:
        for step in _Slabs(store, clock, tenant, stream_id, claim).work(slab_events):
            with reset_recorded(step, clock):
                if not store.detections.save(tenant, stream_id, step, until=clock.now() + LEASE):
                    raise lost(claim)
            windows += len(step.windows)
            if on_slab is not None:
                on_slab(step.cursor)
            if most_events is not None and step.cursor - claim.cursor >= most_events:
                break
    return windows


class _Slabs:
    """A claimed stream's events as finished steps, one slab after the other."""

    def __init__(self, store: Store, clock: Clock, tenant: str, stream_id: str, claim: Claim) -> None:
        profile = Profile.from_configuration(claim.configuration)
        masker = Masker(profile.masks)
        self._store = store
        self._of = tenant, stream_id
        self._claim = claim
        self._detector = (
            Detector(profile, masker=masker, gate=every_excess(profile))
            if claim.state is None
            else state.load(claim.state, masker=masker)
        )
        self._writer = RecordWriter(store.events, tenant, stream_id, claim.stream_name, profile, masker)
        self._drift = DriftWatch(store, clock, tenant, stream_id, self._detector.profile)
        self._reach = REACH_WINDOWS * profile.window
        self._recent = store.detections.flagged_after(tenant, stream_id, claim.cursor - self._reach)
        self._incidents = claim.incidents

    def work(self, slab_events: int) -> Iterator[Step]:
        """Read, judge and describe slab by slab; the caller keeps each before asking for the next."""
        cursor = self._claim.cursor
        while slab := self._store.events.after(*self._of, cursor, slab_events):
            windows = Windows.join([self._judged(piece) for piece in self._drift.pieces(cursor, slab)])
            self._writer.remember(slab)
            anomalies = self._anomalies(windows.verdicts)
            last = _last_events(windows, slab)
            anchors, drift = self._drift.taken()
            yield Step(
                owner=self._claim.owner,
                before=cursor,
                cursor=slab[-1].seq,
                state=state.save(self._detector),
                status=self._detector.status,
                events_needed=self._detector.events_needed,
                windows=windows,
                last_at_us=[event.at_us for event in last],
                seen_us=[event.seen_us for event in last],
                anomalies=anomalies,
                incidents=self._incidents,
                anchors=anchors,
                drift=drift,
            )
            cursor = slab[-1].seq
            self._recent = [window for window in self._recent if window.last_seq > cursor - self._reach]

    def _judged(self, piece: Sequence[StoredEvent]) -> Windows:
        windows = self._detector.update([event.payload for event in piece], [event.at_us for event in piece])
        self._drift.look(self._detector, piece[-1])
        return windows

    def _anomalies(self, verdicts: Sequence[Verdict]) -> list[FoundAnomaly]:
        known = len(self._recent)
        self._recent += [FlaggedWindow(v.window, v.first_seq, v.last_seq) for v in verdicts]
        places = {window.window: place for place, window in enumerate(self._recent)}
        verdict_of = {verdict.window: verdict for verdict in verdicts}
        groups = incidents((w.window, w.first_seq, w.last_seq) for w in self._recent)
        # Groups that begin among the windows known before have their numbers already.
        begun = sum(places[group.windows[0]] < known for group in groups)
        first_number = self._incidents - begun + 1
        found = []
        for number, group in enumerate(groups, start=first_number):
            members = [self._recent[places[window]] for window in group.windows]
            for count, member in enumerate(members, start=1):
                if member.window in verdict_of:
                    found.append(
                        self._writer.record(
                            verdict_of[member.window],
                            incident=number,
                            disjoint_in_a_row=disjoint_in_a_row(members[:count]),
                        )
                    )
        self._incidents += len(groups) - begun
        return found


def _last_events(windows: Windows, slab: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The last event of each window, which always lies in the slab that completes the window."""
    return [slab[seq - slab[0].seq] for seq in windows.last_seq.tolist()]


def every_excess(profile: Profile) -> Gate:
    """
    The profile's own gate, and the exact score of every window that costs more than usual.

    A timeline that mixed scores with their bounds would show windows that are
    not flagged above those that are.
    """
    return Gate(threshold=profile.threshold, alpha=0.0, exact=0.0)
