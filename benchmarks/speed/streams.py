"""
Many streams in one process: ``python -m benchmarks.speed.streams [--data DIR] [--streams 100 1000]``.

The lines of one log are dealt out to the streams, each with a beginning and an order of its own.
Each row is measured in a process of its own: first the streams one after the other, then all of
them interleaved, then with lines that come 20 at a time, three times in alternation. A ratio is to
the streams one after the other in the same process.
"""

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from random import Random
from string import ascii_lowercase

from benchmarks.sources import lines_of, raw_files
from driftlock.services.many_streams import RESIDENT, TURN_LINES, ManyStreams
from driftlock_core import BALANCED, Detector, Masker, load, save
from driftlock_core.profiles import Profile

EVENTS = 1_000  # per stream: a baseline, and 56 windows
SMALL = 20  # lines
REPEATS = 3
MOST_ALONE = 200  # streams measured one after the other; their mean cost does not depend on how many
NEVER_REPEATED = 70_000  # lines; a stream remembers 65,536 templates
WEIGHED = 100  # streams whose states are saved and loaded


@dataclass(frozen=True)
class Streams:
    """One row; times in µs per event."""

    streams: int
    alone: float
    interleaved: float
    small_deliveries: float
    small_turns: float
    resident_kb: float  # growth of the resident set, per stream
    state_kb: float  # mean of saved states
    save_ms: float
    load_ms: float


def measure(events: list[bytes], streams: int, profile: Profile) -> Streams:
    """Time so many streams, and weigh them."""
    dealt = [_of_stream(events, number) for number in range(streams)]
    masker = Masker()
    masker.canonical(events)
    some = dealt[:MOST_ALONE]
    _one_by_one(some[:1], profile, masker)
    resident, state, saving, loading = _weighed(dealt, profile, masker)
    alone, interleaved, small, turns = [], [], [], []
    for _ in range(REPEATS):
        gc.collect()
        alone.append(_seconds(lambda: _one_by_one(some, profile, masker)) / len(some))
        interleaved.append(_seconds(lambda: _interleaved(dealt, profile, masker)) / streams)
        small.append(_seconds(lambda: _delivered(dealt, profile, TURN_LINES)) / streams)
        turns.append(_seconds(lambda: _delivered(some, profile, SMALL)) / len(some))
    us = 1e6 / EVENTS
    return Streams(
        streams=streams,
        alone=statistics.median(alone) * us,
        interleaved=statistics.median(interleaved) * us,
        small_deliveries=statistics.median(small) * us,
        small_turns=statistics.median(turns) * us,
        resident_kb=resident,
        state_kb=state,
        save_ms=saving * 1e3,
        load_ms=loading * 1e3,
    )


def _weighed(dealt: list[list[bytes]], profile: Profile, masker: Masker) -> tuple[float, float, float, float]:
    """Growth of the resident set and mean length of a state, kB a stream; seconds to save and to load one."""
    gc.collect()
    before = _resident_kb()
    held = [Detector(profile, masker=masker) for _ in dealt]
    for start in range(0, EVENTS, TURN_LINES):
        for detector, lines in zip(held, dealt, strict=True):
            # Copies: each stream holds lines of its own, as it would if they had come from outside.
            detector.update([bytes(memoryview(line)) for line in lines[start : start + TURN_LINES]])
    resident = (_resident_kb() - before) / len(dealt)
    some = held[:WEIGHED]
    states = [save(detector) for detector in some]
    saving = _seconds(lambda: [save(detector) for detector in some]) / len(some)
    loading = _seconds(lambda: [load(state, masker=masker) for state in states]) / len(some)
    return resident, statistics.mean(map(len, states)) / 1024, saving, loading


def worst(profile: Profile) -> tuple[float, float]:
    """Growth of the resident set and length of the state, kB, after 70,000 lines none of which was there before."""
    random = Random(1)
    detector = Detector(profile)
    before = _resident_kb()
    for _ in range(0, NEVER_REPEATED, TURN_LINES):
        words = ["".join(random.choices(ascii_lowercase, k=40)) for _ in range(TURN_LINES)]
        detector.update([f"worker {word} gave up".encode() for word in words])
    return _resident_kb() - before, len(save(detector)) / 1024


def _of_stream(events: list[bytes], number: int) -> list[bytes]:
    start = number * 137 % max(1, len(events) - EVENTS)
    return events[start : start + EVENTS]


def _one_by_one(dealt: list[list[bytes]], profile: Profile, masker: Masker) -> None:
    for lines in dealt:
        detector = Detector(profile, masker=masker)
        for start in range(0, EVENTS, TURN_LINES):
            detector.update(lines[start : start + TURN_LINES])


def _interleaved(dealt: list[list[bytes]], profile: Profile, masker: Masker) -> None:
    detectors = [Detector(profile, masker=masker) for _ in dealt]
    for start in range(0, EVENTS, TURN_LINES):
        for detector, lines in zip(detectors, dealt, strict=True):
            detector.update(lines[start : start + TURN_LINES])


def _delivered(dealt: list[list[bytes]], profile: Profile, turn_lines: int) -> None:
    """As a service sees them: a few lines of each stream at a time, through the pool."""
    streams = ManyStreams(
        lambda stream: profile,
        found=lambda stream, windows: None,
        recall=lambda stream: None,
        keep=lambda stream, state, events_seen: None,
        turn_lines=turn_lines,
        resident=max(RESIDENT, len(dealt)),
    )
    for start in range(0, EVENTS, SMALL):
        for number, lines in enumerate(dealt):
            streams.take(str(number), lines[start : start + SMALL])
    streams.flush()


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _resident_kb() -> float:
    with open("/proc/self/statm") as sizes:
        return int(sizes.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def main() -> None:
    """Print one row per number of streams and set of views."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    parser.add_argument("--streams", type=int, nargs="+", default=[100, 1000])
    asked = parser.parse_args()
    name, text = max(raw_files(Path(asked.data) if asked.data else None), key=lambda file: len(file[1]))
    events = lines_of(text)
    print(
        f"{name}, {EVENTS} events a stream in turns of {TURN_LINES}; processor time, medians of {REPEATS}\n"
    )
    print(
        "| views | streams | one by one, µs an event | interleaved, × | 20 lines at a time, × | judged in "
        "twenties, × | resident, kB a stream | state, kB | save, ms | load, ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for views in (("bytes",), BALANCED.views):
        for streams in asked.streams:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own_process:
                row = own_process.submit(measure, events, streams, replace(BALANCED, views=views)).result()
            print(
                f"| {'bytes' if len(views) == 1 else 'all'} | {row.streams} | {row.alone:.2f} "
                f"| {row.interleaved / row.alone:.2f} | {row.small_deliveries / row.alone:.2f} "
                f"| {row.small_turns / row.alone:.2f} | {row.resident_kb:.0f} | {row.state_kb:.1f} "
                f"| {row.save_ms:.2f} | {row.load_ms:.2f} |",
                flush=True,
            )
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own_process:
        resident, state = own_process.submit(worst, BALANCED).result()
    print(
        f"\nOne stream of {NEVER_REPEATED} lines that never repeat, all views: resident {resident / 1024:.0f} MB "
        f"with the caches of the process, state {state:.0f} kB"
    )


if __name__ == "__main__":
    main()
