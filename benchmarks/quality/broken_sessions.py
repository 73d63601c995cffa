"""
Sessions cut short, holed or repeated: how well they are told from the same sessions intact.

Taken are ordinary held-out units of labelled sets of sessions or windows; a
fault is put into each by chance that depends on set, unit and kind alone.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.quality.labelled import prepare, roc_auc
from driftlock_core.scoring import Scorer

MOST_UNITS = 300  # of a set, those with the smallest digests
FEWEST_EVENTS = 4  # a quarter of fewer is no event
MISSING = 0.3  # share of the events that a cut or a gap takes, rounded up
PIECE = 0.25  # share of the events that are repeated, rounded up
BURST = 10  # times that one event stands where it stood once

# Views and their constants were chosen on the first group, the second is only reported.
CHOSEN_ON = ("adfa_ld_a", "bgl_windows", "hdfs_2pct", "tt_traces_a")
REPORTED = ("ait_ads_russellmitchell", "openstack_kalaki")

Events = list[bytes]
Breaking = Callable[[Events, Random], Events]


@dataclass(frozen=True)
class Broken:
    """One kind of fault in the ordinary units of one set."""

    name: str
    kind: str
    units: int
    auc: float  # ROC-AUC of the score, the broken units against the same units intact
    hidden: float  # share of broken units that equal a baseline unit line for line, as masked: nobody can find them


def cut(events: Events, _: Random) -> Events:
    """The last 30 % of the events are missing."""
    return events[: len(events) - ceil(MISSING * len(events))]


def gap(events: Events, random: Random) -> Events:
    """30 % of the events, a piece anywhere, are missing."""
    missing = ceil(MISSING * len(events))
    start = random.randrange(len(events) - missing + 1)
    return events[:start] + events[start + missing :]


def repeated(times: int) -> Breaking:
    """A piece of a quarter of the events stands *times* times in a row."""

    def repeat(events: Events, random: Random) -> Events:
        length = ceil(PIECE * len(events))
        start = random.randrange(len(events) - length + 1)
        return events[:start] + events[start : start + length] * times + events[start + length :]

    return repeat


def burst(events: Events, random: Random) -> Events:
    """One event stands ten times in a row where it stood once."""
    at = random.randrange(len(events))
    return events[:at] + events[at : at + 1] * BURST + events[at + 1 :]


# Ids are permanent: results of later runs are compared by them.
KINDS: dict[str, Breaking] = {
    "cut": cut,
    "gap": gap,
    "twice": repeated(2),
    "thrice": repeated(3),
    "burst": burst,
}


def broken(name: str, at: int, kind: str, events: Events) -> Events:
    """
    Unit number *at* of set *name* with one fault.

    >>> broken("any", 0, "cut", [b"a", b"b", b"c", b"d"])
    [b'a', b'b']
    """
    seed = hashlib.sha256(f"{name} {at} {kind}".encode()).digest()
    return KINDS[kind](events, Random(int.from_bytes(seed[:8], "big")))


def ordinary(name: str, units: list[Events], positive: np.ndarray) -> list[int]:
    """Numbers of the units that get faults: not anomalous, long enough, at most 300 of them."""
    long_enough = [at for at, events in enumerate(units) if not positive[at] and len(events) >= FEWEST_EVENTS]
    long_enough.sort(key=lambda at: hashlib.sha256(f"{name} {at}".encode()).hexdigest())
    return sorted(long_enough[:MOST_UNITS])


def measure(path: Path) -> list[Broken]:
    """One row a set and kind. *path* holds the labelled sets in its folder ``dev``."""
    return [row for name in CHOSEN_ON + REPORTED for row in measure_set(path, name)]


def measure_set(path: Path, name: str) -> list[Broken]:
    """One row a kind; the baseline is fitted once."""
    prepared = prepare(path, name)
    scorer = Scorer(prepared.baseline, overlapping=prepared.overlapping)
    canonical = scorer.masking.masker.canonical
    known = {tuple(canonical(unit)) for unit in prepared.baseline}
    numbers = ordinary(name, prepared.units, prepared.positive)
    intact = scorer.score([prepared.units[at] for at in numbers]).scores
    rows = []
    for kind in KINDS:
        faulty = [broken(name, at, kind, prepared.units[at]) for at in numbers]
        scores = np.concatenate((intact, scorer.score(faulty).scores))
        rows.append(
            Broken(
                name=name,
                kind=kind,
                units=len(numbers),
                auc=roc_auc(scores, np.arange(len(scores)) >= len(intact)),
                hidden=sum(tuple(canonical(unit)) in known for unit in faulty) / max(1, len(faulty)),
            )
        )
    return rows
