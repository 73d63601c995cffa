"""What a peer gets to see of a set: the same masked events as Driftlock, as tokens and as columns of numbers."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.quality.labelled import Prepared
from driftlock_core.masking import Masker

Floats = npt.NDArray[np.float64]

MOST_LINES: Final = 300  # columns for the lines that most baseline units hold
MOST_WORDS: Final = 2000
MOST_DIRECTIONS: Final = 50  # kept of the word columns
FEWEST_HOLDERS: Final = 5  # baseline records that must share a value for it to get a column
NUMERIC_SHARE: Final = 0.95
_WORD: Final = re.compile(r"\w+|[^\w\s]")
_FIELD: Final = re.compile(r"(\w[\w.\-]*)=(.*?)(?=\s+\w[\w.\-]*=|$)")


@dataclass(frozen=True)
class Task:
    """Baseline units to learn and units to score; no labels. ``shape`` is what Driftlock read them as."""

    shape: str
    baseline: Sequence[Sequence[bytes]]  # as received
    units: Sequence[Sequence[bytes]]
    masked_baseline: Sequence[Sequence[bytes]]
    masked_units: Sequence[Sequence[bytes]]
    references: int = 200  # baseline units at most that a pairwise distance is taken to

    @cached_property
    def tokens(self) -> tuple[list[list[str]], list[list[str]]]:
        """The masked lines of sessions; the words and signs of single records and texts."""
        return self._both(_lines if self.shape == "sessions" else _words)

    @cached_property
    def word_weights(self) -> tuple[Floats, Floats]:
        """TF-IDF of the tokens, rows of length 1 (or 0)."""
        return weigh(*self.tokens)

    @cached_property
    def features(self) -> tuple[Floats, Floats]:
        """Columns for detectors that want numbers, standardised by the baseline."""
        if self.shape == "records":
            raw = field_columns(*(["\n".join(unit) for unit in side] for side in self._both(_lines)))
        elif self.shape == "sessions":
            raw = count_columns(*self.tokens)
        else:
            raw = text_columns(self.tokens, self.word_weights)
        return standardise(*raw)

    def _both(self, cut: Callable[[Sequence[bytes]], list[str]]) -> tuple[list[list[str]], list[list[str]]]:
        # Numbers in the fields of a record are its content: records are read as received.
        sides = (
            (self.baseline, self.units)
            if self.shape == "records"
            else (self.masked_baseline, self.masked_units)
        )
        baseline, units = ([cut(unit) for unit in side] for side in sides)
        return baseline, units


def task_of(prepared: Prepared, masker: Masker, shape: str, references: int) -> Task:
    """The set as peers get it, masked as Driftlock masks it."""
    return Task(
        shape=shape,
        baseline=prepared.baseline,
        units=prepared.units,
        masked_baseline=[list(masker.canonical(unit)) for unit in prepared.baseline],
        masked_units=[list(masker.canonical(unit)) for unit in prepared.units],
        references=references,
    )


def _lines(unit: Sequence[bytes]) -> list[str]:
    return [line.decode(errors="replace") for line in unit]


def _words(unit: Sequence[bytes]) -> list[str]:
    return [word for line in unit for word in _WORD.findall(line.decode(errors="replace").lower())]


def most_held(units: Sequence[Sequence[str]], most: int) -> dict[str, int]:
    """Column of each of the *most* tokens that most units hold; ties by the token itself."""
    holders = Counter(token for unit in units for token in set(unit))
    ordered = sorted(holders, key=lambda token: (-holders[token], token))[:most]
    return {token: at for at, token in enumerate(ordered)}


def count_columns(baseline: list[list[str]], units: list[list[str]]) -> tuple[Floats, Floats]:
    """
    log(1 + count) of each frequent line, of the other baseline lines together, of unseen lines, of all.

    >>> count_columns([["a", "a"]], [["a", "b"]])[1].round(2).tolist()
    [[0.69, 0.0, 0.69, 1.1]]
    """
    column, known = most_held(baseline, MOST_LINES), {token for unit in baseline for token in unit}
    other = len(column)

    def table(side: list[list[str]]) -> Floats:
        counts = np.zeros((len(side), other + 3))
        for row, unit in enumerate(side):
            for token, count in Counter(unit).items():
                counts[row, column.get(token, other if token in known else other + 1)] += count
            counts[row, other + 2] = len(unit)
        return np.log1p(counts)

    return table(baseline), table(units)


def weigh(baseline: list[list[str]], units: list[list[str]]) -> tuple[Floats, Floats]:
    """
    TF-IDF, (1 + log count) · (1 + log((1 + units) / (1 + holders))), rows scaled to length 1.

    Tokens that the baseline does not have share one last column, as rare as a token can be.
    """
    column = most_held(baseline, MOST_WORDS)
    known = {token for unit in baseline for token in unit}
    holders = Counter(token for unit in baseline for token in set(unit))
    rarity = np.array([*(holders[token] for token in column), 0.0])
    rarity = 1.0 + np.log((1.0 + len(baseline)) / (1.0 + rarity))

    def table(side: list[list[str]]) -> Floats:
        weights = np.zeros((len(side), len(column) + 1))
        for row, unit in enumerate(side):
            for token, count in Counter(unit).items():
                if token in column or token not in known:
                    weights[row, column.get(token, len(column))] += 1.0 + np.log(count)
        weights *= rarity
        return weights / np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-12)

    return table(baseline), table(units)


def text_columns(
    tokens: tuple[list[list[str]], list[list[str]]], weights: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """The 50 strongest directions of the TF-IDF weights (fitted on the baseline), log length, unseen tokens."""
    directions = np.linalg.svd(weights[0], full_matrices=False)[2][:MOST_DIRECTIONS]
    known = {token for unit in tokens[0] for token in unit}

    def table(unit_tokens: list[list[str]], weighed: Floats) -> Floats:
        sizes = np.log1p([len(unit) for unit in unit_tokens])
        unseen = np.log1p([sum(token not in known for token in unit) for unit in unit_tokens])
        return np.column_stack([weighed @ directions.T, sizes, unseen])

    return table(tokens[0], weights[0]), table(tokens[1], weights[1])


def fields_of(record: str) -> dict[str, str]:
    """
    The key=value pairs of a line; a value goes on to the next key.

    >>> fields_of("city=New York amount=3.5")
    {'city': 'New York', 'amount': '3.5'}
    """
    return dict(_FIELD.findall(record))


def field_columns(baseline: list[str], units: list[str]) -> tuple[Floats, Floats]:
    """Signed log of numeric fields; one column for each common value of the others, one for all rarer values."""
    fitted = [fields_of(record) for record in baseline]
    names = sorted({name for fields in fitted for name in fields})
    numeric = {
        name
        for name in names
        if np.mean([_number(f[name]) is not None for f in fitted if name in f]) >= NUMERIC_SHARE
    }
    common = {}
    for name in names:
        counts = Counter(fields[name] for fields in fitted if name in fields)
        common[name] = sorted(value for value, count in counts.items() if count >= FEWEST_HOLDERS)

    def row(fields: dict[str, str]) -> list[float]:
        cells: list[float] = []
        for name in names:
            value = fields.get(name, "")
            if name in numeric:
                number = _number(value) or 0.0
                cells.append(float(np.sign(number) * np.log1p(abs(number))))
            else:
                cells += [float(value == one) for one in common[name]]
                cells.append(float(value not in common[name]))
        return cells

    return np.array([row(fields) for fields in fitted]), np.array(
        [row(fields_of(record)) for record in units]
    )


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def standardise(baseline: Floats, units: Floats) -> tuple[Floats, Floats]:
    """Mean 0 and deviation 1 in the baseline; columns constant there are only shifted."""
    centre, spread = baseline.mean(axis=0), baseline.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    return (baseline - centre) / spread, (units - centre) / spread
