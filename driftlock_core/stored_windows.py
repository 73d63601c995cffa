"""What is kept of a stream's windows, column by column, so that they can be decided again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftlock_core.compressors import compressor_named
from driftlock_core.epoch import Baseline, cold_sizes
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.windows import Bools, Floats, Ints, Windows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredWindows:
    """Every window of one stream from its first on, column by column, as far as it was computed."""

    size: Ints  # S, bytes
    mu: Floats
    cbar: Floats
    score: Floats  # N where exact, else its bound (S − mu) / cbar
    exact: Bools
    p_stream: Floats
    p_perm: Floats  # NaN where not computed
    ranks: Floats  # shape (windows, aspects); NaN where an aspect had no say
    distances: Floats  # same shape; NaN where the stream has no such aspect
    cold: Ints  # sizes inside the first baseline, the first references

    def __len__(self) -> int:
        return len(self.size)

    @classmethod
    def of(cls, windows: Windows, cold: Ints) -> "StoredWindows":
        """All *windows* of one stream, as its detector gave them."""
        return cls(
            size=windows.size,
            mu=windows.mu,
            cbar=windows.cbar,
            score=windows.score,
            exact=windows.exact,
            p_stream=windows.p_stream,
            p_perm=windows.p_perm,
            ranks=windows.aspect_p,
            distances=windows.aspect_distance,
            cold=cold,
        )


def first_references(events: Sequence[bytes], profile: Profile) -> Ints:
    """
    Sizes inside a stream's first baseline, costed again: no window's row holds them.

    Args:
        events: The first ones of the stream, as received; none where there are fewer than a baseline.
    """
    if len(events) < profile.baseline:
        return np.empty(0, dtype=np.int64)
    first, compressor = events[: profile.baseline], compressor_named(profile.compressor)
    baseline = Baseline(Masker(profile.masks).canonical(first), first, 1, profile, compressor)
    return np.array(cold_sizes(baseline, profile, compressor), dtype=np.int64)
