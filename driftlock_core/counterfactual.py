"""What if some events of a flagged window had been ordinary ones?"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from driftlock_core.measure import Measurement, Remeasurement
from driftlock_core.verdict import Verdict

# Beyond this share of the window there is no small cause to name.
LARGEST_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestSet:
    """Events without which the window would not be flagged; none can be left out of the set."""

    positions: tuple[int, ...]  # 0-based in the window, ascending; empty if there is no small set
    outcome: Measurement | None

    @property
    def found(self) -> bool:
        """Whether a set of at most :data:`LARGEST_SHARE` of the window exists (by greedy search)."""
        return bool(self.positions)


class Counterfactual:
    """
    Measures a recorded window with some of its events replaced by an ordinary one.

    Replaced, not removed: the window keeps its number of events, so that its
    size stays comparable with its references. The ordinary event is the
    baseline event of median cost (the latest of equals).
    """

    def __init__(
        self, verdict: Verdict, events: Mapping[int, bytes], *, baseline: Sequence[bytes] | None = None
    ) -> None:
        self._again = Remeasurement(verdict, events, baseline=baseline)
        self.window = self._again.window
        self.ordinary_event = self._ordinary()

    def _ordinary(self) -> bytes:
        digest, events = self._again.baseline.digest, self._again.baseline.canonical
        costs = {event: digest.cost(event + b"\n") for event in set(events)}
        ranked = sorted(range(len(events)), key=lambda position: (costs[events[position]], position))
        median_cost = costs[events[ranked[(len(events) - 1) // 2]]]
        return events[max(position for position, event in enumerate(events) if costs[event] == median_cost)]

    def _replaced(self, positions: Iterable[int]) -> list[bytes]:
        window = list(self.window)
        for position in positions:
            window[position] = self.ordinary_event
        return window

    def without(self, positions: Iterable[int]) -> Measurement:
        """The window as if the events at these 0-based positions had been ordinary."""
        replaced = frozenset(positions)
        return self._again.measure(self._replaced(replaced), replaced)

    def leave_one_out(self) -> list[Measurement]:
        """One measurement per event of the window, that event replaced."""
        return [self.without([position]) for position in range(len(self.window))]

    def smallest_set(self) -> SmallestSet:
        """
        A smallest set by greedy search: take the line that helps most, all its copies, until the
        window is not flagged; then put back every event that is not needed. Where the bytes alone
        decide, the line helps most that saves most bytes; where the views do, the one that brings
        the window closest to the usual. What an event says does not change when it came: a window
        that stands out by its timing alone has no such set.

        Whatever single event of the result is put back, the window is flagged again.
        """
        if self._again.decided_by == "views" and self._again.verdict.views == ("timing",):
            return SmallestSet(positions=(), outcome=None)
        copies: dict[bytes, list[int]] = {}
        for position, event in enumerate(self.window):
            copies.setdefault(event, []).append(position)
        chosen: list[int] = []
        limit = LARGEST_SHARE * len(self.window)
        while self.without(chosen).flagged:
            left = {event: self._left([*chosen, *positions]) for event, positions in copies.items()}
            if not left:
                return SmallestSet(positions=(), outcome=None)
            best = min(left, key=lambda event: (left[event], copies[event][0]))
            chosen += copies.pop(best)
        chosen = self._pruned(chosen)
        if not chosen or len(chosen) > limit:
            return SmallestSet(positions=(), outcome=None)
        return SmallestSet(positions=tuple(chosen), outcome=self.without(chosen))

    def _left(self, positions: list[int]) -> tuple[float, int]:
        """How much of the cause is left without these events: what the search makes small."""
        window, again = self._replaced(positions), self._again
        if again.decided_by != "views":
            return 0.0, sum(again.chunk_costs(window))
        outcome = again.measure(window, frozenset(positions))
        assert outcome.views is not None
        rare = (
            distance
            for rank, distance in outcome.views.evidence.aspects.values()
            if outcome.factor * rank <= again.profile.alpha
        )
        return max(rare, default=-math.inf), outcome.size

    def _pruned(self, chosen: list[int]) -> list[int]:
        """*chosen* without the events whose return leaves the window unflagged, cheapest tried first."""
        needed = sorted(chosen)
        while True:
            for position in needed:
                fewer = [other for other in needed if other != position]
                if not self.without(fewer).flagged:
                    needed = fewer
                    break
            else:
                return needed
