"""Small numbers in the place of a stream's template keys."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Numbers given out before it is worth looking which of them are still in use.
_FIRST_LOOK: Final = 512


class TemplateNumbers:
    """
    Numbers the templates of the events that a stream keeps, from 0 on as they come.

    Counting by template then needs no sorting. No result depends on which
    number a template has.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._look_at = _FIRST_LOOK

    def of(self, keys: Sequence[int]) -> Ints:
        """The number of each key, new ones added; shape ``(keys,)``."""
        numbers = self._numbers
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)

    def keys(self) -> Ints:
        """The key of each number."""
        return np.fromiter(self._numbers, dtype=np.int64, count=len(self._numbers))

    def renew(self, held: Sequence[Ints]) -> Sequence[Ints]:
        """
        *held* under new numbers, where many of the old ones have gone out of use.

        Args:
            held: All numbers in use.
        """
        if len(self._numbers) < self._look_at:
            return held
        used = np.unique(np.concatenate(held))
        new = np.zeros(len(self._numbers), dtype=np.int64)
        new[used] = np.arange(len(used))
        self._numbers = {key: at for at, key in enumerate(self.keys()[used].tolist())}
        self._look_at = 2 * len(used) + _FIRST_LOOK
        return [new[numbers] for numbers in held]
