"""Speed under permanent ids: ratios within one run, which other machines reproduce roughly."""

from pathlib import Path

from benchmarks.quality.results import Direction, Result
from benchmarks.sources import raw_files
from benchmarks.speed import detection

STREAMS = ("HDFS_20000", "HealthApp_20000", "generated_20000")


def measure(data: Path | None) -> list[Result]:
    """Whole detection against one bare compressor pass, and the naive algorithm against it."""
    results = []
    for name, text in raw_files(data):
        if name not in STREAMS:
            continue
        row = detection.measure(name, text, with_naive=True)
        assert row.naive is not None
        numbers: dict[str, tuple[float, str, Direction]] = {
            "gated": (row.gated, "share of windows", "none"),
            "warm": (row.warm_ratio, "bare passes", "lower"),
            "without_kernel": (row.python_ratio, "bare passes", "lower"),
            "all_views": (row.all_views / row.raw, "bare passes", "lower"),
            "all_views_per_second": (row.events_per_second, "events/s", "higher"),
            "empty_caches": (row.cold_ratio, "bare passes", "lower"),
            "naive_to_warm": (row.naive / row.warm, "times", "higher"),
            "naive_to_empty_caches": (row.naive / row.cold, "times", "higher"),
            "state": (row.state_bytes, "bytes", "lower"),
        }
        results += [
            Result(id=f"speed/{name}/{id}", value=value, unit=unit, better=better)
            for id, (value, unit, better) in numbers.items()
        ]
    return results
