"""From options to a profile."""

from dataclasses import replace

import pytest

from driftlock.cli.failure import Failure
from driftlock.cli.profile_options import choose
from driftlock_core import BALANCED, STRICT

NOTHING = dict.fromkeys(("ncd", "alpha", "p_mode", "baseline", "window", "hop", "compressor", "seed"))


def chosen(profile_name="balanced", **options):
    return choose(profile_name=profile_name, **NOTHING | options)


@pytest.mark.parametrize(
    "options",
    [{}, {"ncd": 0.3}, {"alpha": 0.05, "window": 50, "hop": 10, "baseline": "400"}, {"compressor": "zstd"}],
)
def test_equal_numbers_keep_the_name(options):
    """An option that says what the profile says changes nothing."""
    assert chosen(**options).profile == BALANCED


@pytest.mark.parametrize(
    "options", [{"ncd": 0.31}, {"alpha": 0.06}, {"p_mode": "permutation"}, {"hop": 5}, {"seed": 1}]
)
def test_other_numbers_make_it_custom(options):
    """A profile's name stands for its numbers."""
    assert chosen(**options).profile.name == "custom"


def test_custom_begins_with_balanced():
    """Only the name differs."""
    assert chosen("custom").profile == replace(BALANCED, name="custom")


def test_a_window_alone_scales_all_sizes():
    """Baseline is 8 windows and hop a fifth, whatever the window."""
    profile = chosen(window=20).profile
    assert (profile.baseline, profile.window, profile.hop) == (160, 20, 4)


def test_a_window_that_five_does_not_divide_takes_a_given_hop():
    """The sizes are checked together, not one after the other."""
    profile = chosen(window=33, hop=11).profile
    assert (profile.baseline, profile.window, profile.hop) == (264, 33, 11)


def test_a_small_alpha_is_ranked_among_more_windows():
    """With 1,000 past windows 0.01 can be reached with room, as in strict."""
    assert chosen(alpha=0.01).profile.references == STRICT.references


def test_digits_are_a_size_and_anything_else_a_file():
    """A file called by digits is named with its folder."""
    assert (chosen(baseline="800").profile.baseline, chosen(baseline="800").baseline_file) == (800, None)
    assert (chosen(baseline="./800").profile.baseline, chosen(baseline="./800").baseline_file) == (
        400,
        "./800",
    )


@pytest.mark.parametrize("window", [0, -5])
def test_the_number_that_was_typed_is_the_one_named(window):
    """Not a baseline that follows from it."""
    with pytest.raises(Failure, match=f"window={window} must be at least 1"):
        chosen(window=window)
