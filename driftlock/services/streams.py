"""Streams: made empty, ready to receive."""

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
) -> Stream:
    """A stream without events, under an id of its own that tells nothing."""
    return Stream(
        tenant=tenant,
        id=secrets.token_hex(8),
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
