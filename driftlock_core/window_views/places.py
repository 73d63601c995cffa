"""Where in a window each view sees what it sees."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from driftlock_core.numbers import number_at
from driftlock_core.verdict import ViewEvidence
from driftlock_core.window_views.catalogue import COLUMN
from driftlock_core.window_views.pace import UNIT as INTERVAL
from driftlock_core.window_views.recency import recency_bits
from driftlock_core.window_views.skeleton import skeleton_keys
from driftlock_core.window_views.values import Compared, Places
from driftlock_core.window_views.whole_bits import UNIT, log_table

MOST_PLACES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An event of the window, a pair of neighbours in it, or a template, that a view points at."""

    position: int  # of the event in the window, 0-based; −1: a template of the baseline that the window lacks
    text: str  # canonical, decoded as UTF-8; of a template one line that has it
    bits: float  # what it costs under the view; 0 for timing
    count: (
        int  # templates: events since its last like, 0 for never; counts, symbols: in the window; timing: µs;
        # values: how many numbers it was compared with
    )
    usual: float  # counts: a window's share of the baseline; symbols: times in the baseline; timing: µs between events
    # then; values: median of the numbers before it
    before: str = ""  # symbols, timing: the event before it
    # Values: the number as received, what it is called in the event, and the least and largest before it.
    name: str = ""
    number: str = ""
    low: float = 0.0
    high: float = 0.0


class Received(NamedTuple):
    """The events of a window and its baseline as received."""

    window: Sequence[bytes]
    baseline: Sequence[bytes]


def places_of(
    view: str,
    evidence: ViewEvidence,
    window: Sequence[bytes],
    baseline: Sequence[bytes],
    received: Received | None = None,
) -> tuple[Place, ...]:
    """
    At most :data:`MOST_PLACES`, most telling first, and none that tells less than half as much as the first.

    The bytes have none: their events have bits of their own.

    Args:
        view: Its name.
        evidence: Of the window.
        window: Canonical events.
        baseline: Canonical events.
        received: The same events, for their numbers; without them the values have no places.
    """
    if view == "templates":
        return _templates(evidence, window)
    if view == "counts":
        return _counts(window, baseline)
    if view == "symbols":
        return _symbols(window, baseline)
    if view == "timing":
        return _pauses(evidence, window)
    return _numbers(evidence, window, baseline, received) if view == "values" and received else ()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _telling(places: list[Place], how_much: Callable[[Place], float]) -> tuple[Place, ...]:
    ordered = sorted(places, key=lambda place: -how_much(place))  # stable: the window's order among equals
    return tuple(place for place in ordered[:MOST_PLACES] if 2 * how_much(place) >= how_much(ordered[0]))


def _templates(evidence: ViewEvidence, window: Sequence[bytes]) -> tuple[Place, ...]:
    """The events whose template was longest unseen, each template once."""
    bits = recency_bits(np.array(evidence.ages, dtype=np.int64)) / UNIT
    templates = skeleton_keys(window).tolist()
    places: dict[int, Place] = {}
    for at in np.argsort(-bits, kind="stable").tolist():
        template = templates[at]
        if template not in places:
            places[template] = Place(
                position=at,
                text=_text(window[at]),
                bits=float(bits[at]),
                count=evidence.ages[at],
                usual=0.0,
            )
        if len(places) == MOST_PLACES:
            break
    return _telling(list(places.values()), lambda place: place.bits)


def _counts(window: Sequence[bytes], baseline: Sequence[bytes]) -> tuple[Place, ...]:
    """The templates whose number in the window is furthest from a window's share of the baseline."""
    found, base = skeleton_keys(window).tolist(), skeleton_keys(baseline).tolist()
    held, known = Counter(found), Counter(base)
    first: dict[int, int] = {}
    for at, template in enumerate(found):
        first.setdefault(template, at)
    example = dict(zip(base, baseline, strict=True))  # the latest line of each
    total = 2 * len(base) + len(known) + 1
    log = log_table(max(total, len(found)))
    places = []
    for template in dict.fromkeys((*held, *known)):
        count = held[template]
        # Its part of the mismatch: the bits of its events by the baseline's shares beyond those by the window's own.
        share = log[total] - log[2 * known[template] + 1]
        places.append(
            Place(
                position=first.get(template, -1),
                text=_text(window[first[template]] if count else example[template]),
                bits=float(count * (share - log[len(found)] + log[count]) / UNIT),
                count=count,
                usual=len(found) * known[template] / len(base),
            )
        )
    return _telling(places, lambda place: abs(place.count - place.usual))


def _symbols(window: Sequence[bytes], baseline: Sequence[bytes]) -> tuple[Place, ...]:
    """The pairs of neighbours that take most bits given the first of them, each pair of templates once."""
    found, base = skeleton_keys(window).tolist(), skeleton_keys(baseline).tolist()
    pairs, after, held = Counter(pairwise(base)), Counter(base[:-1]), Counter(base)
    escapes = Counter(one for one, _ in pairs)
    total = 2 * len(base) + len(held) + 1
    log = log_table(total)
    first: dict[tuple[int, int], int] = {}
    for at, pair in enumerate(pairwise(found), start=1):
        first.setdefault(pair, at)
    here = Counter(pairwise(found))
    bits: dict[tuple[int, int], float] = {}
    for one, two in here:
        if pairs[one, two]:
            cost = log[after[one] + escapes[one]] - log[pairs[one, two]]
        else:
            # As window_views/content.py codes it: an escape where the first is known, then the plain share.
            escape = log[after[one] + escapes[one]] - log[escapes[one]] if after[one] else 0
            cost = escape + log[total] - log[2 * held[two] + 1]
        bits[one, two] = float(cost / UNIT)
    dearest = sorted(bits, key=lambda pair: -bits[pair])[:MOST_PLACES]
    places = [
        Place(
            position=first[pair],
            text=_text(window[first[pair]]),
            bits=bits[pair],
            count=here[pair],
            usual=float(pairs[pair]),
            before=_text(window[first[pair] - 1]),
        )
        for pair in dearest
    ]
    return _telling(places, lambda place: place.bits)


def _pauses(evidence: ViewEvidence, window: Sequence[bytes]) -> tuple[Place, ...]:
    """The pauses longer, in usual intervals of a pace, than the longest one of the median past window; longest first."""
    paces = [(evidence.intervals, evidence.usual[COLUMN["gap"]])]
    if evidence.stills:
        paces.append((evidence.stills, evidence.usual[COLUMN["still"]]))
    # By whichever pace it is the longer one, beside what is usual by that.
    told = [
        max((units[at] / max(usual, 1.0), units[at]) for units, usual in paces) for at in range(len(window))
    ]
    longest = sorted((at for at in range(1, len(told)) if told[at][0] > 1), key=lambda at: -told[at][0])
    return tuple(
        Place(
            position=at,
            text=_text(window[at]),
            bits=0.0,
            count=pause,
            usual=pause * INTERVAL / told[at][1],
            before=_text(window[at - 1]),
        )
        for at in longest[:MOST_PLACES]
        if (pause := evidence.times[at] - evidence.times[at - 1]) > 0
    )


def _numbers(
    evidence: ViewEvidence, window: Sequence[bytes], baseline: Sequence[bytes], received: Received
) -> tuple[Place, ...]:
    """
    The numbers that cost most beside those before them in baseline and window, each place once.

    The detector remembers what lies between baseline and window too; only numbers of events that it
    compared are told of.
    """
    keys, skipped = skeleton_keys([*baseline, *window]), len(baseline)
    dearest: dict[tuple[int, int], Compared] = {}
    for one in Places().compared([*received.baseline, *received.window], keys):
        at, place = one.event - skipped, (int(keys[one.event]), one.name)
        if at < 0 or not evidence.compared[at]:
            continue
        if place not in dearest or one.bits > dearest[place].bits:
            dearest[place] = one
    places = []
    for one in dearest.values():
        at = one.event - skipped
        name, number = number_at(received.window[at], one.nth)
        half = len(one.before) // 2
        places.append(
            Place(
                position=at,
                text=_text(window[at]),
                bits=one.bits / UNIT,
                count=len(one.before),
                usual=(one.before[half] + one.before[(len(one.before) - 1) // 2]) / 2,
                name=_text(name),
                number=_text(number),
                low=one.before[0],
                high=one.before[-1],
            )
        )
    return _telling(places, lambda place: place.bits)
