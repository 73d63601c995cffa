"""
What is removed because it is old: events first, verdicts later, and whole tenants of visitors past their time.

Of a stream only a beginning is removed, so that what stays is counted as
before; nothing that its detector still needs, and nothing that is held.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from driftlock.model import DEMO
from driftlock.ports import Clock, Store
from driftlock.services import acting
from driftlock.services.forgetting import Held
from driftlock.services.plans import plan_named
from driftlock.services.series_plan import is_series
from driftlock_core.profiles import Profile
from driftlock_core.protection import FREEZE
from driftlock_core.stored_windows import first_references

logger = logging.getLogger(__name__)

FIRST_SIZES: Final = "first_sizes"  # among the settings of a stream
EVERY: Final = timedelta(hours=1)
LONGER: Final = 4  # verdicts are kept so many times as long as events where only the days of events are given


@dataclass(frozen=True, slots=True, kw_only=True)
class OldStream:
    """A stream without an end, and what decides how long its events stay."""

    tenant: str
    stream_id: str
    name: str
    configuration: dict[str, object]
    events: int
    cursor: int  # last seq that was judged
    removed_through: int
    stream_days: int | None
    tenant_days: int | None
    plan: str | None  # None: the tenant is not known by name


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRemoval:
    """What goes of one stream, or went."""

    stream_id: str
    name: str
    days: int  # for which its events are kept
    through_seq: int  # the last event that goes; those before it went, or go too
    events: int
    windows: int
    anomalies: int
    why_kept: str  # a sentence where older events stay; else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPreview:
    """What the next run would remove of a tenant, if it ran now."""

    at: datetime | None  # when it runs next; None: nobody runs it in this process
    rows: tuple[StreamRemoval, ...]
    bundles: int  # of evidence, past their time and not held


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """What one run removed."""

    rows: tuple[StreamRemoval, ...] = ()
    tenants: tuple[str, ...] = ()  # of visitors, or removed
    bundles: int = 0
    sessions: int = 0  # and invitations

    @property
    def events(self) -> int:
        return sum(row.events for row in self.rows)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a stream is cut: events up to *through* go, verdicts of what was seen before *verdicts_before*."""

    through: int
    verdicts_before: datetime
    why_kept: str = field(default="")


class RetentionTable(Protocol):
    """What is old, and how it goes; each call is one short transaction or several."""

    def streams(self, tenant: str | None = None) -> list[OldStream]:
        """Those without an end, of one tenant or of all."""

    def last_before(self, stream: OldStream, moment: datetime) -> int:
        """The last seq that came in before *moment*, or what is removed already."""

    def held_from(self, stream: OldStream) -> int | None:
        """The first seq that held evidence rests on; 0: all of it; None: nothing is held."""

    def count(self, stream: OldStream, cut: Cut) -> tuple[int, int, int]:
        """Events, windows and anomalies that go by *cut*."""

    def remove(self, stream: OldStream, cut: Cut, now: datetime) -> tuple[int, int, int]:
        """Remove them, some thousand rows at a time; what was removed, which another process may have begun."""

    def keep_first_sizes(self, stream: OldStream, sizes: list[int]) -> None:
        """Keep what the first baseline's windows took, bytes, under :data:`FIRST_SIZES` in the stream's settings."""

    def old_bundles(self, tenant: str, now: datetime) -> int: ...

    def remove_bundles(self, tenant: str, now: datetime) -> int: ...

    def remove_sessions(self, before: datetime) -> int:
        """Sessions and invitations that ended before."""

    def ended_tenants(self, now: datetime) -> list[str]:
        """Of visitors past their time, and those that were removed and still have data."""

    def tenants(self) -> list[str]: ...

    def empty_log(self) -> None:
        """What is gone leaves the log of the database too."""


class RetentionStore(Store, Protocol):
    """A store that knows what is old."""

    @property
    def retention(self) -> RetentionTable: ...


class Forgets(Protocol):
    """Removes a tenant whole."""

    def forget_tenant(self, tenant: str, *, by: str) -> object: ...


class Retention:
    """Asked by anybody for what would go; run by the worker once an hour."""

    def __init__(self, store: RetentionStore, forgetting: Forgets, clock: Clock) -> None:
        self._table = store.retention
        self._events = store.events
        self._forgetting = forgetting
        self._clock = clock
        self._ran_at: datetime | None = None

    def preview(self, tenant: str) -> RetentionPreview:
        """What the next run would remove of *tenant*, if nothing more came in."""
        now = self._clock.now()
        rows = []
        for stream in self._table.streams(tenant):
            if (cut := self._cut(stream, now)) is not None:
                rows.append(_row(stream, cut, self._table.count(stream, cut)))
        return RetentionPreview(
            at=None if self._ran_at is None else self._ran_at + EVERY,
            rows=tuple(rows),
            bundles=self._table.old_bundles(tenant, now),
        )

    def run(self) -> RetentionRun:
        """Remove what is old, of all tenants; a second run removes nothing more."""
        now = self._ran_at = self._clock.now()
        rows = [row for stream in self._table.streams() if (row := self._removed(stream, now)) is not None]
        bundles = sum(self._bundles(tenant, now) for tenant in self._table.tenants())
        gone = []
        for tenant in self._table.ended_tenants(now):
            try:
                self._forgetting.forget_tenant(tenant, by="system")
            except Held:  # until the hold ends
                continue
            gone.append(tenant)
        done = RetentionRun(
            rows=tuple(rows),
            tenants=tuple(gone),
            bundles=bundles,
            sessions=self._table.remove_sessions(now - timedelta(days=30)),
        )
        if rows or gone or bundles or done.sessions:
            self._table.empty_log()
            logger.info(
                "retention removed %d events of %d streams, %d bundles, %d tenants, %d sessions",
                *(done.events, len(rows), bundles, len(gone), done.sessions),
            )
        return done

    def _removed(self, stream: OldStream, now: datetime) -> StreamRemoval | None:
        cut = self._cut(stream, now)
        if cut is None or not any(self._table.count(stream, cut)):
            return None
        row = _row(stream, cut, (0, 0, 0))
        with acting.by_system(
            stream.tenant,
            "retention.run",
            "stream",
            stream.stream_id,
            at=now,
            after={"removed_through": cut.through, "days": row.days},
            reason=f"older than {row.days} days",
        ):
            self._keep_first_sizes(stream)
            return _row(stream, cut, self._table.remove(stream, cut, now))

    def _keep_first_sizes(self, stream: OldStream) -> None:
        """Before its first events go: other limits are counted from the sizes inside its first baseline."""
        if stream.removed_through or is_series(stream.configuration):
            return
        profile = Profile.from_configuration(stream.configuration)
        first = self._events.between(stream.tenant, stream.stream_id, 1, profile.baseline)
        sizes = first_references([event.payload for event in first], profile)
        self._table.keep_first_sizes(stream, sizes.tolist())

    def _bundles(self, tenant: str, now: datetime) -> int:
        old = self._table.old_bundles(tenant, now)
        if not old:
            return 0
        with acting.by_system(
            tenant, "retention.run", "bundles", "", at=now, after={"bundles": old}, reason="past their time"
        ):
            return self._table.remove_bundles(tenant, now)

    def _cut(self, stream: OldStream, now: datetime) -> Cut | None:
        """None: its events stay until somebody deletes them."""
        kept = days_of(stream)
        if kept is None:
            return None
        event_days, verdict_days = kept
        old = self._table.last_before(stream, now - timedelta(days=event_days))
        through, why = old, ""
        if (needed := _needed_from(stream)) <= through:
            through, why = needed - 1, "Its detector still needs the events behind that."
        held = self._table.held_from(stream)
        if held is not None and held <= through:
            through, why = max(held - 1, 0), "Held evidence rests on the events behind that."
        return Cut(max(through, stream.removed_through), now - timedelta(days=verdict_days), why)


def days_of(stream: OldStream) -> tuple[int, int] | None:
    """For how many days events and verdicts are kept: as the stream says, else its tenant, else its plan."""
    # The tenant that every installation has belongs to it, and pays for no plan.
    plan = plan_named(stream.plan) if stream.plan and stream.tenant != DEMO else None
    days = stream.stream_days or stream.tenant_days
    if days is None:
        return None if plan is None else (plan.event_days, plan.verdict_days)
    return days, max(LONGER * days, plan.verdict_days if plan else 0)


def _needed_from(stream: OldStream) -> int:
    """
    The first event that has to stay: a coming record is written from it.

    A window to come begins behind the last one judged less its length; the
    baseline that it is held against ends at most some windows before it, or
    so many baselines before that as protection freezes.
    """
    if is_series(stream.configuration):
        return stream.cursor + 1
    profile = Profile.from_configuration(stream.configuration)
    reach = (2 + FREEZE) * profile.baseline + 8 * profile.window
    return max(1, min(stream.cursor, stream.events) + 1 - reach)


def _row(stream: OldStream, cut: Cut, counts: Sequence[int]) -> StreamRemoval:
    days = days_of(stream)
    assert days is not None
    events, windows, anomalies = counts
    return StreamRemoval(
        stream_id=stream.stream_id,
        name=stream.name,
        days=days[0],
        through_seq=cut.through,
        events=events,
        windows=windows,
        anomalies=anomalies,
        why_kept=cut.why_kept,
    )
