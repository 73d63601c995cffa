"""The period of a series, found from its past: the lag at which its ranks are most like themselves."""

from typing import Final

import numpy as np
import numpy.typing as npt

# Autocorrelation from which a period is believed. Below, most of a value is not told by its place in the period:
# of 31 measured and artificial series 8 have one.
BELIEVED: Final = 0.6
# The shortest lag nearly as good as the best is the period, and the best its multiple.
NEARLY: Final = 0.85
SHORTEST: Final = 4  # records
FEWEST: Final = 48  # records: fewer say nothing of a period


def period(values: npt.NDArray[np.float64]) -> int:
    """
    Records to a period of *values*, at most half of them; 0 if there is none.

    Ranks are taken, so that a spike counts no more than any large value, and
    their line of best fit is taken away, so that a trend is no period.

    >>> period(np.sin(np.arange(400) * 2 * np.pi / 48)), period(np.arange(400.0))
    (48, 0)
    """
    count = len(values)
    if count < FEWEST:
        return 0
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2.0)[place]
    time = np.arange(count) - (count - 1) / 2.0
    ranks = ranks - ranks.mean()
    ranks = ranks - time * (time @ ranks) / (time @ time)
    spectrum = np.fft.rfft(ranks, 2 * count)
    products = np.fft.irfft(spectrum * np.conj(spectrum))[:count]
    # Ranks lie about n apart; what is left of a pure trend is rounding.
    if products[0] <= 1e-9 * count**3:
        return 0
    top = count // 2
    likeness = products[: top + 1] / (count - np.arange(top + 1)) * (count / products[0])
    apart = np.flatnonzero(likeness < 0.0)
    # As long as values are like their neighbours, that is slowness, not a period.
    lowest = max(SHORTEST, int(apart[0])) if len(apart) else top
    if lowest >= top - 1 or (best := likeness[lowest:top].max()) < BELIEVED:
        return 0
    first = lowest + int(np.flatnonzero(likeness[lowest:top] >= NEARLY * best)[0])
    near = likeness[first : min(top, first + max(2, first // 6))]
    found = first + int(np.argmax(near))
    return found if found < top - 1 and likeness[found] >= likeness[found + 1] else 0
