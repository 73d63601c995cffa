"""The options that make a profile, and the profile they make."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import click

from driftlock.cli.failure import Failure
from driftlock.model import Kind
from driftlock_core.compressors import COMPRESSORS, OPTIONAL_COMPRESSORS, compressor_named
from driftlock_core.errors import InvalidProfile, UnknownCompressor
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import BALANCED, BASELINE_WINDOWS, HOPS_PER_WINDOW, PROFILES, Profile

CUSTOM: Final = "custom"

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS: Final = (
    click.option(
        "--profile",
        "profile_name",
        type=click.Choice([*PROFILES, CUSTOM]),
        default=BALANCED.name,
        show_default=True,
        help="Limits and sizes to begin with; custom begins with those of balanced.",
    ),
    click.option("--ncd", type=float, metavar="X", help="Smallest NCD (size-matched) to flag."),
    click.option("--alpha", type=float, metavar="X", help="Largest p-value to flag."),
    click.option(
        "--p-mode",
        type=click.Choice(["max", "permutation"]),
        help="max: both p-values must pass; permutation: the permutation p-value alone.",
    ),
    click.option(
        "--baseline",
        metavar="N|FILE",
        help="Size of the rolling baseline in events, or a file whose first events are a fixed one.",
    ),
    click.option(
        "--window",
        type=int,
        metavar="N",
        help="Events in a window; alone it scales all sizes. Default: as suits the kind.",
    ),
    click.option("--hop", type=int, metavar="N", help="Events from one window to the next."),
    click.option(
        "--compressor",
        type=click.Choice([*COMPRESSORS, *OPTIONAL_COMPRESSORS]),
        help="Default: zstd. openzl is optional and not calibrated.",
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), metavar="N", help="Seed of the permutations.  [default: 0]"
    ),
)


def profile_options(command: _Command) -> _Command:
    """Add the options; they reach *command* under the names of :func:`choose`'s arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the options ask for."""

    profile: Profile
    sizes_given: bool  # then no others are proposed
    baseline_file: str | None

    def profile_for(self, kind: Kind) -> Profile:
        """The profile at the sizes that suit *kind*, unless sizes were given."""
        return self.profile if self.sizes_given else for_kind(self.profile, kind)


def choose(
    *,
    profile_name: str,
    ncd: float | None,
    alpha: float | None,
    p_mode: str | None,
    baseline: str | None,
    window: int | None,
    hop: int | None,
    compressor: str | None,
    seed: int | None,
) -> Choice:
    """
    The profile of these options; it is called "custom" unless it equals the one it began with.

    Raises:
        Failure: The numbers can never decide anything.
    """
    base = PROFILES.get(profile_name) or replace(BALANCED, name=CUSTOM)
    size, file = _baseline(baseline)
    given: dict[str, Any] = {
        "threshold": ncd,
        "alpha": alpha,
        "p_mode": p_mode,
        "baseline": size,
        "window": window,
        "hop": hop,
        "compressor": compressor,
        "seed": seed,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if window is not None and window > 0:  # else the window itself is what the message has to name
        shape = {"baseline": BASELINE_WINDOWS * window, "hop": max(1, window // HOPS_PER_WINDOW)}
        changes = shape | changes
    if alpha is not None and 0 < alpha < 1:
        # p_stream cannot fall below 1 in so many; strict's 1,000 for its 0.01 set the proportion.
        changes["references"] = max(base.references, round(10 / alpha))
    try:
        profile = replace(base, **changes)
    except InvalidProfile as error:
        raise Failure(
            f"These options cannot decide anything: {error}. `driftlock profiles` shows numbers that can."
        ) from error
    try:
        compressor_named(profile.compressor)
    except UnknownCompressor as error:
        raise Failure(f"--compressor {profile.compressor}: {error}.") from error
    if profile != base:
        profile = replace(profile, name=CUSTOM)
    return Choice(
        profile=profile,
        sizes_given=any(value is not None for value in (size, window, hop)),
        baseline_file=file,
    )


def _baseline(value: str | None) -> tuple[int | None, str | None]:
    """A number is a size, anything else a file; ``./400`` names a file called 400."""
    if value is None:
        return None, None
    return (int(value), None) if value.isdecimal() else (None, value)
