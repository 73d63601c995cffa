"""Scores of one stream within a range, thinned for a chart."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from driftlock.model import ScoreColumns
from driftlock.services.overview_rows import Scope
from driftlock.storage.overview_parts import of_scope
from driftlock.storage.schema import windows
from driftlock.storage.verdicts import columns_of


def thinned_scores(connection: sa.Connection, scope: Scope, stream_id: str, most: int) -> ScoreColumns | None:
    """About *most* windows of the stream, lowest, highest and flagged ones of each bucket; None: none at all."""
    mine = of_scope(windows, scope) & (windows.c.stream_id == stream_id)
    light = (
        sa.select(windows.c.window, windows.c.score, windows.c.flagged).where(mine).order_by(windows.c.window)
    )
    rows = connection.execute(light).all()
    if not rows:
        return None
    number, score, flagged = (np.array(column) for column in zip(*rows, strict=True))
    if len(rows) <= most:
        return columns_of(connection, mine, {"stands_for": 1})
    kept, stands_for = _kept(score, flagged, most)
    chosen = windows.c.window.in_(number[kept].tolist())
    return columns_of(connection, mine & chosen, {"stands_for": stands_for})


def _kept(
    score: npt.NDArray[np.float64], flagged: npt.NDArray[np.bool_], most: int
) -> tuple[npt.NDArray[np.int64], int]:
    """Rows to keep, and how many one of them may stand for."""
    starts = np.linspace(0, score.size, max(2, most // 3) + 1).astype(np.int64)
    rows: list[Any] = []
    for start, end in pairwise(starts.tolist()):
        bucket = score[start:end]
        rows += [start + int(bucket.argmin()), start + int(bucket.argmax())]
        marks = start + np.flatnonzero(flagged[start:end])
        if marks.size:
            # Where every window is flagged the highest speaks for its bucket.
            rows.append(int(marks[score[marks].argmax()]))
    return np.unique(np.array(rows, dtype=np.int64)), int(np.diff(starts).max())
