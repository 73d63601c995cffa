"""Statistics of any unit made comparable: how surprising a value is among the baseline's own values, in nats."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Ranks end at the largest baseline value; beyond it surprise goes on growing, slowly, with the distance.
TAIL_WEIGHT: Final = 1.5
# The scale of that distance where the baseline's values hardly differ: most statistics are bits or shares.
SMALLEST_SCALE: Final = 0.05


class Ranked:
    """
    One statistic's values over the baseline, each computed without its own unit.

    Args:
        values: Shape ``(baseline units,)``, finite.
        two_sided: Unusually small values surprise as much as large ones.
    """

    def __init__(self, values: Floats, *, two_sided: bool) -> None:
        self._upper = _Side(values)
        self._lower = _Side(-values) if two_sided else None

    def outside(self, values: Floats) -> Floats:
        """Surprise of units the baseline does not hold."""
        return self._of(values, inside=False)

    def inside(self, values: Floats) -> Floats:
        """Surprise of the baseline's own units, each among the others."""
        return self._of(values, inside=True)

    def _of(self, values: Floats, *, inside: bool) -> Floats:
        upper: Floats = self._upper.surprise(values, inside=inside)
        if self._lower is None:
            return upper
        # Two looks: the larger of two uniform ranks is small twice as often.
        both = np.maximum(upper, self._lower.surprise(-values, inside=inside))
        surprise: Floats = np.maximum(0.0, both - np.log(2.0))
        return surprise


class _Side:
    """Large values surprise."""

    def __init__(self, values: Floats) -> None:
        self._ordered = np.sort(values)
        self._scale = _spread_at_top(self._ordered)
        # The largest value is judged by the others alone, as a unit to score is: else one far value in the
        # baseline would hide its own distance in the scale, and the next such unit would not.
        self._scale_of_others = _spread_at_top(self._ordered[:-1])

    def surprise(self, values: Floats, *, inside: bool) -> Floats:
        """
        −ln of the conformal rank, plus the tail beyond the largest value.

        A unit of the baseline counts itself among the values; the largest of
        them is measured against the second largest, in the scale of the others.
        """
        ordered, count = self._ordered, len(self._ordered)
        at_least = count - np.searchsorted(ordered, values, side="left")
        border: Floats | float
        scale: Floats | float
        if inside:
            rank = np.maximum(at_least, 1) / count
            largest = values >= ordered[-1]
            border = np.where(largest, ordered[-2], ordered[-1])
            scale = np.where(largest, self._scale_of_others, self._scale)
        else:
            rank = (at_least + 1) / (count + 1)
            border, scale = float(ordered[-1]), self._scale
        beyond = np.maximum(0.0, values - border) / scale
        surprise: Floats = -np.log(rank) + TAIL_WEIGHT * np.log1p(beyond)
        return surprise


def _spread_at_top(ordered: Floats) -> float:
    """Spread of the largest tenth and a twentieth of the distance from middle to top; at least 0.05."""
    count = len(ordered)
    if not count:
        return SMALLEST_SCALE
    top = ordered[-max(2, count // 10) :]
    return max(float(np.std(top)) + 0.05 * float(ordered[-1] - ordered[count // 2]), SMALLEST_SCALE)


def leave_out_blocks(count: int) -> tuple[npt.NDArray[np.int64], Bools]:
    """
    Groups for units that overlap their neighbours, such as windows with a hop.

    Leaving out one window while its neighbours stay leaves most of it in the
    baseline. So whole blocks are left out together, and the windows at their
    borders, which reach into the next block, do not calibrate.

    Returns:
        Group of each unit, and which units calibrate.

    >>> groups, calibrating = leave_out_blocks(60)
    >>> int(groups.max()) + 1, int(calibrating.sum())
    (3, 56)
    """
    blocks = min(10, max(3, count // 20))
    groups = np.arange(count, dtype=np.int64) * blocks // count
    border = np.flatnonzero(np.diff(groups))
    calibrating = np.ones(count, dtype=np.bool_)
    calibrating[border] = calibrating[border + 1] = False
    return groups, calibrating
