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

class Vocabulary:
    """Words, each once, by their place among *words*."""

    def __new__(cls, words: tuple[bytes, ...], /) -> Vocabulary: ...
    def read(
        self,
        texts: bytes,
        borders: npt.NDArray[np.int64],
        once: bool,
        found: npt.NDArray[np.int64],
        counts: npt.NDArray[np.int64],
        /,
    ) -> int:
        """
        As driftlock_core.views.vocabulary defines it, into *found*, as long as *texts*; how many words of
        each text into *counts*, all of them returned. *once*: of equal words the first.
        """

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

def seat(keys: npt.NDArray[np.int64], slots: npt.NDArray[np.int32], shift: int, /) -> None:
    """Into *slots*, two to the power of 64 − *shift*, the place of each key: at its slot or the next free one."""

def find(
    keys: npt.NDArray[np.int64],
    slots: npt.NDArray[np.int32],
    shift: int,
    wanted: npt.NDArray[np.int64],
    found: npt.NDArray[np.int64],
    /,
) -> None:
    """As driftlock_core.views.key_table defines it, into *found*; a shift of 0: a slot for every number."""

def grams(
    texts: bytes,
    borders: npt.NDArray[np.int64],
    limits: npt.NDArray[np.float64],
    found: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    /,
) -> int:
    """
    As driftlock_core.views.near_text defines them, into *found*, twice as long as *texts*; how many of each
    text into *counts*, all of them returned. Runs of a text are taken whose mixed number is below its limit.
    """

def contexts(
    orders: tuple[tuple[npt.NDArray[np.generic] | int | None, ...], ...],
    alphabet: int,
    floor: float,
    symbols: npt.NDArray[np.int64],
    borders: npt.NDArray[np.int64],
    /,
) -> None:
    """
    As driftlock_core.views.character_model defines it.

    An order: keys, slots and shift of its table as for :func:`find`, chances by gram, escapes by
    context, and the room for the chance of every symbol, or None.
    """

def nearest(
    index: tuple[npt.NDArray[np.generic], ...],
    places: npt.NDArray[np.int64],
    borders: npt.NDArray[np.int64],
    shares: npt.NDArray[np.float64],
    apart: tuple[npt.NDArray[np.int64], ...] | None,
    rows: npt.NDArray[np.float64],
    /,
) -> None:
    """
    As driftlock_core.views.text_sets defines it, into *rows*, two numbers a set.

    The index: four numbers a token, which TextSets explains, lists of references, rows of a byte for
    each reference, weights by holders and sizes of references in 1/1024 bit. Left out are groups: of
    each set, of each reference; tokens of the references and their borders.
    """
