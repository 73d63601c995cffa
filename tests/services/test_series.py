"""Metrics of a run judged as series: what is chosen, what is kept, and that it comes out again."""

import doctest
import importlib
import json

import numpy as np
import pytest
from made_numbers import JUMP, long, otlp, prometheus, rows, two_columns, wide

from driftlock.errors import NotFound
from driftlock.model import Event
from driftlock.services import analysis
from driftlock.services.advance_series import advance_series
from driftlock.services.lease import StreamBusy
from driftlock.services.series_plan import MOST_SERIES, SeriesCounts, SeriesPlan, choose, plan, warmup_of
from driftlock_core.errors import NotRecomputable
from driftlock_core.profiles import BALANCED

TENANT = "demo"


@pytest.fixture
def run_numbers(app, run_text):
    """The finished run on the given bytes and its stream."""

    def done(data, *, name="cpu.csv", tenant=TENANT, **options):
        run_id = run_text(data, name=name, tenant=tenant, options=options)
        assert app.work()
        [stream] = app.queries.streams(tenant, run_id)
        return app.queries.run(tenant, run_id), stream

    return done


@pytest.mark.parametrize("module", ["series_plan", "series_records"])
def test_examples_in_docstrings_give_what_they_print(module):
    failed, tried = doctest.testmod(importlib.import_module(f"driftlock.services.{module}"))
    assert failed == 0 < tried


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (wide(), ["cpu", "mem"]),
        (long(), ["cpu", "mem"]),
        (two_columns(), ["value"]),
        (otlp(), ["cpu", "requests"]),
        (prometheus(), ["cpu{host=a}", "mem{host=a}"]),
    ],
    ids=["wide CSV", "JSON lines", "two columns", "OTLP", "Prometheus"],
)
def test_every_form_of_metrics_becomes_its_series_and_the_jump_is_found(app, run_numbers, data, names):
    """One series for each measure; the jump of the first is flagged with the value that came."""
    run, stream = run_numbers(data)
    assert (run.state, run.error) == ("done", None)
    assert run.options["numbers_note"].startswith("judged as series of numbers")
    assert list(app.series.plan(stream).warmups) == names
    assert stream.windows == sum(900 - warmup_of(900) for _ in names)
    found = {(row.series, row.record): row for row in app.series.anomalies(TENANT, stream.id)}
    assert found[names[0], JUMP].value == 90.0
    assert found[names[0], JUMP].severity == "high"
    assert stream.flagged == len(found)


def test_an_anomaly_that_goes_on_ends_once_no_more_will_come(app, run_numbers):
    """Judged while more might come, up to the middle of the jump; then told that nothing will: as in one go."""
    _, whole = run_numbers(wide(JUMP + 10))
    expected = [(row.record, row.last_record) for row in app.series.anomalies(TENANT, whole.id)]
    events = [
        Event(payload, "metrics", at.to_bytes(8, "big"), None, None)
        for at, payload in enumerate(app.queries.stored(TENANT, whole.id, 1, JUMP + 10).values())
    ]
    grown = app.create_stream(TENANT, name="cpu.csv", kind="metrics", profile=BALANCED)
    app._store.streams.configure(TENANT, grown, whole.configuration)
    app.receive(TENANT, grown, events)
    advance_series(app._store, app._clock, TENANT, grown, ends=False)
    before = app.queries.stream(TENANT, grown)
    assert before.flagged < whole.flagged
    for _ in range(2):  # a second time there is nothing left to end
        assert advance_series(app._store, app._clock, TENANT, grown) == 0
        after = app.queries.stream(TENANT, grown)
        assert (after.flagged, after.incidents, after.windows) == (
            whole.flagged,
            whole.incidents,
            whole.windows,
        )
        assert [(row.record, row.last_record) for row in app.series.anomalies(TENANT, grown)] == expected


def test_points_are_the_values_as_they_came_with_their_events(app, run_numbers):
    """Nothing is smoothed or left out, and the expected range lies behind the warm-up."""
    _, stream = run_numbers(wide())
    points = app.series.points(TENANT, stream.id, "mem")
    assert points.value.tolist() == [mem for _, _, mem in rows()]
    assert points.seq.tolist() == list(range(1, 901))
    assert points.at_us.tolist() == [int(time.timestamp()) * 10**6 for time, _, _ in rows()]
    known = np.flatnonzero(~np.isnan(points.low))
    assert known.min() >= warmup_of(900)
    assert (points.low[known] <= points.high[known]).all()


def test_anomalies_of_one_time_are_one_incident_most_bits_first(app, run_numbers):
    """Both measures jump together, and each page names the other."""
    _, stream = run_numbers(wide())
    of_jump = [row for row in app.series.anomalies(TENANT, stream.id) if row.record == JUMP]
    assert {row.series for row in of_jump} == {"cpu", "mem"}
    first, second = (app.series.anomaly(TENANT, row.id) for row in of_jump)
    assert first.incident == second.incident
    assert first.together == second.together
    assert {row.id for row in of_jump} <= {row.id for row in first.together}
    assert [row.bits for row in first.together] == sorted((row.bits for row in first.together), reverse=True)


def test_neighbours_lead_through_all_series(app, run_numbers):
    """From the first to the last, each anomaly once."""
    _, stream = run_numbers(wide())
    rows_ = app.series.anomalies(TENANT, stream.id, order="newest")
    place = app.series.anomaly(TENANT, rows_[-1].id)
    while place.previous_id:
        place = app.series.anomaly(TENANT, place.previous_id)
    walked = [place.row.id]
    while place.next_id:
        place = app.series.anomaly(TENANT, place.next_id)
        walked.append(place.row.id)
    assert sorted(walked) == sorted(row.id for row in rows_)
    assert (place.position, place.total) == (len(rows_), len(rows_))


@pytest.mark.parametrize("data", [wide(), long(), otlp(), prometheus()], ids=["wide", "long", "otlp", "text"])
def test_every_record_is_computed_again_from_the_stored_events(app, run_numbers, data):
    _, stream = run_numbers(data)
    found = app.series.anomalies(TENANT, stream.id)
    assert found
    for row in found:
        outcome = app.series.replay(TENANT, row.id)
        assert outcome.identical, outcome.differences


def test_slabs_and_restarts_change_nothing(app, run_text):
    """Cut into slabs of 130 events, each by a program that was started anew, the same is found and kept."""
    run_text(wide(), name="whole.csv")
    assert app.work()
    run_text(wide(), name="cut.csv", tenant="other")
    [run] = app.queries.runs(TENANT)
    [whole] = app.queries.streams(TENANT, run.id)

    class Stop(Exception):
        pass

    def stop(_):
        raise Stop

    # The second run is read and planned, and then cut off at its first slab, again and again.
    def one_slab(store, clock, tenant, stream_id, *, on_slab):
        ended = 0
        while True:
            try:
                advance_series(store, clock, tenant, stream_id, slab_events=130, on_slab=stop)
                break
            except Stop:
                ended += 1
        assert ended == 7
        on_slab(900)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "advance_series", one_slab)
        assert app.work()
    [other] = app.queries.runs("other")
    [cut] = app.queries.streams("other", other.id)
    assert (cut.windows, cut.flagged, cut.incidents) == (whole.windows, whole.flagged, whole.incidents)

    def shown(tenant, stream):
        return [
            (row.series, row.record, row.last_record, row.first_seq, row.last_seq, row.bits, row.last_at)
            for row in app.series.anomalies(tenant, stream.id)
        ]

    assert shown("other", cut) == shown(TENANT, whole)
    for series in ("cpu", "mem"):
        a, b = app.series.points(TENANT, whole.id, series), app.series.points("other", cut.id, series)
        assert a.value.tolist() == b.value.tolist()
        assert a.score.tolist() == b.score.tolist()
        assert np.array_equal(a.low, b.low, equal_nan=True)


def test_only_one_advances_a_stream(app, run_numbers, clock):
    _, stream = run_numbers(wide())
    app._store.detections.claim(
        TENANT, stream.id, "another", now=clock.now(), until=clock.now().replace(year=2027)
    )
    with pytest.raises(StreamBusy):
        advance_series(app._store, clock, TENANT, stream.id)


def test_as_text_on_request(app, run_numbers):
    """The override is obeyed, said, and leaves no series."""
    run, stream = run_numbers(wide(), judge_numbers="text")
    assert run.options["numbers_note"] == "judged as text, as asked for"
    assert app.series.plan(stream) is None
    assert app.series.incidents(TENANT, stream.id) == {}
    assert len(app.queries.scores(TENANT, stream.id).window) == stream.windows > 0


def test_too_few_numbers_are_judged_as_text_and_the_reason_is_said(app, run_numbers):
    """Ninety-nine rows hold no series of a hundred; text needs forty-five events."""
    run, stream = run_numbers(wide(99))
    assert app.series.plan(stream) is None
    assert run.options["numbers_note"] == (
        "judged as text: only 0 of 198 numbers belong to a series of 100 numbers or more"
    )
    assert stream.windows > 0


def test_three_records_are_too_few_for_anything(app, run_numbers):
    run, _ = run_numbers(wide(3))
    assert run.state == "failed"
    assert "3 events; at least 45 are needed" in run.error


def test_series_on_request_still_need_numbers(app, run_numbers):
    """A hundred rows of words are text, whatever is asked for."""
    data = b"timestamp,value\n" + b"".join(b"2026-01-05 10:%02d:00,high\n" % (at % 60) for at in range(100))
    run, stream = run_numbers(data, judge_numbers="series")
    if stream.kind == "metrics":
        assert "hold no number" in run.options["numbers_note"]
    assert app.series.plan(stream) is None


@pytest.mark.parametrize("bad", ["", "n/a", "NaN", "high", "1e999"])
def test_a_value_that_is_no_number_is_a_gap_and_changes_no_neighbour(app, run_numbers, bad):
    """The record keeps its place; nothing is flagged there."""
    lines = two_columns().splitlines()
    lines[400] = b"2026-03-17 15:00:00," + bad.encode()
    _, stream = run_numbers(b"\n".join(lines))
    points = app.series.points(TENANT, stream.id, "value")
    assert np.isnan(points.value[399])
    assert points.score[399] == 0
    assert len(points.value) == 900
    assert (JUMP, 90.0) in [(row.record, row.value) for row in app.series.anomalies(TENANT, stream.id)]


def test_series_beyond_the_first_64_are_counted_and_said():
    """The first to appear are judged; the rest is named in the sentence of the plan."""
    head = [
        json.dumps({"time": "x", "metric": f"m{name}", "value": at * at % 7}).encode()
        for at in range(100)
        for name in range(MOST_SERIES - 4)
    ]
    assert choose(head, complete=True).reading is not None
    extra = [json.dumps({"time": "x", "metric": f"n{name}", "value": 1}).encode() for name in range(20)]
    counts = SeriesCounts(choose(head, complete=True).reading)
    counts.take([*head, *extra])
    made = plan(counts, "judged")
    assert len(made.warmups) == MOST_SERIES - 4
    assert "4 series of fewer than 100 numbers are not judged" in made.note
    assert "16 numbers of series beyond the first 64 are not judged" in made.note
    assert SeriesPlan.from_configuration(json.loads(json.dumps(made.configuration()))) == made


def test_another_tenant_sees_nothing(app, run_numbers):
    _, stream = run_numbers(wide())
    strongest = app.series.anomalies(TENANT, stream.id)[0].id
    assert app.series.anomalies("other", stream.id) == []
    assert app.series.anomaly("other", strongest) is None
    assert app.series.anomaly_record("other", strongest) is None
    assert app.series.incidents("other", stream.id) == {}
    for ask in (
        lambda: app.series.points("other", stream.id, "cpu"),
        lambda: app.series.replay("other", strongest),
        lambda: app.series.points(TENANT, stream.id, "disk"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_deleted_run_leaves_no_points_and_no_anomalies(app, run_numbers):
    run, stream = run_numbers(wide())
    strongest = app.series.anomalies(TENANT, stream.id)[0].id
    removed = app.delete_run(TENANT, run.id)
    assert removed.anomalies == stream.flagged
    assert app.series.anomaly(TENANT, strongest) is None
    assert len(app._store.series.points(TENANT, stream.id, 0).seq) == 0


def test_replay_says_so_where_the_events_are_gone(app, run_numbers):
    """A record without its events is not called identical."""
    _, stream = run_numbers(wide())
    strongest = app.series.anomalies(TENANT, stream.id)[0].id
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app._store.events, "after", lambda *_: [])
        with pytest.raises(NotRecomputable):
            app.series.replay(TENANT, strongest)


def test_a_cancelled_run_of_numbers_keeps_what_was_judged(app, run_text, clock):
    """Called off while it is analyzed, it ends as cancelled and shows no error."""
    run_id = run_text(wide())
    clock.when_read = lambda: (
        app.cancel_run(TENANT, run_id) if app.queries.run(TENANT, run_id).step == "analyzing" else None
    )
    assert app.work()
    assert app.queries.run(TENANT, run_id).state == "cancelled"


def test_completing_a_stream_of_series_has_nothing_to_fill_in(app, run_numbers):
    """There are no windows whose scores the gate left out."""
    _, stream = run_numbers(wide())
    assert app.complete(TENANT, stream.id) == 0
