"""Peers in a few lines of their own: length, compressors, neighbours, and the simple log detectors of Landauer et al."""

import zlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random
from typing import Final, TypeVar

import numpy as np
import zstandard

from benchmarks.quality.peers_reading import Floats, Task

NEAREST: Final = 3  # neighbours whose distances are averaged
MOST_BYTES: Final = 8192  # of a text that zlib compares; two of them fill half its window
MOST_EVENTS: Final = 1000  # of a sequence whose edit distance is taken
EDIT_CANDIDATES: Final = 20  # sequences nearest by counts, among which the nearest by edits is sought
SEED: Final = 20260302
Token = TypeVar("Token")


def length(task: Task) -> Floats:
    """How far the log of a unit's bytes lies from the baseline's median, on either side."""
    known, asked = (np.log1p([sum(map(len, unit)) for unit in side]) for side in (task.baseline, task.units))
    far: Floats = np.abs(asked - np.median(known))
    return far


def original(task: Task) -> Floats:
    """zstd NCD between the whole baseline, as received, and the unit: how Driftlock once began."""
    compressor = zstandard.ZstdCompressor(level=3)
    past = _joined([event for unit in task.baseline for event in unit])
    size = len(compressor.compress(past))
    scores = []
    for unit in task.units:
        text = _joined(unit)
        own, both = len(compressor.compress(text)), len(compressor.compress(past + text))
        scores.append((both - min(size, own)) / max(size, own))
    return np.array(scores)


def gzip_knn(task: Task) -> Floats:
    """Mean deflate NCD to the three nearest of at most ``task.references`` different baseline units."""
    texts = dict.fromkeys(_joined(unit)[:MOST_BYTES] for unit in task.masked_baseline)
    drawn = Random(SEED).sample([*texts], min(task.references, len(texts)))
    asked = [_joined(unit)[:MOST_BYTES] for unit in task.masked_units]
    distinct = [*dict.fromkeys(asked)]
    own = [_deflated(text) for text in distinct]

    def distances(reference: bytes) -> list[float]:
        # What deflate knows after the reference is kept and copied: the reference is read once, not per unit.
        known, size = zlib.compressobj(6), _deflated(reference)
        begun = len(known.compress(reference))
        row = []
        for text, alone in zip(distinct, own, strict=True):
            coder = known.copy()
            both = begun + len(coder.compress(text)) + len(coder.flush())
            row.append((both - min(size, alone)) / max(size, alone))
        return row

    with ThreadPoolExecutor(2) as threads:
        table = np.array([*threads.map(distances, drawn)])
    nearest = np.sort(table, axis=0)[:NEAREST].mean(axis=0)
    of_text = dict(zip(distinct, nearest.tolist(), strict=True))
    return np.array([of_text[text] for text in asked])


def tfidf_knn(task: Task) -> Floats:
    """Mean cosine distance of TF-IDF weights to the three nearest baseline units."""
    known, asked = task.word_weights
    nearest: Floats = np.sort(1.0 - asked @ known.T, axis=1)[:, :NEAREST].mean(axis=1)
    return nearest


def unseen_events(task: Task) -> Floats:
    """Share of tokens that the baseline does not have."""
    known = {token for unit in task.tokens[0] for token in unit}
    return _share_outside([Counter(unit) for unit in task.tokens[1]], known)


def unseen_pairs(task: Task) -> Floats:
    """Share of neighbouring token pairs, start and end included, that the baseline does not have."""
    baseline, units = ([Counter(pairwise(["", *unit, ""])) for unit in side] for side in task.tokens)
    return _share_outside(units, {pair for pairs in baseline for pair in pairs})


def _share_outside(units: Sequence[Counter[Token]], known: set[Token]) -> Floats:
    return np.array(
        [
            sum(count for token, count in unit.items() if token not in known) / max(sum(unit.values()), 1)
            for unit in units
        ]
    )


def count_vectors(task: Task) -> Floats:
    """Share of the tokens of both that differ between the unit and the baseline unit nearest by counts."""
    known, asked = _count_tables(task)
    sums = known.sum(axis=1)
    return np.array(
        [(_differences(known, sums, row) / np.maximum(sums + row.sum(), 1)).min() for row in asked]
    )


def edit_distance(task: Task) -> Floats:
    """Smallest number of edits to a baseline sequence, by the longer one's length."""
    known, asked = _count_tables(task)
    ids: dict[str, int] = {}
    sides = [
        [[ids.setdefault(token, len(ids)) for token in unit[:MOST_EVENTS]] for unit in side]
        for side in task.tokens
    ]
    by_sequence: dict[tuple[int, ...], float] = {}
    distinct = [*{tuple(sequence): at for at, sequence in enumerate(sides[0])}.values()]
    known, references = known[distinct], [sides[0][at] for at in distinct]
    sums = known.sum(axis=1)
    scores = []
    for row, sequence in zip(asked, sides[1], strict=True):
        key = tuple(sequence)
        if key not in by_sequence:
            candidates = np.argsort(_differences(known, sums, row), kind="stable")[:EDIT_CANDIDATES]
            by_sequence[key] = min(
                edits(sequence, references[at]) / max(len(sequence), len(references[at]), 1)
                for at in candidates
            )
        scores.append(by_sequence[key])
    return np.array(scores)


def edits(left: Sequence[int], right: Sequence[int]) -> int:
    """
    Levenshtein distance, a column of differences in the bits of one integer (Myers 1999, Hyyrö 2003).

    >>> edits([1, 2, 3, 4], [1, 3, 4, 5])
    2
    """
    if not left:
        return len(right)
    places: dict[int, int] = {}
    for at, token in enumerate(left):
        places[token] = places.get(token, 0) | 1 << at
    every, last = (1 << len(left)) - 1, 1 << len(left) - 1
    up, down, distance = every, 0, len(left)
    for token in right:
        equal = places.get(token, 0)
        vertical = equal | down
        horizontal = (((equal & up) + up) ^ up) | equal
        rises, falls = down | (every & ~(horizontal | up)), up & horizontal
        distance += bool(rises & last) - bool(falls & last)
        rises, falls = (rises << 1 | 1) & every, falls << 1 & every
        up, down = falls | (every & ~(vertical | rises)), rises & vertical
    return distance


def _count_tables(task: Task) -> tuple[Floats, Floats]:
    """Counts of each baseline token; unseen tokens share a last column."""
    column = {token: at for at, token in enumerate(dict.fromkeys(t for unit in task.tokens[0] for t in unit))}

    def table(side: list[list[str]]) -> Floats:
        counts = np.zeros((len(side), len(column) + 1))
        for row, unit in enumerate(side):
            for token, count in Counter(unit).items():
                counts[row, column.get(token, len(column))] += count
        return counts

    return table(task.tokens[0]), table(task.tokens[1])


def _differences(known: Floats, sums: Floats, row: Floats) -> Floats:
    """L1 distance of each row of *known* to *row*, given the sums of the rows: only columns *row* holds are read."""
    held = np.flatnonzero(row)
    inside = known[:, held]
    differences: Floats = sums - inside.sum(axis=1) + np.abs(inside - row[held]).sum(axis=1)
    return differences


def _joined(events: Sequence[bytes]) -> bytes:
    return b"".join(event + b"\n" for event in events)


def _deflated(text: bytes) -> int:
    return len(zlib.compress(text, 6))
