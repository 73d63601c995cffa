"""The baseline event that best predicts an event: not the one that looks most like it, the one that saves most."""

from collections.abc import Sequence
from dataclasses import dataclass

from driftlock_core.bytemap import ByteMap
from driftlock_core.compressors import Compressor


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The nearest baseline event of one event of a window."""

    position: int  # of the event in the window, from 0
    index: int  # of the twin in the baseline, at its last occurrence
    bits: float  # of the event when the twin alone is known
    alone_bits: float  # of the event when nothing is known
    copied: bool  # the twin is among the events that the byte map copies from
    looked_at: int  # distinct baseline events that were tried

    @property
    def predicts(self) -> float:
        """Share of the event's bits that the twin saves; not below 0."""
        return max(0.0, 1 - self.bits / self.alone_bits) if self.alone_bits else 0.0


def twins(
    positions: Sequence[int],
    window: Sequence[bytes],
    baseline: Sequence[bytes],
    parsed: ByteMap,
    compressor: Compressor,
) -> tuple[Twin, ...]:
    """
    For each event the baseline event b with the smallest C(event | b).

    Tried are the events that its byte map copies from; where it copies from
    none, all distinct ones. Of equally good ones the latest is taken.

    Args:
        positions: Events of the window to find twins for, from 0.
        window: Canonical events.
        baseline: Canonical events, at least one.
        parsed: The byte map of *window* given *baseline*.
        compressor: Of the profile.

    Raises:
        ValueError: The baseline is empty.
    """
    if not baseline:
        raise ValueError("an empty baseline holds no twin")
    starts = [0]
    for line in window:
        starts.append(starts[-1] + len(line) + 1)
    last_occurrence = {event: at for at, event in enumerate(baseline)}
    found = []
    for position in positions:
        text = window[position] + b"\n"
        sources = {
            last_occurrence[baseline[run.source_event]]
            for run in parsed.runs
            if run.source_event is not None
            and run.start < starts[position + 1] - 1
            and run.stop > starts[position]
        }
        tried = sorted(sources or last_occurrence.values())
        costs = [(compressor.digest(baseline[at] + b"\n").cost(text), -at) for at in tried]
        cost, latest = min(costs)
        found.append(
            Twin(
                position=position,
                index=-latest,
                bits=8.0 * cost,
                alone_bits=8.0 * compressor.size(text),
                copied=bool(sources),
                looked_at=len(tried),
            )
        )
    return tuple(found)
