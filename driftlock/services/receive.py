"""The only door: every event of every entry comes in here."""

from collections.abc import Sequence

from driftlock.model import Event, Receipt
from driftlock.ports import Clock, Store
from driftlock.services.redaction import redacted


def receive(store: Store, clock: Clock, tenant: str, stream_id: str, events: Sequence[Event]) -> Receipt:
    """
    Store *events* at the end of the stream, in the order given, without what its rules of redaction name.

    An event whose key the stream holds already is a second delivery and is
    left out. When this returns, everything accepted is on disk.

    Raises:
        NotFound: The tenant has no such stream.
    """
    rules = store.redaction.rules(tenant, stream_id)
    return store.events.append(tenant, stream_id, redacted(events, rules), clock.now())
