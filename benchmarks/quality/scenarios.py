"""
How many faults of the generated scenarios are found: ``python -m benchmarks.quality.scenarios``.

The detector sees NDJSON as a customer would send it and nothing of the truth. A fault counts as found
if a flagged window shares an event with its interval. So many windows touch an interval that chance
alone finds some: each scenario is therefore played a second time with the same seed and without
faults, and the flags at the same places are counted as what chance finds. When a fault ends, ordinary
traffic may look new to a baseline that has seen the fault: flags soon after are counted apart.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from data_generator import Scenario, catalogue, encode
from data_generator.scenarios.event import Event
from data_generator.scenarios.story import Episode
from data_generator.scenarios.theatre import perform_scenario
from driftlock_core import BALANCED, PROFILES, Profile, Windows, detect

FIRST_SEED = 101  # no seed of a golden file, a page or a test
SECONDS = 600.0  # at 20 events a second: 12,000 events
SECONDS_BY_SERVICE = 1_800.0  # a service sends a part of them


@dataclass(frozen=True)
class Row:
    """One scenario over all seeds, NaN where there is nothing to count."""

    name: str
    intervals: int
    found: int  # intervals with a flagged window
    by_chance: int  # of the same places in streams without faults
    inside: float  # share of the windows that touch an interval and are flagged
    rare: float  # share of them whose p_stream passes alone, whatever their score
    delays: tuple[int, ...]  # events from the first changed one to the last of the flagged window
    windows: int  # outside of all intervals, with and without faults
    false_flags: int
    after: int  # of them, on windows that begin within a baseline's length after an interval
    expected: float  # flags by chance, as the product states it, of the streams without faults
    quiet_flags: int  # in the streams without faults
    quiet_windows: int

    @property
    def delay_events(self) -> float:
        """Median."""
        return median(self.delays) if self.delays else float("nan")


def measure(scenario: Scenario, seeds: Sequence[int], profile: Profile, *, by_service: bool) -> Row:
    """Play and detect; *by_service* gives each affected service a stream of its own."""
    found = chance = intervals = false_flags = after = outside = quiet_flags = quiet_windows = 0
    inside: list[float] = []
    rare: list[float] = []
    delays: list[int] = []
    expected = 0.0
    for seed in seeds:
        events, episodes = _played(scenario, seed, 0.05, by_service)
        quiet, _ = _played(scenario, seed, 0.0, by_service) if episodes else (events, ())
        # Every interval is looked for in the streams of its own services, or in the whole stream.
        names = sorted({name for episode in episodes for name in episode.affected})
        if by_service and not names:
            names = sorted({event.record["service"] for event in events})
        for name in names if by_service else [None]:
            where, windows = _detected(events, name, profile)
            quiet_where, calm = _detected(quiet, name, profile) if episodes else (where, windows)
            if windows is None or calm is None:
                continue
            ours = [e for e in episodes if name is None or name in e.affected]
            hit = np.zeros(len(windows), dtype=bool)
            back = np.zeros(len(windows), dtype=bool)
            for episode in ours:
                touching = _touching(windows, where, episode)
                hit |= touching
                since = windows.first_seq - np.searchsorted(where, episode.stop)
                back |= (since > 0) & (since <= profile.baseline)
                flagged = np.flatnonzero(touching & windows.flagged)
                intervals += 1
                found += flagged.size > 0
                chance += bool((_touching(calm, quiet_where, episode) & calm.flagged).any())
                inside.append(float(windows.flagged[touching].mean()) if touching.any() else 0.0)
                passes = windows.p_stream <= profile.alpha
                rare.append(float(passes[touching].mean()) if touching.any() else 0.0)
                if flagged.size:
                    first = int(np.searchsorted(where, episode.start))
                    delays.append(int(windows.last_seq[flagged[0]]) - first)
            outside += int((~hit).sum())
            false_flags += int((windows.flagged & ~hit).sum())
            after += int((windows.flagged & ~hit & back).sum())
            quiet_flags += int(calm.flagged.sum())
            quiet_windows += len(calm)
            expected += calm.expected_by_chance
    return Row(
        name=scenario.id,
        intervals=intervals,
        found=found,
        by_chance=chance,
        inside=float(np.mean(inside)) if inside else float("nan"),
        rare=float(np.mean(rare)) if rare else float("nan"),
        delays=tuple(delays),
        windows=outside,
        false_flags=false_flags,
        after=after,
        expected=expected,
        quiet_flags=quiet_flags,
        quiet_windows=quiet_windows,
    )


def _played(
    scenario: Scenario, seed: int, anomaly_rate: float, by_service: bool
) -> tuple[list[Event], tuple[Episode, ...]]:
    seconds = SECONDS_BY_SERVICE if by_service else SECONDS
    performance = perform_scenario(scenario.id, seed, duration_s=seconds, anomaly_rate=anomaly_rate)
    events = list(performance.events)
    return events, performance.witness.episodes()


def _detected(
    events: list[Event], service: str | None, profile: Profile
) -> tuple[np.ndarray, Windows | None]:
    """Positions of the service's events in the whole stream, and the windows over them."""
    where = np.array([n for n, e in enumerate(events) if service in (None, e.record["service"])], dtype=int)
    if len(where) < profile.baseline + profile.window:
        return where, None
    lines = encode([events[n] for n in where], "ndjson", "demo")[:-1].split(b"\n")
    times = np.array([events[n].at_us for n in where])
    return where, detect(lines, profile, times=times)


def _touching(windows: Windows, where: np.ndarray, episode: Episode) -> np.ndarray:
    """Which windows share an event with the interval."""
    first, stop = np.searchsorted(where, [episode.start, episode.stop])
    return (windows.last_seq > first) & (windows.first_seq <= stop)


def upper_edge(expected: float, windows_together: int) -> float:
    """
    Most flags that chance gives in 39 of 40 cases where *expected* are stated.

    Flags come in groups of windows that share an event, so their number varies that much more than
    a count of single ones.

    >>> round(upper_edge(100, 5))
    144
    """
    return expected + 1.96 * (windows_together * expected) ** 0.5


def print_summary(rows: Sequence[tuple[Scenario, Row]], profile: Profile) -> None:
    """The same rows in a few figures."""
    print("\n| measure | figure |\n|---|---|")
    for group in ("scenario", "kind", "industry"):
        of_group = [row for scenario, row in rows if scenario.group == group and row.intervals]
        if not of_group:
            continue
        found, all_ = sum(row.found for row in of_group), sum(row.intervals for row in of_group)
        most = sum(row.found >= 0.9 * row.intervals for row in of_group)
        half = sum(row.found > 0.5 * row.intervals for row in of_group)
        delays = [delay for row in of_group for delay in row.delays]
        print(
            f"| {group}s: faults found | {found} of {all_}; at least nine in ten of {most}, "
            f"more than half of {half} of {len(of_group)} |"
        )
        if delays:
            delay = f"{median(delays):.0f} events, {median(delays) / profile.window:.1f} windows"
            print(f"| {group}s: median delay | {delay} |")
    for scenario, row in rows:
        if not scenario.kinds:
            edge = upper_edge(row.expected, profile.chunks_per_window)
            share = f"{row.quiet_flags} of {row.quiet_windows} windows"
            print(f"| {row.name}: flagged | {share}; stated {row.expected:.0f}, upper edge {edge:.0f} |")


def main() -> None:
    """Print one table for the whole stream, and one for the affected services' own streams."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.scenarios", description=__doc__)
    parser.add_argument("scenarios", nargs="*", help="ids; all if none is given")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--profile", choices=sorted(PROFILES), default=BALANCED.name)
    parser.add_argument("--by-service", action="store_true", help="one stream for each affected service")
    chosen = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + chosen.seeds)
    profile = PROFILES[chosen.profile]
    each = "each affected service's own stream" if chosen.by_service else "the whole stream"
    print(f"## Scenarios: {each}, {chosen.seeds} seeds from {FIRST_SEED}, profile {profile.name}\n")
    print(
        "| scenario | kinds | intervals | found | by chance | windows flagged inside | p_stream alone inside | delay, events | windows "
        f"of {profile.window} | flagged outside | soon after | of windows | without faults | of windows | expected by chance |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    rows: list[tuple[Scenario, Row]] = []
    for scenario in catalogue():
        if chosen.scenarios and scenario.id not in chosen.scenarios:
            continue
        row = measure(scenario, seeds, profile, by_service=chosen.by_service)
        rows.append((scenario, row))
        print(
            f"| {row.name} | {', '.join(dict.fromkeys(scenario.kinds))} | {row.intervals} | {row.found} "
            f"| {row.by_chance} | {row.inside:.0%} | {row.rare:.0%} | {row.delay_events:.0f} "
            f"| {row.delay_events / profile.window:.1f} | {row.false_flags} | {row.after} | {row.windows} "
            f"| {row.quiet_flags} | {row.quiet_windows} | {row.expected:.1f} |",
            flush=True,
        )
    print_summary(rows, profile)


if __name__ == "__main__":
    main()
