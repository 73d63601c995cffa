"""What each view that stands out found in a window, and where."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from driftlock_core.verdict import Verdict, ViewEvidence
from driftlock_core.window_views.catalogue import COLUMN, LEAST, STATISTICS, TWO_SIDED
from driftlock_core.window_views.pace import UNIT as INTERVAL
from driftlock_core.window_views.places import Place, Received, places_of
from driftlock_core.window_views.standing_out import surprises
from driftlock_core.window_views.whole_bits import UNIT

IN_BITS: Final = frozenset({"recency", "mismatch", "own", "order", "surprise"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A view that stands out: its most surprising statistic against the past windows, and its places."""

    view: str
    statistic: str  # of window_views/catalogue.py
    value: float  # bytes, bits, events, µs or usual intervals
    usual: float  # median of the past windows, same unit
    surprise_bits: float  # log2 of the inverse of its rank among them
    at_least: int  # past windows as far off on its side, ties included
    past: int  # windows it was ranked among
    beyond: float  # how many times as far from the usual as the furthest of them; up to 1: within their range
    places: tuple[Place, ...]

    def as_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Finding":
        """The inverse of :meth:`as_record`, also after a trip through JSON."""
        return cls(**(record | {"places": tuple(Place(**place) for place in record["places"])}))


def findings_of(
    verdict: Verdict,
    window: Sequence[bytes],
    baseline: Sequence[bytes],
    received: Received | None = None,
) -> tuple[Finding, ...]:
    """
    One for each of the verdict's views, in their order; none where the bytes alone decided.

    Args:
        window: Canonical events of the window.
        baseline: Canonical events of the baseline of the window's last epoch.
        received: The same events, for the numbers they name.
    """
    evidence = verdict.evidence.views
    if evidence is None:
        return ()
    bits = surprises(evidence)
    past = len(evidence.references)
    found = []
    for view in verdict.views:
        own = (name for name in bits if STATISTICS[name] == view)
        statistic = max(own, key=lambda name: bits[name])
        at, unit = COLUMN[statistic], unit_of(statistic, evidence.usual_us)
        found.append(
            Finding(
                view=view,
                statistic=statistic,
                value=evidence.values[at] / unit,
                usual=evidence.usual[at] / unit,
                surprise_bits=bits[statistic],
                at_least=_at_least(evidence, statistic),
                past=past,
                beyond=beyond(evidence, statistic),
                places=places_of(view, evidence, window, baseline, received),
            )
        )
    return tuple(found)


def _at_least(evidence: ViewEvidence, statistic: str) -> int:
    at = COLUMN[statistic]
    value, past = evidence.values[at], [row[at] for row in evidence.references]
    above = sum(other >= value for other in past)
    return min(above, sum(other <= value for other in past)) if statistic in TWO_SIDED else above


def unit_of(statistic: str, usual_us: int) -> float:
    """
    What a number of the evidence is divided by: bits are kept in 1/1024, times in usual intervals.

    Times are told in microseconds, as the pace just before the window makes them; the longest
    pause by the slower pace in usual intervals.

    Args:
        usual_us: The usual interval before the window.
    """
    if statistic in IN_BITS:
        return UNIT
    if statistic == "still":  # by another pace, which no usual interval beside it tells
        return INTERVAL
    return INTERVAL / max(usual_us, 1) if STATISTICS[statistic] == "timing" else 1.0


def beyond(evidence: ViewEvidence, statistic: str) -> float:
    """
    How many times as far from the usual a value lies as the furthest past window on its side.

    0 below the usual, except for statistics that surprise on both sides. Past
    windows closer than the smallest distance that means anything count as that far.
    """
    at = COLUMN[statistic]
    usual, past = evidence.usual[at], [row[at] for row in evidence.references]
    distance = evidence.values[at] - usual
    if distance < 0 and statistic not in TWO_SIDED:
        return 0.0
    furthest = max(past) - usual if distance >= 0 else usual - min(past)
    return abs(distance) / max(furthest, LEAST[statistic])
