"""The one place where the quality benchmarks call the detector on a stream."""

from inspect import signature

import numpy as np
import numpy.typing as npt

from driftlock_core import Profile, Windows, detect

UNKNOWN_TIME = -1  # of an event that names no time


def judged(events: list[bytes], profile: Profile, times: npt.NDArray[np.int64] | None = None) -> Windows:
    """
    All windows of a finished stream under *profile*.

    Args:
        events: Raw lines, in order.
        times: Microseconds since 1970 UTC of each event, :data:`UNKNOWN_TIME`
            where it names none; left out where the detector takes none.

    Raises:
        TooFewEvents: Not even one window fits behind the baseline.
    """
    if times is not None and "times" in signature(detect).parameters:
        return detect(events, profile, times=times)  # type: ignore[call-arg]
    return detect(events, profile)
