"""Template counts and order of windows against baselines, as code lengths in 1/1024 bit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core import kernel
from driftlock_core.window_views.whole_bits import log_table

Ints = npt.NDArray[np.int64]

# Up to so many possible numbers the distinct ones are marked in an array; beyond, sorted out.
_MARKED: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """One entry per window."""

    mismatch: Ints  # bits that coding the counts with the baseline's shares wastes
    own: Ints  # bits of the window's own mix: its empirical entropy, times its events
    order: Ints  # bits of each event given the one before it, by the baseline's transitions


def content_of(baselines: Sequence[Ints], which: Ints, events: Ints, *, hop: int, window: int) -> Content:
    """
    Code lengths of windows that begin a hop apart in *events*.

    Shares of templates are estimated as (2n + 1)/(2N + D), D the baseline's
    templates and one for all others (Krichevsky & Trofimov 1981). A transition
    is coded by its share after the same predecessor, an unseen one escapes to
    the plain shares (PPM, method C: Moffat 1990).

    Args:
        baselines: Template number of each event of each baseline, in order.
        which: For each window its baseline's position in *baselines*.
        events: Template numbers, from the first window's first event to the last one's last.
        hop, window: Events.
    """
    lengths = np.array([len(baseline) for baseline in baselines], dtype=np.int64)
    if kernel.content is not None:
        kinds = 1 + max(int(events.max()), *(int(baseline.max(initial=0)) for baseline in baselines))
        log = log_table(max(2 * int(lengths.max()) + kinds + 1, window))
        mismatch, own, order = (np.empty(len(which), dtype=np.int64) for _ in range(3))
        known = tuple(map(np.ascontiguousarray, baselines))
        which, events = np.ascontiguousarray(which), np.ascontiguousarray(events)
        kernel.content(known, which, events, log, hop, window, mismatch, own, order)
        return Content(mismatch=mismatch, own=own, order=order)
    ids = np.concatenate((*baselines, events))
    split = len(ids) - len(events)
    kinds = int(ids.max()) + 1
    owner = np.repeat(np.arange(len(baselines)), lengths)
    held = _counts(owner, ids[:split], len(baselines), kinds)
    log = log_table(max(2 * int(lengths.max()) + kinds + 1, window))
    plain = log[2 * lengths + np.count_nonzero(held, axis=1) + 1][:, None] - log[2 * held + 1]

    pairs, asked = _distinct(ids[:-1] * kinds + ids[1:], kinds * kinds)
    known = np.flatnonzero(owner[1:] == owner[:-1])
    seen = _counts(owner[known], asked[known], len(baselines), len(pairs))
    after = _counts(owner[known], ids[known], len(baselines), kinds)
    transitions = _transition_bits(seen, after, pairs, plain)

    starts = np.arange(len(which))[:, None] * hop + split
    found = ids[starts + np.arange(window)]
    own = _entropy(found)
    # Inside the window only: what came before it is no part of its evidence.
    steps = asked[starts + np.arange(window - 1)]
    return Content(
        mismatch=plain[which[:, None], found].sum(axis=1) - own,
        own=own,
        order=transitions[which[:, None], steps].sum(axis=1),
    )


def _counts(owner: Ints, ids: Ints, owners: int, kinds: int) -> Ints:
    """How often each owner has each kind, shape ``(owners, kinds)``."""
    return np.bincount(owner * kinds + ids, minlength=owners * kinds).reshape(owners, kinds)


def _distinct(numbers: Ints, limit: int) -> tuple[Ints, Ints]:
    """The distinct ones of *numbers*, all below *limit*, in order, and for each its position among them."""
    if limit > _MARKED:
        distinct, position = np.unique(numbers, return_inverse=True)
        return distinct, position.reshape(-1)
    occurs = np.zeros(limit, dtype=np.bool_)
    occurs[numbers] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[numbers]


def _transition_bits(seen: Ints, after: Ints, pairs: Ints, plain: Ints) -> Ints:
    """
    Bits of the second event of each pair given the first, under each baseline.

    Args:
        seen: How often each baseline has each pair, shape ``(baselines, pairs)``.
        after: How often each template is the first of one, shape ``(baselines, templates)``.
        pairs: Each as first template · templates + second one.
        plain: Bits of each template, shape ``(baselines, templates)``.
    """
    first, second = np.divmod(pairs, plain.shape[1])
    owner, pair = np.nonzero(seen)
    escapes = _counts(owner, first[pair], *plain.shape)
    log = log_table(int((after + escapes).max()))
    # Where the first template is new to the baseline both logarithms are 0: nothing to escape from.
    joint = log[after + escapes]
    escaped = (joint - log[escapes])[:, first] + plain[:, second]
    bits: Ints = np.where(seen > 0, joint[:, first] - log[seen], escaped)
    return bits


def _entropy(found: Ints) -> Ints:
    """
    Bits of each window's own mix: Σ n·log(window/n) over its templates.

    Args:
        found: Templates as small numbers, shape ``(windows, window)``.
    """
    window = found.shape[1]
    ordered = np.sort(found.astype(np.int32), axis=1)
    place = np.arange(window, dtype=np.int32)
    begins = np.where(ordered[:, 1:] != ordered[:, :-1], place[1:], 0)
    begun = np.maximum.accumulate(begins, axis=1, out=begins)
    # The n-th of a template adds n·log n − (n − 1)·log(n − 1), which makes n·log n for all of them.
    number = np.arange(window + 1)
    weighed = number * log_table(window)[: window + 1]
    step = np.diff(weighed)  # at n − 1
    bits: Ints = weighed[window] - step[place[1:] - begun].sum(axis=1)
    return bits


def pace_of(intervals: Ints, *, hop: int, window: int) -> tuple[Ints, Ints]:
    """
    Duration of each window and the longest gap in it, in the unit of *intervals*.

    Args:
        intervals: Before each event; windows begin a hop apart.
        hop, window: Events.
    """
    # What lies before the window's first event is no part of it.
    ends = np.arange(window - 1, len(intervals), hop)
    passed = np.cumsum(intervals)
    duration: Ints = passed[ends] - passed[ends - (window - 1)]
    return duration, longest_of(intervals, hop=hop, window=window)


def longest_of(intervals: Ints, *, hop: int, window: int) -> Ints:
    """The longest interval in each window, as :func:`pace_of` takes them."""
    chunks, windows = window // hop, (len(intervals) - window) // hop + 1
    shifted = np.concatenate((intervals[1 : (windows + chunks - 1) * hop], [0])).reshape(-1, hop)
    # The last interval of a chunk lies between it and the next: of a window's last chunk it does not count.
    within = shifted[:, :-1].max(axis=1, initial=0)
    whole = np.maximum(within, shifted[:, -1])
    found: Ints = within[chunks - 1 :].copy()
    for chunk in range(chunks - 1):
        np.maximum(found, whole[chunk : chunk + windows], out=found)
    return found
