"""Events that are no longer there: why, and since when, in one sentence for whoever asks for what rests on them."""

from collections.abc import Sequence

from driftlock.ports import Store, StoredEvent
from driftlock.services.forgetting import REMOVED
from driftlock_core.errors import NotRecomputable


def events_there(
    store: Store, tenant: str, stream_id: str, first_seq: int, last_seq: int
) -> list[StoredEvent]:
    """
    The events from *first_seq* to *last_seq*, as they came.

    Raises:
        NotRecomputable: Some were removed by retention or for a person; the message says which, and when.
    """
    events = store.events.between(tenant, stream_id, first_seq, last_seq)
    if why := why_gone(store, tenant, stream_id, first_seq, last_seq, events):
        raise NotRecomputable(why)
    return events


def why_gone(
    store: Store, tenant: str, stream_id: str, first_seq: int, last_seq: int, events: Sequence[StoredEvent]
) -> str:
    """
    What became of the events of a range that *events* lacks; empty: all are there as they came, or nobody knows.

    Args:
        events: Those that are stored.
    """
    deleted = sum(event.payload == REMOVED for event in events)
    missing = last_seq - first_seq + 1 - len(events)
    if not deleted and not missing:
        return ""
    of = f"of events {first_seq:,} to {last_seq:,}"
    if not missing:
        return f"{deleted:,} {of} were deleted for a person whom they named; what was found stays, its proof does not"
    stream = store.streams.get(tenant, stream_id)
    if stream is not None and first_seq <= stream.removed_through and stream.removed_at is not None:
        when = stream.removed_at.date().isoformat()
        return (
            f"{missing:,} {of} were removed by retention on {when}, as everything up to event "
            f"{stream.removed_through:,} of this stream was by then; the record stays as it was written"
        )
    return ""
