from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

class Shapes:
    """Canonical events by shape; at most *limit* bytes, none whose key is longer than *longest*."""

    def __new__(cls, limit: int, longest: int, zero_digits: bool, /) -> Shapes: ...
    def __len__(self) -> int: ...
    def canonical(self, events: Sequence[bytes], compute: Callable[[bytes], bytes], /) -> list[bytes]:
        """The canonical form of each event; *compute* makes that of a shape not yet known."""

class Places:
    """The newest values at the places of one stream; *log* is 1024·log2 of the numbers below 2^14, whole."""

    def __new__(cls, log: npt.NDArray[np.int64], /) -> Places: ...
    def take(
        self,
        events: Sequence[bytes],
        spans: list[bytes],
        templates: npt.NDArray[np.int64],
        bits: npt.NDArray[np.int64],
        compared: npt.NDArray[np.int64],
        /,
    ) -> None:
        """Into *bits* and *compared* what window_views/values.py defines; *spans* as ``numbers.packed`` writes them."""
    def state(self) -> list[tuple[int, list[float]]]: ...
    def add(self, key: int, values: Sequence[float], /) -> None: ...

class Digest:
    """Costs in bytes given *dictionary*, by the libzstd that :func:`bind` has found."""

    def __new__(cls, dictionary: bytes, level: int, /) -> Digest: ...
    def cost(self, text: bytes | memoryview, /) -> int: ...
    def costs(self, text: memoryview, borders: Sequence[int], /) -> list[int]: ...
    def line_costs(self, lines: Sequence[bytes], start: int, stop: int, step: int, /) -> list[int]: ...

def bind(path: str, /) -> int:
    """Version number of the libzstd in a shared object. Raises OSError where none can be had."""

def dictionary(canonical_events: Sequence[bytes], reach: int, start: int, stop: int, /) -> bytes:
    """As driftlock_core.baseline defines it."""

def borders(text: bytes, step: int, /) -> list[int]:
    """Offsets at which pieces of *step* lines begin; last the end behind the last whole piece."""

def count_at_least(
    rows: npt.NDArray[np.signedinteger],
    limits: npt.NDArray[np.signedinteger],
    counts: npt.NDArray[np.int64],
    /,
) -> None:
    """Into *counts*: how many of each row's entries, of 32 or 64 bits, reach the row's limit."""

def median(numbers: npt.NDArray[np.int64], /) -> float:
    """As driftlock_core.ranks defines it, of one dimension and one number at least."""

def permuted_at_least(keys: bytes, pool: tuple[int, ...], chosen: npt.NDArray[np.integer], k: int, /) -> int:
    """Rows of *chosen* (uint16, *k* places each) whose costs, in key order, sum to the last *k*'s or more."""

def content(
    baselines: tuple[npt.NDArray[np.int64], ...],
    which: npt.NDArray[np.int64],
    events: npt.NDArray[np.int64],
    log: npt.NDArray[np.int64],
    hop: int,
    window: int,
    mismatch: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    /,
) -> None:
    """As driftlock_core.window_views.content defines it, into the last three; *log* holds whole logarithms."""

def pairs(lines: npt.NDArray[np.int64], hop: int, window: int, found: npt.NDArray[np.int64], /) -> None:
    """As driftlock_core.window_views.like_lines defines them, into *found*: as many windows as it is long."""

def conformal(
    table: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    windows: npt.NDArray[np.int64],
    most: int,
    sums: tuple[tuple[tuple[int, bool, int], ...], ...],
    log: npt.NDArray[np.int64],
    medians: npt.NDArray[np.float64],
    p: npt.NDArray[np.float64],
    /,
) -> None:
    """
    As driftlock_core.window_views.conformal defines it, into *medians* and *p*.

    The sums name column, whether small values surprise too, and the least
    distance; *log* holds 2^20 whole logarithms.
    """
