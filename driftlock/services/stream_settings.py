"""What people decide about a stream: its name, kind, sizes and masks, what is kept, when drift is told."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final, Protocol

from driftlock.errors import ApplicationError, NotFound
from driftlock.model import KINDS, Event, Kind, Stream
from driftlock.ports import Clock, Store, StreamTable
from driftlock.services import acting
from driftlock.services.drift_rules import DriftRule
from driftlock.services.retention import FIRST_SIZES
from driftlock.services.streams import blank_stream
from driftlock_core.profiles import Profile

LONGEST_NAME: Final = 80  # characters
MOST_COPIED: Final = 20_000  # events that a successor begins with
_AT_ONCE: Final = 5_000
LONGEST_RETENTION: Final = 3_650  # days


class CannotSet(ApplicationError):
    """A setting that a stream cannot have; the message says why and what to do."""


class SettingsTable(StreamTable, Protocol):
    """Streams as people change them."""

    def alter(self, tenant: str, stream_id: str, **values: Any) -> bool:
        """Set columns of the stream; False: there is no such stream."""

    def reshape(self, tenant: str, stream_id: str, kind: Kind, configuration: dict[str, Any]) -> bool:
        """Kind and configuration of a stream of which nothing was judged yet; False if something was."""


class SettingsStore(Store, Protocol):
    """A store that keeps them."""

    @property
    def streams(self) -> SettingsTable: ...


def create(store: Store, clock: Clock, tenant: str, *, name: str, kind: Kind, profile: Profile) -> str:
    """
    Make a stream of its own, empty, without a run and without an end; answers its id.

    Raises:
        CannotSet: The name or the kind does not do.
    """
    if kind not in KINDS:
        raise CannotSet(f"There is no kind “{kind}”; there are {', '.join(KINDS)}.")
    stream = blank_stream(tenant, name=_name(name), kind=kind, profile=profile, created_at=clock.now())
    acting.note(object_id=stream.id, after={"kind": kind, "window": profile.window})
    store.streams.add(stream)
    return stream.id


class StreamSettings:
    """
    Every verb about one stream's settings; the tenant comes first.

    Each raises NotFound for a stream the tenant does not have.
    """

    def __init__(self, store: SettingsStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def rename(self, tenant: str, stream_id: str, *, name: str, by: str) -> Stream:
        """
        Another name; the id, and what senders use, stays.

        Raises:
            CannotSet: It is empty, too long or holds control characters.
        """
        return self._altered(self._stream(tenant, stream_id), name=_name(name))

    def configure(self, tenant: str, stream_id: str, *, kind: Kind, profile: Profile, by: str) -> Stream:
        """
        Another kind, other sizes, masks or limits, before anything was judged.

        Verdicts are made of sizes and masks and cannot be carried over to others: of a stream that has begun,
        :meth:`succeed` makes another.

        Raises:
            CannotSet: Something was judged already.
        """
        stream = self._stream(tenant, stream_id)
        acting.note(
            before={"kind": stream.kind, "window": stream.configuration.get("window")},
            after={"kind": kind, "window": profile.window, "masks": sorted(profile.masks)},
        )
        if not self._store.streams.reshape(tenant, stream_id, kind, profile.configuration()):
            raise CannotSet(
                "This stream has begun: its verdicts belong to the kind, sizes and masks they were made with. "
                "Begin a new stream with the new ones; this one keeps what it has."
            )
        return self._stream(tenant, stream_id)

    def succeed(
        self,
        tenant: str,
        stream_id: str,
        *,
        kind: Kind,
        profile: Profile,
        reason: str,
        by: str,
        after_seq: int | None = None,
        skip: Sequence[tuple[int, int]] = (),
    ) -> Stream:
        """
        A new stream that learns anew under other settings; of the old one nothing changes.

        Args:
            after_seq: Stored events behind this one are given to the new stream as well, the newest 20,000 of
                them at most; None: none are.
            skip: Ranges of seq, both ends included, that it must not learn from.

        Raises:
            CannotSet: No reason.
        """
        if not reason.strip():
            raise CannotSet("Give a reason: it is kept in the audit log.")
        old = self._stream(tenant, stream_id)
        new = blank_stream(
            tenant,
            name=f"{old.name[: LONGEST_NAME - 10]}, anew",
            kind=kind,
            profile=profile,
            created_at=self._clock.now(),
        )
        new = replace(new, redact=old.redact, retention_days=old.retention_days, settings=_own(old.settings))
        acting.note(
            object_id=new.id,
            after={"succeeds": old.id, "kind": kind, "window": profile.window, "after_seq": after_seq},
            reason=reason.strip(),
        )
        self._store.streams.add(new)
        if after_seq is not None:
            self._copy(old, new, max(after_seq, old.events - MOST_COPIED), skip)
        return self._stream(tenant, new.id)

    def retention(self, tenant: str, stream_id: str, *, days: int | None, by: str) -> Stream:
        """
        How long events are kept; None: as long as the tenant says.

        Raises:
            CannotSet: Less than a day, or more than ten years.
        """
        if days is not None and not 1 <= days <= LONGEST_RETENTION:
            raise CannotSet(f"{days:,} days: choose 1 to {LONGEST_RETENTION:,}, or what the tenant says.")
        return self._altered(self._stream(tenant, stream_id), retention_days=days)

    def redaction(self, tenant: str, stream_id: str, *, rules: Sequence[str] | None, by: str) -> Stream:
        """What is taken out of events before they are stored; None: what the tenant says. Stored ones stay."""
        return self._altered(self._stream(tenant, stream_id), redact=None if rules is None else [*rules])

    def drift_rule(self, tenant: str, stream_id: str, *, rule: DriftRule, by: str) -> Stream:
        """When drift is told, and whether today's baseline becomes the anchor by itself."""
        stream = self._stream(tenant, stream_id)
        return self._altered(stream, settings={**(stream.settings or {}), **rule.settings()})

    def _copy(self, old: Stream, new: Stream, behind: int, skip: Sequence[tuple[int, int]]) -> None:
        while found := self._store.events.after(old.tenant, old.id, behind, _AT_ONCE):
            kept = [one for one in found if not any(first <= one.seq <= last for first, last in skip)]
            events = [
                Event(
                    payload=one.payload,
                    kind=new.kind,
                    key=blake2b(f"{old.id} {one.seq}".encode(), digest_size=16).digest(),
                    at_us=one.at_us,
                    service=one.service,
                )
                for one in kept
            ]
            if events:
                self._store.events.append(new.tenant, new.id, events, self._clock.now())
            behind = found[-1].seq

    def _altered(self, stream: Stream, **values: Any) -> Stream:
        said = {name: value for name, value in values.items() if name != "name"}  # names are texts of people
        acting.note(before={name: getattr(stream, name) for name in said}, after=said)
        if not self._store.streams.alter(stream.tenant, stream.id, **values):
            raise NotFound(f"There is no stream {stream.id}.")
        return replace(stream, **values)

    def _stream(self, tenant: str, stream_id: str) -> Stream:
        stream = self._store.streams.get(tenant, stream_id)
        if stream is None:
            raise NotFound(f"There is no stream {stream_id}.")
        return stream


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CannotSet(f"A stream's name has 1 to {LONGEST_NAME} characters that can be printed.")
    return name


def _own(settings: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a successor takes over: rules, and not what its predecessor's first events took."""
    kept = {name: value for name, value in (settings or {}).items() if name != FIRST_SIZES}
    return kept or None
