"""The tables of regimes and suspects."""

import numpy as np

from benchmarks.quality import drift
from benchmarks.quality.material import logs


def test_shares_are_formed_within_each_kind():
    """False alarms are a share of normal units, finds one of anomalous ones; neither where there are none."""
    p = np.array([0.01, 0.5, 0.05, 0.2])
    positive = np.array([False, False, True, True])
    assert drift._both(p, positive, np.array([True] * 4)) == "0.500 / 0.500"
    assert drift._both(p, positive, positive) == "– / 0.500"
    assert drift._both(p, positive, ~np.array([True] * 4)) == "– / –"


def test_what_is_put_into_a_calm_log_is_found_more_often_than_not():
    """Forty lines of another program among four hundred of a generated one; without them nothing is."""
    calm = logs(None)
    (quiet,) = [log for log in calm if log.name == "quiet-logs"]
    as_they_come, *put_in = drift.suspects_of(calm, 50, quiet)
    assert as_they_come == 0
    assert put_in[drift.LENGTHS.index(40)] > 0.9
