"""Lines that somebody sends: decoded, and received by a stream that is made at its first batch."""

import io
import re
import secrets
from hashlib import blake2b
from typing import Final

from driftlock.decode import decode
from driftlock.decode.errors import NothingReadable, OutputLimitExceeded
from driftlock.errors import ApplicationError, MalformedPayload, NotFound
from driftlock.model import Event, Kind, Receipt, Stream
from driftlock.ports import Clock, Store
from driftlock.services.receive import receive
from driftlock.services.streams import blank_stream
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import BALANCED

LIVE_PREFIX: Final = "live-"  # of streams that only this program makes
STREAM_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class InvalidStreamId(ApplicationError):
    """A stream cannot be called that."""


class TooLarge(ApplicationError):
    """A batch of more bytes than one may have."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The batch is larger than {limit_bytes / 1e6:g} MB, as sent or unpacked (DRIFTLOCK_MAX_BATCH_MB). "
            "Send smaller batches."
        )


class MalformedLine(MalformedPayload):
    """A line of a batch that cannot be read; *line* counts from 1."""

    def __init__(self, line: int, reason: str, more: int) -> None:
        others = f" {more:,} more {'line is' if more == 1 else 'lines are'} like that." if more else ""
        super().__init__(
            f"Line {line:,}: {reason}.{others} Nothing of this batch was stored: correct it and send it again."
        )
        self.line = line
        self.reason = reason


class BelongsToRun(ApplicationError):
    """The stream was made by an analysis and takes nothing from outside."""


def ingest(
    store: Store,
    clock: Clock,
    tenant: str,
    stream_id: str,
    body: bytes,
    *,
    limit_bytes: int,
    delivery: str | None = None,
) -> Receipt:
    """
    Store the lines of *body*, all or none of them.

    A stream that is not there is made: of the kind that the lines look like,
    with the sizes of that kind and the limits of the balanced profile.

    Args:
        body: NDJSON, plain or as gzip or zstd.
        limit_bytes: The most that it may hold, packed and unpacked.
        delivery: What the sender calls this batch. The same bytes under the
            same name are a second delivery and are left out. Without a name
            every batch is new.

    Raises:
        NotFound: Ids of that form are made here alone.
        InvalidStreamId: *stream_id* is no id.
        TooLarge: More than *limit_bytes*.
        MalformedLine: A line cannot be read.
        MalformedPayload: There is no line, or it cannot be unpacked.
        BelongsToRun: The stream is that of an analysis.
        StoreUnavailable: The database cannot be written now.
    """
    if not STREAM_ID.fullmatch(stream_id):
        raise InvalidStreamId(
            "A stream's id has 1 to 32 characters: small letters, digits and hyphens, and no hyphen first."
        )
    if len(body) > limit_bytes:
        raise TooLarge(limit_bytes)
    stream = store.streams.get(tenant, stream_id)
    if stream is not None and not _takes_lines(store, stream):
        raise BelongsToRun(f"Stream {stream_id} belongs to an analysis; choose another id.")
    if stream is None and stream_id.startswith(LIVE_PREFIX):
        raise NotFound(
            f"There is no stream {stream_id}; ids that begin with {LIVE_PREFIX} are not yours to give."
        )
    events, kind = _decoded(body, stream.kind if stream else None, limit_bytes, _digest(body, delivery))
    if stream is None:
        store.streams.add_missing(
            blank_stream(
                tenant,
                name=stream_id,
                kind=kind,
                profile=for_kind(BALANCED, kind),
                created_at=clock.now(),
                stream_id=stream_id,
            )
        )
    return receive(store, clock, tenant, stream_id, events)


def _takes_lines(store: Store, stream: Stream) -> bool:
    if stream.run_id is None:
        return True
    run = store.runs.get(stream.tenant, stream.run_id)
    return run is not None and run.source == "live"


def _digest(body: bytes, delivery: str | None) -> bytes:
    """With the bytes in it a name that is used twice never swallows other lines."""
    if delivery is None:
        return secrets.token_bytes(16)
    return blake2b(body, key=blake2b(delivery.encode()).digest()).digest()


def _decoded(body: bytes, kind: Kind | None, limit_bytes: int, digest: bytes) -> tuple[list[Event], Kind]:
    try:
        decoding = decode(
            io.BytesIO(body), name="the batch", format="ndjson", kind=kind, digest=digest, limit=limit_bytes
        )
        events = list(decoding.events())
    except OutputLimitExceeded as error:
        raise TooLarge(limit_bytes) from error
    except NothingReadable as error:  # only while the events are read
        if error.first_line is None or error.first_reason is None:
            raise
        raise MalformedLine(error.first_line, error.first_reason, decoding.report().skipped - 1) from error
    report = decoding.report()
    if report.skipped:
        first = report.skipped_lines[0]
        raise MalformedLine(first.line, first.reason, report.skipped - 1)
    return events, decoding.recognition.kind
