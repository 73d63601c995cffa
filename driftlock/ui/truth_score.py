"""How a run did against a known truth, in counts; no share is made of so few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftlock.model import ScoreColumns
from driftlock.ui import words
from driftlock.ui.timeline_chart import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthScore:
    """Hidden intervals met by a flagged window, those met by none, and flagged windows that meet none."""

    found: tuple[Interval, ...]
    missed: tuple[Interval, ...]
    false_windows: int
    expected_by_chance: float

    def sentence(self) -> str:
        """The counts as they are read on screen."""
        hidden = len(self.found) + len(self.missed)
        false = (
            f"{words.plural(self.false_windows, 'window')} flagged elsewhere, "
            f"at most about {words.expected(self.expected_by_chance)} expected by chance."
        )
        if not hidden:
            return f"Nothing was hidden. {false}"
        return f"Found {len(self.found)} of {hidden}, missed {len(self.missed)}; {false}"


def placed(truth: Sequence[Interval], lines: Sequence[int]) -> tuple[Interval, ...]:
    """
    Intervals of a generated sample in the event numbers of its stream.

    Decoding may join lines that the generator counts one by one, so positions
    are told apart by lines.

    Args:
        truth: In what the generator counts, from 1.
        lines: How many of these each event of the stream holds, in order.

    >>> placed([Interval(3, 4, "scan")], [1, 2, 1, 1])
    (Interval(first=2, last=3, label='scan'),)
    """
    ends = np.cumsum(np.asarray(lines, dtype=np.int64))
    return tuple(
        Interval(
            int(np.searchsorted(ends, interval.first)) + 1,
            int(np.searchsorted(ends, interval.last)) + 1,
            interval.label,
        )
        for interval in truth
    )


def score(columns: ScoreColumns, truth: Sequence[Interval], window: int) -> TruthScore:
    """
    Compare flagged windows with what was hidden.

    Args:
        columns: All windows of the stream.
        truth: Hidden intervals, in event numbers.
        window: Events in a window.
    """
    last = np.asarray(columns.last_seq, dtype=np.int64)[np.asarray(columns.flagged, dtype=bool)]
    first = last - window + 1
    meets = np.zeros(last.size, dtype=bool)
    found: list[Interval] = []
    missed: list[Interval] = []
    for interval in truth:
        overlap = (first <= interval.last) & (last >= interval.first)
        (found if overlap.any() else missed).append(interval)
        meets |= overlap
    return TruthScore(
        found=tuple(found),
        missed=tuple(missed),
        false_windows=int(np.count_nonzero(~meets)),
        expected_by_chance=float(np.asarray(columns.chance, dtype=np.float64).sum()),
    )
