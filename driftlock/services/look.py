"""A look at a source before it is analyzed: what it is taken for, and what masking makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from driftlock.decode import decode
from driftlock.model import DecodingReport, Event, Kind, Recognition
from driftlock_core.masking import MASK_CLASSES, Masker


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    What was understood of the head of a source: one batch of events at most, so that it answers at once.

    ``report`` counts what was read to get there, or the whole source if it is ``complete``.
    """

    recognition: Recognition
    report: DecodingReport
    events: tuple[Event, ...]
    masked: tuple[bytes, ...]  # the same events as the compressor will see them
    complete: bool  # there are no more events than these


def look(
    open_source: Callable[[], BinaryIO],
    *,
    name: str = "",
    format: str | None = None,
    kind: Kind | None = None,
    masks: frozenset[str] = MASK_CLASSES,
) -> Look:
    """
    Read the head of a source; nothing is stored.

    Raises:
        MalformedPayload: It cannot be read as telemetry.
    """
    with open_source() as source:
        decoding = decode(source, name=name, format=format, kind=kind)
        batches = iter(decoding)
        events = next(batches)
        complete = next(batches, None) is None
        report = decoding.report()
    return Look(
        recognition=decoding.recognition,
        report=report,
        events=tuple(events),
        masked=tuple(Masker(masks).canonical([event.payload for event in events])),
        complete=complete,
    )
