"""Where each byte of a window comes from: a baseline event, earlier in the window, or nowhere."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import lz4.block

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Gzip, compressor_named
from driftlock_core.copies import Parse
from driftlock_core.deflate_parse import parse_deflate
from driftlock_core.lz4_parse import parse_lz4
from driftlock_core.match_parse import parse_each

LZ4_SOURCE: Final = "compressor's own parse (LZ4 block)"
DEFLATE_SOURCE: Final = "compressor's own parse (deflate)"
REFERENCE_SOURCE: Final = "reference parse (longest match), not zstd's own"


@dataclass(frozen=True, slots=True)
class Run:
    """
    A stretch of the window's text, bytes *start* to *stop* (exclusive).

    ``baseline``: copied from event ``source_event`` (index in the baseline,
    last occurrence) at ``source_offset``, counted in the event followed by its
    newline. ``window``: the bytes at ``source_offset`` of the window's text;
    the source may overlap the run, which then repeats itself. ``new``: written
    out, no source.
    """

    start: int
    stop: int
    kind: Literal["baseline", "window", "new"]
    source_event: int | None = None
    source_offset: int | None = None


@dataclass(frozen=True, slots=True)
class ByteMap:
    """Runs in order, without gaps, over the window's events, each followed by a newline."""

    runs: tuple[Run, ...]
    source: str  # whose parse this is, in words


def byte_map(window: Sequence[bytes], baseline: Sequence[bytes], compressor_name: str) -> ByteMap:
    """
    Parse a window given the baseline's distinct events.

    The window is parsed as one text, while a verdict costs it chunk by chunk;
    a run of kind ``window`` may reach into another chunk.

    Args:
        window: Canonical events.
        baseline: Canonical events, in order.
        compressor_name: "lz4" and "gzip" show the compressor's own tokens; zstd
            does not give its sequences away, so a longest-match parse stands in.

    Raises:
        UnknownCompressor: No compressor of that name.
    """
    return byte_maps([window], baseline, compressor_name)[0]


def byte_maps(
    texts: Sequence[Sequence[bytes]], baseline: Sequence[bytes], compressor_name: str
) -> list[ByteMap]:
    """:func:`byte_map` of each list of events by itself, such as the chunks of a window; raises alike."""
    known = dictionary(baseline, compressor_named(compressor_name).reach)
    layout = _Layout(baseline, len(known))
    parses, source = _parses(
        [b"".join(event + b"\n" for event in events) for events in texts], known, compressor_name
    )
    return [ByteMap(tuple(_merged(_runs(parse, len(known), layout))), source) for parse in parses]


def _parses(texts: Sequence[bytes], known: bytes, compressor_name: str) -> tuple[list[Parse], str]:
    if compressor_name == "lz4":
        blocks = [lz4.block.compress(text, store_size=False, dict=known) for text in texts]
        return [parse_lz4(block, known) for block in blocks], LZ4_SOURCE
    if compressor_name == "gzip":
        compress = Gzip.compressor(known)
        return [parse_deflate(compress(text), known) for text in texts], DEFLATE_SOURCE
    return parse_each(texts, known), REFERENCE_SOURCE


class _Layout:
    """Which baseline event lies where in the dictionary."""

    def __init__(self, baseline: Sequence[bytes], dictionary_size: int) -> None:
        last_occurrence = {event: at for at, event in enumerate(baseline)}
        self._events = sorted(last_occurrence.values())
        # The dictionary is the end of the text of all distinct events: the oldest may lie before its start.
        start = dictionary_size - sum(len(event) + 1 for event in last_occurrence)
        self._starts = []
        for at in self._events:
            self._starts.append(start)
            start += len(baseline[at]) + 1
        self._starts.append(start)

    def events(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Cut a stretch of the dictionary at event borders: (baseline index, offset, length)."""
        row = bisect_right(self._starts, start) - 1
        while start < stop:
            end = min(stop, self._starts[row + 1])
            yield self._events[row], start - self._starts[row], end - start
            start, row = end, row + 1


def _runs(parse: Parse, dictionary_size: int, layout: _Layout) -> Iterator[Run]:
    at = 0
    for piece in parse.pieces:
        stop = at + piece.length
        if piece.distance == 0:
            yield Run(at, stop, "new")
            at = stop
            continue
        source = dictionary_size + at - piece.distance
        # A copy may begin in the dictionary and run on into the window, its continuation.
        for event, offset, length in layout.events(source, min(source + piece.length, dictionary_size)):
            yield Run(at, at + length, "baseline", event, offset)
            at += length
        if at < stop:
            yield Run(at, stop, "window", None, at - piece.distance)
            at = stop


def _merged(runs: Iterator[Run]) -> Iterator[Run]:
    """Neighbours that go on where the other ends, in the same source, made one."""
    held: Run | None = None
    for run in runs:
        if held is not None and held.kind == run.kind and _continues(held, run):
            held = Run(held.start, run.stop, held.kind, held.source_event, held.source_offset)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _continues(first: Run, second: Run) -> bool:
    if first.source_offset is None or second.source_offset is None:
        return True
    return (
        first.source_event == second.source_event
        and second.source_offset - first.source_offset == first.stop - first.start
    )
