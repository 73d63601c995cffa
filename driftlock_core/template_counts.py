"""Templates of a window beside those of its baseline: how many, how many were usual, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from driftlock_core.window_views.skeleton import skeleton_keys

Change = Literal["new", "gone", "more", "fewer", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCount:
    """One template: lines that differ only in names and numbers."""

    text: str  # its first line in the window, else its last one in the baseline; canonical, decoded as UTF-8
    in_window: int
    in_baseline: int
    usual: float  # in a window of the baseline, by its share
    bits: float  # of its events in the window, each given the baseline

    @property
    def factor(self) -> float | None:
        """Times as often as usual; None where the baseline has none or the window has none."""
        return self.in_window / self.usual if self.in_window and self.in_baseline else None

    @property
    def change(self) -> Change:
        """What became of it."""
        if not self.in_baseline:
            return "new"
        if not self.in_window:
            return "gone"
        if self.in_window == self.usual:
            return "same"
        return "more" if self.in_window > self.usual else "fewer"


def template_counts(
    window: Sequence[bytes], baseline: Sequence[bytes], event_bits: Sequence[float]
) -> tuple[TemplateCount, ...]:
    """
    Every template of the window, dearest first, then those of the baseline that are missing, most usual first.

    Args:
        window: Canonical events.
        baseline: Canonical events, at least one.
        event_bits: Of each event of the window.

    >>> counted = template_counts([b"disk full", b"ok 1"], [b"ok 1", b"ok 2", b"bye now", b"ok 3"], [90, 8])
    >>> [(one.text, one.in_window, one.in_baseline, one.change) for one in counted]
    [('disk full', 1, 0, 'new'), ('ok 1', 1, 3, 'fewer'), ('bye now', 0, 1, 'gone')]
    """
    known: dict[int, list[int]] = {}
    for at, key in enumerate(skeleton_keys(baseline).tolist()):
        known.setdefault(key, []).append(at)
    here: dict[int, list[int]] = {}
    for at, key in enumerate(skeleton_keys(window).tolist()):
        here.setdefault(key, []).append(at)
    share = len(window) / len(baseline)
    found = [
        TemplateCount(
            text=(window[own[0]] if own else baseline[before[-1]]).decode("utf-8", "replace"),
            in_window=len(own),
            in_baseline=len(before),
            usual=len(before) * share,
            bits=float(sum(event_bits[at] for at in own)),
        )
        for own, before in ((here.get(key, []), known.get(key, [])) for key in dict.fromkeys((*here, *known)))
    ]
    return tuple(sorted(found, key=lambda one: (not one.in_window, -one.bits, -one.usual)))
