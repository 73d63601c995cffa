"""Other limits, decided again from what is stored."""

from dataclasses import replace
from functools import cache
from random import Random

import naive_recount
import numpy as np
import pytest
from held_baselines import HeldBaselines
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import with_burst

from driftlock_core.detector import Detector
from driftlock_core.errors import InvalidProfile
from driftlock_core.gate import Gate
from driftlock_core.profiles import BALANCED, SENSITIVE, STRICT, VIEWS, Profile
from driftlock_core.recount import Recounter, Rule, recount
from driftlock_core.stored_windows import StoredWindows, first_references
from driftlock_core.window_views.catalogue import ASPECTS
from driftlock_core.windows import Windows

WIDE = Gate(threshold=0.10, alpha=0.20, exact=0.0, every_rule=True)
AS_STORED = Gate(threshold=0.30, alpha=0.0, exact=0.0)
SMALL = replace(BALANCED, baseline=80, window=10, hop=2, references=120)
PROFILES = {
    "all views": SMALL,
    "no times": replace(SMALL, views=tuple(view for view in VIEWS if view != "timing")),
    "no values": replace(SMALL, views=VIEWS[:5]),
    "bytes alone": replace(SMALL, views=VIEWS[:1]),
    "p_perm alone": replace(SMALL, p_mode="permutation"),
}
RULES = [
    Rule.of(SENSITIVE),
    Rule.of(BALANCED),
    Rule.of(STRICT),
    Rule(threshold=0.10, alpha=0.20),
    Rule(threshold=0.25, alpha=0.041),
    Rule(threshold=0.15, alpha=0.012),
]
every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)


def events_of(count: int, seed: int) -> tuple[list[bytes], list[int]]:
    """Three bursts, and one stretch in which time stands nearly still."""
    events = with_burst(count, seed, start=count // 3, stop=count // 3 + 30, share=0.6)
    events[count // 2 : count // 2 + 12] = with_burst(12, seed + 5, start=0, stop=12)
    events[-60:-40] = with_burst(20, seed + 9, start=0, stop=20, share=0.4)
    random, moment, times = Random(seed), 1_700_000_000_000_000, []
    for at in range(count):
        quick = 2 * count // 3 < at < 2 * count // 3 + 25
        moment += random.randrange(1_000, 9_000) if quick else random.randrange(500_000, 1_500_000)
        times.append(moment)
    return events, times


@cache
def run(profile: Profile, count: int, seed: int, gate: Gate) -> tuple[Windows, StoredWindows, tuple]:
    events, times = events_of(count, seed)
    windows = Detector(profile, gate=gate).update(events, times)
    return windows, StoredWindows.of(windows, first_references(events, profile)), (events, times)


@every_profile
@pytest.mark.parametrize("gate", [AS_STORED, WIDE], ids=["as stored", "completed"])
def test_under_its_own_rule_a_stream_is_what_its_detector_said(profile, gate):
    """Flags, expectation to the last bit, and nothing left unknown. Seed 4."""
    windows, stored, _ = run(profile, 1200, 4, gate)
    found = recount(stored, Rule.of(profile), profile)
    assert found.flagged.tolist() == windows.flagged.tolist()
    assert found.chance.tolist() == windows.chance.tolist()
    assert found.by_views.tolist() == (windows.factor > 1).tolist()
    assert not found.unknown.any()
    assert windows.flagged.any()


@every_profile
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.threshold:g},{rule.alpha:g}")
def test_ux22_a_candidate_is_a_full_recomputation_with_the_same_baselines(profile, rule):
    """The same flagged windows and the same expectation on more than 500 windows; after completing none is unknown."""
    windows, stored, (events, times) = run(profile, 1110, 6, WIDE)
    assert len(windows) > 500
    found = recount(stored, rule, profile)
    again = HeldBaselines(rule.within(profile), windows.flagged).update(events, times)
    assert np.flatnonzero(found.flagged).tolist() == np.flatnonzero(again.flagged).tolist()
    assert found.chance.tolist() == again.chance.tolist()
    assert not found.unknown.any()


def test_ux22_run_again_a_stream_may_choose_other_baselines():
    """Which is why a recount says that it kept them. Seed 6: some windows are flagged by one and not the other."""
    windows, stored, (events, times) = run(SMALL, 1110, 6, WIDE)
    rule = Rule(threshold=0.10, alpha=0.20)
    again = Detector(rule.within(SMALL)).update(events, times)
    found = recount(stored, rule, SMALL)
    differing = int((again.flagged != found.flagged).sum())
    assert 0 < differing < 0.1 * len(windows)


@every_profile
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.threshold:g},{rule.alpha:g}")
def test_what_is_not_stored_is_unknown_and_never_guessed(profile, rule):
    """Before completing, every decision that is given is the right one."""
    _, stored, _ = run(profile, 1110, 6, AS_STORED)
    _, completed, _ = run(profile, 1110, 6, WIDE)
    before, after = recount(stored, rule, profile), recount(completed, rule, profile)
    known = ~before.unknown
    assert before.flagged[known].tolist() == after.flagged[known].tolist()
    assert not (before.flagged & before.unknown).any()
    assert before.chance.tolist() == after.chance.tolist()


def test_windows_without_ranks_are_unknown_where_a_larger_alpha_would_ask_for_them():
    """Under 0.02 the views need 249 references, more than there are; under 0.2 they need 24 and nothing was ranked."""
    profile = replace(SMALL, alpha=0.02)
    _, stored, _ = run(profile, 900, 3, AS_STORED)
    assert np.isnan(stored.ranks).all()
    found = recount(stored, Rule(threshold=0.3, alpha=0.20), profile)
    assert found.by_views.all()
    assert found.unknown.any()
    assert not found.flagged.any()


@pytest.mark.parametrize("rule", [Rule(threshold=0.3, alpha=0.0005), Rule(threshold=-1.0, alpha=0.05)])
def test_limits_that_could_never_decide_anything_are_refused(rule):
    _, stored, _ = run(SMALL, 400, 1, AS_STORED)
    with pytest.raises(InvalidProfile):
        recount(stored, rule, SMALL)


def test_a_stream_without_windows_counts_nothing():
    stored = StoredWindows.of(Windows.join([]), first_references([b"one"], SMALL))
    assert len(recount(stored, Rule.of(SMALL), SMALL).flagged) == 0


def test_sizes_of_another_baseline_are_refused():
    _, stored, _ = run(SMALL, 400, 1, AS_STORED)
    with pytest.raises(ValueError, match="3 sizes inside the first baseline where it has 36"):
        Recounter(replace(stored, cold=stored.cold[:3]), SMALL)


shares = st.sampled_from([-0.3, 0.0, 0.1, 0.2, 0.25, 0.3, 0.5, 1.0])


@st.composite
def columns(draw):
    """Rows as they may be stored, complete or not, and what they belong to."""
    count, k = draw(st.integers(1, 40)), draw(st.sampled_from([1, 2, 5]))
    timed, views = draw(st.booleans()), draw(st.booleans())
    rows = []
    for _ in range(count):
        size, mu, cbar = draw(st.integers(0, 40)), draw(st.sampled_from([10.0, 12.5])), 20.0
        bound, exact = (size - mu) / cbar, draw(st.booleans())
        distances = [draw(shares) for _ in ASPECTS] if views else [np.nan] * len(ASPECTS)
        if views:
            distances[0] = max(distances[0], bound)
            distances[2] = distances[2] if timed else np.nan
        ranked = views and draw(st.booleans())
        rows.append(
            {
                "size": size,
                "mu": mu,
                "cbar": cbar,
                "score": bound * draw(st.sampled_from([1.0, 0.8])) if exact else bound,
                "exact": exact,
                "p_stream": draw(st.sampled_from([0.01, 0.03, 0.05, 0.1, 0.5])),
                "p_perm": draw(st.sampled_from([np.nan, 0.001, 0.04, 0.05, 0.3])),
                "ranks": [draw(st.sampled_from([0.005, 0.01, 0.02, 0.2])) if ranked else np.nan]
                * len(ASPECTS),
                "distances": distances,
            }
        )
    cold = [draw(st.integers(0, 40)) for _ in range(8 * k - k + 1)]
    references, mode = draw(st.sampled_from([25, 120, 600])), draw(st.sampled_from(["max", "permutation"]))
    profile = Profile(
        name="custom",
        threshold=0.3,
        alpha=0.2,
        baseline=8 * 10 * k,
        window=10 * k,
        hop=10,
        references=references,
        p_mode=mode,
        views=VIEWS if views else VIEWS[:1],
    )
    return rows, cold, profile, views


@given(
    drawn=columns(), threshold=shares.filter(lambda one: one >= 0), alpha=st.sampled_from([0.05, 0.1, 0.2])
)
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
def test_agrees_with_the_slow_twin(drawn, threshold, alpha):
    """Window by window, in plain arithmetic, with anything missing that can be missing."""
    rows, cold, profile, views = drawn
    rule = Rule(threshold=threshold, alpha=alpha)
    try:
        rule.within(profile)
    except InvalidProfile:
        return
    stored = StoredWindows(
        **{name: np.array([row[name] for row in rows]) for name in rows[0]}, cold=np.array(cold)
    )
    shape = (profile.chunks_per_window, profile.references, profile.p_mode == "permutation", views, True)
    slow = naive_recount.recount(rows, cold, (threshold, alpha), shape)
    found = recount(stored, rule, profile)
    assert [each[0] for each in slow] == found.flagged.tolist()
    assert [each[1] for each in slow] == found.unknown.tolist()
    assert [each[2] for each in slow] == pytest.approx(found.chance.tolist())
    assert [each[3] for each in slow] == found.by_views.tolist()


@pytest.fixture(scope="module")
def shuffled() -> list[StoredWindows]:
    """Sixty orders of the same events, seeds 0 to 59, complete."""
    events, _ = events_of(700, 8)
    found = []
    for seed in range(60):
        order = Random(seed).sample(events, len(events))
        windows = Detector(SMALL, gate=WIDE).update(order)
        found.append(StoredWindows.of(windows, first_references(order, SMALL)))
    return found


@pytest.mark.parametrize("rule", RULES[:5], ids=lambda rule: f"{rule.threshold:g},{rule.alpha:g}")
def test_chance_flags_no_more_than_the_recount_expects_on_shuffled_streams(shuffled, rule):
    """The mean over all of them, less twice its standard error, is at most what is expected of them."""
    counted = [recount(stored, rule, SMALL) for stored in shuffled]
    assert not any(found.unknown.any() for found in counted)
    excess = [found.flagged.sum() - found.chance.sum() for found in counted]
    assert np.mean(excess) <= 2 * np.std(excess) / np.sqrt(len(excess))
