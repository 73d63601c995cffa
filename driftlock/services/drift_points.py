"""Of the points of an anchor those that still matter: a stream measured every five minutes has 100,000 a year."""

from collections.abc import Sequence
from typing import Final

from driftlock.model import DriftPoint
from driftlock.ports import AnchorTable
from driftlock.services.drift_rules import BACK
from driftlock_core.anchors_drift import SETTLING, ordinary

_PAGE: Final = 32  # points


def needed(table: AnchorTable, tenant: str, stream_id: str, anchor_id: str) -> list[DriftPoint]:
    """
    The first ones, up to where they settle what is ordinary, and the newest ones, back to where drift was over last.

    What is made of them, by :func:`driftlock.services.drift_rules.standing` and
    :func:`driftlock_core.anchors_drift.settled`, is what is made of all.
    """
    of = tenant, stream_id, anchor_id
    first: list[DriftPoint] = []
    while not settled_by(first):
        more = table.points(*of, after=first[-1].seq if first else 0, limit=_PAGE)
        first += more
        if len(more) < _PAGE:
            return first
    last: list[DriftPoint] = []
    while (calm := calm_since(last)) is None:
        before = last[0].seq if last else None
        more = table.points(*of, after=first[-1].seq, before=before, limit=_PAGE, newest=True)
        last = [*more, *last]
        if len(more) < _PAGE:
            return first + last
    return first + last[calm:]


def settled_by(points: Sequence[DriftPoint]) -> bool:
    """Whether they show what is ordinary behind the anchor."""
    return len(ordinary([point.distance for point in points])) == SETTLING


def calm_since(points: Sequence[DriftPoint]) -> int | None:
    """Place of the newest point with which drift was over, so that none before it matters; None: of none."""
    for at in range(len(points) - BACK, -1, -1):
        if not any(point.outside for point in points[at : at + BACK]):
            return at
    return None
