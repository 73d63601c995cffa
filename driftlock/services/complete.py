"""The scores that the gate left out, computed afterwards from stored events."""

from collections.abc import Callable
from typing import Final

from driftlock.errors import NotFound
from driftlock.ports import Store
from driftlock.services.advance import SLAB_EVENTS
from driftlock.services.series_plan import is_series
from driftlock_core.detector import Detector
from driftlock_core.gate import Gate
from driftlock_core.profiles import Profile

# About one window in six passes: more than any sensible rule could flag.
WIDE: Final = Gate(threshold=0.10, alpha=0.20)


def complete(
    store: Store, tenant: str, stream_id: str, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """
    Fill in N, C(W) and p_perm of windows that were too ordinary to need them for the decision.

    The stream is replayed under a wider gate. What is flagged, and every
    record, stays as it is; filling in twice changes nothing.

    Args:
        progress: Called after each slab with events replayed and events to replay.

    Returns:
        Windows filled in.

    Raises:
        NotFound: The tenant has no such stream.
    """
    stream = store.streams.get(tenant, stream_id)
    if stream is None:
        raise NotFound(f"There is no stream {stream_id}.")
    if is_series(stream.configuration):
        return 0  # every number has its score
    profile = Profile.from_configuration(stream.configuration)
    gate = Gate(
        threshold=min(WIDE.threshold, profile.threshold),
        alpha=max(WIDE.alpha, profile.alpha),
    )
    detector = Detector(profile, gate=gate)
    filled = cursor = 0
    while slab := store.events.after(tenant, stream_id, cursor, SLAB_EVENTS):
        windows = detector.update([event.payload for event in slab], [event.at_us for event in slab])
        filled += store.detections.fill(tenant, stream_id, windows)
        cursor = slab[-1].seq
        if progress is not None:
            progress(cursor, stream.events)
    return filled
