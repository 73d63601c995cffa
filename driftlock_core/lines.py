"""Many lines at once: byte translation and dictionary encoding at memory speed."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow
import stringzilla

# Below so many lines one look-up a line is faster than encoding the batch.
ENCODE_FROM: Final = 500


def translate(text: bytes, table: bytes) -> bytes:
    """``text.translate(table)``, at ten times the speed."""
    translated: bytes = stringzilla.translate(text, table)
    return translated


def encode_lines(text: bytes, count: int) -> tuple[list[bytes], npt.NDArray[np.int32]] | None:
    """
    The distinct lines of *text* and, for each of its lines, which of them it is.

    Args:
        text: Lines separated by newlines, no newline at the end.
        count: How many lines the caller expects.

    Returns:
        None if there are not *count* lines, or if the text is too long for
        32-bit offsets.
    """
    if len(text) > 2**31 - 2:
        return None
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == 10)
    if len(ends) != count - 1:
        return None
    offsets = np.empty(count + 1, dtype=np.int32)
    offsets[0] = 0
    offsets[1:count] = ends + 1
    offsets[count] = len(text)
    buffers = [None, pyarrow.py_buffer(offsets), pyarrow.py_buffer(text)]
    # All lines but the last carry their newline: the offsets of one line's end and the next one's start
    # are the same number in this layout.
    encoded = pyarrow.Array.from_buffers(pyarrow.binary(), count, buffers).dictionary_encode()
    distinct = [line.removesuffix(b"\n") for line in encoded.dictionary.to_pylist()]
    return distinct, encoded.indices.to_numpy()
