"""Scoring of long texts in the units that say something: bytes, and what each view takes."""

from pathlib import Path

import numpy as np
import zstandard

from benchmarks.limits.compressions import fastest
from benchmarks.limits.measured import meetings, units_of, views
from benchmarks.markdown import table
from benchmarks.quality.labelled import prepare, sets
from benchmarks.speed import scoring
from driftlock_core.scoring import Scorer
from driftlock_core.views.near_text import NearTextView

SETS = ("deepset_injection", "jailbreak_itw", "halueval_output")
GENERATED = "texts of 5 to 59 words"
MOST = 500  # units scored
REPEATS = 3


def row(name: str, baseline: list[list[bytes]], asked: list[list[bytes]]) -> list[str]:
    """One set of texts; a bare pass is one zstd -3 call over all of them, *one by one* a call for each."""
    kept = [asked[at] for at in np.linspace(0, len(asked) - 1, min(MOST, len(asked))).astype(int)]
    texts = [b"\n".join(unit) for unit in kept]
    sizes = [len(text) for text in texts]
    scorer = Scorer(baseline)
    units = units_of(scorer, kept)
    whole = fastest(lambda: scorer.score(kept), REPEATS)
    spent = {
        view.name: fastest(lambda view=view: view.outside(units), REPEATS)  # type: ignore[misc]
        for view in views(scorer)
    }
    near = next(view for view in views(scorer) if isinstance(view, NearTextView))
    met = meetings(near, units)
    everything = b"\n".join(texts)
    bare = fastest(lambda: zstandard.ZstdCompressor(level=3).compress(everything), 9)
    compress = zstandard.ZstdCompressor(level=3).compress
    singly = fastest(lambda: [compress(text) for text in texts], 9)
    return [
        name,
        f"{len(baseline):,}",
        f"{np.mean(sizes):.0f} ({np.median(sizes):.0f})",
        f"{len(kept) / whole:,.0f}",
        f"{sum(sizes) / whole / 1e6:.2f}",
        f"{whole / bare:.0f}",
        f"{whole / singly:.0f}",
        ", ".join(
            f"{view} {spent[view] / whole:.0%}" for view in sorted(spent, key=lambda view: -spent[view])
        ),
        f"{len(kept) / (whole - max(spent.values())):,.0f}",
        f"{met:,.0f}, {1e9 * spent[near.name] / len(kept) / met:.1f} ns each",
    ]


def tables(data: Path) -> str:
    """The sets of texts, and generated ones."""
    there = sets(data)
    rows = []
    for name in SETS:
        if name in there:
            prepared = prepare(data, name)
            rows.append(row(name, prepared.baseline, prepared.units))
    generated = scoring.units("texts", 1_000)
    rows.append(row(GENERATED, generated, generated[:MOST]))
    head = [
        "texts",
        "baseline",
        "bytes a text, mean (median)",
        "texts/s",
        "MB/s",
        "÷ a bare pass",
        "÷ one by one",
    ]
    return table(
        [*head, "where the time goes", "texts/s without the dearest view", "look-ups of near text"], rows
    )
