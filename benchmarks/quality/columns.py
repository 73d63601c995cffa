"""
Numeric columns through a typed compressor: ``python -m benchmarks.quality.columns`` (needs the extra openzl).

Three synthetic columns of a service (latency, gauge, enum). Printed are the
size of a long column and of one window, the time of one window, and how well
the cost of a window given its baseline, C(B + W) − C(B), tells three injected
changes from ordinary windows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np
import zstandard

BASELINE: Final = 400  # values
WINDOW: Final = 50
LONG: Final = 50_000
TRIALS: Final = 120  # windows of each sort
SYMBOLS: Final = 16  # baseline quantiles

Column = np.ndarray
Size = Callable[[Column], int]


def latency(random: np.random.Generator, count: int) -> Column:
    """Milliseconds, whole, long-tailed."""
    return np.round(random.lognormal(3.5, 0.6, count)).astype(np.int64)


def gauge(random: np.random.Generator, count: int) -> Column:
    """Percent in hundredths, a slow walk that returns to its middle."""
    noise, level, values = random.normal(0, 1.5, count), 50.0, np.empty(count)
    for position in range(count):
        level += 0.05 * (50.0 - level) + noise[position]
        values[position] = level
    return np.round(100 * values).astype(np.int64)


def enum(random: np.random.Generator, count: int) -> Column:
    """Status codes of ordinary traffic."""
    return random.choice([200, 204, 301, 404, 500], count, p=[0.86, 0.06, 0.04, 0.03, 0.01]).astype(np.int64)


COLUMNS: Final = {"latency": latency, "gauge": gauge, "enum": enum}


def changes(values: Column, random: np.random.Generator, column: str) -> dict[str, Column]:
    """A moderate change, a tenth of outliers, and another unit; for codes their mix, new ones, another coding."""
    outlier = random.random(len(values)) < 0.1
    if column == "enum":
        shifted = np.where(random.random(len(values)) < 0.3, 404, values)
        return {"mix": shifted, "new code 10 %": np.where(outlier, 418, values), "coding": values // 100}
    return {
        "x1.5": values * 3 // 2,
        "spikes 10 %": np.where(outlier, values * 20, values),
        "unit": np.maximum(1, values // 1000) if column == "latency" else values // 100,
    }


def openzl_sizes() -> dict[str, Size]:
    """The library's two numeric graphs, as functions of a column."""
    import openzl.ext as library

    def sized(graph: Callable[[Any], Any]) -> Size:
        made = library.Compressor()
        made.set_parameter(library.CParam.FormatVersion, library.MAX_FORMAT_VERSION)
        made.set_parameter(library.CParam.ContentChecksum, 2)
        made.set_parameter(library.CParam.CompressedChecksum, 2)
        made.select_starting_graph(graph(made))
        context = library.CCtx()
        context.set_parameter(library.CParam.StickyParameters, 1)
        context.ref_compressor(made)

        def size(values: Column, _keep: Any = made) -> int:
            return len(context.compress([library.Input(library.Type.Numeric, values)]))

        return size

    return {
        "openzl FieldLz": sized(lambda c: library.graphs.FieldLz()(c)),
        "openzl RangePack + FieldLz": sized(
            lambda c: library.nodes.RangePack()(c, library.graphs.FieldLz()(c))
        ),
    }


def zstd_sizes() -> dict[str, Size]:
    """Zstandard over the same numbers, as 8-byte integers and as lines of text."""
    compressor = zstandard.ZstdCompressor(
        level=3, write_checksum=False, write_content_size=False, write_dict_id=False
    )
    return {
        "zstd int64": lambda values: len(compressor.compress(values.tobytes())),
        "zstd text": lambda values: len(compressor.compress("\n".join(map(str, values.tolist())).encode())),
    }


def given_baseline(size: Size, baseline: Column) -> Callable[[Column], float]:
    """C(B + W) − C(B)."""
    alone = size(baseline)
    return lambda window: size(np.concatenate([baseline, window])) - alone


def quantile_symbols(baseline: Column) -> Callable[[Column], float]:
    """Chi-squared of the window's mix of 16 baseline-quantile symbols: the statistic that is no compressor."""
    edges = np.unique(np.quantile(baseline, np.arange(1, SYMBOLS) / SYMBOLS))
    expected = np.bincount(np.searchsorted(edges, baseline, "right"), minlength=len(edges) + 1) + 0.5
    expected = expected / expected.sum() * WINDOW

    def distance(window: Column) -> float:
        seen = np.bincount(np.searchsorted(edges, window, "right"), minlength=len(edges) + 1)
        return float(((seen - expected) ** 2 / expected).sum())

    return distance


@dataclass(frozen=True)
class Row:
    """One way to read one column."""

    long: int  # bytes of 50,000 values; 0 where nothing is compressed
    window: float  # bytes of one window, median
    micros: float  # of one window's cost
    auc: dict[str, float]  # by change; two-sided: distance from the median ordinary cost


def measure(column: str, cost_of: Callable[[Column], Callable[[Column], float]], size: Size | None) -> Row:
    """Every trial has a baseline of its own; its windows follow it in the same stream."""
    calm: list[float] = []
    changed: dict[str, list[float]] = {}
    seconds, alone = [], []
    for seed in range(TRIALS):
        random = np.random.Generator(np.random.PCG64(seed))
        values = COLUMNS[column](random, BASELINE + 2 * WINDOW)
        baseline, first, second = np.split(values, [BASELINE, BASELINE + WINDOW])
        cost = cost_of(baseline)
        start = perf_counter()
        calm.append(cost(first))
        seconds.append(perf_counter() - start)
        for name, window in changes(second, random, column).items():
            changed.setdefault(name, []).append(cost(window))
        if size is not None:
            alone.append(size(first))
    middle = median(calm)
    ordinary = np.sort(np.abs(np.array(calm) - middle))
    auc = {}
    for name, costs in changed.items():
        distance = np.abs(np.array(costs) - middle)
        below = np.searchsorted(ordinary, distance, "left") + np.searchsorted(ordinary, distance, "right")
        auc[name] = float(below.sum() / 2 / len(ordinary) / len(distance))
    whole = COLUMNS[column](np.random.Generator(np.random.PCG64(TRIALS)), LONG)
    return Row(
        long=size(whole) if size else 0,
        window=median(alone) if alone else 0.0,
        micros=1e6 * median(seconds),
        auc=auc,
    )


def main() -> None:
    """Print one table."""
    print(
        "| column | read by | 50,000 values, bytes | one window, bytes | µs a window | AUC of three changes |"
    )
    print("|---|---|---|---|---|---|")
    sizes = zstd_sizes() | openzl_sizes()
    for column in COLUMNS:
        ways = [(name, measure(column, partial(given_baseline, size), size)) for name, size in sizes.items()]
        ways.append(("16 quantile symbols, chi²", measure(column, quantile_symbols, None)))
        for name, row in ways:
            aucs = ", ".join(f"{change} {value:.2f}" for change, value in row.auc.items())
            bytes_long = f"{row.long:,}" if row.long else "–"
            bytes_window = f"{row.window:.0f}" if row.window else "–"
            print(
                f"| {column} | {name} | {bytes_long} | {bytes_window} | {row.micros:.1f} | {aucs} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
