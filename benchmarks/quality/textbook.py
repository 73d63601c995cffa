"""
Why the textbook NCD cannot decide: ``python -m benchmarks.quality.textbook [--data DIR]``.

Ordinary windows of a log, and the same windows with a fifth of their lines
replaced by lines of another system, scored both ways.
"""

import argparse
import os
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.quality.labelled import roc_auc
from benchmarks.sources import generated, lines_of, raw_files
from driftlock_core import BALANCED, Masker, compressor_named
from driftlock_core.baseline import dictionary
from driftlock_core.epoch import text_of

BASELINE, WINDOW, STEP = 400, 50, 50


def scores(events: list[bytes], foreign: list[bytes], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Textbook NCD and size-matched NCD of each window, ordinary and altered, and which is which."""
    compressor, random = compressor_named("zstd"), Random(seed)
    textbook, matched, altered = [], [], []
    for start in range(BASELINE, len(events) - WINDOW, STEP):
        baseline, window = events[start - BASELINE : start], events[start : start + WINDOW]
        mixed = list(window)
        for position in random.sample(range(WINDOW), WINDOW // 5):
            mixed[position] = random.choice(foreign)
        digest = compressor.digest(dictionary(baseline, compressor.reach))
        c_baseline = compressor.size(text_of(baseline))
        blocks = [text_of(baseline[at : at + WINDOW]) for at in range(0, BASELINE, WINDOW)]
        cbar = float(np.median([compressor.size(block) for block in blocks]))
        for is_altered, events_tested in ((False, window), (True, mixed)):
            text = text_of(events_tested)
            alone, both = compressor.size(text), compressor.size(text_of(baseline) + text)
            small, large = sorted((c_baseline, alone))
            textbook.append((both - small) / large)
            matched.append(digest.cost(text) / max(alone, cbar))
            altered.append(is_altered)
    return np.array(textbook), np.array(matched), np.array(altered)


def main() -> None:
    """Print one row per log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    asked = parser.parse_args()
    logs = raw_files(Path(asked.data) if asked.data else None)
    masker = Masker(BALANCED.masks)
    print(
        "| log | textbook NCD of ordinary windows, 5–95 % | share ≥ 0.30 | AUC textbook | AUC conditional |"
    )
    print("|---|---|---|---|---|")
    for number, (name, text) in enumerate(logs):
        other = logs[(number + 1) % len(logs)][1] if len(logs) > 2 else generated(2000, 99)
        events, foreign = (masker.canonical(lines_of(t)[:6000]) for t in (text, other))
        textbook, matched, altered = scores(events, foreign, seed=number)
        low, high = np.quantile(textbook[~altered], [0.05, 0.95])
        print(
            f"| {name} | {low:.2f}–{high:.2f} | {(textbook[~altered] >= 0.30).mean():.0%} "
            f"| {roc_auc(textbook, altered):.2f} | {roc_auc(matched, altered):.2f} |"
        )


if __name__ == "__main__":
    main()
