"""What a peer gets to see of a set: the same masked events as Driftlock, as tokens and as columns of numbers."""

import json
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
FEWEST_HOLDERS: Final = 5  # baseline records that must share a value for it to get a column
NUMERIC_SHARE: Final = 0.95
_WORD: Final = re.compile(r"\w+|[^\w\s]")
_FIELD: Final = re.compile(r"([\w.\-]+)=(.*?)(?=[\s&?,;]+[\w.\-]+=|$)", re.DOTALL)


@dataclass(frozen=True)
class Task:
    """Baseline units to learn and units to score; no labels. ``shape`` is what Driftlock read them as."""

    shape: str
    baseline: Sequence[Sequence[bytes]]  # as received
    units: Sequence[Sequence[bytes]]
    masked_baseline: Sequence[Sequence[bytes]]
    masked_units: Sequence[Sequence[bytes]]
    references: int = 1000  # baseline units at most that a pairwise distance is taken to

    @cached_property
    def tokens(self) -> tuple[list[list[str]], list[list[str]]]:
        """The masked lines of sessions; the words and signs of single records and texts."""
        return self._both(_lines if self.shape == "sessions" else _words)

    @cached_property
    def word_weights(self) -> tuple[Floats, Floats]:
        """TF-IDF of the tokens, rows of length 1 (or 0)."""
        return weigh(*self.tokens)

    @cached_property
    def counts(self) -> tuple[Floats, Floats]:
        """Columns for detectors that measure distances: token counts, or a record's numbers and common values."""
        return field_columns(*self._records()) if self.shape == "records" else count_columns(*self.tokens)

    @cached_property
    def columns(self) -> tuple[Floats, Floats]:
        """Columns for detectors that look at one at a time: token counts, or one column for each field."""
        return field_rarities(*self._records()) if self.shape == "records" else self.counts

    def _records(self) -> tuple[list[str], list[str]]:
        # Numbers in the fields of a record are its content: records are read as received.
        baseline, units = (["\n".join(_lines(unit)) for unit in side] for side in (self.baseline, self.units))
        return baseline, units

    def _both(self, cut: Callable[[Sequence[bytes]], list[str]]) -> tuple[list[list[str]], list[list[str]]]:
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
    log(1 + count) of each frequent token, of the other baseline tokens together, of new ones, of all.

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
        scaled: Floats = weights / np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-12)
        return scaled

    return table(baseline), table(units)


def fields_of(record: str) -> dict[str, str]:
    """
    The pairs of a JSON object, or the key=value pairs of a line; "" is what stands before the first key.

    >>> fields_of("POST /buy?city=New York&amount=3.5")
    {'': 'POST /buy?', 'city': 'New York', 'amount': '3.5'}
    """
    if record.startswith("{"):
        try:
            return {str(name): str(value) for name, value in json.loads(record).items()}
        except json.JSONDecodeError:
            pass
    first = _FIELD.search(record)
    head = record[: first.start()] if first else record
    return ({"": head} if head else {}) | dict(_FIELD.findall(record))


def field_columns(baseline: list[str], units: list[str]) -> tuple[Floats, Floats]:
    """Numeric fields standardised; of the others a 0/1 column for each common value and one for all rarer ones."""
    fitted, asked = [fields_of(record) for record in baseline], [fields_of(record) for record in units]
    known, new = [], []
    for name, numeric in _kinds(fitted).items():
        if numeric:
            pair = standardise(_numbers(fitted, name), _numbers(asked, name))
        else:
            held = Counter(fields.get(name, "") for fields in fitted)
            common = sorted(value for value in held if held[value] >= FEWEST_HOLDERS)
            place = {value: at for at, value in enumerate(common)}
            ones = np.eye(len(place) + 1)
            at_known, at_new = (
                [place.get(fields.get(name, ""), len(place)) for fields in side] for side in (fitted, asked)
            )
            pair = ones[at_known], ones[at_new]
        known.append(pair[0])
        new.append(pair[1])
    return np.hstack(known), np.hstack(new)


def field_rarities(baseline: list[str], units: list[str]) -> tuple[Floats, Floats]:
    """
    Numeric fields, and of each other field how rare its value is: −log((1 + holders) / (1 + records)); standardised.
    """
    fitted, asked = [fields_of(record) for record in baseline], [fields_of(record) for record in units]
    known, new = [], []
    for name, numeric in _kinds(fitted).items():
        if numeric:
            pair = _numbers(fitted, name), _numbers(asked, name)
        else:
            held = Counter(fields.get(name, "") for fields in fitted)
            seen, met = (
                np.array([[1.0 + held[fields.get(name, "")]] for fields in side]) for side in (fitted, asked)
            )
            pair = -np.log(seen / (1 + len(fitted))), -np.log(met / (1 + len(fitted)))
        known.append(pair[0])
        new.append(pair[1])
    return standardise(np.hstack(known), np.hstack(new))


def _kinds(records: list[dict[str, str]]) -> dict[str, bool]:
    """Whether each field of the baseline is a number; "" stands for a record without fields."""
    names = sorted({name for fields in records for name in fields}) or [""]
    return {
        name: float(
            np.mean([_number(fields[name]) is not None for fields in records if name in fields] or [False])
        )
        >= NUMERIC_SHARE
        for name in names
    }


def _numbers(records: list[dict[str, str]], name: str) -> Floats:
    """Signed logs, one column; 0 where the field is missing or no number."""
    numbers = np.array([[_number(fields.get(name, "")) or 0.0] for fields in records])
    logs: Floats = np.sign(numbers) * np.log1p(np.abs(numbers))
    return logs


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
