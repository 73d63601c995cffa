"""Consequences of other limits, from what is stored of a stream."""

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from streams import with_burst

from driftlock.errors import NotFound
from driftlock.model import moment
from driftlock.services.records import anomaly_id
from driftlock.services.series_plan import METHOD
from driftlock.services.tuning_alarms import Alarms
from driftlock.services.tuning_changes import CannotTune
from driftlock.services.tuning_figures import wilson
from driftlock_core.incidents import incidents
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from driftlock_core.repeats import Repeats

TENANT, READER = "demo", "reader"
START_US, SECOND_US = 1_767_600_000_000_000, 1_000_000
SMALL = replace(BALANCED, baseline=80, window=10, hop=2, references=120)
WIDER = Rule(threshold=0.15, alpha=0.15)


def test_the_rule_in_force_gives_what_was_detected(app, history):
    figures = app.tuning.figures(history, history.rule)
    assert figures.flagged == history.stream.flagged > 0
    assert figures.incidents == history.stream.incidents
    assert figures.expected == pytest.approx(history.stream.expected_by_chance)
    assert (figures.tested, figures.unknown) == (len(history.columns.window), 0)
    assert history.rule == Rule.of(BALANCED)


def test_figures_a_day_go_by_the_times_of_the_events(app, history):
    """Two events to a window, one a second: 43,200 windows a day."""
    assert history.windows_per_day == pytest.approx(43_200)
    assert history.days == pytest.approx(history.windows / 43_200)
    figures = app.tuning.figures(history, WIDER)
    assert figures.alarms_per_day == pytest.approx(figures.flagged / history.days)
    assert figures.incidents_per_day == pytest.approx(figures.incidents / history.days)
    assert figures.expected_per_day == pytest.approx(figures.expected / history.days)
    assert figures.alarms_per_1000 == pytest.approx(1000 * figures.flagged / history.windows)
    assert figures.detections_per_month == math.ceil(figures.incidents * 365.25 / 12 / history.days)


def test_without_times_nothing_is_said_about_a_day(app, run_text):
    """A file whose lines name no times was received at once: its rate is not known."""
    run_id = run_text(b"\n".join(with_burst(1200, 33, start=700, stop=760)))
    app.work()
    (stream_id,) = app.queries.run(TENANT, run_id).stream_ids
    history = app.tuning.history(TENANT, stream_id)
    assert history.windows > 0
    assert (history.windows_per_day, history.days) == (None, None)
    figures = app.tuning.figures(history, history.rule)
    assert figures.alarms_per_day is figures.expected_per_day is figures.detections_per_month is None
    assert figures.alarms_per_1000 == pytest.approx(1000 * figures.flagged / figures.tested)
    assert not app.tuning.curve(history, 0.3).per_day
    answer = app.tuning.rule_for_budget(history, 5, 0.3)
    assert answer.rule is None
    assert "name no times" in answer.sentence


def test_incidents_are_those_of_windows_that_overlap_or_touch(app, history):
    changed = app.tuning.changed(history, history.rule, WIDER)
    flagged = changed.candidate
    columns = history.columns
    rows = zip(columns.window, columns.extra["first_seq"], columns.last_seq, strict=True)
    expected = incidents(tuple(map(int, row)) for row, one in zip(rows, flagged, strict=True) if one)
    assert app.tuning.figures(history, WIDER).incidents == len(expected) > 1


def test_chance_share_is_capped_and_undefined_where_nothing_is_flagged(app, history):
    quiet = app.tuning.figures(history, Rule(threshold=9.0, alpha=0.05))
    assert (quiet.flagged, quiet.incidents, quiet.chance_share) == (0, 0, None)
    wide = app.tuning.figures(history, WIDER)
    assert wide.chance_share == min(1.0, wide.expected / wide.flagged)


def test_a_range_takes_the_windows_seen_in_it_and_counts_against_all_before(app, history):
    middle = moment(START_US + 600 * SECOND_US)
    stream_id = history.stream.id
    late = app.tuning.history(TENANT, stream_id, since=middle)
    early = app.tuning.history(TENANT, stream_id, until=middle)
    assert early.windows + late.windows == history.windows
    assert late.columns.extra["seen_us"].min() == START_US + 600 * SECOND_US + SECOND_US
    both = [app.tuning.figures(part, WIDER) for part in (early, late)]
    whole = app.tuning.figures(history, WIDER)
    assert sum(one.flagged for one in both) == whole.flagged
    assert sum(one.expected for one in both) == pytest.approx(whole.expected)
    nothing = app.tuning.history(TENANT, stream_id, since=middle + timedelta(days=9))
    assert app.tuning.figures(nothing, WIDER).tested == 0
    assert app.tuning.gate_notice(nothing, WIDER) is None
    assert app.tuning.calibration(nothing).verdict == "too few windows to say"


def test_held_out_is_the_last_thirty_percent(app, history):
    first, last = app.tuning.held_out(history)
    assert first.windows == round(0.7 * history.windows)
    assert (first.stop, last.stop) == (last.first, history.stop)


def test_changed_windows_name_their_records_where_there_are_some(app, history):
    stricter = Rule(threshold=0.6, alpha=0.05)
    changed = app.tuning.changed(history, history.rule, stricter)
    columns = history.columns
    recorded = {row.window: row.id for row in app.queries.anomalies(TENANT, history.stream.id, limit=1000)}
    assert len(changed.lost) > 0
    assert sorted([*changed.lost.window.tolist(), *changed.kept.window.tolist()]) == sorted(recorded)
    assert changed.lost.anomaly_ids == tuple(recorded[window] for window in changed.lost.window.tolist())
    assert recorded[changed.kept.window[0]] == anomaly_id(history.stream.id, int(changed.kept.window[0]))
    gained = app.tuning.changed(history, history.rule, WIDER).gained
    assert len(gained) > 0
    assert set(gained.anomaly_ids) == {None}
    assert gained.ncd.tolist() == columns.ncd[gained.window].tolist()
    assert (gained.p <= WIDER.alpha).all()
    assert (gained.distance >= WIDER.threshold).all()


def test_the_map_puts_flagged_windows_within_both_limits_and_no_others(app, history):
    found = app.tuning.map(history, WIDER)
    within = (found.distance >= WIDER.threshold) & (found.p <= WIDER.alpha)
    assert found.flagged.tolist() == within.tolist()
    assert found.flagged.any()


def test_labels_count_places_not_the_windows_of_one_fault(app, history):
    """A place is kept if one of its windows is flagged; the interval rests on places. Two faults, many windows."""
    rows = app.queries.anomalies(TENANT, history.stream.id, order="newest", limit=1000)
    spans = {row.window: (row.window, row.first_seq, row.last_seq) for row in rows}
    faults = sorted(incidents(spans[window] for window in sorted(spans)), key=lambda one: -len(one.windows))
    real, not_real = faults[0].windows, [window for one in faults[1:] for window in one.windows]
    assert len(real) > 3
    app.review.label(TENANT, [row.id for row in rows if row.window in real], "real", by=READER)
    app.review.label(TENANT, [row.id for row in rows if row.window in not_real], "not_real", by=READER)
    history = app.tuning.history(TENANT, history.stream.id)
    for rule in (history.rule, Rule(threshold=0.6, alpha=0.05), Rule(threshold=9.0, alpha=0.05)):
        flagged = set(np.flatnonzero(app.tuning.map(history, rule).flagged).tolist())
        figures = app.tuning.figures(history, rule)
        dropped = sum(flagged.isdisjoint(one.windows) for one in faults[1:])
        assert (figures.real_windows, figures.labelled_real) == (len(real), 1)
        assert figures.real_kept == (not flagged.isdisjoint(real))
        assert (figures.labelled_not_real, figures.not_real_dropped) == (len(faults) - 1, dropped)
        assert figures.real_kept_range == wilson(figures.real_kept, 1)
        assert figures.not_real_dropped_range == wilson(dropped, len(faults) - 1)


def test_limits_that_could_never_decide_are_refused_with_their_reason(app, history):
    with pytest.raises(CannotTune, match=r"alpha=0.0001 can never be reached"):
        app.tuning.figures(history, Rule(threshold=0.3, alpha=0.0001))


def test_what_is_missing_is_what_a_completing_job_fills(app, tuned_stream, bursts):
    stream_id = tuned_stream(bursts)
    history = app.tuning.history(TENANT, stream_id)
    missing = app.tuning.missing(history, WIDER)
    assert missing == app.tuning.figures(history, WIDER).unknown > 0
    beyond = Rule(threshold=0.05, alpha=0.15)
    assert not app.tuning.completable(beyond)
    assert app.tuning.missing(history, beyond) == 0 < app.tuning.figures(history, beyond).unknown
    app.complete(TENANT, stream_id)
    history = app.tuning.history(TENANT, stream_id)
    assert app.tuning.missing(history, WIDER) == app.tuning.figures(history, WIDER).unknown == 0


def test_a_history_is_kept_until_something_of_it_changes(app, tuned_stream, bursts):
    stream_id = tuned_stream(bursts)
    first = app.tuning.history(TENANT, stream_id)
    assert app.tuning.history(TENANT, stream_id).every is first.every
    row = app.queries.anomalies(TENANT, stream_id)[0]
    app.review.label(TENANT, [row.id], "real", by=READER)
    labelled = app.tuning.history(TENANT, stream_id)
    assert np.flatnonzero(labelled.labelled("real")).tolist() == [row.window]
    app.complete(TENANT, stream_id)
    filled = app.tuning.history(TENANT, stream_id)
    assert filled.every is not labelled.every
    app.tuning.apply(TENANT, stream_id, WIDER, reason="see more", by=READER)
    assert app.tuning.history(TENANT, stream_id).rule == WIDER


def test_the_caption_says_that_baselines_were_kept(app, history):
    caption = app.tuning.caption(history)
    assert f"{history.windows} windows" in caption
    assert "baselines as they were" in caption


def test_another_tenants_stream_looks_like_none_and_series_are_refused(app, tuned_stream, bursts):
    stream_id = tuned_stream(bursts)
    with pytest.raises(NotFound, match=f"There is no stream {stream_id}"):
        app.tuning.history("other", stream_id)
    app._store.streams.configure(TENANT, stream_id, {"method": METHOD})  # refused: the stream has begun
    numbers = app.create_stream(TENANT, name="cpu", kind="metrics", profile=BALANCED)
    app._store.streams.configure(TENANT, numbers, {"method": METHOD})
    for verb in (
        lambda: app.tuning.history(TENANT, numbers),
        lambda: app.tuning.apply(TENANT, numbers, WIDER, reason="x", by=READER),
    ):
        with pytest.raises(CannotTune, match="judged one by one"):
            verb()


def test_a_stream_that_warms_up_has_nothing_to_count(app):
    stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=SMALL)
    history = app.tuning.history(TENANT, stream_id)
    figures = app.tuning.figures(history, WIDER)
    assert (figures.tested, figures.flagged, figures.expected, figures.unknown) == (0, 0, 0.0, 0)
    assert figures.alarms_per_day is figures.alarms_per_1000 is figures.chance_share is None
    assert len(app.tuning.map(history).window) == len(app.tuning.changed(history, WIDER, WIDER).kept) == 0
    assert app.tuning.curve(history, 0.3).flagged.tolist() == [0.0] * len(
        app.tuning.curve(history, 0.3).alphas
    )
    assert app.tuning.calibration(history).verdict == "too few windows to say"
    assert app.tuning.rule_for_budget(history, 1, 0.3).sentence.startswith("This range has no window")
    assert app.tuning.gate_notice(history, WIDER) is None


def test_the_streams_of_a_run_past_its_time_are_gone(app, run_text, clock):
    run_id = run_text(b"\n".join(with_burst(1200, 33, start=700, stop=760)))
    app.work()
    (stream_id,) = app.queries.run(TENANT, run_id).stream_ids
    assert app.tuning.history(TENANT, stream_id).windows > 0
    clock.advance(hours=25)
    with pytest.raises(NotFound):
        app.tuning.history(TENANT, stream_id)


def test_repeats_and_gap_count_alarms_and_incidents_of_the_same_flags(app, history):
    """Counted by hand from the flags; a budget is met by what chance is said to raise of alarms."""
    how = Alarms(repeats=Repeats(least=8, last=10), gap=3)
    plain, figures = app.tuning.figures(history, WIDER), app.tuning.figures(history, WIDER, how=how)
    flagged = app.tuning.map(history, WIDER).flagged
    raised = [at for at in np.flatnonzero(flagged) if flagged[max(0, at - 9) : at + 1].sum() >= 8]
    columns = history.columns
    spans = [(at, int(columns.extra["first_seq"][at]), int(columns.last_seq[at])) for at in raised]
    assert 0 < figures.alarms == len(raised) < figures.flagged == plain.flagged
    assert figures.incidents == len(incidents(spans, gap=3 * history.profile.window))
    assert figures.expected < plain.expected
    assert figures.price == plain.price  # a bill goes by flags
    changed = app.tuning.changed(history, WIDER, WIDER, (Alarms(), how))
    assert sorted([*changed.kept.window, *changed.lost.window]) == np.flatnonzero(flagged).tolist()
    assert changed.kept.window.tolist() == raised
    answer = app.tuning.rule_for_budget(history, plain.expected_per_day, WIDER.threshold, how)
    single = app.tuning.rule_for_budget(history, plain.expected_per_day, WIDER.threshold)
    assert answer.rule.alpha >= single.rule.alpha
    never = app.tuning.rule_for_budget(history, 0.01, WIDER.threshold, how)
    assert never.rule is None
    assert "with 8 of the last 10 windows asked for" in never.sentence


def test_suppressed_patterns_are_left_out_of_all_counts_but_the_bill(app, history):
    """Only windows that were flagged when judged have a pattern; chance is not taken off."""
    stream_id = history.stream.id
    rows = app.queries.anomalies(TENANT, stream_id, limit=1000)
    app.review.suppress(TENANT, rows[0].id, until=None, by=READER)
    alike = {row.window for row in rows if row.pattern == rows[0].pattern}
    without = app.tuning.history(TENANT, stream_id, without_suppressed=True)
    assert set(np.flatnonzero(without.left_out).tolist()) == alike
    every, fewer = (app.tuning.figures(one, history.rule) for one in (history, without))
    assert (fewer.left_out, fewer.flagged) == (len(alike), every.flagged - len(alike))
    assert (fewer.expected, fewer.price) == (every.expected, every.price)
    assert app.tuning.history(TENANT, stream_id).left_out is None
