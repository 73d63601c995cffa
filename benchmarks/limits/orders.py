"""Where flags on ordinary logs come from: the same lines as they are, in blocks of another order, and each by chance."""

from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.markdown import table
from benchmarks.quality.detection_call import judged
from benchmarks.quality.material import Log, logs
from benchmarks.quality.workers import each
from driftlock_core import BALANCED, Windows
from driftlock_core.window_views.catalogue import ASPECTS

BLOCKS = (400, 50, 10, 1)  # events that stay together: a baseline, a window, a chunk, none
SEEDS = range(3)
NAMES = tuple(aspect.name for aspect in ASPECTS)
DRAWS = 2000


def in_blocks(log: Log, size: int, seed: int) -> Log:
    """The blocks of *size* lines in random order; the times keep their places."""
    blocks = [np.arange(start, min(start + size, len(log))) for start in range(0, len(log), size)]
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(blocks))
    places = np.concatenate([blocks[at] for at in order])
    return Log(log.name, [log.events[at] for at in places], log.times, log.stamp)


def of_log(log: Log) -> dict[str, float]:
    """Shares of windows, ready ones unless said otherwise."""
    windows = judged(log.events, BALANCED, log.times)
    found = {"ready": _share(windows), "calibrating": float(windows.flagged[~windows.ready].mean())}
    found["young"] = int((~windows.ready).sum())
    found["windows"] = int(windows.flagged.sum())
    found["stretches"] = int((np.diff(windows.flagged.astype(int), prepend=0) == 1).sum())
    decided = windows.flagged & (windows.factor > 1)
    passes = (windows.factor[:, None] * windows.aspect_p <= BALANCED.alpha) & (
        windows.aspect_distance >= BALANCED.threshold
    )
    found |= {name: int((decided & passes[:, at]).sum()) for at, name in enumerate(NAMES)}
    found["bytes alone"] = int((windows.flagged & (windows.factor == 1)).sum())
    for size in BLOCKS:
        shares = [
            _share(judged(moved.events, BALANCED, moved.times))
            for moved in (in_blocks(log, size, seed) for seed in SEEDS)
        ]
        found[f"blocks of {size}"] = mean(shares)
    return found


def _share(windows: Windows) -> float:
    return float(windows.flagged[windows.ready].mean())


def tables(data: Path) -> str:
    """One row a log; shares first, counts behind."""
    everything = logs(data)
    found = each(of_log, everything)
    shares = ["ready", *(f"blocks of {size}" for size in BLOCKS), "calibrating"]
    counts = ["young", "windows", "stretches", *NAMES, "bytes alone"]
    rows = [
        [log.name, *(f"{row[name]:.3f}" for name in shares), *(f"{row[name]:.0f}" for name in counts)]
        for log, row in zip(everything, found, strict=True)
    ]
    rows.append(
        [
            "**mean, sum**",
            *(f"{mean(row[name] for row in found):.3f}" for name in shares),
            *(f"{sum(row[name] for row in found):.0f}" for name in counts),
        ]
    )
    head = [
        "log",
        "as it is",
        *(f"blocks of {size}" for size in BLOCKS),
        "calibrating",
        "calibrating windows",
    ]
    spread = [
        f"{name} {low:.3f}–{high:.3f}"
        for name in ("ready", "calibrating")
        for low, high in [_drawn_anew([row[name] for row in found])]
    ]
    return (
        table([*head, "flagged", "stretches", *NAMES, "bytes alone"], rows)
        + f"\n\nMeans with the logs drawn anew {DRAWS} times, 95 %: {', '.join(spread)}."
    )


def _drawn_anew(shares: list[float]) -> tuple[float, float]:
    drawn = np.random.default_rng(0).choice(shares, size=(DRAWS, len(shares))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)
