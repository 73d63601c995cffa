"""Runs: asked for, called off, forgotten."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, BinaryIO, Final

from driftlock.errors import MalformedPayload, NotFound
from driftlock.model import Kind, Run, Source
from driftlock.ports import Clock, Removed, Spool, Store
from driftlock.services.acting import by_system
from driftlock.services.tenants import VISIT
from driftlock.settings import Settings
from driftlock_core.profiles import Profile

WAITING: Final = "waiting"
VISITORS_BYTES: Final = 1_000_000_000  # of all visitors' files that wait for their analysis


def too_large(limit_bytes: int) -> MalformedPayload:
    """The error for a source of more than *limit_bytes*."""
    return MalformedPayload(
        f"The source is larger than {limit_bytes / 1e6:g} MB, the most one run may hold "
        "(DRIFTLOCK_MAX_UPLOAD_MB). Raise the limit, or cut the file into parts."
    )


def too_many(name: str, limit: int) -> MalformedPayload:
    """The error for a source of more than *limit* events."""
    return MalformedPayload(
        f"“{name}” holds more than {limit:,} events, the most one run may hold (DRIFTLOCK_MAX_EVENTS). "
        "Raise the limit, or judge the file without storing it: `driftlock detect FILE`."
    )


def start(
    store: Store,
    spool: Spool,
    clock: Clock,
    settings: Settings,
    tenant: str,
    *,
    source: Source,
    name: str,
    open_source: Callable[[], BinaryIO],
    profile: Profile,
    size_bytes: int | None,
    format: str | None,
    kind: Kind | None,
    propose_sizes: bool,
    options: Mapping[str, Any],
    kept_for: timedelta | None,
    run_id: str | None = None,
) -> str:
    """
    Keep a copy of the source and queue its analysis.

    Args:
        kept_for: The run is removed after so long; None: when it is deleted.
        run_id: Its id; a run that has it already stays as it is. None: one that tells nothing.

    Returns:
        Id of the run, which a worker takes up next.

    Raises:
        MalformedPayload: The source is larger than the settings allow, or visitors' files fill their share.
    """
    if size_bytes is not None and size_bytes > settings.max_upload_bytes:
        raise too_large(settings.max_upload_bytes)
    if source in ("upload", "paste") and tenant.startswith(VISIT):
        _check_visitors(store, size_bytes or settings.max_upload_bytes)
    of_its_own = run_id is None
    run_id = run_id or secrets.token_hex(8)
    with open_source() as opened:
        spooled = spool.keep(run_id, opened, settings.max_upload_bytes)
    by_hand = {"format": format, "kind": kind}
    now = clock.now()
    run = Run(
        tenant=tenant,
        id=run_id,
        source=source,
        name=name,
        state="queued",
        configuration=profile.configuration(),
        options={
            **options,
            **{option: value for option, value in by_hand.items() if value is not None},
            "propose_sizes": propose_sizes,
            # What was allowed when it was asked for, for whichever process works on it.
            "max_events": settings.max_events,
            "max_unpacked_bytes": settings.max_unpacked_bytes,
        },
        sha256=spooled.sha256,
        size_bytes=spooled.size_bytes,
        bytes_read=0,
        events_received=0,
        events_analyzed=0,
        step=WAITING,
        error=None,
        report=None,
        stream_ids=(),
        created_at=now,
        finished_at=None,
    )
    try:
        store.runs.add(run, expires_at=None if kept_for is None else now + kept_for)
    except BaseException:
        if of_its_own:  # else another process may have started the run, and needs the copy
            spool.remove(run_id)
        raise
    return run_id


def _check_visitors(store: Store, size_bytes: int) -> None:
    """People without an account fill a share of the disk, and no more."""
    waiting = store.runs.waiting_bytes(VISIT)
    if waiting + size_bytes > VISITORS_BYTES:
        raise MalformedPayload(
            f"{waiting / 1e6:,.0f} MB of files of visitors wait for their analysis already, at most "
            f"{VISITORS_BYTES / 1e6:,.0f} MB do, and this one has {size_bytes / 1e6:,.0f} MB. Try again when some are "
            "done, send a smaller part, or sign in."
        )


def cancel(store: Store, spool: Spool, clock: Clock, tenant: str, run_id: str) -> None:
    """
    Call a run off: it ends after the slab it is at, or at once if nobody works on it yet.

    Raises:
        NotFound: The tenant has no such run.
    """
    if not store.runs.request_cancel(tenant, run_id, now=clock.now()):
        raise NotFound(f"There is no run {run_id}.")
    run = store.runs.get(tenant, run_id)
    if run is not None and run.state == "cancelled":
        spool.remove(run_id)


def delete(store: Store, spool: Spool, tenant: str, run_id: str) -> Removed:
    """
    Remove a run with its streams, their events, windows, anomalies and states.

    Raises:
        NotFound: The tenant has no such run.
    """
    removed = store.runs.delete(tenant, run_id)
    if removed is None:
        raise NotFound(f"There is no run {run_id}.")
    spool.remove(run_id)
    return removed


def remove_expired(store: Store, spool: Spool, clock: Clock) -> list[str]:
    """Remove every run past its time, of all tenants, and copies of sources left behind; answers the ids."""
    gone = []
    for tenant, run_id in store.runs.expired(clock.now()):
        with by_system(tenant, "run.expire", "run", run_id, at=clock.now(), waits=True):
            removed = store.runs.delete(tenant, run_id)
        if removed is not None:
            spool.remove(run_id)
            gone.append(run_id)
    spool.sweep(store.runs.unfinished())
    return gone
