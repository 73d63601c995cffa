"""Which references hold a token, listed so that no list is longer than half of them."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def lists_of(token: Ints, holder: Ints, common: npt.NDArray[np.bool_], count: int) -> tuple[Ints, Ints]:
    """
    For each token the references that hold it, or, where more than half do, those that lack it.

    Returns how many there are for each token, and the references, token by token.
    """
    (few,) = np.nonzero(~common[token])
    (names,) = np.nonzero(common)
    lacking = np.ones((len(names), count), dtype=bool)
    (many,) = np.nonzero(common[token])
    lacking[np.searchsorted(names, token[many]), holder[many]] = False
    row, lacker = np.nonzero(lacking)
    tokens = np.concatenate([token[few], names[row]])
    listed = np.concatenate([holder[few], lacker])
    return np.bincount(tokens, minlength=len(common)), listed[np.argsort(tokens, kind="stable")]
