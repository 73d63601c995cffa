"""Templates that came, and templates that went, between an anchor and a later baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import Compressor
from driftlock_core.epoch import borders_of, text_of
from driftlock_core.window_views.skeleton import skeleton_keys

Move = Literal["arrived", "left", "more", "fewer"]
FACTOR: Final = 2.0  # times as often, or as seldom, before a template that stays is named


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateMove:
    """One template: lines that differ only in names and numbers."""

    text: str  # its last line, today's if it has one; canonical, decoded as UTF-8
    in_anchor: int
    in_today: int
    expected: float  # today, by its share of the anchor
    bits: float  # of its lines where there are too many, each given a line of the other stretch or none

    @property
    def move(self) -> Move:
        """What became of it."""
        if not self.in_anchor:
            return "arrived"
        if not self.in_today:
            return "left"
        return "more" if self.in_today > self.expected else "fewer"


def moved_templates(
    anchor: Sequence[bytes], today: Sequence[bytes], compressor: Compressor
) -> tuple[TemplateMove, ...]:
    """
    Templates of one stretch alone, or at least twice as frequent in one, those that cost most first.

    Args:
        anchor: Canonical events, at least one.
        today: Likewise.

    >>> from driftlock_core.compressors import compressor_named
    >>> then, now = [b"ok 1", b"ok 2", b"bye now", b"ok 3"], [b"ok 1", b"disk full", b"ok 2", b"ok 3"]
    >>> moved = moved_templates(then, now, compressor_named("zstd"))
    >>> [(one.text, one.move, one.in_anchor, one.in_today) for one in moved]
    [('disk full', 'arrived', 0, 1), ('bye now', 'left', 1, 0)]
    """
    then, now = _places(anchor), _places(today)
    came, went = _bits(today, anchor, compressor), _bits(anchor, today, compressor)
    share = len(today) / len(anchor)
    found = []
    for key in dict.fromkeys((*now, *then)):
        here, before = now.get(key, []), then.get(key, [])
        expected = len(before) * share
        grown = len(here) >= FACTOR * expected
        if not grown and FACTOR * len(here) > expected:
            continue
        found.append(
            TemplateMove(
                text=(today[here[-1]] if here else anchor[before[-1]]).decode("utf-8", "replace"),
                in_anchor=len(before),
                in_today=len(here),
                expected=expected,
                bits=float(sum(came[at] for at in here) if grown else sum(went[at] for at in before)),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.bits, one.text)))


def _places(events: Sequence[bytes]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for at, key in enumerate(skeleton_keys(events).tolist()):
        places.setdefault(key, []).append(at)
    return places


def _bits(events: Sequence[bytes], known: Sequence[bytes], compressor: Compressor) -> list[int]:
    """Of each event when *known* is known."""
    text = text_of(events)
    digest = compressor.digest(dictionary(known, compressor.reach))
    return [8 * cost for cost in digest.costs(memoryview(text), borders_of(text, 1))]
