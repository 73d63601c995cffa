"""Which sizes of baseline, window and hop fit a stream of so many events."""

from dataclasses import dataclass

from driftlock_core.profiles import WINDOW_SIZES, Profile, propose_window


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A profile for a stream, and a sentence where its sizes are not the ones asked for."""

    profile: Profile
    note: str | None = None
    shortage: str | None = None  # a sentence if no verdict is possible


def fit(profile: Profile, events: int, *, propose: bool = True) -> Fit:
    """
    *profile* if the stream is long enough for it, else, if *propose*, the largest standard sizes that fit.

    >>> from driftlock_core.profiles import BALANCED
    >>> fit(BALANCED, 230).note
    'file has 230 events: window 20, hop 4, baseline 160 instead of 50/10/400'
    >>> fit(BALANCED, 44).shortage
    '44 events; at least 45 are needed'
    """
    if events >= profile.events_needed:
        return Fit(profile=profile)
    if not propose:
        needed = f"at least {profile.events_needed} are needed for a window of {profile.window}"
        return Fit(profile=profile, shortage=f"{_count(events)}; {needed}")
    window = propose_window(events)
    smaller = profile.with_sizes(window or min(WINDOW_SIZES))
    if window is None:
        return Fit(profile=smaller, shortage=f"{_count(events)}; at least {smaller.events_needed} are needed")
    return Fit(
        profile=smaller,
        note=(
            f"file has {_count(events)}: window {smaller.window}, hop {smaller.hop}, "
            f"baseline {smaller.baseline} instead of {profile.window}/{profile.hop}/{profile.baseline}"
        ),
    )


def _count(events: int) -> str:
    return f"{events:,} event{'' if events == 1 else 's'}"
