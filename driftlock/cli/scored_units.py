"""Units scored batch by batch, and the line that each of them gets."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from driftlock.cli.failure import report
from driftlock.cli.units import Unit
from driftlock_core.regime import BEGINS, STRETCH, Regime, Standing
from driftlock_core.scoring import REGIME_P, REGIME_SHARE, REGIME_UNITS, Scorer

# Units to a call of the engine. How many changes no score; from here on more make it hardly faster, and a
# batch of the slowest views is done within a second, which is how long a request to stop may wait.
BATCH_UNITS: Final = 500
BATCH_BYTES: Final = 2 * 1024**2
_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode


class ScoredUnits:
    """
    The lines of *units*, scored as they come; only one batch is held.

    Attributes:
        units: Scored so far.
        events: In them; windows may share some.
        unlike: Of them, those with p ≤ 0.10, which should come up in one of ten.
    """

    def __init__(self, scorer: Scorer, *, alpha: float) -> None:
        self.units = 0
        self.events = 0
        self.unlike = 0
        self._scorer = scorer
        self._alpha = alpha
        self._regime = Regime()
        self._taken = 0

    @property
    def another_regime(self) -> bool:
        """Whether the units as a whole are unlike the baseline."""
        return self.units >= REGIME_UNITS and self.unlike > REGIME_SHARE * self.units

    def lines(self, units: Iterable[Unit]) -> Iterator[bytes]:
        """For each batch of *units* its lines of JSON, joined."""
        for batch in batches(units):
            scored = self._scorer.score([unit.events for unit in batch])
            self.units += len(batch)
            self.events += sum(len(unit.events) for unit in batch)
            self.unlike += int((scored.p_values <= REGIME_P).sum())
            columns = zip(batch, scored.scores.tolist(), scored.p_values.tolist(), strict=True)
            yield b"".join(self._line(unit, score, p_value) for unit, score, p_value in columns)

    def _line(self, unit: Unit, score: float, p_value: float) -> bytes:
        standing = self._regime.take(score, p_value)
        self._tell(standing)
        record = {
            "unit": unit.name,
            "group": unit.group,
            "score": score,
            "p_value": p_value,
            "p_regime": standing.p_regime,
            "regime": standing.regime,
            "flagged": p_value <= self._alpha,
        }
        return _JSON(record).encode("utf-8", "backslashreplace") + b"\n"

    def _tell(self, standing: Standing) -> None:
        """One sentence where a regime begins, as soon as it does."""
        self._taken += 1
        if standing.alarm:
            again = "once more " if standing.regime else ""
            report(
                f"a new regime {again}begins: more than {BEGINS} of the {STRETCH} units up to unit {self._taken} are "
                f"unlike {'the regime so far' if standing.regime else 'the baseline'}. p_regime ranks the units "
                "behind it among each other; it cannot tell a lasting change from a long attack."
            )


def batches(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """*units* in lists of at most 500 and hardly more than 2 MiB, none of them empty."""
    batch: list[Unit] = []
    size = 0
    for unit in units:
        batch.append(unit)
        size += sum(map(len, unit.events))
        if len(batch) >= BATCH_UNITS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
