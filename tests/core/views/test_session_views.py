"""Which views read sessions, and that ordinary sessions stay ordinary for all of them together."""

from random import Random

import numpy as np
import pytest

from driftlock_core.scoring import Scorer


def names(scorer):
    return [*scorer.score([]).by_view]


def test_events_that_are_records_and_hardly_recur_are_read_field_by_field():
    random = Random(3)
    baseline = [
        [b"user=%b city=%b note=n%x" % (b"ann", b"rome", random.getrandbits(60)) for _ in range(3)]
        for _ in range(40)
    ]
    assert "event fields" in names(Scorer(baseline))


def test_events_whose_lines_recur_are_not():
    baseline = [[b"user=ann city=rome", b"user=bob city=oslo"]] * 40
    assert names(Scorer(baseline)) == ["symbols", "counts", "nearest", "templates", "values"]


@pytest.mark.parametrize("lines", [1, 2, 5])
def test_sessions_new_in_the_same_way_raise_no_alarm(lines):
    """A known frame around lines that nobody repeats: the next such sessions are like the baseline's."""
    random = Random(lines)

    def session():
        own = [bytes(random.choices(b"abcdefghij ", k=40)) for _ in range(lines)]
        return [b"open", *own, b"close"]

    scorer = Scorer([session() for _ in range(60)])
    p_values = scorer.score([session() for _ in range(200)]).p_values
    assert 0.01 <= np.mean(p_values <= 0.10) <= 0.25


@pytest.mark.parametrize(
    "unit", [[b"a", b"b"], [b"", b""], [b"\xff\x00"] * 50, [b"{}", b"[", b'{"a":1,"b":2}'], [b"a=1 b=2"] * 3]
)
def test_a_baseline_of_equal_units_finds_its_equal_ordinary(unit):
    scored = Scorer([unit] * 20).score([unit, [], [*unit, b"never seen: panic"]])
    assert scored.p_values[0] == 1
    assert np.isfinite(scored.scores).all()
    assert scored.scores[2] > scored.scores[0]
