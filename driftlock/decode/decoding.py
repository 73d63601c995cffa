"""Bytes of a file → events."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import chain, islice
from typing import BinaryIO

from driftlock.decode.binary import refuse_binary
from driftlock.decode.compression import DEFAULT_OUTPUT_LIMIT, Unpacked
from driftlock.decode.errors import EmptyFile, NoObjects, NothingReadable
from driftlock.decode.json_array import first_of_no_objects
from driftlock.decode.lines import lf_for_cr
from driftlock.decode.recognise import HEAD_BYTES, Head, recognise
from driftlock.decode.tally import Tally
from driftlock.model import DecodingReport, Event, Kind, Recognition

BATCH_EVENTS = 5_000
_BATCH_BYTES = 8 * 1024**2  # of payload; big events make small batches, so memory is bounded
_BOM = b"\xef\xbb\xbf"


class Decoding:
    """
    The events of one file, in order of arrival, in batches; iterable once.

    Only as much is held as one batch, one block and one event need.

    Args:
        source: Open for reading bytes; read on while iterating, never closed.
        name: For messages.
        format: One of :data:`FORMATS` instead of the recognised one.
        kind: A kind for all events instead of the recognised one.
        digest: Of the whole file. Events of files with different digests have different keys.
        limit: Most bytes that are unpacked from a compressed file.

    Raises:
        MalformedPayload: A leaf of it from :mod:`driftlock.decode.errors`, at once or while iterating.
    """

    recognition: Recognition

    def __init__(
        self,
        source: BinaryIO,
        *,
        name: str = "",
        format: str | None = None,
        kind: Kind | None = None,
        digest: bytes = b"",
        limit: int = DEFAULT_OUTPUT_LIMIT,
    ) -> None:
        self._name = name
        self._unpacked = Unpacked(source, name=name, limit=limit)
        self._tally = Tally()
        blocks = iter(self._unpacked)
        first = b""
        while len(first) <= HEAD_BYTES + len(_BOM) and (block := next(blocks, None)) is not None:
            first += block
        first = first.removeprefix(_BOM)
        if b"\r" in first and b"\n" not in first:
            first, blocks = first.replace(b"\r", b"\n"), lf_for_cr(blocks)
        head = Head(first[:HEAD_BYTES], complete=len(first) <= HEAD_BYTES)
        refuse_binary(head.data, name)
        if head.complete and not head.data.strip():
            raise EmptyFile(name)
        if format is None and (element := first_of_no_objects(head.data, complete=head.complete)):
            raise NoObjects(name, element)
        self._reading = recognise(head, format=format, kind=kind)
        self.recognition = Recognition(
            format=self._reading.format,
            kind=self._reading.kind,
            format_evidence=self._reading.format_evidence,
            kind_evidence=self._reading.kind_evidence,
            compression=self._unpacked.compression,
            kind_seen=self._reading.kind_seen,
        )
        self._found = self._reading.read(chain((first,), blocks), self._tally)
        self._key_prefix = blake2b(digest, digest_size=8).digest()

    @property
    def bytes_read(self) -> int:
        """Bytes taken from the source so far, compressed if it is."""
        return self._unpacked.bytes_read

    def __iter__(self) -> Iterator[list[Event]]:
        batch: list[Event] = []
        size = 0
        for event in self.events():
            batch.append(event)
            size += len(event.payload)
            if len(batch) >= BATCH_EVENTS or size >= _BATCH_BYTES:
                yield batch
                batch = []
                size = 0
        if batch:
            yield batch

    def events(self) -> Iterator[Event]:
        """The same, one by one."""
        kind_of_all = self._reading.kind
        own_kinds = self._reading.own_kinds
        prefix = self._key_prefix
        count = self._tally.event
        number = 0
        for payload, at_us, service, own in self._found:
            number += 1
            kind = own if own_kinds and own is not None else kind_of_all
            count(kind, at_us, service)
            yield Event(payload, kind, prefix + number.to_bytes(8, "big"), at_us, service)
        if number == 0:
            first = self._tally.first_skips[0] if self._tally.first_skips else None
            raise NothingReadable(self._name, self.recognition.format, first)

    def report(self) -> DecodingReport:
        """What became of every line read so far; complete after iteration."""
        return self._tally.report(self.recognition)


def decode(
    source: BinaryIO,
    *,
    name: str = "",
    format: str | None = None,
    kind: Kind | None = None,
    digest: bytes = b"",
    limit: int = DEFAULT_OUTPUT_LIMIT,
) -> Decoding:
    """Begin to decode *source*; see :class:`Decoding` for the arguments and errors."""
    return Decoding(source, name=name, format=format, kind=kind, digest=digest, limit=limit)


def peek(
    source: BinaryIO,
    *,
    name: str = "",
    format: str | None = None,
    kind: Kind | None = None,
    limit: int = 200,
) -> tuple[Recognition, list[Event]]:
    """
    What a file is taken for and its first *limit* events, for a look before it is analyzed.

    Raises:
        MalformedPayload: As :class:`Decoding`, for what lies in front of the last event returned.
    """
    decoding = decode(source, name=name, format=format, kind=kind)
    return decoding.recognition, list(islice(decoding.events(), limit))
