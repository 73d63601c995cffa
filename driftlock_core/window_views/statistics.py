"""All statistics of a stretch of windows, from what is known of its events."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from driftlock_core.profiles import Profile
from driftlock_core.window_views.content import Content, content_of, longest_of, pace_of
from driftlock_core.window_views.like_lines import pairs_of
from driftlock_core.window_views.recency import recency_bits
from driftlock_core.window_views.values import bits_per_number

Ints = npt.NDArray[np.int64]

# Events looked up at once, those of overlapping windows each time: bounds memory under profiles with long windows.
_LOOKED_UP: Final = 1 << 17


def statistics_of(
    baselines: Sequence[Ints],
    which: Ints,
    numbers: Ints,
    lines: Ints,
    ages: Ints,
    paces: tuple[Ints, Ints] | None,
    valued: tuple[Ints, Ints],
    sizes: Ints,
    profile: Profile,
) -> Ints:
    """
    One row per window, in the order of the catalogue.

    Args:
        baselines: Template numbers of the events of each baseline.
        which: For each window its baseline's position in *baselines*, never falling.
        numbers: Of the events of all windows, which begin a hop apart.
        lines: For each event a number, equal for lines that read alike once masked.
        ages: Events since the last like of each, 0 for never.
        paces: Intervals before each event by two paces, see pace.py; None where the stream has no times.
        valued: Bits of the numbers of each event and how many they are, see values.py.
        sizes: S of each window, bytes.

    Returns:
        Shape ``(windows, statistics)``.
    """
    hop, k = profile.hop, profile.chunks_per_window
    if paces is None:
        duration = gap = still = np.zeros(len(sizes), dtype=np.int64)
    else:
        duration, gap = pace_of(paces[0], hop=hop, window=profile.window)
        still = longest_of(paces[1], hop=hop, window=profile.window)
    recency, fresh = (
        np.concatenate(([0], np.cumsum(values)))[::hop] for values in (recency_bits(ages), ages == 0)
    )
    bits, compared = (np.concatenate(([0], np.cumsum(values)))[::hop] for values in valued)
    step = max(1, _LOOKED_UP // profile.window)
    contents = [
        _content(baselines, which[start : start + step], numbers[start * hop :], profile)
        for start in range(0, len(sizes), step)
    ]
    columns = (
        sizes,
        recency[k:] - recency[:-k],
        fresh[k:] - fresh[:-k],
        np.concatenate([content.mismatch for content in contents]),
        np.concatenate([content.own for content in contents]),
        np.concatenate([content.order for content in contents]),
        duration,
        gap,
        bits_per_number(bits[k:] - bits[:-k], compared[k:] - compared[:-k]),
        pairs_of(lines[: (len(sizes) - 1) * hop + profile.window], hop=hop, window=profile.window),
        still,
    )
    return np.stack(columns, axis=1)


def _content(baselines: Sequence[Ints], which: Ints, numbers: Ints, profile: Profile) -> Content:
    """Of the windows that *which* counts, the first of which begins with *numbers*."""
    first, last = int(which[0]), int(which[-1])
    events = numbers[: (len(which) - 1) * profile.hop + profile.window]
    return content_of(
        baselines[first : last + 1], which - first, events, hop=profile.hop, window=profile.window
    )
