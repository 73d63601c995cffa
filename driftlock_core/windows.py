"""What a detector answers: one row per window, column by column; objects only for flagged windows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from driftlock_core.verdict import Verdict
from driftlock_core.window_views.catalogue import ASPECTS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """
    Columns of equal length, one entry per window, in stream order.

    ``score`` is N where ``exact``; elsewhere it is (S − mu) / Cbar, a bound:
    N is at most that where it is positive and at least that where negative.
    """

    index: Ints  # 0-based
    first_seq: Ints  # 1-based, inclusive
    last_seq: Ints
    size: Ints  # S: bytes of the window given the baseline
    mu: Floats  # bytes: median S of the references when the epoch began
    cbar: Floats  # bytes: median C of the baseline's disjoint windows
    m: Ints  # references p_stream ranks among
    p_stream: Floats
    score: Floats
    exact: Bools
    c_window: Ints  # C(W), bytes; 0 where not computed
    p_perm: Floats  # NaN where not computed
    gated: Bools  # passed the gate that makes p_perm worth computing
    flagged: Bools
    ready: Bools  # False: still calibrating
    factor: Ints  # with which the smallest rank is multiplied; 1: the bytes decide alone
    aspect_p: Floats  # ranks, shape (windows, aspects), as in catalogue.ASPECTS; NaN where one has no say
    aspect_distance: Floats  # same shape: how far from the usual, see window_views/past.py
    chance: Floats  # expected number of flags on this window if nothing had changed, "at most about"
    verdicts: tuple[Verdict, ...] = ()

    def __len__(self) -> int:
        return len(self.index)

    @property
    def extra_bits(self) -> Floats:
        """8·(S − mu)."""
        return 8 * (self.size - self.mu)

    @property
    def expected_by_chance(self) -> float:
        """Flagged windows to expect, at most about, if the stream were exchangeable with its past."""
        return float(self.chance.sum())

    def first(self, count: int) -> "Windows":
        """The first *count* rows."""
        columns = {field.name: getattr(self, field.name)[:count] for field in fields(Windows)}
        kept = set(columns["index"].tolist())
        columns["verdicts"] = tuple(verdict for verdict in self.verdicts if verdict.window in kept)
        return Windows(**columns)

    @staticmethod
    def join(parts: Sequence["Windows"]) -> "Windows":
        """The rows of all *parts*, in order."""
        if len(parts) == 1:
            return parts[0]
        columns = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            if parts
            else np.empty((0, len(ASPECTS)) if field.name.startswith("aspect_") else 0, _DTYPES[field.name])
            for field in fields(Windows)
            if field.name != "verdicts"
        }
        return Windows(**columns, verdicts=tuple(verdict for part in parts for verdict in part.verdicts))


_DTYPES = {
    **dict.fromkeys(("index", "first_seq", "last_seq", "size", "m", "c_window", "factor"), np.int64),
    **dict.fromkeys(
        ("mu", "cbar", "p_stream", "score", "p_perm", "chance", "aspect_p", "aspect_distance"), np.float64
    ),
    **dict.fromkeys(("exact", "gated", "flagged", "ready"), np.bool_),
}
