"""How often ordinary streams are flagged: real logs in their own order, and the same lines shuffled."""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.sources import lines_of
from driftlock_core import BALANCED, Windows, detect


@dataclass(frozen=True)
class FalseAlarms:
    """Shares of windows; NaN where a stream has none of that sort."""

    name: str
    windows: int
    ready: float  # flagged, of ready windows
    calibrating: float  # flagged, of calibrating windows
    p_stream: float  # ready windows with p_stream ≤ 0.05
    shuffled: float  # flagged, lines in random order
    permutation: float  # flagged with p_perm alone, all windows
    flagged: int
    expected: float  # by chance, as the product states it


def measure(name: str, text: bytes) -> FalseAlarms:
    """One log under *balanced*; five shuffles from fixed seeds."""
    events = lines_of(text)
    windows = detect(events, BALANCED)
    shuffled = []
    for seed in range(5):
        order = np.random.Generator(np.random.PCG64(seed)).permutation(len(events))
        shuffled.append(detect([events[i] for i in order], BALANCED).flagged.mean())
    return FalseAlarms(
        name=name,
        windows=len(windows),
        ready=_share(windows, windows.flagged, windows.ready),
        calibrating=_share(windows, windows.flagged, ~windows.ready),
        p_stream=_share(windows, windows.p_stream <= BALANCED.alpha, windows.ready),
        shuffled=float(np.mean(shuffled)),
        permutation=float(
            detect(events, replace(BALANCED, name="custom", p_mode="permutation")).flagged.mean()
        ),
        flagged=int(windows.flagged.sum()),
        expected=windows.expected_by_chance,
    )


def _share(windows: Windows, what: np.ndarray, among: np.ndarray) -> float:
    return float(what[among].mean()) if among.any() else float("nan")
