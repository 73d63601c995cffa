"""What votes amount to: the last word on each window, places instead of windows, and how far people agree."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from driftlock.model import LABELS, Label
from driftlock.services.feedback_store import Vote, by_place
from driftlock.services.tuning_figures import wilson
from driftlock_core.profiles import Profile

# Older labels speak of a stream as it was.
RECENT_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A window that somebody looked at; the last word counts."""

    window: int
    label: Label
    at: datetime
    disputed: bool  # people differ
    flagged: bool  # when it was judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Labelled windows that overlap or touch and say the same: one observation.

    Overlapping windows share most of their events, so counting each would
    make intervals narrower than what was learnt.
    """

    label: Label
    windows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Over windows and alerts that at least two people looked at."""

    looked_at: int
    pairs: int  # of people on one window
    agreeing: int
    alpha: (
        float | None
    )  # Krippendorff's, nominal; None: everybody always said the same one thing, or no pairs

    @property
    def share(self) -> float | None:
        """Agreeing pairs among all; None without any."""
        return self.agreeing / self.pairs if self.pairs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Of unflagged windows drawn at random and looked at, how many were called real."""

    looked_at: int
    real: int
    share: tuple[float, float] | None  # of all unflagged windows, Wilson 95 %; None: none was looked at


def judged(votes: Sequence[Vote]) -> list[Judged]:
    """One entry a window that was voted on, by number; alerts of series are left out."""
    found = [
        Judged(
            window=said[-1].window,
            label=said[-1].label,
            at=said[-1].at,
            disputed=len({vote.label for vote in said}) > 1,
            flagged=said[-1].anomaly_id is not None,
        )
        for said in by_place(votes).values()
        if said[-1].window is not None
    ]
    return sorted(found, key=lambda one: one.window)


def reach_of(profile: Profile) -> int:
    """How far apart the numbers of two windows may be that overlap or touch."""
    return profile.window // profile.hop


def places(windows: Iterable[Judged], reach: int) -> list[Place]:
    """
    Windows of one label joined where they overlap or touch, by their first window; disputed ones are left out.

    >>> at = datetime(2026, 1, 5)
    >>> said = [Judged(window=w, label="real", at=at, disputed=False, flagged=True) for w in (3, 5, 20)]
    >>> [place.windows for place in places(said, reach=5)]
    [(3, 5), (20,)]
    """
    found: list[list[int]] = []
    labels: list[Label] = []
    newest: dict[Label, int] = {}
    for one in sorted(windows, key=lambda one: one.window):
        if one.disputed:
            continue
        at = newest.get(one.label)
        if at is not None and one.window - found[at][-1] <= reach:
            found[at].append(one.window)
        else:
            newest[one.label] = len(found)
            found.append([one.window])
            labels.append(one.label)
    return [Place(label=label, windows=tuple(numbers)) for label, numbers in zip(labels, found, strict=True)]


def agreement(votes: Sequence[Vote]) -> Agreement:
    """
    How far people say the same of the same.

    References:
        Krippendorff, "Content Analysis", 2004, chapter 11, nominal data with missing judgements.
    """
    units = [Counter(vote.label for vote in said) for said in by_place(votes).values() if len(said) > 1]
    pairs = sum(total * (total - 1) // 2 for total in (unit.total() for unit in units))
    agreeing = sum(n * (n - 1) // 2 for unit in units for n in unit.values())
    return Agreement(looked_at=len(units), pairs=pairs, agreeing=agreeing, alpha=_alpha(units))


def _alpha(units: Sequence[Counter[Label]]) -> float | None:
    values: Counter[Label] = sum(units, Counter())
    n = values.total()
    if n < 2:
        return None
    expected = sum(values[one] * values[other] for one in LABELS for other in LABELS if one != other)
    if not expected:
        return None
    observed = sum(
        unit[one] * unit[other] / (unit.total() - 1)
        for unit in units
        for one in LABELS
        for other in LABELS
        if one != other
    )
    return 1 - (observed / n) / (expected / (n * (n - 1)))


def missed(votes: Sequence[Vote]) -> Missed:
    """
    From votes on windows that were drawn at random among those not flagged.

    Windows that were shown because they lie near the limits do not count: they were chosen for being unusual.
    """
    drawn = [vote for vote in votes if vote.anomaly_id is None and vote.queue == "random"]
    last = [said[-1].label for said in by_place(drawn).values()]
    real = sum(label == "real" for label in last)
    return Missed(looked_at=len(last), real=real, share=wilson(real, len(last)))
