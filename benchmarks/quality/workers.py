"""Work on many logs or sets side by side, answers in the order of the questions."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def each(function: Callable[[Asked], Answer], items: Sequence[Asked]) -> list[Answer]:
    """
    *function* of each item, one process a core.

    Processes are spawned, so that no cache or seed of the parent reaches them;
    what is measured never depends on how many there are.
    """
    cores = min(os.cpu_count() or 1, len(items))
    if cores < 2:
        return [function(item) for item in items]
    with ProcessPoolExecutor(max_workers=cores, mp_context=get_context("spawn")) as pool:
        return list(pool.map(function, items))
