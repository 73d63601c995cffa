"""
Slow poisoning: how soon a lasting change is taken for normal, and what is missed meanwhile.

From one event on, every fifth event is one of a held-out template. Later a
second, strong fault comes on top: half of a window is replaced by lines of
other held-out templates.
"""

from random import Random
from statistics import mean

import numpy as np

from benchmarks.quality.detection_call import judged
from benchmarks.quality.injections import WINDOW, Base, base_of, drawn, replaced, unseen_lines
from benchmarks.quality.material import Log
from benchmarks.quality.power import FIRST, is_found, positions
from benchmarks.quality.results import Direction, Result
from benchmarks.quality.workers import each
from driftlock_core import PROFILES, Profile

SHARE = 0.20  # of the events, once the change has come
LASTS = 800  # events that are watched
LASTING, STRONG = slice(0, None, 2), slice(1, None, 2)  # held-out templates of the one fault and the other
STEP = 100  # events of one point of the curve
LATER = (100, 300, 600)  # events after the change at which the strong fault comes
STREAMS = 6  # positions in each log at which a change begins


def changed(base: Base, start: int) -> Base:
    """The stream with the change from *start* on."""
    random = Random(f"{base.log.name} lasting {start}")
    places = [at for at in range(start, len(base.log)) if random.random() < SHARE]
    lines = drawn(places, base.unseen[LASTING], random)
    return Base(replaced(base.log, lines), base.templates, base.unseen)


def flagged_since(log: Log, start: int, profile: Profile) -> list[float]:
    """Share of windows flagged, by events between *start* and the window's first event, in steps of 100."""
    windows = judged(log.events, profile, log.times)
    since = windows.first_seq - 1 - start
    return [
        float(windows.flagged[(since >= low) & (since < low + STEP)].mean()) for low in range(0, LASTS, STEP)
    ]


def of_log(log: Log) -> dict[str, dict[str, list[float]]]:
    """By profile: mean curve with the change and without, shares of later faults found with it and without."""
    base = base_of(log)
    strong = unseen_lines(0.5, STRONG)
    answer = {}
    for profile in PROFILES.values():
        curves: list[list[float]] = []
        calm: list[list[float]] = []
        found_with: list[list[float]] = []
        found_without: list[list[float]] = []
        for start in positions(base, STREAMS, profile.hop, room=LASTS + WINDOW):
            poisoned = changed(base, start)
            curves.append(flagged_since(poisoned.log, start, profile))
            calm.append(flagged_since(base.log, start, profile))
            for stream, rows in ((poisoned, found_with), (base, found_without)):
                row = []
                for later in LATER:
                    at = start + later
                    altered = strong(stream, at, Random(f"{log.name} later {at}"))
                    assert altered is not None
                    row.append(float(is_found(stream, at, altered, profile)))
                rows.append(row)
        answer[profile.name] = {
            "flagged": _mean(curves),
            "unchanged": _mean(calm),
            "later": _mean(found_with),
            "later_alone": _mean(found_without),
        }
    return answer


def _mean(rows: list[list[float]]) -> list[float]:
    return [float(value) for value in np.mean(rows, axis=0)] if rows else []


def measure(logs: list[Log]) -> list[Result]:
    """Means over the logs that are long enough."""
    by_log = each(of_log, [log for log in logs if len(log) > FIRST + LASTS + WINDOW])
    results = []
    for profile in PROFILES:
        rows = [answer[profile] for answer in by_log if answer[profile]["flagged"]]
        if not rows:
            continue
        curve = [mean(values) for values in zip(*(row["flagged"] for row in rows), strict=True)]
        calm = [mean(values) for values in zip(*(row["unchanged"] for row in rows), strict=True)]
        for step, (share, without) in enumerate(zip(curve, calm, strict=True)):
            results += [
                _shown(f"{profile}/flagged_after_{step * STEP}", share),
                _shown(f"{profile}/unchanged_after_{step * STEP}", without),
            ]
        results.append(
            Result(
                id=f"poisoning/{profile}/normal_after",
                value=normal_after(curve, mean(calm)),
                unit="events",
                better="none",
            )
        )
        for number, later in enumerate(LATER):
            with_change = 1 - mean(row["later"][number] for row in rows)
            alone = 1 - mean(row["later_alone"][number] for row in rows)
            results += [
                _shown(f"{profile}/missed_{later}_later", with_change, "lower"),
                _shown(f"{profile}/missed_{later}_alone", alone, "lower"),
            ]
    return results


def _shown(id: str, value: float, better: Direction = "none") -> Result:
    return Result(id=f"poisoning/{id}", value=value, unit="share of windows", better=better)


def normal_after(curve: list[float], calm: float) -> float:
    """
    Events after which the excess over *calm* has fallen below half of its peak for good; the whole watch if never.

    >>> normal_after([0.6, 0.5, 0.2, 0.1], 0.05), normal_after([0.6, 0.5, 0.5, 0.6], 0.05)
    (200, 400)
    """
    half = calm + (max(curve) - calm) / 2
    above = [step for step, share in enumerate(curve) if share >= half]
    return (above[-1] + 1) * STEP
