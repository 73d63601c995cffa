"""Does a verdict hang on what is masked? The detector run again under four sets of masks, nothing else changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from driftlock_core.detector import Detector
from driftlock_core.masking import MASK_CLASSES
from driftlock_core.profiles import Profile
from driftlock_core.protection import FREEZE
from driftlock_core.window_views.catalogue import ASPECTS

_IDS: Final = MASK_CLASSES - {"timestamp", "number"}
MASK_SETS: Final[dict[str, frozenset[str]]] = {
    "none": frozenset(),
    "ids": _IDS,
    "ids and times": _IDS | {"timestamp"},
    "ids, times and numbers": MASK_CLASSES,
}
RECORDED: Final = "as the profile says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Xray:
    """What the window is under one set of masks."""

    name: str
    masks: frozenset[str]
    flagged: bool
    distance: float  # of the aspect that decides, or the NCD (size-matched) of the bytes
    p: float  # with the views looked at counted; never 0
    aspect: str | None  # None: the bytes decide
    size: int  # S, bytes
    usual_size: float  # mu, bytes
    baseline_first_seq: int | None  # of the stream; None where the window was not flagged

    @property
    def extra_bits(self) -> float:
        """Bits beyond a usual window under the same masks."""
        return 8 * (self.size - self.usual_size)


def replay_from(profile: Profile, window: int) -> int:
    """
    The first event (from 1) that a replay up to the window of that number must begin with.

    Far enough back for all past windows it is ranked among and for a baseline
    that was held back; on the beginning of an epoch, so that the baselines
    are the same events as in the whole stream.

    >>> from driftlock_core.profiles import BALANCED
    >>> replay_from(BALANCED, 12), replay_from(BALANCED, 1000)
    (1, 3801)
    """
    chunks = profile.references + profile.chunks_per_window + FREEZE * profile.chunks_in_baseline
    behind = max(0, window - chunks - profile.chunks_per_epoch) // profile.chunks_per_epoch
    return behind * profile.chunks_per_epoch * profile.hop + 1


def xray(
    events: Sequence[bytes],
    times: Sequence[int | None],
    profile: Profile,
    *,
    first_seq: int,
    window_first_seq: int,
) -> tuple[Xray, ...]:
    """
    The window under every set of :data:`MASK_SETS`, and under the profile's own where it is another.

    Views, limits and sizes are the profile's. Each set ranks the window among
    the same past windows, masked alike.

    Args:
        events: Of the stream as received, from *first_seq* to the end of the window.
        times: Of the same events, microseconds; None where one names none.
        profile: Of the verdict.
        first_seq: As :func:`replay_from` gives it.
        window_first_seq: Number of the window's first event.

    Raises:
        ValueError: *events* end before the window does.
    """
    sets = dict(MASK_SETS)
    if profile.masks not in sets.values():
        sets[RECORDED] = profile.masks
    return tuple(
        _under(name, masks, events, times, profile, first_seq, window_first_seq)
        for name, masks in sets.items()
    )


def _under(
    name: str,
    masks: frozenset[str],
    events: Sequence[bytes],
    times: Sequence[int | None],
    profile: Profile,
    first_seq: int,
    window_first_seq: int,
) -> Xray:
    windows = Detector(replace(profile, name="custom", masks=masks)).update(events, times)
    rows = np.flatnonzero(windows.first_seq == window_first_seq - first_seq + 1)
    if not rows.size:
        raise ValueError(f"the events given end before the window that begins with {window_first_seq}")
    row = int(rows[0])
    aspect, distance, p = None, float(windows.score[row]), float(windows.p_stream[row])
    factor = int(windows.factor[row])
    if factor > 1:
        ranks, far = windows.aspect_p[row], windows.aspect_distance[row]
        asked = [at for at in range(len(ASPECTS)) if ranks[at] == ranks[at]]
        # As the verdict names it: the smallest rank among those far enough, else of all.
        best = min(asked, key=lambda at: (far[at] < profile.threshold, ranks[at]))
        aspect, distance = ASPECTS[best].name, float(far[best])
        p = min(1.0, factor * float(ranks[best]))
    elif windows.p_perm[row] == windows.p_perm[row]:
        by_choice = profile.p_mode == "permutation" or windows.m[row] < profile.references_to_decide
        p = float(windows.p_perm[row]) if by_choice else max(p, float(windows.p_perm[row]))
    baseline = next(
        (verdict.evidence.epochs[-1][0] for verdict in windows.verdicts if verdict.window == row), None
    )
    return Xray(
        name=name,
        masks=masks,
        flagged=bool(windows.flagged[row]),
        distance=distance,
        p=p,
        aspect=aspect,
        size=int(windows.size[row]),
        usual_size=float(windows.mu[row]),
        baseline_first_seq=None if baseline is None else baseline + first_seq - 1,
    )


def hangs_on(found: Sequence[Xray]) -> str:
    """
    What the verdict hangs on, told from :data:`MASK_SETS` in their order.

    Returns:
        "nothing": all sets agree. "ids", "times" or "numbers": masking that
        class is the only place where the verdict turns. "several": it turns
        more than once.
    """
    flags = [one.flagged for one in found if one.name in MASK_SETS]
    turns = [at for at in range(1, len(flags)) if flags[at] != flags[at - 1]]
    if not turns:
        return "nothing"
    return ("ids", "times", "numbers")[turns[0] - 1] if len(turns) == 1 else "several"
