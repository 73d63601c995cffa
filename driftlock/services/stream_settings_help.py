"""What helps to choose a stream's settings: sizes that suit it, and what masks make of one line."""

from dataclasses import dataclass, replace

from driftlock.model import Kind
from driftlock_core.kind_profiles import KIND_PROFILES, for_kind
from driftlock_core.masking import Masker
from driftlock_core.profiles import BASELINE_WINDOWS, WINDOW_SIZES, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeSuggestion:
    """A window for a kind at a rate, and why; baseline and hop follow in the fixed proportion."""

    window: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskTest:
    """One line as a compressor would see it, and which rules changed it."""

    masked: str
    hits: tuple[str, ...]


def try_masks(masks: frozenset[str], line: str) -> MaskTest:
    """
    One line as a compressor would see it under *masks*; nothing is kept.

    >>> try_masks(frozenset({"ip", "number"}), "GET /a/17 from 10.0.0.1").hits
    ('ip', 'number')
    """
    payload = line.encode("utf-8", "replace")
    masked = _masked(masks, payload)
    return MaskTest(
        masked=masked.decode("utf-8", "replace"),
        hits=tuple(one for one in sorted(masks) if _masked(masks - {one}, payload) != masked),
    )


def suggest(kind: Kind, per_minute: float | None) -> SizeSuggestion:
    """
    A window for events of that kind that come so often.

    >>> suggest("logs", 0.05).window
    30
    """
    fitting = KIND_PROFILES[kind]
    if per_minute is None or per_minute <= 0:
        return SizeSuggestion(
            window=fitting.window, reason=f"{fitting.window} events of window: {fitting.reason}"
        )
    # A baseline that takes longer than a week to fill is a week old when it begins to be of use.
    week = per_minute * 7 * 24 * 60
    sizes = [one for one in WINDOW_SIZES if one <= fitting.window]
    window = next((one for one in sizes if BASELINE_WINDOWS * one <= week / 2), sizes[-1])
    if window == fitting.window:
        return SizeSuggestion(window=window, reason=f"{window} events of window: {fitting.reason}")
    days = (BASELINE_WINDOWS + 1) * window / per_minute / 60 / 24
    return SizeSuggestion(
        window=window,
        reason=(
            f"{window} events of window instead of {fitting.window}: at {per_minute:.3g} events a minute the "
            f"first verdict comes after about {days:.1f} days"
        ),
    )


def profile_for(limits: Profile, kind: Kind, window: int | None, masks: frozenset[str]) -> Profile:
    """The limits of *limits* at the sizes asked for, or those that suit *kind*, under *masks*."""
    sized = for_kind(limits, kind) if window is None else limits.with_sizes(window)
    return sized if masks == sized.masks else replace(sized, name="custom", masks=masks)


def _masked(masks: frozenset[str], payload: bytes) -> bytes:
    return Masker(masks, cache_bytes=(0, 0)).canonical([payload])[0]
