"""
The engine's inner loops, compiled where a C compiler was at hand at install.

Each caller keeps a Python path that gives the same bytes, sizes and counts, and
takes it where the part it wants is missing. Docs: docs/decisions/0009.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

import zstandard

try:
    from driftlock_core.kernel import _kernel as compiled
except ImportError:  # not built, or DRIFTLOCK_KERNEL=off
    compiled = None  # type: ignore[assignment]

# Of the two extension modules in zstandard the one that exports its libzstd.
_LIBRARY: Final = "zstandard._cffi"


def _bind_libzstd() -> bool:
    """Make the libzstd that zstandard brings along known to the kernel; False where that cannot be done."""
    found = find_spec(_LIBRARY)
    if compiled is None or found is None or found.origin is None:
        return False
    major, minor, patch = zstandard.ZSTD_VERSION
    try:
        return compiled.bind(found.origin) == 10_000 * major + 100 * minor + patch
    except OSError:
        return False


Digest = compiled.Digest if _bind_libzstd() else None
Shapes = compiled.Shapes if compiled is not None else None
Places = compiled.Places if compiled is not None else None
Vocabulary = compiled.Vocabulary if compiled is not None else None
dictionary = compiled.dictionary if compiled is not None else None
borders = compiled.borders if compiled is not None else None
count_at_least = compiled.count_at_least if compiled is not None else None
median = compiled.median if compiled is not None else None
permuted_at_least = compiled.permuted_at_least if compiled is not None else None
content = compiled.content if compiled is not None else None
conformal = compiled.conformal if compiled is not None else None
pairs = compiled.pairs if compiled is not None else None
seat = compiled.seat if compiled is not None else None
find = compiled.find if compiled is not None else None
grams = compiled.grams if compiled is not None else None
contexts = compiled.contexts if compiled is not None else None
nearest = compiled.nearest if compiled is not None else None
PARTS: Final = (
    "Digest",
    "Shapes",
    "Places",
    "Vocabulary",
    "dictionary",
    "borders",
    "count_at_least",
    "median",
    "permuted_at_least",
    "content",
    "conformal",
    "pairs",
    "seat",
    "find",
    "grams",
    "contexts",
    "nearest",
)


def path_in_use() -> str:
    """
    What computes, in a word or two.

    >>> path_in_use() in ("compiled", "partly compiled", "Python")
    True
    """
    if Shapes is None:
        return "Python"
    return "compiled" if Digest is not None else "partly compiled"  # zstd is called from Python


@contextmanager
def switched_off() -> Iterator[None]:
    """
    Within it what is newly made takes the Python path, in the whole process; for comparisons.

    Maskers and digests made before keep theirs.

    >>> with switched_off():
    ...     path_in_use()
    'Python'
    """
    kept = {part: globals()[part] for part in PARTS}
    globals().update(dict.fromkeys(PARTS))
    try:
        yield
    finally:
        globals().update(kept)
