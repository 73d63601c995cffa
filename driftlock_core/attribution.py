"""Which events of a window cost the bits, and what in them the baseline has never seen."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Compressor, Digest

# The bytes at which masking cuts a text into tokens.
DELIMITERS: Final = b" \t\x1e\"',;=()[]{}<>|`"
_TO_SPACE = bytes.maketrans(DELIMITERS, b" " * len(DELIMITERS))
_PIECE = re.compile(b"[" + re.escape(DELIMITERS) + b"]|[^" + re.escape(DELIMITERS) + b"]+")

# Above so many pairs of pieces a diff would take longer than anyone waits: the whole middle is replaced.
_LARGEST_DIFF: Final = 250_000

_HELD_OUT_ONE_IN: Final = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a diff: in both lines, or only in the window's ("added") or the baseline's ("removed")."""

    kind: Literal["same", "added", "removed"]
    text: bytes


@dataclass(frozen=True, slots=True)
class Nearest:
    """
    The baseline event most like a given one.

    ``index`` counts in the baseline list, at the event's last occurrence.
    ``similarity`` is the Jaccard index of the two token sets, 0 to 1. The
    segments read in order give the event without "removed" ones, the baseline
    event without "added" ones.
    """

    index: int
    similarity: float
    segments: tuple[Segment, ...]


def event_bits(
    window: Sequence[bytes], baseline: Sequence[bytes], compressor: Compressor
) -> npt.NDArray[np.float64]:
    """
    Bits of each window event when the baseline is known and nothing else.

    Every event is compressed on its own, so equal events cost the same, the
    constant of the compressor's frame is in each, and the sum is not the
    window's S. Compare with :func:`ordinary_event_bits`.
    """
    return _bits(window, compressor.digest(dictionary(baseline, compressor.reach)))


def ordinary_event_bits(baseline: Sequence[bytes], compressor: Compressor) -> float:
    """
    What an event of this baseline costs when it is not part of what is known: a median, bits.

    One event in eight is held out and costed given the other seven eighths;
    one split, not one per event, so it takes one digest. The place within the
    eight moves from block to block: held out at a fixed step, a stream that
    repeats every two, four or eight lines would lose all lines of one sort.

    Raises:
        ValueError: The baseline is empty.
    """
    if not baseline:
        raise ValueError("an empty baseline has no ordinary event")
    held_out = set(_held_out(len(baseline)))
    known = [event for at, event in enumerate(baseline) if at not in held_out]
    digest = compressor.digest(dictionary(known, compressor.reach))
    return float(np.median(_bits([baseline[at] for at in sorted(held_out)], digest)))


def novel_tokens(event: bytes, baseline: Sequence[bytes], limit: int) -> tuple[bytes, ...]:
    """
    The first *limit* tokens of the event that no baseline event holds, in order, each once.

    >>> novel_tokens(b"GET /cart failed: disk full", [b"GET /cart ok"], 3)
    (b'failed:', b'disk', b'full')
    """
    return BaselineLines(baseline).novel(event, limit)


def nearest(event: bytes, baseline: Sequence[bytes]) -> Nearest:
    """
    The baseline event that shares most tokens, and what differs.

    Raises:
        ValueError: The baseline is empty.

    >>> nearest(b"GET /cart 500", [b"PUT /user 200", b"GET /cart 200"]).segments
    (Segment(kind='same', text=b'GET /cart '), Segment(kind='removed', text=b'200'), \
Segment(kind='added', text=b'500'))
    """
    index, similarity = BaselineLines(baseline).nearest(event)
    return Nearest(index, similarity, difference(baseline[index], event))


class BaselineLines:
    """The distinct events of a baseline, made ready once for many questions about other events."""

    def __init__(self, baseline: Sequence[bytes]) -> None:
        self._number: dict[bytes, int] = {}  # of each token
        last_occurrence = {event: at for at, event in enumerate(baseline)}
        newest_first = sorted(last_occurrence.items(), key=lambda line: -line[1])
        # A token set is an integer with one bit per token: an intersection is one machine-speed "and".
        sets = [(at, self._as_bits(event)) for event, at in newest_first]
        self._lines = [(at, bits, bits.bit_count()) for at, bits in sets]

    def _as_bits(self, event: bytes) -> int:
        number = self._number
        bits = 0
        for token in _tokens(event):
            bits |= 1 << number.setdefault(token, len(number))
        return bits

    def novel(self, event: bytes, limit: int) -> tuple[bytes, ...]:
        """See :func:`novel_tokens`."""
        unseen = dict.fromkeys(token for token in _tokens(event) if token not in self._number)
        return tuple(unseen)[:limit]

    def nearest(self, event: bytes) -> tuple[int, float]:
        """
        Index and similarity as in :class:`Nearest`; of equally similar events the latest.

        Raises:
            ValueError: The baseline is empty.
        """
        if not self._lines:
            raise ValueError("an empty baseline has no nearest event")
        tokens = set(_tokens(event))
        bits = 0
        for token in tokens & self._number.keys():
            bits |= 1 << self._number[token]
        best, best_at = -1.0, -1
        for at, known, size in self._lines:
            shared = (bits & known).bit_count()
            union = len(tokens) + size - shared
            similarity = shared / union if union else 1.0
            if similarity > best:
                best, best_at = similarity, at
        return best_at, best


def difference(old: bytes, new: bytes) -> tuple[Segment, ...]:
    """How *old* becomes *new*, token by token; delimiters are tokens here, so no byte is lost."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)

    middle_before, middle_after = before[head : len(before) - tail], after[head : len(after) - tail]
    segments = [Segment("same", b"".join(before[:head]))]
    if len(middle_before) * len(middle_after) > _LARGEST_DIFF:
        segments.append(Segment("removed", b"".join(middle_before)))
        segments.append(Segment("added", b"".join(middle_after)))
    else:
        segments.extend(_middle(middle_before, middle_after))
    segments.append(Segment("same", b"".join(before[len(before) - tail :])))
    return _joined(segments)


def _middle(before: list[bytes], after: list[bytes]) -> Iterator[Segment]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for change, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if change == "equal":
            yield Segment("same", b"".join(before[old_from:old_to]))
        else:
            yield Segment("removed", b"".join(before[old_from:old_to]))
            yield Segment("added", b"".join(after[new_from:new_to]))


def _joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Empty segments dropped, neighbours of one kind made one."""
    joined: list[Segment] = []
    for segment in segments:
        if not segment.text:
            continue
        if joined and joined[-1].kind == segment.kind:
            segment = Segment(segment.kind, joined.pop().text + segment.text)
        joined.append(segment)
    return tuple(joined)


def _bits(events: Iterable[bytes], digest: Digest) -> npt.NDArray[np.float64]:
    cost: dict[bytes, int] = {}
    bits = []
    for event in events:
        if event not in cost:
            cost[event] = digest.cost(event + b"\n")
        bits.append(8.0 * cost[event])
    return np.array(bits, dtype=np.float64)


def _held_out(events: int) -> Iterator[int]:
    for block in range(-(-events // _HELD_OUT_ONE_IN)):
        start = block * _HELD_OUT_ONE_IN
        size = min(_HELD_OUT_ONE_IN, events - start)
        # Multiples of the golden ratio, as fractions of 2**32, spread evenly and repeat at no period.
        yield start + (block * 2_654_435_769 % 2**32 * size >> 32)


def _tokens(event: bytes) -> Iterator[bytes]:
    return filter(None, event.translate(_TO_SPACE).split(b" "))
