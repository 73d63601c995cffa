import json
from datetime import datetime

import pytest

from driftlock.model import Event
from driftlock.ports import FlaggedWindow
from driftlock.services.records import disjoint_in_a_row, verdict_of
from driftlock_core.describe import Description
from driftlock_core.detector import detect
from driftlock_core.incidents import incidents
from driftlock_core.profiles import BALANCED
from driftlock_core.severity import severity
from driftlock_core.window_views.catalogue import COLUMN
from driftlock_core.window_views.findings import unit_of

TENANT = "demo"


@pytest.fixture(scope="module")
def anomalies(judged):
    app, stream_id = judged
    rows = app.queries.anomalies(TENANT, stream_id, limit=1000)
    rows.sort(key=lambda row: row.window)
    return [app.queries.anomaly(TENANT, row.id) for row in rows]


def test_a_record_holds_the_verdict_as_the_engine_gave_it(anomalies, burst):
    verdicts = detect(
        [event.payload for event in burst], BALANCED, times=[event.at_us for event in burst]
    ).verdicts
    assert [verdict_of(anomaly.record) for anomaly in anomalies] == list(verdicts)


def test_a_record_holds_all_that_stands_beside_the_verdict(anomalies, judged):
    _, stream_id = judged
    for anomaly in anomalies:
        record = anomaly.record
        description = Description.from_record(record["description"])
        assert record["stream"] == stream_id
        assert record["novelty"] == description.novelty
        assert record["ncd_textbook"] == description.ncd_textbook
        assert record["ratio_change"] == description.ratio_change
        assert record["entropy_bits_per_byte"] == description.entropy_bits_per_byte
        assert len(description.event_bits) == BALANCED.window
        assert set(record["explanation"]) == {"sentence", "paragraph", "method"}
        assert record["explanation"]["sentence"] == anomaly.row.sentence
        assert "**api**" in anomaly.row.sentence
        assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_a_record_of_the_views_names_what_each_found(anomalies):
    """One finding for each view, with the value that the evidence holds, and the sentence names them."""
    by_views = [anomaly for anomaly in anomalies if anomaly.record["decided_by"] == "views"]
    assert by_views
    for anomaly in by_views:
        record = anomaly.record
        findings = Description.from_record(record["description"]).findings
        assert [finding.view for finding in findings] == record["views"] == list(anomaly.row.views)
        for finding in findings:
            unit = unit_of(finding.statistic, record["evidence"]["views"]["usual_us"])
            assert (
                round(finding.value * unit)
                == record["evidence"]["views"]["values"][COLUMN[finding.statistic]]
            )
        assert "stands out by its" in anomaly.row.sentence
    for anomaly in anomalies:
        assert bool(anomaly.record["description"]["findings"]) == (anomaly.record["decided_by"] == "views")


def test_times_are_those_of_the_first_and_last_event(anomalies, burst):
    for anomaly in anomalies:
        row, record = anomaly.row, anomaly.record
        assert row.first_at.timestamp() * 1e6 == burst[row.first_seq - 1].at_us
        assert datetime.fromisoformat(record["last_at"]) == row.last_at
        assert record["first_at"].endswith("Z")


def test_the_ordinary_range_is_that_of_the_windows_ranked_among(anomalies):
    """One past window in twenty lies below it, one above."""
    for anomaly in anomalies:
        verdict = verdict_of(anomaly.record)
        start, stop = verdict.evidence.p_span
        scale = max(verdict.evidence.c_window, verdict.cbar)
        past = sorted((size - verdict.mu) / scale for size in verdict.evidence.history[start:stop])
        low, high = anomaly.record["ordinary_range"]
        outside = (len(past) - 1) // 20
        assert past[outside] <= low <= past[outside + 1]
        assert past[-outside - 2] <= high <= past[-outside - 1]


def test_windows_a_day_follow_from_the_times_of_the_events(anomalies):
    """An event a second and a window every ten events: 8,640 windows a day."""
    assert {round(anomaly.record["windows_per_day"], 6) for anomaly in anomalies} == {8640}


def test_incidents_are_numbered_through_the_stream(anomalies):
    groups = incidents((a.row.window, a.row.first_seq, a.row.last_seq) for a in anomalies)
    numbers = {window: number for number, group in enumerate(groups, 1) for window in group.windows}
    assert len(groups) >= 2
    assert [anomaly.row.incident for anomaly in anomalies] == list(numbers.values())


def test_severity_steps_up_with_the_third_disjoint_window(anomalies):
    longest = [anomaly for anomaly in anomalies if anomaly.row.incident == 1]
    windows = [FlaggedWindow(a.row.window, a.row.first_seq, a.row.last_seq) for a in longest]
    expected = [
        severity(
            anomaly.row.extra_bits,
            anomaly.record["mu"],
            disjoint_in_a_row(windows[:count]),
            [finding["beyond"] for finding in anomaly.record["description"]["findings"]],
        )
        for count, anomaly in enumerate(longest, start=1)
    ]
    assert [anomaly.row.severity for anomaly in longest] == expected
    assert disjoint_in_a_row(windows) >= 2


def test_without_times_there_is_no_rate_and_no_moment(app, fill, burst):
    stream_id = fill(app, [Event(event.payload, "logs", event.key) for event in burst[:1400]])
    app.advance(TENANT, stream_id)
    row = app.queries.anomalies(TENANT, stream_id)[0]
    record = app.queries.anomaly(TENANT, row.id).record
    assert (row.first_at, row.last_at) == (None, None)
    assert (record["first_at"], record["windows_per_day"]) == (None, None)
    assert set(app.queries.scores(TENANT, stream_id).last_at_us.tolist()) == {-1}
