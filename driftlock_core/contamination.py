"""
Stretches of a baseline that are unlike the rest of it: anomalies would make themselves ordinary there.

Docs: docs/measures/drift.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.baseline import dictionary
from driftlock_core.compressors import compressor_named
from driftlock_core.epoch import borders_of, text_of
from driftlock_core.masking import Masker
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import Profile

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# How far from the usual at least, and how many times as far as every stretch that shares no event with it.
# 0.45 is the limit of the profile for being woken up. See docs/measures/drift.md for what both cost and find.
FAR: Final = 0.45
TIMES: Final = 4.0
# Below this the others are as good as usual: a window of 50 events is told to about one event.
LEAST: Final = 0.02
# A shorter baseline is too uneven to have a rest: of 40-event pieces of real logs one in six would stand out.
FEWEST: Final = 160  # events
# Suspects are few: one in so many windows, or the rest is no longer the rest.
WINDOWS_PER_SUSPECT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A stretch that stands out; events count from 1 at the baseline's first."""

    first: int  # inclusive
    last: int
    ncd: float  # N of the window around it, against all other events of the baseline
    others: float  # the largest N of a window that shares no event with a suspect's


def suspects(
    baseline: Sequence[bytes], profile: Profile, *, masker: Masker | None = None
) -> tuple[Suspect, ...]:
    """
    What of *baseline* is unlike the rest of it, in order.

    Each window, a hop apart, is measured as the detector measures one: S is its
    size with the distinct events of the baseline as dictionary, less its own
    and those of half a window on either side; N = (S − median S) / max(C(W),
    median C). A window stands out if N reaches 0.45 and four times the largest
    N of all windows that share no event with it. One window in eight may, the
    largest first. Its events are named as far as chunks of it, and of windows
    about it that reach 0.45 too, cost half as much above the usual as its own
    do on average.

    A rank cannot decide this: among 36 windows one is always the largest.

    Args:
        baseline: Events as received, oldest first; what is left behind the last whole hop is not looked at.
            Of fewer than 160 nothing is said.
        masker: To share its caches; must mask what the profile masks.

    >>> from driftlock_core.profiles import BALANCED
    >>> usual = [b"user %d logged in", b"report %d opened", b"cache hit for report %d", b"user %d logged out"]
    >>> events = [usual[n * n % 7 % 4] % n for n in range(400)]
    >>> events[130:170] = [bytes([97 + n * k % 26 for k in range(3, 40)]) for n in range(40)]
    >>> [(s.first, s.last) for s in suspects(events, BALANCED)]
    [(131, 170)]
    """
    hop, k = profile.hop, profile.chunks_per_window
    chunks = len(baseline) // hop
    most = chunks // k // WINDOWS_PER_SUSPECT
    if not most or len(baseline) < FEWEST:
        return ()
    costs, alone = _measured((masker or Masker(profile.masks)).canonical(baseline[: chunks * hop]), profile)
    sizes = costs.sum(axis=1)
    usual = float(np.median(sizes))
    scores: Floats = (sizes - usual) / np.maximum(alone, np.median(alone))
    peaks = _peaks(scores, k, most + 1)
    for count in range(min(most, len(peaks) - 1), 0, -1):
        others = float(scores[peaks[count]])
        if scores[peaks[count - 1]] >= max(FAR, TIMES * max(others, LEAST)):
            return tuple(
                Suspect(first=first * hop + 1, last=(last + 1) * hop, ncd=float(scores[peak]), others=others)
                for peak in sorted(peaks[:count])
                for first, last in [_dear(peak, costs, scores, usual)]
            )
    return ()


def suspects_text(found: Sequence[Suspect]) -> str:
    """
    What was found, as a sentence without a full stop.

    >>> suspects_text([Suspect(first=121, last=170, ncd=0.62, others=0.05)])
    'events 121 to 170 of the baseline are unlike the rest of it: NCD 0.62, nowhere else above 0.05'
    """
    stretches = [f"{count_text(one.first)} to {count_text(one.last)}" for one in found]
    places = " and ".join(filter(None, [", ".join(stretches[:-1]), stretches[-1]]))
    scores = " and ".join(f"{one.ncd:.2f}" for one in found)
    others = math.ceil(100 * max(0.0, found[0].others)) / 100  # what is nowhere exceeded is rounded up
    return f"events {places} of the baseline are unlike the rest of it: NCD {scores}, nowhere else above {others:.2f}"


def without(baseline: Sequence[bytes], found: Sequence[Suspect]) -> list[bytes]:
    """
    *baseline* less the events of the suspects.

    >>> without([b"a", b"b", b"c"], [Suspect(first=2, last=2, ncd=0.5, others=0.1)])
    [b'a', b'c']
    """
    edges = [0, *(edge for one in found for edge in (one.first - 1, one.last)), len(baseline)]
    return [event for start, stop in [*pairwise(edges)][::2] for event in baseline[start:stop]]


def _measured(canonical: Sequence[bytes], profile: Profile) -> tuple[Ints, Ints]:
    """Costs of each window's chunks given the events away from it, and C of each window alone; bytes."""
    compressor = compressor_named(profile.compressor)
    hop, window = profile.hop, profile.window
    beside = profile.chunks_per_window // 2 * hop
    costs, alone = [], []
    for start in range(0, len(canonical) - window + 1, hop):
        text = text_of(canonical[start : start + window])
        away = [*canonical[: max(0, start - beside)], *canonical[start + window + beside :]]
        digest = compressor.digest(dictionary(away, compressor.reach))
        costs.append(digest.costs(memoryview(text), borders_of(text, hop)))
        alone.append(compressor.size(text))
    return np.array(costs, dtype=np.int64), np.array(alone, dtype=np.int64)


def _peaks(scores: Floats, apart: int, most: int) -> list[int]:
    """Positions of the largest scores at least *apart* windows from each other, largest first."""
    left = scores.copy()
    found: list[int] = []
    while len(found) < most and np.isfinite(left).any():
        found.append(int(np.argmax(left)))
        left[max(0, found[-1] - apart + 1) : found[-1] + apart] = -np.inf
    return found


def _dear(peak: int, costs: Ints, scores: Floats, usual: float) -> tuple[int, int]:
    """First and last chunk that make the window *peak*, and those about it, dear."""
    k = costs.shape[1]
    limit = (usual + (float(costs[peak].sum()) - usual) / 2) / k
    about = range(max(0, peak - k + 1), min(len(costs), peak + k))
    chunks = [
        window + at
        for window in about
        if window == peak or scores[window] >= FAR
        for at, cost in enumerate(costs[window].tolist())
        if cost >= limit
    ]
    return min(chunks), max(chunks)
