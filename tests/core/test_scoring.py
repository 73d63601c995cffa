from random import Random

import numpy as np
import pytest
from logs import log
from streams import usual

from driftlock_core import TooFewEvents
from driftlock_core.scoring import score_units


def sessions(count, seed):
    """Sessions of one service: all seeds draw from the same lines."""
    random, known = Random(seed), usual(400, 77)
    return [[random.choice(known) for _ in range(random.randint(3, 12))] for _ in range(count)]


def test_p_values_of_ordinary_units_are_honest():
    """At most about one in twenty ordinary units has p ≤ 0.05, also where dictionaries differ in size."""
    scored = score_units(sessions(300, 1), sessions(600, 1001))
    assert np.mean(scored.p_values <= 0.05) <= 0.08
    assert np.mean(scored.p_values <= 0.5) > 0.2


def test_foreign_units_rank_first():
    ordinary, foreign = sessions(100, 2), [[event[::-1]] * 4 for event in log("llm", 10, seed=3)]
    scored = score_units(sessions(200, 4), [*ordinary, *foreign])
    assert scored.scores[100:].min() > np.quantile(scored.scores[:100], 0.9)


def test_scores_do_not_depend_on_the_other_units():
    """Each unit is scored alone: order and company change nothing."""
    baseline, units = sessions(60, 5), sessions(30, 6)
    together = score_units(baseline, units)
    backwards = score_units(baseline, units[::-1])
    np.testing.assert_array_equal(together.scores, backwards.scores[::-1])
    alone = score_units(baseline, units[:1])
    assert together.p_values[0] == alone.p_values[0]


def test_fewer_than_twenty_baseline_units_are_refused():
    with pytest.raises(TooFewEvents, match="need 20 events, have 19"):
        score_units(sessions(19, 7), sessions(3, 8))


def test_lines_all_different_do_not_break_the_ranks():
    """Texts that never repeat: the template channel is silent for all, not alarmed for all."""
    texts = [[b"question %d about %s" % (n, event[::-1])] for n, event in enumerate(log("llm", 400, seed=9))]
    scored = score_units(texts[:200], texts[200:])
    assert np.mean(scored.p_values <= 0.05) <= 0.1
