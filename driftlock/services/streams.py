"""Streams: made empty, ready to receive."""

import hashlib
import secrets
from datetime import datetime

from driftlock.model import Kind, Stream
from driftlock_core.profiles import Profile


def blank_stream(
    tenant: str,
    *,
    name: str,
    kind: Kind,
    profile: Profile,
    created_at: datetime,
    run_id: str | None = None,
    expires_at: datetime | None = None,
    stream_id: str | None = None,
) -> Stream:
    """A stream without events, under *stream_id* or else an id of its own that tells nothing."""
    return Stream(
        tenant=tenant,
        id=stream_id or secrets.token_hex(8),
        name=name,
        kind=kind,
        status="warming_up",
        events=0,
        windows=0,
        flagged=0,
        incidents=0,
        expected_by_chance=0.0,
        events_needed=profile.events_needed,
        configuration=profile.configuration(),
        run_id=run_id,
        created_at=created_at,
        expires_at=expires_at,
    )


def id_in_run(run_id: str, kind: Kind) -> str:
    """
    Id of the stream of one kind in a run: the same whenever the run is made, and known to who knows the run.

    >>> id_in_run("5f0c33d1a9b24e76", "logs")
    'eaae48ef56b714fc'
    """
    return hashlib.blake2b(f"{run_id} {kind}".encode(), digest_size=8).hexdigest()
