"""Flags that come far too often to be chance."""

from dataclasses import replace

import pytest

from driftlock_core import BALANCED, SENSITIVE, STRICT
from driftlock_core.stationarity import RECENT, recent_flags


@pytest.mark.parametrize(
    ("profile", "most"), [(SENSITIVE, 60), (BALANCED, 30), (STRICT, 27)], ids=lambda v: getattr(v, "name", v)
)
def test_three_times_what_chance_allows_is_the_limit(profile, most):
    """As many flags as the limit are borne, one more is not; under strict three incidents are borne too."""
    for flagged in (most, most + 1):
        recent = recent_flags([False] * (RECENT - flagged) + [True] * flagged, profile)
        assert recent.stationary is (flagged == most)
        assert bool(recent.sentence) is not recent.stationary


def test_only_the_last_windows_count():
    """A stream that was flagged throughout and then for 200 windows not is stationary again."""
    flags = [True] * 1000 + [False] * RECENT
    assert recent_flags(flags, BALANCED).flagged == 0
    assert not recent_flags(flags[:1000], BALANCED).stationary


def test_too_few_windows_say_nothing():
    """Below 200 windows nothing is said, however many are flagged."""
    assert recent_flags([], BALANCED).stationary
    assert recent_flags([True] * (RECENT - 1), BALANCED).stationary
    assert not recent_flags([True] * RECENT, BALANCED).stationary


def test_the_sentence_holds_the_counts():
    """What is flagged, of how many, and what chance alone would flag under the profile's own alpha."""
    sentence = recent_flags([True] * 200, replace(BALANCED, alpha=0.02)).sentence
    assert "200 of the last 200 windows" in sentence
    assert sentence.endswith("at most about 4")
