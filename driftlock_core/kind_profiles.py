"""Kind profiles: what the kind of telemetry decides, frozen; a detection profile gives the limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from driftlock_core.profiles import WINDOW_SIZES, Profile

UnitOf = Literal["event", "group", "window"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindProfile:
    """
    Parameters that go with a kind of telemetry, and the reason in a sentence for the screen.

    Masks are no part of it: on the sets they were tried on, no kind gained
    from masking less (docs/how-to/data-types.md has the figures).

    >>> KIND_PROFILES["network"].window, KIND_PROFILES["network"].unit
    (20, 'event')
    """

    kind: str
    window: int  # events; baseline and hop follow in the fixed proportion
    unit: UnitOf  # what `score` gives a score of its own
    unit_without_groups: UnitOf  # the same where events name no group
    shape: Literal["records", "texts"] | None  # how `score` reads single events; None: as what they look like
    reason: str

    def __post_init__(self) -> None:
        if self.window not in WINDOW_SIZES:
            raise ValueError(f"window={self.window} is no standard size")


_KINDS: Final = (
    KindProfile(
        kind="logs",
        # The sizes the limits of the three profiles were published for.
        window=50,
        # A session says more than any line of it; without sessions, lines say something together.
        unit="group",
        unit_without_groups="window",
        shape=None,
        reason="log lines are many and short, and faults in them last for dozens of lines",
    ),
    KindProfile(
        kind="metrics",
        window=50,  # a scrape alone writes dozens of lines
        unit="event",
        unit_without_groups="event",
        shape=None,
        reason="a scrape alone writes dozens of measurements",
    ),
    KindProfile(
        kind="traces",
        # A trace is one or two dozen spans: in a window of 50 one broken trace is outvoted by three sound ones. Of bursts of
        # 8 anomalous spans more than twice as many are found at 20, with no more false alarms.
        window=20,
        unit="group",  # the trace
        unit_without_groups="window",
        shape=None,
        reason="a trace is one or two dozen spans, which a window of 50 would outvote",
    ),
    KindProfile(
        kind="llm",
        # Calls are few and long: a first verdict after 180 of them instead of 450. Of prompts that break out of
        # their role no fewer bursts were found than at 50, on a set that was only reported.
        window=20,
        unit="event",  # one call: neighbours come from other people
        unit_without_groups="event",
        # What a call says stands in its texts. Read as records, more ordinary calls have p ≤ 0.05 and no more
        # faults do, on generated calls.
        shape="texts",
        reason="calls are few and long, so that 20 of them say as much as 50 log lines",
    ),
    KindProfile(
        kind="records",
        # Records stand alone, like flows, and a series of bad ones is short; chosen by that likeness, not measured.
        window=20,
        unit="event",
        unit_without_groups="event",
        shape=None,
        reason="a record stands for itself, and a series of bad ones is short",
    ),
    KindProfile(
        kind="network",
        # At least half as many bursts of anomalous flows again are found at 20 as at 50, with no false alarm.
        window=20,
        unit="event",
        unit_without_groups="event",
        shape=None,
        reason="a flow stands for itself, and a scan or a flood begins within a few",
    ),
)

KIND_PROFILES: Final[Mapping[str, KindProfile]] = MappingProxyType({one.kind: one for one in _KINDS})


def for_kind(profile: Profile, kind: str) -> Profile:
    """
    The limits of *profile* at the sizes that suit *kind*.

    >>> from driftlock_core.profiles import STRICT
    >>> suited = for_kind(STRICT, "traces")
    >>> suited.name, suited.threshold, suited.baseline, suited.window, suited.hop
    ('strict', 0.45, 160, 20, 4)
    """
    window = KIND_PROFILES[kind].window
    return profile if profile.window == window else profile.with_sizes(window)
