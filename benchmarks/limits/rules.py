"""
Rules that know which kind of fault they look for: one statistic of a window each.

A window is read in three ways: as masked lines, as their skeletons, and as the
templates by which the injected faults themselves were made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.limits.session_columns import longest_run
from benchmarks.quality.injections import PAST, WINDOW, template
from benchmarks.quality.material import Log
from driftlock_core import BALANCED
from driftlock_core.masking import Masker
from driftlock_core.window_views.skeleton import skeleton_of

Ints = npt.NDArray[np.int64]
READINGS: Final = ("line", "skeleton", "template")
PACE: Final = 200  # events before a window from which its usual interval is taken


class Codes:
    """A number for each line, skeleton and template of one log, the same number for equal ones."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._masker = Masker(BALANCED.masks)
        self._known: dict[str, dict[bytes, int]] = {reading: {} for reading in READINGS}

    def of(self, events: Sequence[bytes]) -> dict[str, Ints]:
        """One array a reading."""
        lines = self._masker.canonical(list(events))
        read = {
            "line": lines,
            "skeleton": [skeleton_of(line) for line in lines],
            "template": [template(event, self._log) for event in events],
        }
        return {
            reading: np.array(
                [self._known[reading].setdefault(one, len(self._known[reading])) for one in found]
            )
            for reading, found in read.items()
        }


@dataclass(frozen=True, eq=False)
class Stream:
    """A log as rules read it."""

    codes: dict[str, Ints]
    times: Ints  # microseconds
    timed: bool

    @cached_property
    def first(self) -> dict[str, dict[int, int]]:
        """Where each code of each reading comes first."""
        found = {}
        for reading, codes in self.codes.items():
            known, places = np.unique(codes, return_index=True)
            found[reading] = dict(zip(known.tolist(), places.tolist(), strict=True))
        return found

    def window(self, start: int) -> "Window":
        """The window as it is."""
        stop = start + WINDOW
        return Window(
            self,
            start,
            {name: codes[start:stop] for name, codes in self.codes.items()},
            self.times[start:stop],
        )


@dataclass(frozen=True, eq=False)
class Window:
    """Fifty events behind the first *start* of a stream, its own or others put there."""

    stream: Stream
    start: int
    codes: dict[str, Ints]
    times: Ints

    def count(self, reading: str, code: int) -> int:
        """Events of that code."""
        return int(np.count_nonzero(self.codes[reading] == code))

    def excess(self, reading: str) -> npt.NDArray[np.float64]:
        """By code, events more than the past's share of it lets expect."""
        past = np.bincount(self.stream.codes[reading][self.start - PAST : self.start])
        own = np.bincount(self.codes[reading], minlength=len(past))
        return own - np.pad(past, (0, len(own) - len(past))) * (WINDOW / PAST)


Rule = Callable[[Window], float]


def _never(reading: str) -> Rule:
    def rule(window: Window) -> float:
        first = window.stream.first[reading]
        return sum(first.get(code, window.start) >= window.start for code in window.codes[reading].tolist())

    return rule


def _not_in_baseline(reading: str) -> Rule:
    def rule(window: Window) -> float:
        past = window.stream.codes[reading][window.start - PAST : window.start]
        return float(np.count_nonzero(~np.isin(window.codes[reading], past)))

    return rule


def _gap(window: Window) -> float:
    return float(np.diff(window.times).max())


def _gap_to_usual(window: Window) -> float:
    usual = np.diff(window.stream.times[max(0, window.start - PACE) : window.start]).mean()
    return _gap(window) / max(float(usual), 1e5)  # a tenth of a second: many logs write whole ones


def _of_each(name: str, make: Callable[[str], Rule]) -> dict[str, Rule]:
    return {f"{name}, {reading}": make(reading) for reading in READINGS}


NEW = _of_each("never before", _never) | _of_each("not in the baseline", _not_in_baseline)
RUN = _of_each("longest run", lambda reading: lambda window: longest_run(window.codes[reading]))
MOST = _of_each("commonest", lambda reading: lambda window: float(np.bincount(window.codes[reading]).max()))
MORE = _of_each("more than usual", lambda reading: lambda window: float(window.excess(reading).max()))
LESS = _of_each("less than usual", lambda reading: lambda window: float(-window.excess(reading).min()))
GAPS: dict[str, Rule] = {"longest gap": _gap, "longest gap to usual": _gap_to_usual}

# Those that ask for what each kind of fault is.
FOR: dict[str, dict[str, Rule]] = {
    **dict.fromkeys(("new10", "new20", "new50", "new100"), NEW),
    "freq50": MOST | MORE,
    "burst": RUN | MOST | MORE,
    "silence": GAPS,
    "stuck": RUN | MOST,
    "drop": LESS,
}
