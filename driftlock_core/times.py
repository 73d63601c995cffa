"""Times of events as the engine takes them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def whole_times(times: Sequence[int | None] | Ints, events: int) -> Ints:
    """
    Microseconds since 1970 UTC as whole numbers, −1 where an event names none; shape ``(events,)``.

    Raises:
        ValueError: There is not one for each of the *events*.

    >>> whole_times([1_700_000_000_000_000, None], 2).tolist()
    [1700000000000000, -1]
    """
    if len(times) != events:
        raise ValueError(f"{events} events with {len(times)} times; give one for each, None where unknown")
    if isinstance(times, np.ndarray):
        return times.astype(np.int64)
    return np.array([-1 if time is None else time for time in times], dtype=np.int64)
