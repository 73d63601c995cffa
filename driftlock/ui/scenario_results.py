"""What the detector found in a play, cut off at any moment of it."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from driftlock.model import ScoreColumns, Stream
from driftlock.ui import words
from driftlock.ui.series_result import rate
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import count_text

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_FLAGS = 1_000
# Bits in which a score of so many decades of rarity is one.
_BITS_PER_DECADE = float(np.log2(10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flagged window or number: where it lies, and its page."""

    id: str
    first_seq: int
    last_seq: int
    severity: Literal["low", "medium", "high"]
    sentence: str
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much was tested up to a moment, and what came of it."""

    tested: int
    flagged: int
    expected: float | None  # at most about, by chance; None where it is not stated
    numbers: bool = False

    def sentence(self) -> str:
        """
        >>> Counts(tested=620, flagged=14, expected=15.2).sentence()
        'tested 620, flagged 14, at most about 16 expected by chance'
        """
        tested, flagged = count_text(self.tested), count_text(self.flagged)
        if self.numbers:
            return f"{rate(self.flagged, self.tested)}, expected by chance: not stated"
        if self.expected is None or not self.tested:
            return f"tested {tested}, flagged {flagged}, nothing expected by chance yet"
        by_chance = words.expected(self.expected)
        return f"tested {tested}, flagged {flagged}, at most about {by_chance} expected by chance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything tested in a stream, in order of its events."""

    stream: Stream
    last_seq: Ints  # of each test
    strength: Floats  # of each test: extra bits over the usual bits, or bits of a number; may be NaN
    flags: tuple[Flag, ...]  # in order
    columns: ScoreColumns | None  # None where numbers were judged and not windows

    def counts(self, events: int) -> Counts:
        """After so many *events*."""
        tested = int(np.searchsorted(self.last_seq, events, side="right"))
        flagged = sum(flag.last_seq <= events for flag in self.flags)
        if self.columns is None:
            return Counts(tested=tested, flagged=flagged, expected=None, numbers=True)
        expected = float(np.asarray(self.columns.chance, dtype=np.float64)[:tested].sum())
        return Counts(tested=tested, flagged=flagged, expected=expected)

    def latest(self, events: int) -> Flag | None:
        """The flagged window that ended last, after so many *events*."""
        return next((flag for flag in reversed(self.flags) if flag.last_seq <= events), None)

    @property
    def strongest(self) -> Flag | None:
        """The flag of most extra bits, severity first."""
        order = ("low", "medium", "high")
        return max(self.flags, key=lambda flag: (order.index(flag.severity), flag.bits), default=None)


def results(stream: Stream) -> Results:
    """Of a stream that is worked off."""
    return _of_numbers(stream) if desk().series.plan(stream) is not None else _of_windows(stream)


def until(columns: ScoreColumns, events: int) -> ScoreColumns:
    """The rows of the windows that end within the first *events* events."""
    rows = int(np.searchsorted(columns.last_seq, events, side="right"))
    cut: dict[str, Any] = {
        name: np.asarray(getattr(columns, name))[:rows]
        for name in ScoreColumns.__dataclass_fields__
        if name != "extra"
    }
    extra = {name: np.asarray(column)[:rows] for name, column in columns.extra.items()}
    return replace(columns, **cut, extra=extra)


def _of_windows(stream: Stream) -> Results:
    columns = desk().queries.scores(tenant(), stream.id)
    rows = desk().queries.anomalies(tenant(), stream.id, order="newest", limit=MOST_FLAGS)
    return Results(
        stream=stream,
        last_seq=np.asarray(columns.last_seq, dtype=np.int64),
        strength=np.asarray(columns.extra_bits / (8 * columns.extra["mu"]), dtype=np.float64),
        flags=tuple(
            Flag(
                id=row.id,
                first_seq=row.first_seq,
                last_seq=row.last_seq,
                severity=row.severity,
                sentence=row.sentence,
                bits=row.extra_bits,
            )
            for row in reversed(rows)
        ),
        columns=columns,
    )


def _of_numbers(stream: Stream) -> Results:
    plan = desk().series.plan(stream)
    assert plan is not None  # the caller has looked
    seqs, scores = [], []
    for name, warmup in plan.warmups.items():
        points = desk().series.points(tenant(), stream.id, name)
        seqs.append(np.asarray(points.seq, dtype=np.int64)[warmup:])
        scores.append(np.asarray(points.score, dtype=np.float64)[warmup:])
    last_seq = np.concatenate(seqs) if seqs else np.empty(0, dtype=np.int64)
    order = np.argsort(last_seq, kind="stable")
    rows = desk().series.anomalies(tenant(), stream.id, order="newest", limit=MOST_FLAGS)
    found = [
        Flag(
            id=row.id,
            first_seq=row.first_seq,
            last_seq=row.last_seq,
            severity=row.severity,
            sentence=row.sentence,
            bits=row.bits,
        )
        for row in rows
    ]
    return Results(
        stream=stream,
        last_seq=last_seq[order],
        strength=_BITS_PER_DECADE * (np.concatenate(scores) if scores else np.empty(0))[order],
        flags=tuple(sorted(found, key=lambda flag: (flag.last_seq, flag.id))),
        columns=None,
    )
