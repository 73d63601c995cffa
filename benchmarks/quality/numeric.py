"""Numeric series under permanent ids: the alerts of the detector's one fixed limit, scored as NAB does."""

import json
from pathlib import Path

import numpy as np

from benchmarks.quality import nab
from benchmarks.quality.nab_scorer import PROFILES, event_f1, normalised, tally
from benchmarks.quality.results import Direction, Result

_UNITS = {"precision": "share of alerts", "recall": "share of windows", "event_f1": "F1"}


def measure(data: Path) -> list[Result]:
    """The series of DIR/nab; detection is finished before a label is read."""
    folder = data / "nab"
    corpus = [
        nab.detected(path, path.relative_to(folder).as_posix()) for path in sorted(folder.glob("*/*.csv"))
    ]
    labels = json.loads((folder / "windows.json").read_text())
    windows = {one.name: nab.labelled_rows(one, labels[one.name]) for one in corpus}
    alerts = {
        "": {one.name: one.alerts for one in corpus},
        "pages/": {one.name: one.pages for one in corpus},
        # What costs nothing to reach: every record an alert, with the silence after each alert kept.
        "flag_everything/": {
            one.name: nab.rung(np.ones(len(one.times)), one.warmup, 1.0, 0.0, 1.0) for one in corpus
        },
    }
    results = [
        Result(id="nab/series", value=len(corpus), unit="series", better="none"),
        Result(id="nab/windows", value=sum(map(len, windows.values())), unit="windows", better="none"),
    ]
    for group, by_series in alerts.items():
        better: Direction = "none" if group == "flag_everything/" else "higher"
        tallies = {
            profile.name: [tally(by_series[one.name], windows[one.name], profile) for one in corpus]
            for profile in PROFILES
        }
        for profile in PROFILES:
            id = profile.name.lower().replace(" ", "_")
            value = normalised(tallies[profile.name], profile)
            results.append(Result(id=f"nab/{group}{id}", value=value, unit="NAB score", better=better))
        for (id, unit), value in zip(_UNITS.items(), event_f1(tallies["standard"]), strict=True):
            results.append(
                Result(
                    id=f"nab/{group}{id}",
                    value=value,
                    unit=unit,
                    better=better if id == "event_f1" else "none",
                )
            )
    return results
