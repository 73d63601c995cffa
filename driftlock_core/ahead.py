"""
Several epochs judged at once, although each one's baseline waits for what the one before it flags.

Mostly nothing is flagged, and array calls over many windows cost little more
than over a few. So a detector goes ahead; where an epoch turns out to have
got its baseline too early, it and those after it are taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from driftlock_core.protection import clean_start

if TYPE_CHECKING:
    from driftlock_core.detector import Detector
    from driftlock_core.judge import Slab
    from driftlock_core.windows import Windows

# Epochs judged before it is looked whether their baselines were right. More of them are seldom all right.
MOST_EPOCHS: Final = 6


class Choice(NamedTuple):
    """How an epoch got its baseline; all in chunks."""

    begins: int  # the epoch
    newest: int  # see protection.clean_start
    oldest: int
    first: int  # of the baseline chosen


def judged_ahead(detector: Detector, available: int) -> Windows:
    """
    The windows of the next epochs, as many as the baselines chosen now are right for.

    The same windows as if each epoch had waited for the one before.

    Args:
        available: Chunk behind the last complete one.
    """
    if not detector.protects:
        return detector.slab(available)[0]
    per_epoch, begin = detector.profile.chunks_per_epoch, detector.first_chunk
    done = (detector.chunks_done - begin) // per_epoch
    detector.chosen = []
    windows, slab = detector.slab(min(available, begin + (done + detector.stride) * per_epoch))
    wrong = _first_wrong(detector)
    if wrong is None:
        detector.stride = min(2 * detector.stride, MOST_EPOCHS)
        return windows
    detector.stride = max(1, (wrong - begin) // per_epoch - done)
    return _taken_back(detector, windows, slab, wrong)


def _first_wrong(detector: Detector) -> int | None:
    """Where the first epoch of the last slab begins whose baseline holds what was flagged before it began."""
    k = detector.profile.chunks_per_window
    flagged = [detector.first_chunk + window for window in detector.flagged]
    for choice in detector.chosen:
        known = [chunk for chunk in flagged if chunk + k <= choice.begins]
        if clean_start(choice.newest, choice.oldest, known, detector.profile) != choice.first:
            return choice.begins
    return None


def _taken_back(detector: Detector, windows: Windows, slab: Slab, chunk: int) -> Windows:
    """Undo what the last slab did from *chunk* on, where an epoch begins; the windows that stay."""
    assert detector.views is not None
    before, k = detector.windows_done, detector.profile.chunks_per_window
    detector.chunks_done = chunk
    drop = before - detector.windows_done
    detector.history = detector.history[: len(detector.history) - drop]
    detector.costs = slab.costs[: chunk - slab.first_chunk][-(k - 1) :] if k > 1 else []
    detector.epoch = next(epoch for epoch in reversed(slab.epochs) if epoch.start < chunk)
    detector.spans = newest_two(slab.spans, detector.epoch.index)
    detector.flagged = [window for window in detector.flagged if window < detector.windows_done]
    detector.views.take_back(drop, detector.epoch.index)
    return windows.first(len(windows) - drop)


def newest_two(spans: dict[int, tuple[int, int]], last: int) -> dict[int, tuple[int, int]]:
    """Spans by epoch: those of the epoch *last* and of the one before it."""
    return {index: span for index, span in sorted(spans.items()) if last - 2 < index <= last}
