"""Longest runs of equal symbols, against the longest that others have."""

from collections.abc import Iterable, Sequence

import numpy as np

from driftlock_core.views.contract import Floats, Groups


class Runs:
    """
    Longest run of each symbol in the sequences of a baseline.

    Args:
        sequences: Symbols of each unit; negative ones are of no interest.
        groups: Leave-out group of each sequence.

    >>> runs = Runs([[3, 3, 4], [3, 4, 4]], np.arange(2))
    >>> runs.outside([[3, 3, 3, 3], [4]]).tolist()
    [2.0, 0.0]
    """

    def __init__(self, sequences: Sequence[Sequence[int]], groups: Groups) -> None:
        self._groups: list[int] = np.asarray(groups, dtype=np.int64).tolist()
        self._longest = _longest(sequences)
        # Of each symbol the longest run, the group that has it, and the longest of all other groups.
        self._best: dict[int, tuple[int, int, int]] = {}
        for runs, group in zip(self._longest, self._groups, strict=True):
            for symbol, length in runs.items():
                best, owner, second = self._best.get(symbol, (0, group, 0))
                if group == owner:
                    self._best[symbol] = max(best, length), owner, second
                elif length > best:
                    self._best[symbol] = length, group, best
                else:
                    self._best[symbol] = best, owner, max(second, length)

    def inside(self) -> Floats:
        """Bits of each baseline sequence against the runs of other groups."""
        return np.array(
            [
                _excess((length, self._of_others(symbol, group)) for symbol, length in runs.items())
                for runs, group in zip(self._longest, self._groups, strict=True)
            ],
            dtype=np.float64,
        )

    def outside(self, sequences: Sequence[Sequence[int]]) -> Floats:
        """Largest 2·log2(r/q) over the symbols of each sequence; symbols without a q do not count."""
        best = self._best
        return np.array(
            [
                _excess((length, best[symbol][0]) for symbol, length in runs.items() if symbol in best)
                for runs in _longest(sequences)
            ],
            dtype=np.float64,
        )

    def _of_others(self, symbol: int, group: int) -> int:
        best, owner, second = self._best[symbol]
        return second if owner == group else best


def _longest(sequences: Sequence[Sequence[int]]) -> list[dict[int, int]]:
    """Longest run of each symbol of each sequence."""
    sizes = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    symbols = np.fromiter((x for sequence in sequences for x in sequence), dtype=np.int64, count=sizes.sum())
    owner = np.repeat(np.arange(len(sizes)), sizes)
    new = np.ones(len(symbols), dtype=np.bool_)
    new[1:] = (symbols[1:] != symbols[:-1]) | (owner[1:] != owner[:-1])
    starts = np.flatnonzero(new)
    lengths = np.diff(np.append(starts, len(symbols)))
    longest: list[dict[int, int]] = [{} for _ in sizes]
    for at, symbol, length in zip(
        owner[starts].tolist(), symbols[starts].tolist(), lengths.tolist(), strict=True
    ):
        runs = longest[at]
        if length > runs.get(symbol, 0):
            runs[symbol] = length
    return longest


def _excess(pairs: Iterable[tuple[int, int]]) -> float:
    """Largest 2·log2(own run / longest of others) where others have one at all."""
    ratio = max((own / others for own, others in pairs if others), default=1.0)
    return float(2 * np.log2(max(ratio, 1.0)))
