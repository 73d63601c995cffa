"""Decoding of a source that is still being written."""

from collections.abc import Callable, Iterator
from typing import Final

from driftlock.cli.failure import Failure
from driftlock.decode.binary import refuse_binary
from driftlock.decode.errors import EmptyFile
from driftlock.decode.recognise import HEAD_BYTES, Head, recognise
from driftlock.decode.tally import Tally
from driftlock.model import DecodingReport, Event, Kind, Recognition

_COMPRESSED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_BOM: Final = b"\xef\xbb\xbf"


class Following:
    """
    Events as soon as they are known to be complete, which is when the line after them begins.

    Args:
        pieces: Of the source, as they come; taken one at a time.
        lines: To see before the format is decided.

    Raises:
        Failure: The source is compressed; nothing can be read of it before its end is written.
        MalformedPayload: Its first lines are no telemetry.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        *,
        name: str,
        format: str | None,
        kind: Kind | None,
        lines: int,
    ) -> None:
        self._pieces = pieces
        self._tally = Tally()
        self._head = self._begin(lines)
        if not self._head.strip():
            raise EmptyFile(name)
        if self._head.startswith(_COMPRESSED):
            raise Failure(f"“{name}” is compressed and cannot be followed. Run again without --follow.")
        refuse_binary(self._head, name)
        self._reading = recognise(Head(self._head, complete=False), format=format, kind=kind)
        self.recognition = Recognition(
            format=self._reading.format,
            kind=self._reading.kind,
            format_evidence=self._reading.format_evidence,
            kind_evidence=self._reading.kind_evidence,
            compression=None,
            kind_seen=self._reading.kind_seen,
        )

    def events(self, caught_up: Callable[[], None]) -> Iterator[Event]:
        """One by one; *caught_up* is called when every event of the pieces so far was given out."""
        for payload, at_us, service, own in self._reading.read(self._blocks(caught_up), self._tally):
            kind = own if self._reading.own_kinds and own is not None else self._reading.kind
            self._tally.event(kind, at_us, service)
            # A key tells two deliveries apart where events are stored; here they are not.
            yield Event(payload, kind, b"", at_us, service)

    def report(self) -> DecodingReport:
        """What became of every line so far."""
        return self._tally.report(self.recognition)

    def _begin(self, lines: int) -> bytes:
        head = b""
        for piece in self._pieces:
            head += piece
            if head.count(b"\n") >= lines or len(head) >= HEAD_BYTES:
                break
        return head.removeprefix(_BOM)

    def _blocks(self, caught_up: Callable[[], None]) -> Iterator[bytes]:
        yield self._head
        self._head = b""
        caught_up()
        for piece in self._pieces:
            yield piece
            caught_up()
