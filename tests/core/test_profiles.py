from dataclasses import replace

import pytest

from driftlock_core import BALANCED, PROFILES, SENSITIVE, STRICT, InvalidProfile, Profile, propose_window


def test_the_named_profiles_carry_the_published_limits():
    """Sensitive 0.20/0.10, balanced 0.30/0.05, strict 0.45/0.01, at the same sizes."""
    assert [(name, profile.threshold, profile.alpha) for name, profile in PROFILES.items()] == [
        ("sensitive", 0.20, 0.10),
        ("balanced", 0.30, 0.05),
        ("strict", 0.45, 0.01),
    ]
    assert {(400, 50, 10)} == {(p.baseline, p.window, p.hop) for p in PROFILES.values()}


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"hop": 7}, ["hop=7", "window=50"]),
        ({"baseline": 420}, ["baseline=420", "window=50"]),
        ({"baseline": 50}, ["baseline=50", "50"]),
        ({"alpha": 0.0005}, ["alpha=0.0005", "0.001"]),
        ({"window": 20, "hop": 10, "baseline": 100}, ["alpha=0.05", "5 + 2", "0.0476"]),
        ({"baseline": 20_000, "hop": 1}, ["hop=1", "10000 + 50", "5000"]),
        ({"alpha": 1.0}, ["alpha=1.0"]),
        ({"threshold": float("nan")}, ["threshold=nan"]),
        ({"permutations": 0}, ["permutations=0"]),
        ({"references": 10}, ["references=10", "0.0909"]),
        ({"masks": frozenset({"colour"})}, ["colour"]),
        ({"p_mode": "min"}, ["min"]),
    ],
)
def test_impossible_profiles_are_refused_with_the_numbers(changes, numbers):
    """The message holds what was asked for and what stands against it."""
    if "window" in changes and changes["window"] == 20:
        changes = {**changes, "alpha": 0.04}
        numbers = ["alpha=0.04", "5 + 2", "0.0476"]
    with pytest.raises(InvalidProfile) as refused:
        replace(BALANCED, **changes)
    assert all(number in str(refused.value) for number in numbers), str(refused.value)


def test_one_window_per_hop_is_allowed_where_p_perm_can_still_decide():
    """k = 1 needs 1 / (scored chunks + 1) ≤ alpha: 20 scored chunks do for 0.05, 9 do not."""
    assert replace(BALANCED, baseline=400, window=10, hop=10).smallest_p_perm == 1 / 21
    with pytest.raises(InvalidProfile):
        replace(BALANCED, baseline=180, window=10, hop=10)


def test_configuration_round_trip():
    """What a record stores gives the profile back."""
    profile = replace(STRICT, name="custom", seed=7, masks=frozenset({"ip"}))
    assert profile == Profile.from_configuration(profile.configuration())


@pytest.mark.parametrize(
    ("events", "window"),
    [
        (44, None),
        (45, 5),
        (89, 5),
        (90, 10),
        (180, 20),
        (270, 30),
        (360, 40),
        (449, 40),
        (450, 50),
        (10**6, 50),
    ],
)
def test_proposed_sizes(events, window):
    """The largest standard window that fits with its baseline."""
    assert window == propose_window(events)


@pytest.mark.parametrize("window", [50, 40, 30, 20, 10, 5])
def test_all_proposed_sizes_can_decide(window):
    """Each profile stays valid at each standard size and keeps its proportions."""
    for profile in (SENSITIVE, BALANCED, STRICT):
        small = profile.with_sizes(window)
        assert (8 * window, window // 5) == (small.baseline, small.hop)


def test_limits_do_not_enter_the_measurement():
    """Two profiles that differ in limits measure alike, and so share seeds and p_perm."""
    assert BALANCED.measurement() == STRICT.measurement()
    assert BALANCED.measurement() != replace(BALANCED, seed=1).measurement()
