"""Limits by what they mean: alarm budgets, limits that decide nothing, calibration, sensitivity."""

import math
from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from streams import FOREIGN, USUAL, lines

from driftlock.model import Event
from driftlock.services.tuning_figures import wilson
from driftlock_core.numbers_text import limit_text
from driftlock_core.profiles import BALANCED, SENSITIVE, STRICT
from driftlock_core.recount import Rule

TENANT, READER = "demo", "reader"
START_US, SECOND_US = 1_767_600_000_000_000, 1_000_000
SMALL = replace(BALANCED, baseline=80, window=10, hop=2, references=120)
WIDER = Rule(threshold=0.15, alpha=0.15)


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (1, 1), (3, 8), (50, 50), (7, 200)])
def test_wilson_ends_are_the_shares_that_the_found_one_just_does_not_refute(hits, of):
    """Slow twin: bisect for the shares whose standard deviation puts the found one 1.96 of them away."""

    def distance(share):
        return abs(hits / of - share) / math.sqrt(share * (1 - share) / of)

    low, high = wilson(hits, of)
    for end, inwards in ((low, 1e-9), (high, -1e-9)):
        if 0 < end < 1:
            assert distance(end) == pytest.approx(1.959964, abs=1e-5)
        else:
            assert distance(end + inwards) < 1.96
    assert wilson(0, 0) is None


def test_ux23_a_budget_that_ranks_cannot_express_says_how_many_references_it_needs(app, history):
    """One a day of 43,200: of 120 references in stretches of five the topmost are far too many."""
    answer = app.tuning.rule_for_budget(history, 1, 0.3)
    assert answer.rule is None
    assert answer.smallest_p == pytest.approx(5 / 121)
    needed = answer.needed_references
    # Five aspects, each with its topmost stretch of five.
    assert (needed / 5 + 1) / 5 == pytest.approx(43_200)
    assert f"m ≥ {needed:,}".replace(",", "\u202f") in answer.sentence
    assert "43\u202f200 windows a day" in answer.sentence
    assert "ranks among 120" in answer.sentence
    assert "0.0413 (5 times the smallest rank)" in answer.sentence


def test_a_budget_gives_the_widest_rule_within_it(app, history):
    curve = app.tuning.curve(history, 0.3)
    assert (np.diff(curve.expected_per_day) >= 0).all()
    wanted = float(curve.expected_per_day[1]) + 1
    answer = app.tuning.rule_for_budget(history, wanted, 0.3)
    figures = app.tuning.figures(history, answer.rule)
    assert answer.expected_per_day == pytest.approx(figures.expected_per_day)
    assert answer.expected_per_day <= wanted
    wider = [alpha for alpha in curve.alphas.tolist() if alpha > answer.rule.alpha]
    assert app.tuning.figures(history, Rule(threshold=0.3, alpha=wider[0])).expected_per_day > wanted
    for wrong in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match="above 0"):
            app.tuning.rule_for_budget(history, wrong, 0.3)


def test_the_curve_is_the_cards_at_each_limit(app, history):
    curve = app.tuning.curve(history, 0.25)
    for at in (0, len(curve.alphas) // 2, -1):
        figures = app.tuning.figures(history, Rule(threshold=0.25, alpha=float(curve.alphas[at])))
        assert curve.expected_per_day[at] == pytest.approx(figures.expected_per_day)
        assert curve.flagged_per_day[at] == pytest.approx(figures.alarms_per_day)


@pytest.mark.parametrize(
    ("threshold", "kind"), [(0.0, "decides nothing"), (7.0, "never reached")], ids=["below", "above"]
)
def test_ux16_a_limit_that_decides_nothing_is_said_and_the_suggestion_decides(
    app, tuned_stream, bursts, threshold, kind
):
    history = app.tuning.history(TENANT, tuned_stream(bursts, uneven=True))
    notice = app.tuning.gate_notice(history, Rule(threshold=threshold, alpha=0.05))
    assert notice.kind == kind
    assert f"NCD limit: {limit_text(notice.suggested)}" in notice.sentence
    assert app.tuning.gate_notice(history, Rule(threshold=notice.suggested, alpha=0.05)) is None
    assert app.tuning.gate_notice(history, history.rule) is None


def test_a_p_limit_that_silences_the_views_is_said(app, history):
    """Five views and p ≤ 0.01 need 499 references."""
    notice = app.tuning.references_notice(history, Rule(threshold=0.3, alpha=0.01))
    assert (notice.needed_references, notice.references) == (499, 120)
    assert app.tuning.figures(history, Rule(threshold=0.3, alpha=0.01)).by_views == 0
    least = Rule(threshold=0.3, alpha=notice.smallest_alpha)
    assert app.tuning.references_notice(history, least) is None
    assert app.tuning.figures(history, least).by_views > 0


def test_sensitivity_goes_from_strict_through_balanced_to_sensitive(app):
    rules = [app.tuning.sensitivity_rule(step / 20) for step in range(21)]
    assert [rules[0], rules[10], rules[20]] == [Rule.of(one) for one in (STRICT, BALANCED, SENSITIVE)]
    assert all(one.alpha < two.alpha for one, two in pairwise(rules))
    assert all(one.threshold > two.threshold for one, two in pairwise(rules))
    assert rules[5].alpha == pytest.approx(math.sqrt(0.01 * 0.05), rel=1e-3)
    assert rules[5].threshold == pytest.approx(0.375)
    for wrong in (-0.01, 1.01, math.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            app.tuning.sensitivity_rule(wrong)


def test_ux25_calibration_tells_independent_lines_from_lines_that_come_in_runs(app, tuned_stream):
    """Seed 1: nine times in ten a line is of the same kind as the one before; the same lines in random order."""
    random, kinds, kind = Random(1), [*USUAL, *FOREIGN], 0
    of_kind = [lines([template], 6000, seed) for seed, template in enumerate(kinds, start=1)]
    runs = []
    for at in range(6000):
        kind = random.randrange(len(kinds)) if random.random() > 0.9 else kind
        runs.append(of_kind[kind][at])
    shuffled = Random(43).sample(runs, len(runs))
    found = [
        app.tuning.calibration(app.tuning.history(TENANT, tuned_stream(events)))
        for events in (shuffled, runs)
    ]
    assert found[0].verdict == "honest"
    assert found[1].verdict.startswith("raises too many in the tail (× ")
    assert found[1].factor_at(0.05) > 1
    assert found[1].by_views
    assert found[1].every == 5


def test_calibration_of_a_quiet_stretch_takes_its_windows_alone(app, history):
    whole = app.tuning.calibration(history)
    quiet = app.tuning.calibration(history, range(200))
    assert quiet.windows < whole.windows
    factor = whole.factor_at(WIDER.alpha)
    figures = app.tuning.figures(history, WIDER, whole)
    expected = figures.expected * factor if factor > 1 else None
    assert figures.expected_at_calibration == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        (replace(SMALL, views=("bytes",)), "m ≥ 43\u202f199 references; this stream ranks among 120"),
        (replace(SMALL, p_mode="permutation"), "m ≥ 43\u202f199 permutations; this stream draws 999"),
        (replace(SMALL, references=20), "references; this stream ranks among 20"),
    ],
    ids=["bytes alone", "p_perm alone", "too few references for the views"],
)
def test_a_budget_speaks_of_what_decides(app, bursts, profile, says):
    """Of bytes one in m + 1 is the topmost: m ≥ R/A − 1."""
    stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=profile)
    events = [
        Event(line, "logs", at.to_bytes(8, "big"), START_US + at * SECOND_US)
        for at, line in enumerate(bursts)
    ]
    app.receive(TENANT, stream_id, events)
    app.advance(TENANT, stream_id)
    history = app.tuning.history(TENANT, stream_id)
    answer = app.tuning.rule_for_budget(history, 1, 0.0)
    assert answer.rule is None
    assert says in answer.sentence
    curve = app.tuning.curve(history, 0.3)
    assert (np.diff(curve.alphas) > 0).all()
    figures = app.tuning.figures(history, Rule(threshold=0.3, alpha=float(curve.alphas[-1])))
    assert figures.expected_per_day == pytest.approx(curve.expected_per_day[-1])
