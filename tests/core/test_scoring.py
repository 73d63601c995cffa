import math
from random import Random

import numpy as np
import pytest
from logs import log
from streams import usual

from driftlock_core import TooFewEvents
from driftlock_core.compressors import compressor_named
from driftlock_core.scoring import Scorer, score_units
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.reading import views_of


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


def workdays(count, seed):
    """Sessions that open, work a while in two ways, and close."""
    random = Random(seed)
    return [
        [
            b"open",
            *(random.choice([b"read", b"read", b"write"]) for _ in range(random.randint(4, 9))),
            b"close",
        ]
        for _ in range(count)
    ]


def test_a_score_is_the_sum_of_its_views():
    scored = score_units(workdays(80, 10), [*workdays(20, 11), [b"panic"], []])
    np.testing.assert_array_equal(sum(scored.by_view.values()), scored.scores)
    assert all((part >= 0).all() for part in scored.by_view.values())


def slow_surprise(values, asked, *, two_sided):
    """By counting: rank and tail."""

    def one_side(values, asked):
        ordered, n = sorted(values), len(values)
        top = ordered[-max(2, n // 10) :]
        mean = sum(top) / len(top)
        spread = math.sqrt(sum((one - mean) ** 2 for one in top) / len(top))
        scale = max(spread + 0.05 * (ordered[-1] - ordered[n // 2]), 0.05)
        rank = (sum(value >= asked for value in values) + 1) / (n + 1)
        return -math.log(rank) + 1.5 * math.log(1 + max(0.0, asked - ordered[-1]) / scale)

    surprise = one_side(values, asked)
    if two_sided:
        surprise = max(0.0, max(surprise, one_side([-one for one in values], -asked)) - math.log(2))
    return surprise


def test_scores_are_sums_of_surprises_counted_by_hand():
    """Over all statistics of all views, ordinary units and broken ones; the p-value is a rank again."""
    baseline, asked = workdays(60, 12), [*workdays(6, 13), [b"open", b"read"], [b"close"] * 9]
    scorer = Scorer(baseline)
    units = [
        Unit(tuple(unit), tuple(unit)) for unit in [*baseline, *asked]
    ]  # words without digits stay as they are
    views = views_of("sessions", units[:60], own_groups(60), compressor_named("zstd"))
    expected = np.zeros(len(asked))
    for view in views:
        inside, outside = view.inside(), view.outside(units[60:])
        for column, statistic in enumerate(view.statistics):
            known = inside[:, column].tolist()
            expected += [
                slow_surprise(known, one, two_sided=statistic.two_sided)
                for one in outside[:, column].tolist()
            ]
    scored = scorer.score(asked)
    np.testing.assert_allclose(scored.scores, expected, rtol=1e-9, atol=1e-9)
    assert scored.p_values[-2:].tolist() == [1 / 61, 1 / 61]


def test_a_session_cut_short_ranks_above_most_intact_ones():
    """All that is wrong is the end, which a few of many statistics look at."""
    intact = workdays(200, 14)
    cut = [events[: len(events) * 7 // 10] for events in intact]
    scored = score_units(workdays(300, 15), intact + cut)
    assert np.median(scored.scores[200:]) > np.quantile(scored.scores[:200], 0.9)


def test_free_text_is_masked_once_and_log_lines_twice():
    """Words of free text keep their numbers; those of lines that recur but for numbers do not."""
    free = [[b"%s at %d" % (event[::-1], n)] for n, event in enumerate(log("llm", 60, seed=16))]
    lines = [[b"took %d ms" % (n * n)] for n in range(60)]
    for texts, words in ((free, b"pay 250"), (lines, b"pay <N3>")):
        scorer = Scorer(texts, shape="texts")
        [unit] = scorer._units([[b"pay 250"]])
        assert scorer.reading.shape == "texts"
        assert (unit.raw, unit.canonical) == ((b"pay 250",), (words,))
