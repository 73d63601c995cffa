"""The only door: every event of every entry comes in here."""

from collections.abc import Sequence

from driftlock.model import Event, Receipt
from driftlock.ports import Clock, Store


def receive(store: Store, clock: Clock, tenant: str, stream_id: str, events: Sequence[Event]) -> Receipt:
    """
    Store *events* at the end of the stream, in the order given.

    An event whose key the stream holds already is a second delivery and is
    left out. When this returns, everything accepted is on disk.

    Raises:
        NotFound: The tenant has no such stream.
    """
    return store.events.append(tenant, stream_id, events, clock.now())
