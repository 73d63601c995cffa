"""What the fields of a window cost in bits, beside what they cost in the windows of its baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from driftlock_core.baseline import dictionary
from driftlock_core.bytemap import ByteMap, byte_maps
from driftlock_core.compressors import Compressor
from driftlock_core.epoch import borders_of, text_of
from driftlock_core.line_parts import PUNCTUATION, Role, Shape, line_parts

Floats = npt.NDArray[np.float64]
Field = tuple[str, Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBits:
    """One field in one role: keys and values are counted apart."""

    path: str
    role: Role
    bits: float  # in the window
    usual_bits: float  # in a window of the baseline, mean
    by_event: tuple[float, ...]  # bits in each event of the window, in order

    @property
    def more(self) -> float:
        """Bits beyond those of a baseline window."""
        return self.bits - self.usual_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReport:
    """
    A window's bits by field, the largest difference first.

    The bits of all fields and :attr:`overhead` add up to :attr:`total`, and
    so do the usual ones.
    """

    fields: tuple[FieldBits, ...]
    total: float  # 8·S, what the window takes once the baseline is known
    overhead: float  # what the coder takes beyond the priced parse; below 0: what it saves
    usual_total: float
    usual_overhead: float
    baseline_windows: int  # the usual bits are means of so many
    shapes: tuple[Shape, ...]  # how the window's lines were read, each once


def byte_bits(parsed: ByteMap, known: int) -> Floats:
    """
    A price for every byte of a parsed text, bits.

    A new byte costs 8. A copy costs one bit for saying that it is one, log2 of
    the places it could begin at, and 2·log2 of its length, spread evenly over
    its bytes. No compressor charges exactly this: the difference to what one
    did charge is the coder overhead.

    Args:
        known: Bytes of dictionary before the text.

    >>> from driftlock_core.bytemap import Run
    >>> byte_bits(ByteMap((Run(0, 4, "baseline", 0, 0), Run(4, 5, "new")), "made"), 8).tolist()
    [2.0, 2.0, 2.0, 2.0, 8.0]
    """
    bits = np.full(parsed.runs[-1].stop if parsed.runs else 0, 8.0)
    for run in parsed.runs:
        if run.kind != "new":
            length = run.stop - run.start
            bits[run.start : run.stop] = (1 + log2(known + run.start) + 2 * log2(length)) / length
    return bits


def field_report(
    window: Sequence[bytes], baseline: Sequence[bytes], compressor: Compressor, *, size: int, hop: int
) -> FieldReport:
    """
    The bits of a window by field, against those of the baseline's own windows.

    Windows are parsed chunk by chunk, as they are compressed. Of the
    baseline's disjoint windows every second one is taken, each with the rest
    of the baseline known.

    Args:
        window: Canonical events.
        baseline: Canonical events, at least two windows long.
        compressor: Of the profile.
        size: S of the window, bytes.
        hop: Events of a chunk.

    Raises:
        ValueError: The baseline is shorter than two windows.
    """
    length = len(window)
    if not window or len(baseline) < 2 * length:
        raise ValueError(f"a baseline of {len(baseline)} events is shorter than two windows of {length}")
    starts = range(0, len(baseline) - length + 1, 2 * length)
    own = _priced(window, baseline, compressor, hop)
    usual: dict[Field, float] = {}
    usual_total = 0.0
    for start in starts:
        block = baseline[start : start + length]
        others = [*baseline[:start], *baseline[start + length :]]
        for field, by_event in _priced(block, others, compressor, hop).items():
            usual[field] = usual.get(field, 0.0) + float(by_event.sum()) / len(starts)
        text = text_of(block)
        digest = compressor.digest(dictionary(others, compressor.reach))
        usual_total += 8 * sum(digest.costs(memoryview(text), borders_of(text, hop))) / len(starts)
    nothing = np.zeros(length)
    found = [
        FieldBits(
            path=path,
            role=role,
            bits=float(own.get((path, role), nothing).sum()),
            usual_bits=usual.get((path, role), 0.0),
            by_event=tuple(own.get((path, role), nothing).tolist()),
        )
        for path, role in sorted(own.keys() | usual.keys())
    ]
    found.sort(key=lambda field: -field.more)
    return FieldReport(
        fields=tuple(found),
        total=8.0 * size,
        overhead=8.0 * size - sum(field.bits for field in found),
        usual_total=usual_total,
        usual_overhead=usual_total - sum(field.usual_bits for field in found),
        baseline_windows=len(starts),
        shapes=tuple(dict.fromkeys(line_parts(line)[1] for line in window)),
    )


def _priced(
    window: Sequence[bytes], baseline: Sequence[bytes], compressor: Compressor, hop: int
) -> dict[Field, Floats]:
    """Bits by field, one entry an event."""
    known = len(dictionary(baseline, compressor.reach))
    chunks = [window[start : start + hop] for start in range(0, len(window), hop)]
    prices = [byte_bits(parsed, known) for parsed in byte_maps(chunks, baseline, compressor.name)]
    # Sums over a stretch are differences of these.
    until = np.concatenate(([0.0], np.cumsum(np.concatenate(prices))))
    found: dict[Field, Floats] = {}
    at = 0
    for number, line in enumerate(window):
        for part in line_parts(line)[0]:
            _add(
                found, (part.path, part.role), number, until[at + part.stop] - until[at + part.start], window
            )
        at += len(line) + 1
        _add(found, (PUNCTUATION, "punctuation"), number, until[at] - until[at - 1], window)
    return found


def _add(found: dict[Field, Floats], field: Field, number: int, bits: float, window: Sequence[bytes]) -> None:
    if field not in found:
        found[field] = np.zeros(len(window))
    found[field][number] += bits
