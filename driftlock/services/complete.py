"""What the decision did not need, computed afterwards from stored events: for other limits than those in force."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from driftlock.errors import ApplicationError, NotFound
from driftlock.ports import Configured, Store
from driftlock.services.advance import SLAB_EVENTS
from driftlock.services.series_plan import is_series
from driftlock_core.detector import Detector
from driftlock_core.gate import Gate
from driftlock_core.profiles import Profile

# About one window in six passes: more than any sensible rule could flag.
WIDE: Final = Gate(threshold=0.10, alpha=0.20, exact=0.0, every_rule=True)
# Every limit that can be chosen; about half of the windows pass, so it takes several times as long.
WIDEST: Final = Gate(threshold=0.0, alpha=0.5, exact=0.0, every_rule=True)


def complete(
    store: Store,
    tenant: str,
    stream_id: str,
    *,
    gate: Gate = WIDE,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """
    Fill in N, C(W), p_perm and ranks of windows that were too ordinary to need them for the decision.

    The stream is replayed under a wider gate, with the limits it had at each
    of its events, up to the window that is the last one now. What is flagged, and every record, stays as it is; filling
    in twice changes nothing.

    Args:
        gate: For which limits.
        progress: Called after each slab with events replayed and events to replay.

    Returns:
        Windows filled in.

    Raises:
        NotFound: The tenant has no such stream.
        ApplicationError: Its first events were removed by retention.
    """
    stream = store.streams.get(tenant, stream_id)
    if stream is None:
        raise NotFound(f"There is no stream {stream_id}.")
    if is_series(stream.configuration):
        return 0  # every number has its score
    if not stream.windows:
        return 0
    if stream.removed_through:
        raise ApplicationError(
            f"Scores can be filled in only from a stream's first event on, and retention removed events 1 to "
            f"{stream.removed_through:,} of this one. What is known of its windows stays."
        )
    first, *changes = store.detections.configurations(tenant, stream_id)
    profile = Profile.from_configuration(first.configuration)
    detector = Detector(profile, gate=_wide(profile, gate))
    # What came behind the last window may be judged meanwhile, by limits that are changed meanwhile.
    last = profile.events_needed + (stream.windows - 1) * profile.hop
    filled = cursor = 0
    while cursor < last:
        changes = _limited(detector, changes, cursor, gate)
        # Windows that end behind a change are judged by it, so no slab reaches beyond one.
        most = min(SLAB_EVENTS, min([last, *(change.after_seq for change in changes[:1])]) - cursor)
        if not (slab := store.events.after(tenant, stream_id, cursor, most)):
            break
        windows = detector.update([event.payload for event in slab], [event.at_us for event in slab])
        filled += store.detections.fill(tenant, stream_id, windows)
        cursor = slab[-1].seq
        if progress is not None:
            progress(cursor, last)
    return filled


def _limited(detector: Detector, changes: list[Configured], cursor: int, gate: Gate) -> list[Configured]:
    """Give *detector* the limits that were set at *cursor*; the changes that are still to come."""
    while changes and changes[0].after_seq <= cursor:
        profile = Profile.from_configuration(changes[0].configuration)
        detector.set_limits(profile, gate=_wide(profile, gate))
        changes = changes[1:]
    return changes


def _wide(profile: Profile, gate: Gate) -> Gate:
    return replace(
        gate, threshold=min(gate.threshold, profile.threshold), alpha=max(gate.alpha, profile.alpha)
    )
