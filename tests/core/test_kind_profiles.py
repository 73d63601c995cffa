"""What a kind of telemetry decides, and what it leaves alone."""

from itertools import product

import pytest

from driftlock.model import KINDS
from driftlock_core import PROFILES, Profile
from driftlock_core.kind_profiles import KIND_PROFILES, KindProfile, for_kind
from driftlock_core.scoring import Scorer


def test_every_kind_has_its_parameters():
    """In the order in which kinds are offered, each with a reason to show."""
    assert list(KIND_PROFILES) == list(KINDS)
    assert all(one.reason and not one.reason.endswith(".") for one in KIND_PROFILES.values())


@pytest.mark.parametrize(("name", "kind"), [*product(PROFILES, KINDS)])
def test_a_kind_changes_sizes_and_nothing_else(name, kind):
    """The limits, masks and references of a profile hold for every kind, and all combinations can decide."""
    suited = for_kind(PROFILES[name], kind)
    assert (suited.baseline, suited.window, suited.hop) == (
        8 * KIND_PROFILES[kind].window,
        KIND_PROFILES[kind].window,
        KIND_PROFILES[kind].window // 5,
    )
    sizes = ("baseline", "window", "hop")
    assert {k: v for k, v in suited.configuration().items() if k not in sizes} == {
        k: v for k, v in PROFILES[name].configuration().items() if k not in sizes
    }


def test_logs_keep_the_sizes_the_limits_were_published_for():
    """400, 50 and 10 events: nothing changes for what is not recognised."""
    assert all(for_kind(profile, "logs") is profile for profile in PROFILES.values())


def test_a_size_that_is_no_standard_one_is_refused():
    """It would have no p-value of the usual step."""
    with pytest.raises(ValueError, match="window=25"):
        KindProfile(
            kind="logs", window=25, unit="event", unit_without_groups="event", shape=None, reason="none"
        )


def test_calls_are_read_as_texts_even_where_they_have_fields():
    """A reading that is given holds for single events; sessions stay sessions."""
    calls = [[b'{"prompt":"Where is order %d?","response":"On its way."}' % n] for n in range(30)]
    assert Scorer(calls).reading.shape == "records"
    assert Scorer(calls, shape=KIND_PROFILES["llm"].shape).reading.shape == "texts"
    talks = [call * 3 for call in calls]
    assert Scorer(talks, shape=KIND_PROFILES["llm"].shape).reading.shape == "sessions"


def test_a_profile_of_its_own_sizes_can_still_be_suited():
    """Whoever asks for a kind's sizes gets them whatever the profile began with."""
    own = Profile(name="custom", threshold=0.3, alpha=0.05, baseline=80, window=10, hop=2)
    assert for_kind(own, "network").window == 20
