"""A detector that keeps clear of windows somebody else flagged: what is left when baselines are as recorded."""

import numpy as np

from driftlock_core.detector import Detector


class HeldBaselines(Detector):
    """Its baselines avoid *recorded* instead of what it flags itself, up to window *until*."""

    def __init__(self, profile, recorded, *, until=None, gate=None):
        super().__init__(profile, gate=gate)
        self._recorded = np.asarray(recorded, dtype=np.bool_)
        self._until = len(self._recorded) if until is None else until

    def _rows(self, first, slab):
        windows = super()._rows(first, slab)
        before = np.flatnonzero(self._recorded[: min(self._until, self.windows_done)]).tolist()
        self.flagged = before + [window for window in self.flagged if window >= self._until]
        return windows
