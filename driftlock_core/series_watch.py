"""A series under watch: alerts joined into anomalies with their records, and the expected range along the way."""

import json
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from driftlock_core import series_state
from driftlock_core.errors import StateMismatch
from driftlock_core.series import READINGS, SeriesDetector
from driftlock_core.series_alerts import ALERT_SCORE, SILENT_PART, folded
from driftlock_core.series_verdict import LAST_VALUES, SeriesEvidence, SeriesVerdict, chained, parameters
from driftlock_core.views.value_expectation import Expectation

Floats = npt.NDArray[np.float64]

# What a record scores that passes the alert's limit while an alert keeps further ones silent.
BEYOND: Final = folded(ALERT_SCORE)
MAGIC: Final = b"DLW1"  # format 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watched:
    """One entry per record, and the anomalies that ended. *low* and *high* are NaN where no range was asked for."""

    score: Floats
    low: Floats
    high: Floats
    anomalies: tuple[SeriesVerdict, ...]


class SeriesWatch:
    """
    Runs the detector over one series and keeps what its records need.

    An anomaly begins with an alert. It goes on while records directly behind
    it pass the alert's limit too, and a further alert belongs to it if no more
    calm records lie between than the detector keeps silent for.

    Args:
        name: What records call the series.
        warmup: Records that are learned and never judged.
        band_every: Of how many records one gets its expected range; 0 for none but alerts.
    """

    def __init__(self, name: str, warmup: int, *, band_every: int = 0) -> None:
        self.name = name
        self.band_every = band_every
        self._detector = SeriesDetector(warmup)
        self._digest = ""
        self._last: deque[float] = deque(maxlen=LAST_VALUES)
        self._open: SeriesVerdict | None = None
        self._timed: bool | None = None  # whether records name times; unknown before the first
        self._running = False  # no calm record since the newest one that passed the limit

    @property
    def records(self) -> int:
        """How many were taken."""
        return self._detector.records

    @property
    def judged(self) -> int:
        """Records behind the warm-up."""
        return max(0, self._detector.records - self._detector.warmup)

    @property
    def open(self) -> SeriesVerdict | None:
        """The anomaly that has not ended."""
        return self._open

    def update(self, values: Sequence[float], times: Sequence[float] | None = None) -> Watched:
        """
        Take the next records; how they are cut into calls changes nothing but when anomalies are given.

        Args:
            values: NaN where nothing was measured.
            times: Seconds since 1970, NaN where an event names none; whether
                the first record names one decides whether times are used.
        """
        first = self._detector.records
        if self._timed is None and values:
            self._timed = times is not None and not math.isnan(times[0])
        used = times if self._timed else None
        score = np.zeros(len(values))
        low, high = np.full(len(values), math.nan), np.full(len(values), math.nan)
        found: dict[int, tuple[Expectation, float]] = {}
        for start, stop in self._pieces(len(values)):
            scores = self._detector.update(values[start:stop], None if used is None else used[start:stop])
            score[start:stop] = scores.score
            for expected in scores.expectations:
                at = expected.record - first
                low[at], high[at] = expected.low, expected.high
                found[expected.record] = expected, float(score[at])
            if self._banded and math.isnan(low[stop - 1]) and not math.isnan(values[stop - 1]):
                low[stop - 1], high[stop - 1] = self._detector.expected()
        ended: list[SeriesVerdict] = []
        for at, value in enumerate(values):
            self._digest = chained([(value, math.nan if used is None else used[at])], self._digest)
            self._last.append(value)
            ended += self._follow(first + at, value, float(score[at]), found.get(first + at))
        return Watched(score=score, low=low, high=high, anomalies=tuple(ended))

    def close(self) -> tuple[SeriesVerdict, ...]:
        """The anomaly that has not ended, if there is one: no more records will come."""
        ended, self._open = self._open, None
        return () if ended is None else (ended,)

    def _pieces(self, count: int) -> list[tuple[int, int]]:
        """*count* records cut behind each that gets an expected range."""
        if not self.band_every:
            return [(0, count)] if count else []
        first = self._detector.records
        cuts = [at + 1 for at in range(count) if (first + at) % self.band_every == 0]
        edges = [0, *cuts, *([count] if not cuts or cuts[-1] != count else [])]
        return [(start, stop) for start, stop in pairwise(edges) if stop > start]

    @property
    def _banded(self) -> bool:
        """Whether the newest record is one that gets its expected range: numbers came before it."""
        newest = self._detector.records - 1
        asked = bool(self.band_every) and newest % self.band_every == 0
        return asked and newest >= self._detector.warmup and self._detector.measured > 1

    def _follow(
        self, record: int, value: float, score: float, alert: tuple[Expectation, float] | None
    ) -> tuple[SeriesVerdict, ...]:
        """Let the open anomaly go on or end; an alert that is not part of it opens another."""
        if math.isnan(value):
            return ()
        silent = SILENT_PART * self._detector.warmup
        going_on = self._open is not None and (
            (alert is not None and record - self._open.last_record <= silent)
            or (self._running and score >= BEYOND)
        )
        self._running = going_on or alert is not None
        if going_on:
            assert self._open is not None
            self._open = replace(self._open, last_record=record)
            return ()
        if alert is not None:
            ended = self.close()
            self._open = self._verdict(*alert)
            return ended
        if self._open is not None and record - self._open.last_record > silent:
            return self.close()
        return ()

    def _verdict(self, expected: Expectation, score: float) -> SeriesVerdict:
        return SeriesVerdict(
            series=self.name,
            record=expected.record,
            last_record=expected.record,
            value=expected.value,
            low=expected.low,
            high=expected.high,
            nearest=expected.nearest,
            view=expected.view,
            surprise=expected.surprise,
            bits=expected.bits,
            p=expected.p_value,
            score=score,
            page=expected.page,
            timed=bool(self._timed),
            warmup=self._detector.warmup,
            readings=READINGS,
            parameters=parameters(),
            evidence=SeriesEvidence(
                digest=self._digest,
                last_values=tuple(None if math.isnan(one) else one for one in self._last),
            ),
        )

    def save(self) -> bytes:
        """The watch as bytes, to be read back by :func:`load`."""
        around = {
            "name": self.name,
            "band_every": self.band_every,
            "digest": self._digest,
            "last": [None if math.isnan(value) else value for value in self._last],
            "open": None if self._open is None else self._open.as_record(),
            "running": self._running,
            "timed": self._timed,
        }
        head = json.dumps(around, sort_keys=True, allow_nan=False).encode()
        return MAGIC + len(head).to_bytes(8, "big") + head + series_state.save(self._detector)

    @classmethod
    def load(cls, state: bytes) -> "SeriesWatch":
        """
        The watch that :meth:`save` described.

        Raises:
            StateMismatch: The bytes are no state of this format, or damaged.
        """
        if not state.startswith(MAGIC):
            raise StateMismatch(f"not a watch of format {MAGIC.decode()}: it begins with {state[:4]!r}")
        behind = len(MAGIC) + 8
        size = int.from_bytes(state[len(MAGIC) : behind], "big")
        detector = series_state.load(state[behind + size :])
        try:
            return cls._restored(json.loads(state[behind : behind + size]), detector)
        except (ValueError, KeyError, TypeError) as damaged:
            raise StateMismatch(f"the watch's state is damaged: {damaged}") from damaged

    @classmethod
    def _restored(cls, around: dict[str, Any], detector: SeriesDetector) -> "SeriesWatch":
        watch = cls(around["name"], detector.warmup, band_every=around["band_every"])
        watch._detector = detector
        watch._digest = around["digest"]
        watch._last.extend(math.nan if value is None else value for value in around["last"])
        watch._open = None if around["open"] is None else SeriesVerdict.from_record(around["open"])
        watch._running = around["running"]
        watch._timed = around["timed"]
        return watch
