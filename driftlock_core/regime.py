"""
Units that have left the baseline behind for good: a second p-value, among the units of the new regime.

The p-value against the baseline stays what it is. Where most units of a
stretch are unlike the baseline, it says the same of all of them; the rank
among recent units then tells them apart. Docs: docs/measures/drift.md.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

STRETCH: Final = 100  # units that decide whether a regime begins or ends
UNLIKE: Final = 0.10  # largest p-value that counts as unlike; comes up in one of ten where nothing changed
BEGINS: Final = 70  # more units of the stretch unlike: an alarm
ENDS: Final = 30  # fewer units unlike the baseline: back to it
ADMITTED: Final = 0.05  # the pool learns units with a larger p_regime only, once it is a stretch long
POOL: Final = 400  # scores


@dataclass(frozen=True, slots=True)
class Standing:
    """What one unit's score means where it stands in the stream."""

    p_regime: float | None  # in (0, 1]; None outside a regime
    regime: bool  # whether the unit lies in a regime, so that p_regime is set
    alarm: bool  # the regime begins, or begins anew, behind this unit
    left: bool  # the regime ends with this unit


class Regime:
    """
    Follows the scores of units in stream order.

    An alarm is raised where, of the last 100 units, more than 70 have a
    p-value of at most 0.10 against the baseline; by chance these would be ten.
    The scores of those units are the first pool. From then on each unit gets
    p_regime = (1 + scores of the pool at least as high) / (1 + pool), and
    joins the pool only after that, if p_regime > 0.05 or the pool is smaller
    than 100; of the pool the newest 400 stay. The same rule over p_regime
    raises a further alarm, and the pool begins anew with the units behind it.
    The regime is left where fewer than 30 of the last 100 units are unlike
    the baseline.

    Strictly online: a unit's standing depends on no later one, and not on how
    the units came in. Memory: 400 scores, and 100 of the last units.

    >>> regime = Regime()
    >>> standings = [regime.take(score, p) for score, p in [(1.0, 0.5)] * 9 + [(8.0, 0.01)] * 71 + [(7.0, 0.01)] * 30]
    >>> standings[98].alarm, standings[99].alarm, standings[99].p_regime, standings[100].p_regime
    (False, True, None, 1.0)
    """

    def __init__(self) -> None:
        self.inside = False
        self._recent: deque[tuple[float, bool]] = deque(maxlen=STRETCH)  # score, unlike the baseline
        self._unlike_pool: deque[tuple[float, bool]] = deque(maxlen=STRETCH)  # the same against the pool
        self._pool: deque[float] = deque()
        self._ordered: list[float] = []  # the pool's scores

    def take(self, score: float, p_base: float) -> Standing:
        """
        Judge the next unit, then learn from it.

        Args:
            score: Of the unit, higher is more anomalous; finite.
            p_base: Its p-value against the baseline, in (0, 1].
        """
        inside = self.inside
        p_regime = self._rank(score) if inside else None
        self._recent.append((score, p_base <= UNLIKE))
        if p_regime is not None:
            self._unlike_pool.append((score, p_regime <= UNLIKE))
            if p_regime > ADMITTED or len(self._pool) < STRETCH:
                self._admit(score)
        left = inside and _ends(self._recent)
        watched = self._unlike_pool if inside else self._recent
        alarm = not left and _begins(watched)
        if left:
            self.inside = False
            self._restart([])
        elif alarm:
            self.inside = True
            self._restart([known for known, unlike in watched if unlike])
        return Standing(p_regime=p_regime, regime=inside, alarm=alarm, left=left)

    def state(self) -> dict[str, Any]:
        """Everything it knows, ready for JSON; :meth:`restored` is the inverse."""
        return {
            "inside": self.inside,
            "recent": [list(unit) for unit in self._recent],
            "unlike_pool": [list(unit) for unit in self._unlike_pool],
            "pool": list(self._pool),
        }

    @classmethod
    def restored(cls, state: dict[str, Any]) -> "Regime":
        """Go on from what :meth:`state` gave, also after a trip through JSON."""
        regime = cls()
        regime.inside = state["inside"]
        regime._recent.extend((score, unlike) for score, unlike in state["recent"])
        regime._unlike_pool.extend((score, unlike) for score, unlike in state["unlike_pool"])
        regime._pool.extend(state["pool"])
        regime._ordered = sorted(regime._pool)
        return regime

    def _rank(self, score: float) -> float:
        at_least = len(self._ordered) - bisect_left(self._ordered, score)
        return (1 + at_least) / (1 + len(self._ordered))

    def _admit(self, score: float) -> None:
        self._pool.append(score)
        insort(self._ordered, score)
        if len(self._pool) > POOL:
            del self._ordered[bisect_left(self._ordered, self._pool.popleft())]

    def _restart(self, scores: list[float]) -> None:
        self._unlike_pool.clear()
        self._pool = deque(scores)
        self._ordered = sorted(scores)


def annotated(units: Iterable[tuple[float, float]]) -> list[Standing]:
    """
    The standing of each of *units*, (score, p-value against the baseline) in stream order.

    >>> annotated([(1.0, 0.5)])
    [Standing(p_regime=None, regime=False, alarm=False, left=False)]
    """
    regime = Regime()
    return [regime.take(score, p_base) for score, p_base in units]


def _begins(units: deque[tuple[float, bool]]) -> bool:
    return len(units) == STRETCH and sum(unlike for _, unlike in units) > BEGINS


def _ends(units: deque[tuple[float, bool]]) -> bool:
    return len(units) == STRETCH and sum(unlike for _, unlike in units) < ENDS
