"""What retention has left of a stream's verdicts, laid out so that limits can still be counted on it."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from driftlock.model import ScoreColumns, Stream
from driftlock.services.retention import FIRST_SIZES
from driftlock.services.tuning_changes import CannotTune
from driftlock_core.profiles import Profile
from driftlock_core.windows import Ints

# Of a window that is gone: nothing that any limits would flag.
_GONE = {"last_at_us": -1, "exact": True, "p_stream": 1.0, "p_perm": 1.0}


def left(stream: Stream, profile: Profile, columns: ScoreColumns) -> tuple[ScoreColumns, Ints, int, str]:
    """
    The columns with a row for every window again, sizes inside the first baseline, where counting begins.

    A window is decided beside the windows before it, so counting begins with the first one whose
    references are all kept; rows before that fill the places and are never counted.

    Returns:
        Columns, sizes, the first window that may be counted, and one sentence on what is missing; empty: nothing.

    Raises:
        CannotTune: No window that is left has all its references.
    """
    cold = profile.chunks_in_baseline - profile.chunks_per_window + 1
    kept = (stream.settings or {}).get(FIRST_SIZES)
    gone = np.setdiff1d(np.arange(stream.windows), columns.window)
    if not len(gone) and kept is not None:
        return columns, np.array(kept, dtype=np.int64), 0, ""
    begin = int(gone[-1]) + 1 if len(gone) else 0
    first = begin + profile.references + profile.chunks_per_window
    what = (
        f"Retention removed events 1 to {stream.removed_through:,} of this stream"
        f"{f' and verdicts up to window {begin:,}' if begin else ''}"
    )
    if first >= stream.windows:
        raise CannotTune(
            f"{what}. {stream.windows - begin:,} windows are left; other limits are counted from the "
            f"{first - begin + 1:,}th of them on, which has everything it was compared with. Keep verdicts longer, or "
            "wait for more windows."
        )
    sentence = (
        f"{what}; limits are counted from window {first + 1:,} on, the first of which everything that it was "
        "compared with is kept."
    )
    return _filled(columns, begin), np.zeros(cold, dtype=np.int64), first, sentence


def _filled(columns: ScoreColumns, begin: int) -> ScoreColumns:
    """The windows from *begin* on, behind *begin* rows that stand for those that are gone."""
    tail = columns.window >= begin

    def whole(name: str, column: Any) -> Any:
        own = column[tail]
        rows = np.full(begin, _GONE.get(name, 0), dtype=own.dtype)
        if name in ("cbar", "seen_us") or name.endswith(("_p", "_distance")):
            rows[:] = _standing_for(name, own[0])
        return np.concatenate([rows, own])

    plain = {
        field.name: whole(field.name, getattr(columns, field.name))
        for field in fields(ScoreColumns)
        if field.name not in ("extra", "window")
    }
    extra = {name: whole(name, column) for name, column in columns.extra.items()}
    window = np.arange(begin + int(tail.sum()), dtype=columns.window.dtype)
    return replace(columns, window=window, extra=extra, **plain)


def _standing_for(name: str, first: Any) -> Any:
    """An aspect that the stream has not stays absent, one that it has is ordinary."""
    if name in ("cbar", "seen_us"):
        return first
    if np.isnan(first) and name.endswith("_distance"):
        return first
    return 1.0 if name.endswith("_p") else 0.0
