"""Profiles: every number that a verdict depends on, frozen and checked once."""

import hashlib
import json
import math
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from driftlock_core.errors import InvalidProfile
from driftlock_core.masking import MASK_CLASSES

PMode = Literal["max", "permutation"]

# The sizes keep one shape, baseline = 8 windows and hop = window / 5: then a p-value from shuffled
# chunks has the same finest step (1 in 53,130 labelings) at every size.
WINDOW_SIZES: Final = (50, 40, 30, 20, 10, 5)
BASELINE_WINDOWS: Final = 8
HOPS_PER_WINDOW: Final = 5

# All permutations are drawn as one matrix, permutations × chunks: more chunks would take gigabytes.
MOST_CHUNKS: Final = 5_000

# Fewer reference windows than this, and the rank among them is too coarse to call the stream ready.
READY_REFERENCES: Final = 50

# What a window is looked at for: its compressed bytes, and docs/measures/ for each of the others.
VIEWS: Final = ("bytes", "templates", "counts", "symbols", "timing", "values")
# Sums of surprises need all their views: the bytes alone, or the next three with them, timing and values or not.
VIEW_SETS: Final = (VIEWS[:1], VIEWS[:4], VIEWS[:5], (*VIEWS[:4], "values"), VIEWS)


def counted(views: Collection[str]) -> int:
    """
    How many of *views* make the factor of the smallest rank.

    All but the values: with them five sums are asked, four without times, as many as there are other
    views (Bonferroni). Docs: docs/decisions/0020, 0023.
    """
    return len(views) - ("values" in views)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    Everything that decides a verdict.

    Raises:
        InvalidProfile: The sizes do not divide, or *alpha* lies below the
            smallest p-value these sizes and permutations can give.

    >>> BALANCED.threshold, BALANCED.alpha, BALANCED.chunks_per_window
    (0.3, 0.05, 5)
    >>> Profile(name="custom", threshold=0.3, alpha=0.0001)
    Traceback (most recent call last):
        ...
    driftlock_core.errors.InvalidProfile: alpha=0.0001 can never be reached: the smallest p-value of 999 \
permutations over 20 + 5 chunks is 0.001; choose alpha >= 0.001
    """

    name: str
    threshold: float  # smallest NCD (size-matched) called anomalous
    alpha: float  # largest p-value called anomalous
    baseline: int = 400  # events
    window: int = 50  # events
    hop: int = 10  # events; a chunk is one hop
    compressor: str = "zstd"
    permutations: int = 999
    references: int = 500  # past windows a window is ranked among
    p_mode: PMode = "max"  # "max": both p-values must pass; "permutation": p_perm alone
    seed: int = 0
    masks: frozenset[str] = MASK_CLASSES
    views: tuple[str, ...] = VIEWS

    def __post_init__(self) -> None:
        for name in ("baseline", "window", "hop", "permutations", "references"):
            if getattr(self, name) < 1:
                raise InvalidProfile(f"{name}={getattr(self, name)} must be at least 1")
        if self.window % self.hop:
            raise InvalidProfile(
                f"hop={self.hop} must divide window={self.window}: {self.window} / {self.hop} "
                f"= {self.window / self.hop:.4g}"
            )
        if self.baseline % self.window:
            raise InvalidProfile(
                f"baseline={self.baseline} must be a multiple of window={self.window}: "
                f"{self.baseline} / {self.window} = {self.baseline / self.window:.4g}"
            )
        if self.baseline < 2 * self.window:
            raise InvalidProfile(f"baseline={self.baseline} must hold at least two windows of {self.window}")
        if self.scored_chunks + self.chunks_per_window > MOST_CHUNKS:
            raise InvalidProfile(
                f"hop={self.hop} cuts baseline={self.baseline} and window={self.window} into "
                f"{self.scored_chunks} + {self.chunks_per_window} chunks to permute; at most {MOST_CHUNKS} "
                "can be: choose a larger hop"
            )
        if not math.isfinite(self.threshold) or self.threshold < 0:
            raise InvalidProfile(f"threshold={self.threshold} must be a number of 0 or more")
        if not 0 < self.alpha < 1:
            raise InvalidProfile(f"alpha={self.alpha} must lie between 0 and 1")
        if self.p_mode not in ("max", "permutation"):
            raise InvalidProfile(f'p_mode={self.p_mode!r} must be "max" or "permutation"')
        if unknown := self.masks - MASK_CLASSES:
            raise InvalidProfile(
                f"unknown mask classes {sorted(unknown)}; known are {', '.join(sorted(MASK_CLASSES))}"
            )
        if self.views not in VIEW_SETS:
            sets = "; ".join(", ".join(views) for views in VIEW_SETS)
            raise InvalidProfile(f"views={', '.join(self.views)} must be one of: {sets}")
        if self.smallest_p_perm > self.alpha:
            raise InvalidProfile(
                f"alpha={self.alpha:g} can never be reached: the smallest p-value of {self.permutations} "
                f"permutations over {self.scored_chunks} + {self.chunks_per_window} chunks is "
                f"{self.smallest_p_perm:.3g}; choose alpha >= {self.smallest_p_perm:.3g}"
            )
        if self.p_mode == "max" and 1 / (self.references + 1) > self.alpha:
            raise InvalidProfile(
                f"alpha={self.alpha:g} can never be reached with references={self.references}: "
                f"the smallest p_stream is {1 / (self.references + 1):.3g}"
            )

    @property
    def chunks_per_window(self) -> int:
        """k: chunks in a window."""
        return self.window // self.hop

    @property
    def chunks_in_baseline(self) -> int:
        """n_B: chunks in the baseline."""
        return self.baseline // self.hop

    @property
    def scored_chunks(self) -> int:
        """Baseline chunks that are scored, not used as dictionary, in the permutation test."""
        return self.chunks_in_baseline // 2

    @property
    def chunks_per_epoch(self) -> int:
        """Chunks between two refreshes of dictionary and calibration: four windows."""
        return 4 * self.chunks_per_window

    @property
    def smallest_p_perm(self) -> float:
        """Floor of p_perm: permutations, or the number of distinct labelings if that is smaller."""
        labelings = math.comb(self.scored_chunks + self.chunks_per_window, self.chunks_per_window)
        return max(1 / (self.permutations + 1), 1 / labelings)

    def references_for(self, looked_at: int, alpha: float | None = None) -> int:
        """References needed before the smallest rank, times its factor, can reach alpha."""
        return math.ceil(looked_at / (self.alpha if alpha is None else alpha)) - 1

    @property
    def references_to_decide(self) -> int:
        """References needed before p_stream can reach alpha at all."""
        return self.references_for(1)

    @property
    def references_to_ready(self) -> int:
        """References needed before the stream's status is ``ready``."""
        return max(self.references_to_decide, READY_REFERENCES)

    @property
    def events_needed(self) -> int:
        """Events before the first verdict: one baseline and one window."""
        return self.baseline + self.window

    def measurement(self) -> dict[str, object]:
        """
        What sizes and permutations depend on: all but the name, the limits, the references and the other views.

        It enters the seed of every permutation, so that p_perm of a window is
        the same under all profiles that measure alike.
        """
        values = self._values()
        for limit in ("name", "threshold", "alpha", "p_mode", "references", "views"):
            del values[limit]
        return values | {"masks": sorted(self.masks)}

    def configuration(self) -> dict[str, object]:
        """All parameters as plain values, ready for JSON."""
        return self._values() | {"masks": sorted(self.masks), "views": list(self.views)}

    def _values(self) -> dict[str, object]:
        # Nothing in them can change, so the general way, a deep copy, would only take time.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_configuration(cls, values: dict[str, object]) -> "Profile":
        """The inverse of :meth:`configuration`."""
        own = dict(values)
        own["masks"] = frozenset(own["masks"])  # type: ignore[call-overload]
        # A configuration without the word was written when there was one view.
        own["views"] = tuple(own.get("views", ("bytes",)))  # type: ignore[arg-type]
        return cls(**own)  # type: ignore[arg-type]

    def with_sizes(self, window: int) -> "Profile":
        """The same limits at another window size, baseline and hop in the fixed proportion."""
        return replace(
            self, baseline=BASELINE_WINDOWS * window, window=window, hop=max(1, window // HOPS_PER_WINDOW)
        )


def digest_of(values: dict[str, object]) -> bytes:
    """SHA-256 of plain values, written as JSON with sorted keys and no spaces."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).digest()


def propose_window(events: int, largest: int = WINDOW_SIZES[0]) -> int | None:
    """
    The largest standard window for a stream of so many events, or None if even the smallest does not fit.

    Args:
        largest: Window that is wanted where there are events enough.

    >>> propose_window(10_000), propose_window(200), propose_window(44)
    (50, 20, None)
    """
    for window in WINDOW_SIZES:
        if window <= largest and events >= (BASELINE_WINDOWS + 1) * window:
            return window
    return None


SENSITIVE: Final = Profile(name="sensitive", threshold=0.20, alpha=0.10)
BALANCED: Final = Profile(name="balanced", threshold=0.30, alpha=0.05)
# Windows of 50 that move by 10 come in fives that rise together, so 500 references are 100 stretches: enough for
# balanced's alpha over the factor of five, 0.01. Strict asks for five times less.
STRICT: Final = Profile(name="strict", threshold=0.45, alpha=0.01, references=1000)

PROFILES: Final = {profile.name: profile for profile in (SENSITIVE, BALANCED, STRICT)}
