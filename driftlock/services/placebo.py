"""The placebo: a stream's own events without their order, judged as the stream is judged."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any, Final, Literal, get_args

import numpy as np

from driftlock.ports import Store
from driftlock.services.advance import SLAB_EVENTS, every_excess
from driftlock.services.recent import recent_events
from driftlock_core.detector import Detector
from driftlock_core.incidents import incidents
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.windows import Windows

Way = Literal["shuffled", "reversed"]
WAYS: Final[tuple[Way, ...]] = get_args(Way)
# The newest ones: both orders are judged, and all of them lie in memory while they are.
MOST_EVENTS: Final = 100_000
MOST_POINTS: Final = 400  # of each order, for a chart


def placebo(
    store: Store, tenant: str, stream_id: str, report: Callable[[int, int], None], *, way: Way, seed: int
) -> dict[str, Any]:
    """
    What the detector raises on the stream's events in another order, next to what it raises on them as they came.

    The other order holds no change in time any more, so what is flagged in it tells how much is flagged where
    nothing happened. Only payloads change places: the moments stay, in order, so a window may still stand
    out by its pace, and those that do by pace alone are counted apart. Both orders are judged anew under the
    stream's present configuration; nothing is written to the stream.

    Args:
        report: Called with events judged and events to judge, of both orders together.
        way: "shuffled": every order is as likely; "reversed": the newest event first.
        seed: Of the shuffle.

    Returns:
        Plain values: of the placebo ``flagged``, ``tested``, ``expected`` (flagged by chance, at most about),
        ``incidents``, ``pace_alone``; the same of the order as it came with ``real_`` before; ``scores`` with at
        most 400 windows of each order for a chart.

    Raises:
        ApplicationError: The stream is judged as series, or holds less than a baseline and a window.
        NotFound: The tenant has no such stream.
    """
    recent = recent_events(store, tenant, stream_id, MOST_EVENTS)
    count = len(recent.payloads)
    masker = Masker(recent.profile.masks)
    orders = recent.payloads, _order(recent.payloads, way, seed)
    judged = []
    for at, payloads in enumerate(orders):
        report(at * count, 2 * count)
        parts = []
        for done, windows in _slabs(recent.profile, masker, payloads, recent.times):
            parts.append(windows)
            report(at * count + done, 2 * count)
        judged.append(Windows.join(parts))
    real, other = (_figures(windows) for windows in judged)
    return {
        "way": way,
        "seed": seed,
        "first_seq": recent.first_seq,
        "last_seq": recent.last_seq,
        **other,
        **{f"real_{name}": value for name, value in real.items()},
        "scores": {
            name: _points(windows, recent.times, recent.first_seq)
            for name, windows in zip(("real", "placebo"), judged, strict=True)
        },
    }


def _order(payloads: Sequence[bytes], way: Way, seed: int) -> list[bytes]:
    changed = list(payloads)
    if way == "reversed":
        changed.reverse()
    else:
        Random(seed).shuffle(changed)
    return changed


def _slabs(
    profile: Profile, masker: Masker, payloads: Sequence[bytes], times: Sequence[int | None]
) -> Iterator[tuple[int, Windows]]:
    """Events judged so far, and the windows of the last of them, slab by slab."""
    detector = Detector(profile, masker=masker, gate=every_excess(profile))
    for start in range(0, len(payloads), SLAB_EVENTS):
        end = min(start + SLAB_EVENTS, len(payloads))
        yield end, detector.update(payloads[start:end], times[start:end])


def _figures(windows: Windows) -> dict[str, Any]:
    flagged = np.flatnonzero(windows.flagged)
    places = (column[flagged].tolist() for column in (windows.index, windows.first_seq, windows.last_seq))
    return {
        "flagged": len(flagged),
        "tested": len(windows),
        "expected": windows.expected_by_chance,
        "incidents": len(incidents(zip(*places, strict=True))),
        "pace_alone": sum(verdict.views == ("timing",) for verdict in windows.verdicts),
    }


def _points(windows: Windows, times: Sequence[int | None], first_seq: int) -> dict[str, list[Any]]:
    """
    Of neighbouring windows the one to draw: the highest of those flagged, else the highest.

    Column by column; every point is a window with the numbers it has. ``stands_for`` counts the windows of
    each, ``last_at_us`` is −1 where its last event names no time.
    """
    total = len(windows)
    edges = np.linspace(0, total, min(total, MOST_POINTS) + 1).astype(np.int64).tolist()
    rows = [
        max(range(start, end), key=lambda at: (bool(windows.flagged[at]), float(windows.score[at]), -at))
        for start, end in pairwise(edges)
    ]
    ends = windows.last_seq[rows].tolist()
    stamps = (times[end - 1] for end in ends)
    return {
        "last_seq": [first_seq - 1 + end for end in ends],
        "last_at_us": [-1 if stamp is None else stamp for stamp in stamps],
        "ncd": windows.score[rows].tolist(),
        "exact": windows.exact[rows].tolist(),
        "flagged": windows.flagged[rows].tolist(),
        "stands_for": np.diff(edges).tolist(),
    }
