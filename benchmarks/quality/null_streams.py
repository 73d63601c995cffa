"""How often ordinary streams are flagged: real logs in their own order, with shuffled lines, and backwards."""

from dataclasses import replace
from statistics import mean

import numpy as np

from benchmarks.quality.detection_call import UNKNOWN_TIME, judged
from benchmarks.quality.material import Log
from benchmarks.quality.results import Direction, Result
from benchmarks.quality.workers import each
from driftlock_core import BALANCED, PROFILES, Profile, Windows

SHUFFLES = 5  # orders drawn from the seeds 0 to 4

# What a mean over logs is formed of; the others are counts.
SHARES = ("ready", "calibrating", "p_stream", "shuffled", "reversed", "permutation")


def in_random_order(log: Log, seed: int) -> Log:
    """The lines in random order; the times keep their places, so that time goes on as it did."""
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(log))
    return Log(log.name, [log.events[at] for at in order], log.times, log.stamp)


def backwards(log: Log) -> Log:
    """The last line first. Gaps between lines stay as long as they were: time runs on from the first line's."""
    times = log.times[::-1].copy()
    known = times != UNKNOWN_TIME
    if known.any():
        times[known] = log.times[log.times != UNKNOWN_TIME].min() + times[known].max() - times[known]
    return Log(log.name, log.events[::-1], times, log.stamp)


def of_log(log: Log) -> list[Result]:
    """One log under every profile; counts and p-values for *balanced* alone."""
    results: list[Result] = []
    for profile in PROFILES.values():
        windows = judged(log.events, profile, log.times)
        shuffled = [_flagged(in_random_order(log, seed), profile) for seed in range(SHUFFLES)]
        found = {
            "ready": _share(windows, windows.flagged, windows.ready),
            "calibrating": _share(windows, windows.flagged, ~windows.ready),
            "shuffled": mean(shuffled),
            "reversed": _flagged(backwards(log), profile),
        }
        if profile is BALANCED:
            found["p_stream"] = _share(windows, windows.p_stream <= profile.alpha, windows.ready)
            found["permutation"] = _flagged(log, replace(profile, name="custom", p_mode="permutation"))
        for name, value in found.items():
            if value is not None:
                results.append(_result(f"{log.name}/{profile.name}/{name}", value))
        if profile is BALANCED:
            counts = {
                "windows": len(windows),
                "flagged": int(windows.flagged.sum()),
                "expected": windows.expected_by_chance,
            }
            results += [
                _result(f"{log.name}/{profile.name}/{name}", value, "windows", "none")
                for name, value in counts.items()
            ]
    return results


def measure(logs: list[Log]) -> list[Result]:
    """Every log, and the mean of each share over the logs that have it."""
    results = [result for rows in each(of_log, logs) for result in rows]
    for profile in PROFILES:
        for name in SHARES:
            values = [one.value for one in results if one.id.endswith(f"/{profile}/{name}")]
            if values:
                results.append(_result(f"mean/{profile}/{name}", mean(values)))
    return results


def _flagged(log: Log, profile: Profile) -> float:
    return float(judged(log.events, profile, log.times).flagged.mean())


def _share(windows: Windows, what: np.ndarray, among: np.ndarray) -> float | None:
    return float(what[among].mean()) if among.any() else None


def _result(id: str, value: float, unit: str = "share of windows", better: Direction = "lower") -> Result:
    return Result(id=f"null/{id}", value=value, unit=unit, better=better)
