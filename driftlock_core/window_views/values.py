"""How far the numbers of events lie from those that came before at the same place."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel
from driftlock_core.masking import LONGEST_EVENT
from driftlock_core.numbers import numbers_of, packed
from driftlock_core.window_views.whole_bits import UNIT, log_table

Ints = npt.NDArray[np.int64]

REMEMBERED: Final = 64  # newest values of a place: a rank among them, and little enough to follow a level
FEWEST: Final = 16  # values before the next one can be said to lie far out
PLACES: Final = 512  # of one stream; the one longest unused goes
# A place says something about levels where its values vary and cross their median as often as chance lets them,
# every other time: identifiers, ports in use and counters run on, states stay.
_FEWEST_DIFFERENT: Final = 8
_RUNS: Final = 3  # one value in so many at least begins on the other side of the median
_MOST_BEYOND: Final = 8 * UNIT  # bits that a value outside everything remembered adds at most
# What a number costs on average where it is like those before: the mean of −log2 of a uniform share, 1/ln 2 bits.
USUAL_BITS: Final = 1477  # 1/1024 bit
# So many usual numbers are added to each window: a window with three numbers says little about them.
_ADDED: Final = 10

_SPAN_BYTES: Final = 16 * 1024 * 1024
_TIMES: Final = log_table((1 << 14) - 1)[: 1 << 14].copy()  # 2·log2 of sixteen times is the most
_LOG: Final = log_table(REMEMBERED + 1).tolist()
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


class Compared(NamedTuple):
    """A number beside those before it."""

    event: int  # position
    nth: int  # number of the event, 0-based
    name: int  # digest, of driftlock_core.numbers
    bits: int  # 1/1024
    before: tuple[float, ...]  # that it was compared with, in order of size


class _Place:
    """The newest values at one place."""

    __slots__ = ("newest", "ordered")

    def __init__(self, newest: Sequence[float] = ()) -> None:
        self.newest = list(newest)  # oldest first
        self.ordered = sorted(newest)

    def add(self, value: float) -> None:
        insort(self.ordered, value)
        self.newest.append(value)
        if len(self.newest) > REMEMBERED:
            del self.ordered[bisect_left(self.ordered, self.newest.pop(0))]

    def tells_levels(self) -> bool:
        if len(self.newest) < FEWEST:
            return False
        if 1 + sum(a != b for a, b in pairwise(self.ordered)) < _FEWEST_DIFFERENT:
            return False
        median = self.ordered[len(self.ordered) // 2]
        above = [value > median for value in self.newest if value != median]
        return _RUNS * (1 + sum(a != b for a, b in pairwise(above))) >= len(above)

    def bits(self, value: float) -> int:
        """Two-sided: log2 of the inverse of the value's share, and more where it lies outside; 1/1024 bit."""
        ordered, count = self.ordered, len(self.ordered)
        rank = 1 + min(count - bisect_left(ordered, value), bisect_right(ordered, value))
        bits = max(0, _LOG[count + 1] - _LOG[rank] - UNIT)
        low, high = ordered[0], ordered[-1]
        beyond = max(low - value, value - high)
        if beyond > 0:
            times = UNIT * (1 + beyond / (high - low))
            bits += 2 * (int(_TIMES[int(times)]) - 10 * UNIT) if times < len(_TIMES) else _MOST_BEYOND
        return int(bits)


class Places:
    """The newest values at each place, in Python."""

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}  # longest unused first

    def compared(self, events: Sequence[bytes], templates: Ints) -> Iterator[Compared]:
        """Each number of the next events that is compared with those before it; all are remembered."""
        numbers = numbers_of(events)
        mixed = (templates[numbers.events].view(np.uint64) ^ numbers.names.view(np.uint64)) * _PRIME
        own = mixed.view(np.int64).tolist()
        rows = zip(numbers.events.tolist(), own, numbers.names.tolist(), numbers.values.tolist(), strict=True)
        nth, last = 0, -1
        for event, key, name, value in rows:
            nth, last = (nth + 1 if event == last else 0), event
            place = self._place(key)
            if len(place.newest) < FEWEST:
                place.add(value)
                place = self._place(name)
            if place.tells_levels():
                yield Compared(event, nth, name, place.bits(value), tuple(place.ordered))
            place.add(value)

    def _place(self, key: int) -> _Place:
        place = self._places.pop(key, None) or _Place()
        self._places[key] = place
        if len(self._places) > PLACES:
            del self._places[next(iter(self._places))]
        return place

    def state(self) -> list[tuple[int, list[float]]]:
        return [(key, place.newest.copy()) for key, place in self._places.items()]

    def add(self, key: int, values: Sequence[float]) -> None:
        self._places[key] = _Place(values)


class ValueMemory:
    """
    Remembers the newest values of the places of one stream.

    A place is a name in a template. Where that has too few values yet, the name alone is one, for
    all templates that have too few.
    """

    def __init__(self) -> None:
        self._places = Places()
        self._compiled = kernel.Places(_TIMES) if kernel.Places is not None else None
        self._spans = _spans() if self._compiled is not None else None

    def take(self, events: Sequence[bytes], templates: Ints) -> tuple[Ints, Ints]:
        """
        Bits of each event's numbers given those that came before, and how many of them were compared.

        Args:
            events: As received.
            templates: Key of each event.

        Returns:
            Shape ``(events,)`` each; bits in 1/1024.
        """
        bits, compared = np.zeros(len(templates), dtype=np.int64), np.zeros(len(templates), dtype=np.int64)
        if self._compiled is not None and self._spans is not None:
            spans = self._spans.canonical(events, packed)
            self._compiled.take(events, spans, np.ascontiguousarray(templates), bits, compared)
            return bits, compared
        for one in self._places.compared(events, templates):
            bits[one.event] += one.bits
            compared[one.event] += 1
        return bits, compared

    def state(self) -> list[tuple[int, list[float]]]:
        """Key and values of each place, longest unused first."""
        return (self._compiled or self._places).state()

    def restore(self, state: Sequence[tuple[int, Sequence[float]]]) -> None:
        """The inverse of :meth:`state`, into an empty memory."""
        for key, newest in state:
            (self._compiled or self._places).add(key, newest)


@cache
def _spans() -> Any:
    """Where events of each shape name numbers, for the kernel; for all streams of the process."""
    assert kernel.Shapes is not None
    return kernel.Shapes(_SPAN_BYTES, LONGEST_EVENT, True)


def bits_per_number(bits: Ints, compared: Ints) -> Ints:
    """
    Of windows, some usual numbers added; 1/1024 bit.

    >>> bits_per_number(np.array([0, 100 * UNIT]), np.array([0, 10])).tolist()
    [1477, 5858]
    """
    found: Ints = (bits + _ADDED * USUAL_BITS) // (compared + _ADDED)
    return found
