"""Share of ordinary units flagged: as the sets come, as chance allows, and with baseline and units mixed."""

from functools import partial
from pathlib import Path
from random import Random
from statistics import mean

import numpy as np

from benchmarks.limits.bounds import band, flags_by_chance, inside
from benchmarks.markdown import table
from benchmarks.quality.labelled import LITTLE_TO_WIN, WITHIN, prepare, sets
from benchmarks.quality.workers import each
from driftlock_core.regime import STRETCH, UNLIKE, annotated
from driftlock_core.scoring import Scorer, disjoint

SPLITS = 5  # seeds 0 to 4
ALPHAS = (0.05, 0.01)


def of_set(data: Path, name: str) -> dict[str, float | str]:
    """One set: shares flagged, bands and what the rule for regimes says of its ordinary units alone."""
    prepared = prepare(data, name)
    scored = Scorer(prepared.baseline, overlapping=prepared.overlapping).score(prepared.units)
    calm = ~prepared.positive
    scores, p = scored.scores[calm], scored.p_values[calm]
    standings = annotated(zip(scores.tolist(), p.tolist(), strict=True))
    unlike = np.convolve(p <= UNLIKE, np.ones(STRETCH, dtype=int), "valid")
    baseline = prepared.baseline
    ordinary = [unit for unit, is_calm in zip(prepared.units, calm, strict=True) if is_calm]
    if prepared.overlapping:  # else the same events would stand on both sides of a split
        baseline, ordinary = ([list(unit) for unit in disjoint(side)] for side in (baseline, ordinary))
    mixed = [again(name, seed, baseline, ordinary) for seed in range(SPLITS)]
    row: dict[str, float | str] = {
        "name": name,
        "baseline": len(prepared.baseline),
        "units": int(calm.sum()),
        "alarms": ", ".join(str(at + 1) for at, one in enumerate(standings) if one.alarm) or "none",
        "unlike": int(unlike.max()),
    }
    for at, alpha in enumerate(ALPHAS):
        chance = flags_by_chance(len(prepared.baseline), int(calm.sum()), alpha)
        low, high = band(chance)
        wanted = WITHIN[str(alpha)]
        row |= {
            f"{alpha}": float((p <= alpha).mean()),
            f"{alpha} low": low / calm.sum(),
            f"{alpha} high": high / calm.sum(),
            f"{alpha} chance": inside(chance, *wanted),
            f"{alpha} mixed": mean(shares[at] for shares in mixed),
            f"{alpha} mixed inside": mean(wanted[0] <= shares[at] <= wanted[1] for shares in mixed),
        }
    return row


def again(
    name: str, seed: int, baseline: list[list[bytes]], ordinary: list[list[bytes]]
) -> tuple[float, ...]:
    """Shares flagged where chance decides which of all ordinary units are the baseline."""
    pool = baseline + ordinary
    Random(f"{name} {seed}").shuffle(pool)
    p = Scorer(pool[: len(baseline)]).score(pool[len(baseline) :]).p_values
    return tuple(float((p <= alpha).mean()) for alpha in ALPHAS)


def tables(data: Path) -> str:
    """One row a set; what lies outside of what was wanted has a mark."""
    names = [name for name in sets(data) if name not in LITTLE_TO_WIN]
    rows = each(partial(of_set, data), names)
    cells = []
    for row in rows:
        line = [str(row["name"]), str(row["baseline"]), str(row["units"])]
        for alpha in ALPHAS:
            low, high = WITHIN[str(alpha)]
            marks = ["" if low <= float(row[id]) <= high else " !" for id in (f"{alpha}", f"{alpha} mixed")]
            line += [
                f"{row[f'{alpha}']:.4f}{marks[0]}",
                f"{row[f'{alpha} low']:.3f}–{row[f'{alpha} high']:.3f}",
                f"{row[f'{alpha} mixed']:.4f}{marks[1]}",
            ]
        cells.append([*line, str(row["unlike"]), str(row["alarms"])])
    last = ["**inside**", "", ""]
    for alpha in ALPHAS:
        low, high = WITHIN[str(alpha)]
        last += [
            f"{sum(low <= float(row[f'{alpha}']) <= high for row in rows)} of {len(rows)}",
            f"{sum(float(row[f'{alpha} chance']) for row in rows):.1f} expected",
            f"{sum(float(row[f'{alpha} mixed inside']) for row in rows):.1f} a split",
        ]
    head = ["set", "baseline", "ordinary units"]
    for alpha in ALPHAS:
        head += [f"p ≤ {alpha}", "95 % by chance", f"mixed, mean of {SPLITS}"]
    return table(
        [*head, f"most of {STRETCH} in a row with p ≤ {UNLIKE}", "alarms"], [*cells, [*last, "", ""]]
    )
