"""Limits that labels speak for: when they are proposed, what they would mean, who decides, what came of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from random import Random

import numpy as np
import pytest
from streams import FOREIGN, lines, usual

from driftlock.bootstrap import open_app
from driftlock.errors import NotFound
from driftlock.model import Event
from driftlock.services.feedback_labels import judged, places
from driftlock.services.proposals_figures import outcome
from driftlock.services.proposals_search import best, bounds, split
from driftlock.services.proposals_store import CannotPropose
from driftlock.services.tuning_changes import CannotTune
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from tests.made_home import copied_home, made_home
from tests.services.conftest import ToldClock

TENANT = "demo"
# Wide enough apart that both sorts of burst below are flagged, near enough that limits within bounds tell them apart.
TUNED = replace(BALANCED, baseline=80, window=10, hop=2, references=120, threshold=0.5)
ODD = [
    "INFO  batch.Report: nightly export of {n} rows finished in {n} s",
    "WARN  disk.Watch: volume {n} at {n} percent",
]
FAULT, NOISE = (10, 0.6), (12, 0.2)  # events of a burst, share of foreign lines


def noisy(count, seed):
    """Every 200 events a burst: a fault, then something odd and harmless, in turn. Payloads and the faults' places."""
    random, events = Random(seed), usual(count, seed)
    foreign, odd = lines(FOREIGN, count, seed + 1), lines(ODD, count, seed + 2)
    faults = []
    for number, start in enumerate(range(400, count - 50, 200)):
        real = number % 2 == 0
        length, share = FAULT if real else NOISE
        for at in range(start, start + length):
            if random.random() < share:
                events[at] = (foreign if real else odd)[at]
        if real:
            faults.append((start + 1, start + length))
    return events, faults


def as_events(payloads, first=0):
    return [
        Event(payload, "logs", at.to_bytes(8, "big"), 1_767_600_000_000_000 + at * 1_000_000, "api")
        for at, payload in enumerate(payloads, start=first)
    ]


@pytest.fixture(scope="module")
def judged_stream(tmp_path_factory):
    """Seed 41, 9,000 events: a home with the stream, its id, and which of them are a fault."""
    home = made_home(tmp_path_factory.mktemp("judged") / "home")
    app = open_app(Settings(home=home), clock=ToldClock(), work=False)
    stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=TUNED)
    payloads, faults = noisy(9_000, 41)
    app.receive(TENANT, stream_id, as_events(payloads))
    app.advance(TENANT, stream_id)
    app.close()
    return home, stream_id, faults


@pytest.fixture
def home(judged_stream, tmp_path):
    return copied_home(judged_stream[0], tmp_path / "home")


@pytest.fixture
def stream(judged_stream):
    """Id of the stream, and which of its events are a fault."""
    return judged_stream[1:]


def real(row, faults):
    return any(row.first_seq <= last and row.last_seq >= first for first, last in faults)


def label_all(app, stream, *, only=None):
    """As a reviewer who knows: all flagged windows, or those of one label."""
    stream_id, faults = stream
    rows = app.queries.anomalies(TENANT, stream_id, limit=2000)
    for label in ("real", "not_real"):
        ids = [row.id for row in rows if real(row, faults) == (label == "real")]
        if only in (None, label):
            app.review.label(TENANT, ids, label, by="ann")


def test_below_the_minimum_and_with_labels_of_one_kind_nothing_is_proposed(app, stream):
    stream_id, _ = stream
    with pytest.raises(
        CannotPropose, match="20 more labelled places, 8 more called real, 8 more called not real"
    ):
        app.proposals.propose(TENANT, stream_id)
    label_all(app, stream, only="real")
    ready = app.proposals.ready(TENANT, stream_id)
    assert ready.why_not[0] == "Missing: 8 more called not real."
    assert "what could be dropped cannot be told" in ready.why_not[1]
    with pytest.raises(CannotPropose, match="Only “real” so far"):
        app.proposals.propose(TENANT, stream_id)


def test_labels_of_a_whole_stream_never_make_up_the_minimum(app, stream):
    """One look is one label, however many windows it reaches."""
    rows = app.queries.anomalies(TENANT, stream[0], limit=2000)
    app.review.label(TENANT, [rows[0].id], "not_real", by="ann", scope="stream")
    with pytest.raises(CannotPropose, match="19 more labelled places"):
        app.proposals.propose(TENANT, stream[0])


def test_labels_older_than_thirty_days_do_not_count(app, stream, clock):
    label_all(app, stream)
    clock.advance(days=31)
    with pytest.raises(CannotPropose, match="20 more"):
        app.proposals.propose(TENANT, stream[0])


def test_every_number_of_a_proposal_is_counted_again_by_hand(app, stream):
    stream_id, _ = stream
    label_all(app, stream)
    proposal = app.proposals.propose(TENANT, stream_id)
    assert proposal.rule != proposal.old_rule == Rule.of(TUNED)
    history = app.tuning.history(TENANT, stream_id)
    votes = app.feedback._store.votes.of_stream(TENANT, stream_id)
    groups = by_hand(votes, reach=5)
    for name, rule in (("current", proposal.old_rule), ("candidate", proposal.rule)):
        flagged = set(np.flatnonzero(history.recounter.at(rule).flagged).tolist())
        tally = proposal.figures["all"][name]
        kept = [any(window in flagged for window in windows) for label, windows in groups if label == "real"]
        dropped = [not any(w in flagged for w in windows) for label, windows in groups if label == "not_real"]
        assert (tally["real"], tally["real_kept"]) == (len(kept), sum(kept))
        assert (tally["not_real"], tally["not_real_dropped"]) == (len(dropped), sum(dropped))
        assert proposal.figures["history"][name]["flagged"] == len(flagged)
        for part in ("real", "not_real", "real_kept", "not_real_dropped"):
            parts = (proposal.figures["chosen_on"][name], proposal.figures["held_out"][name])
            assert parts[0][part] + parts[1][part] == tally[part]
    assert proposal.figures["lost_count"] == 0
    older, newer = proposal.figures["chosen_on"]["current"], proposal.figures["held_out"]["current"]
    assert (older["real"], newer["real"]) == (round(0.7 * 21), 21 - round(0.7 * 21))


def by_hand(votes, reach):
    """Labelled windows joined one by one: the slow twin of the places."""
    groups = []
    for vote in sorted(votes, key=lambda vote: vote.window):
        found = next((g for g in reversed(groups) if g[0] == vote.label), None)
        if found is not None and vote.window - found[1][-1] <= reach:
            found[1].append(vote.window)
        else:
            groups.append((vote.label, [vote.window]))
    return groups


def test_no_rule_within_the_bounds_is_better_on_the_older_labels(app, stream):
    """Against a grid that knows nothing of distances; a p limit that would silence the views is not proposed."""
    label_all(app, stream)
    history = app.tuning.history(TENANT, stream[0])
    older, _ = split(places(judged(app.feedback._store.votes.of_stream(TENANT, stream[0])), 5))

    def cost(rule):
        flagged = history.recounter.at(rule).flagged
        reals = [flagged[list(one.windows)].any() for one in older if one.label == "real"]
        false = [flagged[list(one.windows)].any() for one in older if one.label == "not_real"]
        return 3 * (1 - np.mean(reals)) + np.mean(false)

    chosen = best(history, older)
    allowed = bounds(history.rule)
    assert allowed.threshold[0] <= chosen.threshold <= allowed.threshold[1]
    assert allowed.alpha[0] <= chosen.alpha <= allowed.alpha[1]
    grid = product(np.linspace(*allowed.threshold, 11), np.linspace(5 / 121, allowed.alpha[1], 4))
    least = min(cost(Rule(threshold=float(t), alpha=float(a))) for t, a in grid)
    assert (
        cost(chosen) <= least + 0.08
    )  # at most twelve thresholds are tried: one place of twelve may be missed


@pytest.mark.parametrize(
    ("rule", "threshold", "alpha"),
    [
        (Rule(threshold=0.3, alpha=0.05), (0.225, 0.375), (0.0375, 0.0625)),
        (Rule(threshold=0.7, alpha=0.19), (0.525, 0.8), (0.1425, 0.2)),
        (Rule(threshold=0.12, alpha=0.0012), (0.1, 0.15), (0.001, 0.0015)),
        (Rule(threshold=0.05, alpha=0.5), (0.05, 0.05), (0.5, 0.5)),  # set by hand, outside: left alone
    ],
)
def test_limits_move_by_a_quarter_at_most_and_never_beyond_the_clamps(rule, threshold, alpha):
    found = bounds(rule)
    assert found.threshold == pytest.approx(threshold)
    assert found.alpha == pytest.approx(alpha)


def test_applying_changes_the_limits_with_a_reason_once_an_hour(app, stream, clock):
    stream_id, _ = stream
    label_all(app, stream)
    proposal = app.proposals.propose(TENANT, stream_id)
    with pytest.raises(CannotTune, match="reason"):
        app.proposals.apply(TENANT, proposal.id, reason=" ", by="olaf")
    done = app.proposals.apply(TENANT, proposal.id, reason="less noise", by="olaf")
    [change] = app.tuning.changes(TENANT, stream_id)
    assert (change.rule, change.reason, change.by) == (proposal.rule, "less noise", "olaf")
    assert (done.state, done.by, done.figures["change"]["id"]) == ("applied", "olaf", change.id)
    with pytest.raises(CannotPropose, match="was applied"):
        app.proposals.apply(TENANT, proposal.id, reason="again", by="olaf")
    assert app.proposals.ready(TENANT, stream_id).cool_until == clock.now() + timedelta(hours=1)
    second = propose_or_none(app, stream_id)
    if second is not None:
        with pytest.raises(CannotPropose, match="less than an hour ago"):
            app.proposals.apply(TENANT, second.id, reason="more", by="olaf")
    clock.advance(hours=1)
    assert app.proposals.ready(TENANT, stream_id).cool_until is None


def propose_or_none(app, stream_id):
    try:
        return app.proposals.propose(TENANT, stream_id)
    except CannotPropose:
        return None


def test_a_proposal_whose_limits_were_changed_meanwhile_is_not_applied(app, stream, clock):
    label_all(app, stream)
    proposal = app.proposals.propose(TENANT, stream[0])
    app.tuning.apply(TENANT, stream[0], Rule(threshold=0.55, alpha=0.05), reason="by hand", by="ann")
    clock.advance(hours=2)
    assert app.proposals.open(TENANT, stream[0]) is None
    with pytest.raises(CannotPropose, match="changed since"):
        app.proposals.apply(TENANT, proposal.id, reason="late", by="olaf")


def test_rejecting_and_snoozing_are_kept(app, stream, clock):
    label_all(app, stream)
    first = app.proposals.propose(TENANT, stream[0])
    with pytest.raises(CannotPropose, match="reason"):
        app.proposals.reject(TENANT, first.id, reason="", by="ann")
    app.proposals.reject(TENANT, first.id, reason="a release is coming", by="ann")
    with pytest.raises(CannotPropose, match="rejected less than an hour ago"):
        app.proposals.propose(TENANT, stream[0])
    clock.advance(hours=1)
    second = app.proposals.propose(TENANT, stream[0])
    until = clock.now() + timedelta(days=1)
    app.proposals.snooze(TENANT, second.id, until, by="ann")
    with pytest.raises(CannotPropose, match="snoozed until"):
        app.proposals.propose(TENANT, stream[0])
    assert {one.state for one in app.proposals.history(TENANT, stream[0])} == {"snoozed", "rejected"}
    clock.advance(days=2)
    third = app.proposals.propose(TENANT, stream[0])
    fourth = app.proposals.propose(TENANT, stream[0])
    assert app.proposals.get(TENANT, third.id).state == "withdrawn"
    assert app.proposals.open(TENANT, stream[0]) == fourth


def test_nothing_is_applied_by_itself_unless_that_is_switched_on(app, stream):
    stream_id, _ = stream
    label_all(app, stream)
    assert app.tuning.changes(TENANT, stream_id) == []
    assert app.proposals.auto_tune(TENANT, stream_id) is None


def test_a_stream_that_tunes_itself_says_by_whom_and_loses_nothing_called_real(app, stream):
    stream_id, _ = stream
    app.proposals.set_auto(TENANT, stream_id, True, by="olaf")
    assert app.proposals.ready(TENANT, stream_id).auto
    label_all(app, stream)
    [change] = app.tuning.changes(TENANT, stream_id)
    [applied] = [one for one in app.proposals.history(TENANT, stream_id) if one.state == "applied"]
    assert (change.by, change.rule) == ("system", applied.rule)
    assert change.reason.startswith("auto-tune: NCD 0.50 →")
    assert applied.figures["lost_count"] == 0
    logged = [row for row in app.audit.export(TENANT) if row["actor"] == "system"]
    assert [row["object_kind"] for row in logged][-1:] == ["proposal"]
    assert applied.id in {row["object_id"] for row in logged}
    app.proposals.set_auto(TENANT, stream_id, False, by="olaf")
    assert not app.proposals.ready(TENANT, stream_id).auto


def test_the_outcome_is_counted_from_windows_judged_after_the_change(app, stream, clock):
    stream_id, _ = stream
    label_all(app, stream)
    proposal = app.proposals.propose(TENANT, stream_id)
    app.proposals.apply(TENANT, proposal.id, reason="less noise", by="olaf")
    assert app.proposals.history(TENANT, stream_id)[0].measured is None
    payloads, _ = noisy(3_000, 47)
    app.receive(TENANT, stream_id, as_events(payloads, first=9_000))
    app.advance(TENANT, stream_id)
    found = app.proposals.history(TENANT, stream_id)[0].measured
    after = [row for row in app.queries.anomalies(TENANT, stream_id, limit=2000) if row.last_seq > 9_000]
    assert (found["flagged"], found["windows"]) == (len(after), 1_500)
    assert found["per_1000"] == 1000 * len(after) / 1_500
    assert found["whole"] is False
    history = app.tuning.history(TENANT, stream_id)
    ended = outcome(history, 9_000, 10_000)
    assert (ended["whole"], ended["windows"]) == (True, 500)
    assert outcome(history, 12_000, None) is None


def test_another_tenants_proposal_answers_like_one_that_is_not_there(app, stream):
    label_all(app, stream)
    proposal = app.proposals.propose(TENANT, stream[0])
    for tenant, one in (("other", proposal.id), (TENANT, "0" * 16)):
        assert app.proposals.get(tenant, one) is None
        for act in (
            lambda t=tenant, o=one: app.proposals.apply(t, o, reason="x", by="eve"),
            lambda t=tenant, o=one: app.proposals.reject(t, o, reason="x", by="eve"),
        ):
            with pytest.raises(NotFound):
                act()
    for act in (app.proposals.propose, app.proposals.ready, app.proposals.history):
        with pytest.raises(NotFound):
            act("other", stream[0])
    with pytest.raises(NotFound):
        app.proposals.set_auto("other", stream[0], True, by="eve")
    assert app.proposals.open("other", stream[0]) is None
