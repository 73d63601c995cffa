"""One caller at a time advances a stream."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, Protocol

from driftlock.errors import ApplicationError
from driftlock.ports import Claim, Clock
from driftlock.services.acting import aside

# A slab takes seconds at most; who has been silent for so long will not come back.
LEASE: Final = timedelta(seconds=30)


class StreamBusy(ApplicationError):
    """Somebody else is advancing the stream right now."""


class _Claims(Protocol):
    def claim(
        self, tenant: str, stream_id: str, owner: str, *, now: datetime, until: datetime
    ) -> Claim | None: ...

    def release(self, tenant: str, stream_id: str, owner: str) -> None: ...


@contextmanager
def claimed(claims: _Claims, clock: Clock, tenant: str, stream_id: str) -> Iterator[Claim]:
    """
    The stream's lease while the block lasts.

    Raises:
        NotFound: The tenant has no such stream.
        StreamBusy: The lease is somebody else's.
    """
    owner = secrets.token_hex(8)
    now = clock.now()
    with aside():
        claim = claims.claim(tenant, stream_id, owner, now=now, until=now + LEASE)
    if claim is None:
        raise StreamBusy(f"Stream {stream_id} is being analyzed already; wait until that is done.")
    try:
        yield claim
    finally:
        with aside():
            claims.release(tenant, stream_id, owner)


def lost(claim: Claim) -> StreamBusy:
    """What to raise when the lease ran out or the stream is gone."""
    return StreamBusy(f"Stream {claim.stream_name} was taken over, or removed.")
