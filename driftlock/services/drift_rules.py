"""When drift is told, and when an anchor gives way to today's baseline by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from driftlock.errors import ApplicationError
from driftlock.model import DriftPoint, moment
from driftlock_core.anchors_drift import JUDGED_FROM, SETTLING, ordinary

# A day has its own rhythm: the night of a stream whose anchor was frozen at noon differs, and the next noon does not.
# What lasts longer than a whole day is not that rhythm.
HOURS: Final = 24
# Three days, so that somebody has seen the notice before the stream forgets what it was measured from.
RESET_HOURS: Final = 72
# Points back inside the range before drift counts as over: one may be there by chance.
BACK: Final = 2
LONGEST_HOURS: Final = 24 * 90

Phase = Literal["settling", "ordinary", "outside", "drifting"]


class InvalidDriftRule(ApplicationError):
    """A rule that could never hold, or would hold always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRule:
    """Of one stream."""

    hours: int = HOURS  # outside the range before it is told
    reset: bool = False  # whether today's baseline becomes the anchor by itself
    reset_hours: int = RESET_HOURS  # outside before it does

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= LONGEST_HOURS:
            raise InvalidDriftRule(
                f"Tell after {self.hours} hours: choose 1 to {LONGEST_HOURS:,} hours outside the ordinary range."
            )
        if self.reset and not self.hours <= self.reset_hours <= LONGEST_HOURS:
            raise InvalidDriftRule(
                f"Reset after {self.reset_hours} hours: choose at least the {self.hours} hours after which drift "
                f"is told, and at most {LONGEST_HOURS:,}."
            )

    @classmethod
    def of(cls, settings: Mapping[str, Any] | None) -> "DriftRule":
        """
        As a stream's settings say; what they leave out is usual.

        >>> DriftRule.of({"drift": {"hours": 6}}).hours, DriftRule.of(None).reset
        (6, False)
        """
        return cls(**((settings or {}).get("drift") or {}))

    def settings(self) -> dict[str, Any]:
        """The inverse of :meth:`of`."""
        return {"drift": {"hours": self.hours, "reset": self.reset, "reset_hours": self.reset_hours}}


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftStanding:
    """Where a stream stands against its active anchor."""

    phase: Phase
    known: int  # ordinary baselines behind the anchor, at most nineteen
    newest: DriftPoint | None
    since: datetime | None  # outside the range since then; None: it is not
    lasting: timedelta  # 0 where it is not outside
    reset_due: bool


def standing(points: Sequence[DriftPoint], rule: DriftRule) -> DriftStanding:
    """
    What the points of one anchor come to.

    The first nine are not judged, and nineteen ordinary ones settle what is
    ordinary. Drift begins with a point outside the range and ends with the
    second of two in a row inside it; its length is counted between the times
    of the points, so it depends on no clock.

    Args:
        points: In the order of the stream.
    """
    since_us: int | None = None
    inside = 0
    for point in points[JUDGED_FROM:]:
        if point.outside:
            inside = 0
            since_us = point.seen_us if since_us is None else since_us
        else:
            inside += 1
            if inside >= BACK:
                since_us = None
    newest = points[-1] if points else None
    known = len(ordinary([point.distance for point in points]))
    if newest is None or since_us is None:
        return calm_standing(known, newest)
    lasting = timedelta(microseconds=max(0, newest.seen_us - since_us))
    return DriftStanding(
        phase="drifting" if lasting >= timedelta(hours=rule.hours) else "outside",
        known=known,
        newest=newest,
        since=moment(since_us),
        lasting=lasting,
        # Not in the moment of a return, which may be the first of two points inside.
        reset_due=rule.reset and newest.outside and lasting >= timedelta(hours=rule.reset_hours),
    )


def calm_standing(known: int, newest: DriftPoint | None) -> DriftStanding:
    """Of a stream that is not outside."""
    return DriftStanding(
        phase="settling" if known < SETTLING else "ordinary",
        known=known,
        newest=newest,
        since=None,
        lasting=timedelta(),
        reset_due=False,
    )
