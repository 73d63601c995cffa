"""From how many foreign events in a window a rule notices: the detector itself is asked, on copies of itself."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from driftlock_core import state
from driftlock_core.detector import Detector
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Detectors of several rules, each halted just before the same window, which none of them flags."""

    first: int  # position of the window's first event among the events given, from 0
    events: tuple[bytes, ...]  # of the window, as received
    times: tuple[int | None, ...]
    states: tuple[bytes, ...]  # one per rule, see state.py
    by_views: tuple[bool, ...]  # per rule: whether the views decide here, not the bytes alone

    def flagged(self, rule: int, events: Sequence[bytes], masker: Masker) -> bool:
        """Whether the detector of that rule flags the window when it holds *events* instead of its own."""
        windows = state.load(self.states[rule], masker=masker).update(events, self.times)
        return bool(windows.flagged[-1])


def halts(
    profiles: Sequence[Profile],
    events: Sequence[bytes],
    times: Sequence[int | None],
    *,
    most: int,
    masker: Masker,
) -> Iterator[Halt | None]:
    """
    Ordinary windows spread over the newer half of a stream, at most *most* of them.

    All rules see all *events*; a window is ordinary when none of them flags it.
    Windows do not overlap. The newer half, because that is where the rules know
    most; all of it where the stream is short.

    Args:
        profiles: Of one measure: they differ in nothing but name, limits and references.
        times: Microseconds since 1970, None where an event names none.

    Yields:
        None after each window that was tried and is not ordinary, so that the caller can report.
    """
    size = profiles[0].window
    starts = range(profiles[0].baseline, len(events) - size + 1, size)
    eligible = starts[len(starts) - max(min(most, len(starts)), len(starts) // 2) :]
    detectors = [Detector(profile, masker=masker) for profile in profiles]
    slots = min(most, len(eligible))
    fed = 0
    for slot in range(slots):
        for first in eligible[slot * len(eligible) // slots : (slot + 1) * len(eligible) // slots]:
            for detector in detectors:
                detector.update(events[fed:first], times[fed:first])
            fed = first + size
            states = tuple(state.save(detector) for detector in detectors)
            window, stamps = events[first:fed], times[first:fed]
            ends = [detector.update(window, stamps) for detector in detectors]
            if any(end.flagged[-1] for end in ends):
                yield None
                continue
            yield Halt(
                first=first,
                events=tuple(window),
                times=tuple(stamps),
                states=states,
                by_views=tuple(bool(end.factor[-1] > 1) for end in ends),
            )
            break


def with_copies(events: Sequence[bytes], line: bytes, positions: Sequence[int]) -> list[bytes]:
    """
    *events* with *line* in place of those at *positions*.

    >>> with_copies([b"a", b"b", b"c"], b"!", [2, 0])
    [b'!', b'b', b'!']
    """
    changed = list(events)
    for position in positions:
        changed[position] = line
    return changed


def fewest_noticed(noticed: Callable[[int], bool], most: int) -> int | None:
    """
    The smallest number of copies that is noticed, or None if not even *most* are.

    Tried in doubling steps, then halved between the last number that was not noticed and the first that
    was: the smallest one, as long as more copies are noticed no less within that last step. A window of
    nothing but copies is a dull one and may pass; what was noticed with fewer counts all the same.

    >>> fewest_noticed(lambda copies: copies >= 11, 50), fewest_noticed(lambda copies: False, 50)
    (11, None)
    """
    missed, copies = 0, 1
    while not noticed(copies):
        if copies == most:
            return None
        missed, copies = copies, min(2 * copies, most)
    while copies - missed > 1:
        middle = (missed + copies) // 2
        if noticed(middle):
            copies = middle
        else:
            missed = middle
    return copies


def noticed_from(fewest: Sequence[int | None], share: float) -> int | None:
    """
    The number of copies with which at least *share* of the trials had noticed; None if none is enough.

    Args:
        fewest: Of each trial, as :func:`fewest_noticed` says.

    >>> noticed_from([1, 2, 2, 3, None], 0.8), noticed_from([1, None], 0.8)
    (3, None)
    """
    noticed = sorted(copies for copies in fewest if copies is not None)
    needed = max(1, math.ceil(share * len(fewest) - 1e-9))
    return noticed[needed - 1] if len(noticed) >= needed else None


def share_noticed(fewest: Sequence[int | None]) -> dict[int, float]:
    """
    Share of the trials that had noticed with so many copies or fewer, at each number where it grows.

    >>> share_noticed([2, 1, 2, None])
    {1: 0.25, 2: 0.75}
    """
    counts = [copies for copies in fewest if copies is not None]
    return {at: sum(copies <= at for copies in counts) / len(fewest) for at in sorted(set(counts))}
