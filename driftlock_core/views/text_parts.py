"""Texts inside JSON: prompts, answers and messages as named parts of a unit, each read as plain text."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median_high
from typing import Final, Self

from driftlock_core.views.contract import Floats, Groups, Place, Unit, View
from driftlock_core.views.record_fields import pairs_of_json

WORDY: Final = 3  # words the middle value of a field has at least: less is a name or a code
SHARE_OF_TEXT: Final = 0.5  # of all bytes of the values; below, the texts are remarks in a record
_SAMPLE: Final = 500  # units the names are looked for in, evenly spread
_DIGITS: Final = re.compile(rb"\d++")
# Masks in place of bare numbers are no JSON: "n":<N1>.
_STRING_OR_MASK: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|<[A-Z]+\d*>', re.DOTALL)


class TextParts:
    """
    Which fields of a baseline's JSON objects hold its texts.

    >>> units = [Unit((b'{"id":%d,"prompt":"who is %b ?"}' % (n, b"x" * n),), (b"",)) for n in range(9)]
    >>> TextParts.found_in(units).names
    (b'prompt',)
    """

    def __init__(self, names: Sequence[bytes], known: frozenset[bytes]) -> None:
        self.names = tuple(names)
        self._wanted, self._known = frozenset(names), known
        self._last: tuple[list[Unit], list[Unit]] = ([], [])

    @classmethod
    def found_in(cls, baseline: Sequence[Unit]) -> Self | None:
        """
        None unless half of the units are JSON objects and half of the bytes of their values stand in texts.

        Texts have three words or more and are as a rule new each time, but for their digits: a log's
        messages and a standing instruction come again and are values like others.
        """
        count = min(_SAMPLE, len(baseline))
        sample = [baseline[at * len(baseline) // count] for at in range(count)]
        read = [[_pairs(event) for event in unit.raw] for unit in sample]
        objects = [pairs for events in read for pairs in events if pairs is not None]
        if not objects or 2 * len(objects) < sum(len(events) for events in read):
            return None
        words: dict[bytes, list[int]] = {}
        different: dict[bytes, set[bytes]] = {}
        size: Counter[bytes] = Counter()
        for pairs in objects:
            for name, value in pairs:
                words.setdefault(name, []).append(len(value.split()))
                different.setdefault(name, set()).add(_DIGITS.sub(b"0", value))
                size[name] += len(value)
        names = [
            name
            for name, counts in words.items()
            if median_high(counts) >= WORDY and 2 * len(different[name]) >= len(counts)
        ]
        if sum(size[name] for name in names) < SHARE_OF_TEXT * max(1, size.total()):
            return None
        return cls(names, frozenset(words))

    def of(self, units: Sequence[Unit]) -> list[Unit]:
        """
        Units whose events are their texts, each with its name in front; events that are no JSON stay.

        The units asked for last are remembered: each view of one scoring asks for the same.
        """
        asked = [*units]
        if asked != self._last[0]:
            self._last = (asked, [self._of(unit) for unit in asked])
        return self._last[1]

    def events(self, unit: Unit) -> list[int]:
        """The event each part of the unit stands in."""
        return [at for at, event in enumerate(unit.raw) for _ in self._parts(event)]

    def _of(self, unit: Unit) -> Unit:
        raw, canonical = (
            [part for event in side for part in self._parts(event)] for side in (unit.raw, unit.canonical)
        )
        return Unit(raw=tuple(raw), canonical=tuple(canonical))

    def _parts(self, event: bytes) -> list[bytes]:
        pairs = _pairs(event)
        if pairs is None:
            return [event]
        # A field the baseline does not have may be the text that matters.
        return [
            name + b": " + value for name, value in pairs if name in self._wanted or name not in self._known
        ]


class OfParts:
    """A view of texts that reads a unit's parts."""

    def __init__(
        self,
        make: Callable[[Sequence[Unit], Groups], View],
        parts: TextParts,
        baseline: Sequence[Unit],
        groups: Groups,
    ) -> None:
        self._parts = parts
        self._view = make(parts.of(baseline), groups)
        self.name, self.statistics = self._view.name, self._view.statistics

    def inside(self) -> Floats:
        return self._view.inside()

    def outside(self, units: Sequence[Unit]) -> Floats:
        return self._view.outside(self._parts.of(units))

    def places(self, unit: Unit) -> list[Place]:
        events = self._parts.events(unit)
        (parted,) = self._parts.of([unit])
        return [
            replace(place, event=events[place.event] if place.event < len(events) else 0)
            for place in self._view.places(parted)
        ]


def _pairs(event: bytes) -> list[tuple[bytes, bytes]] | None:
    found = pairs_of_json(event)
    if found is None and event.lstrip()[:1] == b"{":
        quoted = _STRING_OR_MASK.sub(lambda m: m[0] if m[0][:1] == b'"' else b'"%b"' % m[0], event)
        found = pairs_of_json(quoted)
    return found
