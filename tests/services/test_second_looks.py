"""Fields, twins, jury and masks, asked of stored events."""

import pytest

from driftlock.errors import NotFound
from driftlock.services import context
from driftlock.services.records import verdict_of
from driftlock.services.trace_spans import span_of
from driftlock_core.jury import Known, jury
from driftlock_core.masking import Masker

TENANT = "demo"


@pytest.fixture
def strongest(judged):
    app, stream_id = judged
    row = app.queries.anomalies(TENANT, stream_id)[0]
    return app, app.queries.anomaly(TENANT, row.id)


def test_the_fields_add_up_to_the_recorded_size(strongest):
    app, anomaly = strongest
    report = app.examination.fields(TENANT, anomaly.row.id)
    assert report.total == 8 * anomaly.record["size"]
    assert sum(field.bits for field in report.fields) + report.overhead == pytest.approx(report.total)


def test_the_jury_hears_the_windows_before_this_one(strongest, burst):
    """Each as far from its baseline as the judged one, and the first baseline's own where these are few."""
    app, anomaly = strongest
    verdict, row = verdict_of(anomaly.record), anomaly.row
    canonical = [b"", *Masker().canonical([event.payload for event in burst])]
    first, last, _ = verdict.evidence.epochs[-1]

    def known(begin):
        behind = row.first_seq - first
        return Known(
            window=tuple(canonical[begin : begin + 50]),
            baseline=tuple(canonical[begin - behind : begin - behind + last - first + 1]),
        )

    past = [known(begin) for begin in range(row.first_seq - 50, row.first_seq - first, -50)]
    inside = [
        Known(
            window=tuple(canonical[start : start + 50]),
            baseline=(*canonical[1:start], *canonical[start + 50 : 401]),
        )
        for start in range(1, 401, 50)
    ]
    assert app.cross_checks.jury(TENANT, row.id) == jury(known(row.first_seq), [*past, *inside])


def test_the_masks_of_the_profile_say_what_the_record_says(strongest):
    app, anomaly = strongest
    report = app.cross_checks.xray(TENANT, anomaly.row.id)
    own = report.found[-1]
    assert report.agrees
    assert (own.size, own.usual_size) == (anomaly.record["size"], anomaly.record["mu"])
    assert own.p == pytest.approx(anomaly.record["p"])
    assert report.events <= anomaly.row.last_seq


def test_twins_are_events_of_the_baseline(strongest):
    app, anomaly = strongest
    seqs = [anomaly.row.first_seq, anomaly.row.last_seq]
    found = app.examination.twins(TENANT, anomaly.row.id, seqs)
    baseline = app.examination.masked_baseline(TENANT, anomaly.row.id)
    assert list(found) == seqs
    assert all(0 <= twin.index < len(baseline) for twin in found.values())
    with pytest.raises(ValueError, match="is not in the window"):
        app.examination.twins(TENANT, anomaly.row.id, [anomaly.row.last_seq + 1])


@pytest.mark.parametrize("anomaly_id", ["0123456789abcdef", None])
def test_another_tenants_window_is_not_found(strongest, anomaly_id):
    """By any of the questions; the same as an id nobody has."""
    app, anomaly = strongest
    asked, tenant = (anomaly_id, TENANT) if anomaly_id else (anomaly.row.id, "other")
    for question in (
        app.examination.fields,
        app.examination.templates,
        app.cross_checks.jury,
        app.cross_checks.xray,
        app.context.around,
        app.context.waterfall,
        app.context.numbers,
    ):
        with pytest.raises(NotFound):
            question(tenant, asked)


def test_neighbours_of_an_old_window_are_found_however_many_came_since(judged, monkeypatch):
    """No more are asked for than lie near, and those of the later burst are more."""
    app, stream_id = judged
    monkeypatch.setattr(context, "REACH_US", 0)
    monkeypatch.setattr(context, "REACH_WINDOWS", 5)
    rows = sorted(app.queries.anomalies(TENANT, stream_id, limit=1_000), key=lambda row: row.window)
    near = [row for row in rows if abs(row.window - rows[0].window) <= 5]
    monkeypatch.setattr(context, "MOST_NEIGHBOURS", len(near))
    assert 1 < len(near) <= len(rows) - len(near)
    assert list(app.context.around(TENANT, rows[0].id).neighbours) == near


@pytest.mark.parametrize("took", ["NaN", "1e999", "soon"])
def test_a_span_of_no_finite_length_is_none(took):
    assert span_of(0, b'{"trace_id":"a","span_id":"b","duration_ms":"%s"}' % took.encode(), 5) is None


def test_a_log_measures_nothing(strongest):
    """Its lines end in numbers, and are no measurements for all that."""
    app, anomaly = strongest
    assert app.context.numbers(TENANT, anomaly.row.id) == []
