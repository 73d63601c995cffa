"""The newest numbers of one kind, and how surprising the next one is among them."""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

# Newest values remembered, per reading: 57 days at one record in 5 minutes, 256 KiB. 5000 instead cost about
# one point of the NAB score, 2000 about six.
MEMORY: Final = 16384
# New numbers wait in a small list of their own, where putting them in order is cheap.
FRESH: Final = 512
FRESH_PART: Final = 16

# Numbers worked on at once, if there are enough: each is compared with every other of them.
FEWEST_AT_ONCE: Final = 16
MOST_AT_ONCE: Final = 128
_EARLIER: Final = np.tri(MOST_AT_ONCE, k=-1, dtype=np.bool_)

# Values a rank needs before it says anything: the smallest p-value is then 1/31.
FEWEST_RANKED: Final = 30
# The tail begins at the largest twentieth of the remembered values, but never with fewer than five of them:
# a mean of fewer excesses says little about their scale.
TAIL_PART: Final = 20
FEWEST_IN_TAIL: Final = 5
# Shape of the tail. Costs of measured series have heavier tails than an exponential: with one, 4 decades came up
# up to five times as often as once in 10 000 records of 31 series where nothing is labelled.
SHAPE: Final = 0.5
# And no tail is thinner than this share of where it begins: where all costs are nearly alike, one twice as large is
# no miracle. Where they are all 0, as of a perfectly even ramp, anything else still counts as never seen.
LEAST_SCALE: Final = 0.01
# Past 1e-30 further digits decide nothing.
LARGEST_SURPRISE: Final = 30.0


class Newest:
    """
    The newest numbers, about 16384 of them, ordered so that each can be ranked among them.

    New ones are put in order with the rest a batch at a time: when a 16th of
    the memory, at most 512, is new. Only then are the oldest forgotten and is
    the tail measured, so a memory holds at most 16384 + 511 numbers.
    """

    __slots__ = ("_arrived", "_border", "_fresh", "_room", "_scale", "_settled", "_tail_rank")

    def __init__(self, arrived: Iterable[float] = (), fresh: int = 0) -> None:
        """The numbers, oldest first; the last *fresh* of them are not yet in order with the rest."""
        self._arrived = array("d", arrived)
        settled = len(self._arrived) - fresh
        self._settled = array("d")
        self._fresh: list[float] = []
        self._order(np.sort(np.array(self._arrived[:settled])))
        self._fresh = sorted(self._arrived[settled:])

    def __len__(self) -> int:
        return len(self._arrived)

    def _segments(self, numbers: Sequence[float]) -> Iterator[Sequence[float]]:
        """
        *numbers* cut so that nothing is put in order within a piece; each is remembered when the next is asked for.

        A piece is one number, or enough of them that working on all at once pays.
        """
        at = 0
        while at < len(numbers):
            size = min(MOST_AT_ONCE, len(numbers) - at, self._room - len(self._fresh))
            if size < FEWEST_AT_ONCE:
                yield numbers[at : at + 1]
                self._arrived.append(numbers[at])
                insort(self._fresh, numbers[at])
                at += 1
            else:
                segment = numbers[at : at + size]
                yield segment
                self._arrived.extend(segment)
                self._fresh = sorted([*self._fresh, *segment])
                at += size
            if len(self._fresh) >= self._room:
                self._settle()

    def _smaller(self, segment: Sequence[float]) -> list[int]:
        """How many remembered numbers, and earlier ones of *segment*, are smaller than each."""
        if len(segment) == 1:
            number = segment[0]
            return [bisect_left(self._settled, number) + bisect_left(self._fresh, number)]
        numbers = np.array(segment)
        smaller = np.searchsorted(np.frombuffer(self._settled, dtype=np.float64), numbers)
        smaller += np.searchsorted(np.array(self._fresh), numbers)
        count = len(segment)
        smaller += ((numbers < numbers[:, None]) & _EARLIER[:count, :count]).sum(axis=1)
        result: list[int] = smaller.tolist()
        return result

    def add(self, numbers: Sequence[float]) -> None:
        """Remember *numbers*, in their order."""
        for _ in self._segments(numbers):
            pass

    def ranks(self, numbers: Sequence[float]) -> list[float]:
        """(1 + how many were as large) / (1 + how many there were) before each of *numbers*, which are then remembered."""
        result: list[float] = []
        for segment in self._segments(numbers):
            count = len(self._arrived) + 1
            result += [
                (count + at - smaller) / (count + at) for at, smaller in enumerate(self._smaller(segment))
            ]
        return result

    def gaps(self, numbers: Sequence[float]) -> list[float]:
        """Distance from each of *numbers* to the nearest before it; infinite if there is none. Then remembers them."""
        result: list[float] = []
        for segment in self._segments(numbers):
            if len(segment) == 1:
                result.append(min(_gap(self._settled, segment[0]), _gap(self._fresh, segment[0])))
                continue
            found = np.array(segment)
            apart = np.abs(found - found[:, None])
            apart[~_EARLIER[: len(found), : len(found)]] = math.inf
            gap = apart.min(axis=1)
            for ordered in (np.frombuffer(self._settled, dtype=np.float64), np.array(self._fresh)):
                if len(ordered):
                    at = np.searchsorted(ordered, found)
                    above = np.abs(ordered[np.minimum(at, len(ordered) - 1)] - found)
                    below = np.abs(found - ordered[np.maximum(at - 1, 0)])
                    gap = np.minimum(gap, np.minimum(above, below))
            result += gap.tolist()
        return result

    def _settle(self) -> None:
        fresh = np.array(self._fresh)
        ordered = np.frombuffer(self._settled, dtype=np.float64) if self._settled else fresh[:0]
        if (surplus := len(self._arrived) - MEMORY) > 0:
            gone = np.sort(np.array(self._arrived[:surplus]))
            # Equal ones are taken from places side by side.
            places = np.searchsorted(ordered, gone) + np.arange(surplus) - np.searchsorted(gone, gone)
            ordered = np.delete(ordered, places)
            del self._arrived[:surplus]
        merged = np.concatenate([ordered, fresh])
        merged.sort(kind="stable")  # two rows in order already: one pass
        self._order(merged)

    def _order(self, ordered: npt.NDArray[np.float64]) -> None:
        """Take *ordered* as all there is, and measure the tail."""
        count = len(ordered)
        self._settled = array("d", ordered.tobytes())
        self._fresh = []
        self._room = max(1, min(FRESH, count // FRESH_PART))
        self._border, self._scale, self._tail_rank = math.inf, 0.0, 0.0
        if count >= FEWEST_RANKED:
            size = max(FEWEST_IN_TAIL, -(-count // TAIL_PART))
            self._border = border = float(ordered[count - size - 1])
            mean = math.fsum((ordered[count - size :] - border).tolist()) / size
            self._scale = max(mean, LEAST_SCALE * border)
            self._tail_rank = _decades(size, count)

    def before(self, back: int) -> list[float]:
        """
        Those that were remembered before the one that came *back* numbers before the newest, ascending.

        Of a full memory those which no batch has made forgotten in the meantime: the newest 15872 without the latest.
        """
        behind = len(self._arrived) - 1 - back
        ordered: list[float] = np.sort(self._arrived[max(0, behind - (MEMORY - FRESH)) : behind]).tolist()
        return ordered

    def arrived(self) -> tuple[list[float], int]:
        """All of them, oldest first, and how many are fresh: what a copy is made from."""
        return self._arrived.tolist(), len(self._fresh)

    def surprises(self, numbers: Sequence[float]) -> list[float]:
        """
        −log10 of the chance that one of them, as they come, is as large as each of *numbers*, which are then remembered.

        Up to the largest twentieth this is the conformal rank (1 + how many are
        as large) / (1 + how many there are). Beyond, excesses are taken to fall
        off as those of a generalized Pareto distribution with shape 1/2 and their
        own mean, at least a hundredth of the border, so that the far is told from the very far.

        Returns:
            In [0, 30], in decades (1 is a factor of ten); 0 while there are fewer than 30.

        >>> past = Newest(float(n) for n in range(99))
        >>> [round(decades, 3) for decades in past.surprises([90.0, 98.0, 110.0])]
        [1.0, 2.074, 2.87]
        """
        result: list[float] = []
        for segment in self._segments(numbers):
            border, log = self._border, math.log10
            if len(self._settled) < FEWEST_RANKED:
                result += [0.0] * len(segment)
                continue
            count = len(self._arrived) + 1
            result += [
                log((count + at) / (count + at - smaller)) if number <= border else self._beyond(number)
                for at, (number, smaller) in enumerate(zip(segment, self._smaller(segment), strict=True))
            ]
        return result

    def _beyond(self, number: float) -> float:
        """Decades of a *number* above the border."""
        # Where the scale is 0 (the whole tail is one value), anything larger has never been seen at all.
        if not self._scale:
            return LARGEST_SURPRISE
        beyond = (number - self._border) / self._scale
        decades = self._tail_rank + math.log10(1.0 + SHAPE / (1.0 - SHAPE) * beyond) / SHAPE
        return decades if decades < LARGEST_SURPRISE else LARGEST_SURPRISE


def _gap(ordered: Sequence[float], number: float) -> float:
    """Distance from *number* to the nearest of *ordered*; infinite if that is empty."""
    at = bisect_left(ordered, number)
    above = ordered[at] - number if at < len(ordered) else math.inf
    below = number - ordered[at - 1] if at else math.inf
    return above if above < below else below


def _decades(as_large: int, count: int) -> float:
    """−log10 of a conformal rank."""
    return math.log10((count + 1) / (as_large + 1))
