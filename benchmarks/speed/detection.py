"""How fast whole detection is, as ratios within one run: to one bare compressor pass and to the naive algorithm."""

import gc
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import zstandard

from benchmarks.sources import lines_of
from benchmarks.speed.naive import permutation_test
from driftlock_core import BALANCED, Detector, Masker, kernel

REPEATS = 9
NAIVE_WINDOWS = 10
BYTES = replace(BALANCED, name="custom", views=("bytes",))
STREAMS_HELD = 20


@dataclass(frozen=True)
class Speed:
    """One stream's row; times in µs per event."""

    name: str
    events: int
    gated: float  # share of windows for which p_perm was computed, by the bytes alone
    raw: float
    warm: float
    cold: float
    python: float  # warm, the compiled kernel switched off
    all_views: float  # warm, every view that has a say
    naive: float | None
    state_bytes: int  # of a stream with all views

    @property
    def warm_ratio(self) -> float:
        return self.warm / self.raw

    @property
    def python_ratio(self) -> float:
        return self.python / self.raw

    @property
    def events_per_second(self) -> float:
        """With all views."""
        return 1e6 / self.all_views

    @property
    def cold_ratio(self) -> float:
        return self.cold / self.raw


def measure(name: str, text: bytes, *, with_naive: bool) -> Speed:
    """
    Time one log.

    The bare pass is one zstd -3 call over the whole text. Detection by the
    bytes is masking, costs, both p-values and the verdicts of all windows, with
    a fresh detector each time; *all_views* adds all views but timing, warm. *warm* shares a masker whose caches have seen the log,
    *cold* has empty caches, *python* is warm without the compiled kernel.
    Medians of alternating runs.
    """
    events = lines_of(text)
    masker = Masker()
    windows = Detector(BYTES, masker=masker).update(events)
    with kernel.switched_off():
        python_masker = Masker()
        python_masker.canonical(events)
    raw, warm, cold, python, every = [], [], [], [], []
    for _ in range(REPEATS):
        gc.collect()
        raw.append(_timed(lambda: zstandard.ZstdCompressor(level=3).compress(text)))
        warm.append(_timed(lambda: Detector(BYTES, masker=masker).update(events)))
        every.append(_timed(lambda: Detector(BALANCED, masker=masker).update(events)))
        raw.append(_timed(lambda: zstandard.ZstdCompressor(level=3).compress(text)))
        cold.append(_timed(lambda: Detector(BYTES).update(events)))
        raw.append(_timed(lambda: zstandard.ZstdCompressor(level=3).compress(text)))
        with kernel.switched_off():
            python.append(_timed(lambda: Detector(BYTES, masker=python_masker).update(events)))
    per_event = 1e6 / len(events)
    return Speed(
        name=name,
        events=len(events),
        gated=float(windows.gated.mean()),
        raw=statistics.median(raw) * per_event,
        warm=statistics.median(warm) * per_event,
        cold=statistics.median(cold) * per_event,
        python=statistics.median(python) * per_event,
        all_views=statistics.median(every) * per_event,
        naive=_naive(events, len(windows)) * per_event if with_naive else None,
        state_bytes=_in_fresh_process(events),
    )


def _timed(work: Callable[[], object]) -> float:
    """Seconds, without the collection of garbage that others made."""
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def _naive(events: list[bytes], windows: int) -> float:
    """Seconds for the whole stream, from ten evenly spaced windows with 1000 permutations each."""
    starts = [400 + round(i * (len(events) - 450) / (NAIVE_WINDOWS - 1)) for i in range(NAIVE_WINDOWS)]
    spent = _timed(
        lambda: [
            permutation_test(events[start - 400 : start], events[start : start + 50], 1000, seed=start)
            for start in starts
        ]
    )
    return spent / NAIVE_WINDOWS * windows


def _in_fresh_process(events: list[bytes]) -> int:
    """:func:`_bytes_held` where no memory freed earlier can hide the growth."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_bytes_held, events).result()


def _bytes_held(events: list[bytes]) -> int:
    """
    Resident bytes that one more detector costs after up to 20,000 events.

    Growth of the process over twenty detectors that share a masker, each fed
    with its own copy of the events.
    """
    masker, kept = Masker(), []
    events = events[:20000]
    Detector(BALANCED, masker=masker).update(events)
    for _ in range(STREAMS_HELD + 1):
        detector = Detector(BALANCED, masker=masker)
        for start in range(0, len(events), 1000):
            detector.update([bytes(bytearray(event)) for event in events[start : start + 1000]])
        kept.append(detector)
        if len(kept) == 1:
            gc.collect()
            before = _resident()
    gc.collect()
    return (_resident() - before) // STREAMS_HELD


def _resident() -> int:
    """Resident set of this process, bytes (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
