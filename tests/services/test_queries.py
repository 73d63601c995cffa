import io

import numpy as np
import pytest

from driftlock.errors import NotFound
from driftlock_core.profiles import BALANCED

TENANT = "demo"


def test_the_strongest_come_first_or_the_newest(judged):
    app, stream_id = judged
    strongest = app.queries.anomalies(TENANT, stream_id, order="strongest", limit=1000)
    newest = app.queries.anomalies(TENANT, stream_id, order="newest", limit=1000)
    levels = ["low", "medium", "high"]
    strength = [(levels.index(row.severity), row.extra_bits) for row in strongest]
    assert strength == sorted(strength, reverse=True)
    assert [row.window for row in newest] == sorted((row.window for row in strongest), reverse=True)
    assert len(newest) == app.queries.stream(TENANT, stream_id).flagged > 5


def test_pages_of_a_list_join_without_overlap(judged):
    app, stream_id = judged
    whole = app.queries.anomalies(TENANT, stream_id, limit=1000)
    pages = [app.queries.anomalies(TENANT, stream_id, offset=at, limit=4) for at in range(0, len(whole), 4)]
    assert [row for page in pages for row in page] == whole


def test_one_can_walk_through_all_anomalies_of_a_stream(judged):
    app, stream_id = judged
    rows = app.queries.anomalies(TENANT, stream_id, order="newest", limit=1000)[::-1]
    walked = [app.queries.anomaly(TENANT, rows[0].id)]
    while walked[-1].next_id is not None:
        walked.append(app.queries.anomaly(TENANT, walked[-1].next_id))
    assert [anomaly.row for anomaly in walked] == rows
    assert [anomaly.position for anomaly in walked] == list(range(1, len(rows) + 1))
    assert {anomaly.total for anomaly in walked} == {len(rows)}
    assert [anomaly.previous_id for anomaly in walked] == [None, *(row.id for row in rows[:-1])]


def test_the_ordinary_range_holds_nine_windows_in_ten(judged):
    app, stream_id = judged
    low, high = app.queries.ordinary_range(TENANT, stream_id)
    scores = app.queries.scores(TENANT, stream_id).ncd
    assert 0.88 < np.mean((low <= scores) & (scores <= high)) < 0.92


def test_events_of_window_and_baseline_are_those_of_the_record(judged, burst):
    app, stream_id = judged
    row = app.queries.anomalies(TENANT, stream_id)[0]
    record = app.queries.anomaly(TENANT, row.id).record
    first, last, _ = record["evidence"]["epochs"][-1]
    window = app.queries.window_events(TENANT, row.id)
    baseline = app.queries.baseline_events(TENANT, row.id)
    assert [event.payload for event in window] == [e.payload for e in burst[row.first_seq - 1 : row.last_seq]]
    assert [event.seq for event in baseline] == list(range(first, last + 1))
    assert {event.service for event in baseline} == {"api"}
    assert app.queries.stored(TENANT, stream_id, 7, 8) == {7: burst[6].payload, 8: burst[7].payload}


@pytest.fixture(scope="module")
def ids(judged):
    """Ids of a run, a stream and an anomaly of tenant "demo", and the app that holds them."""
    app, stream_id = judged
    run_id = app.start_run(
        TENANT, source="paste", name="x", open_source=lambda: io.BytesIO(b"x"), profile=BALANCED
    )
    return app, run_id, stream_id, app.queries.anomalies(TENANT, stream_id)[0].id


UNKNOWN = "0123456789abcdef"
BY_RUN = {
    "run": lambda app, tenant, run_id: app.queries.run(tenant, run_id),
    "streams": lambda app, tenant, run_id: app.queries.streams(tenant, run_id),
}
BY_STREAM = {
    "stream": lambda app, tenant, stream_id: app.queries.stream(tenant, stream_id),
    "scores": lambda app, tenant, stream_id: app.queries.scores(tenant, stream_id).ncd.tolist(),
    "ordinary_range": lambda app, tenant, stream_id: str(app.queries.ordinary_range(tenant, stream_id)),
    "anomalies": lambda app, tenant, stream_id: app.queries.anomalies(tenant, stream_id),
    "stored": lambda app, tenant, stream_id: app.queries.stored(tenant, stream_id, 1, 9),
}
BY_ANOMALY = {
    "anomaly": lambda app, tenant, anomaly_id: app.queries.anomaly(tenant, anomaly_id),
    "window_events": lambda app, tenant, anomaly_id: app.queries.window_events(tenant, anomaly_id),
    "baseline_events": lambda app, tenant, anomaly_id: app.queries.baseline_events(tenant, anomaly_id),
}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (query, place)
        for place, queries in enumerate((BY_RUN, BY_STREAM, BY_ANOMALY), start=1)
        for query in queries
    ],
)
def test_what_is_another_tenants_looks_like_what_does_not_exist(ids, query, place):
    ask = (BY_RUN | BY_STREAM | BY_ANOMALY)[query]
    app = ids[0]
    own = ask(app, TENANT, ids[place])
    assert ask(app, "other", ids[place]) == ask(app, TENANT, UNKNOWN)
    assert query == "streams" or own != ask(app, TENANT, UNKNOWN)


@pytest.mark.parametrize("verb", ["cancel_run", "delete_run"])
def test_another_tenant_cannot_touch_a_run(ids, verb):
    app, run_id, *_ = ids
    answers = []
    for tenant, of_run in (("other", run_id), (TENANT, UNKNOWN)):
        with pytest.raises(NotFound) as raised:
            getattr(app, verb)(tenant, of_run)
        answers.append(str(raised.value).replace(of_run, "…"))
    assert answers[0] == answers[1]
    assert app.queries.run(TENANT, run_id).state == "queued"


@pytest.mark.parametrize("verb", ["receive", "advance", "complete"])
def test_another_tenant_cannot_touch_a_stream(ids, burst, verb):
    app, _, stream_id, _ = ids
    before = app.queries.stream(TENANT, stream_id)
    for tenant, of_stream in (("other", stream_id), (TENANT, UNKNOWN)):
        arguments = (tenant, of_stream, burst[:1]) if verb == "receive" else (tenant, of_stream)
        with pytest.raises(NotFound, match=f"^There is no stream {of_stream}.$"):
            getattr(app, verb)(*arguments)
    assert app.queries.stream(TENANT, stream_id) == before


def test_runs_of_another_tenant_are_not_listed(ids):
    app, run_id, *_ = ids
    assert [run.id for run in app.queries.runs(TENANT)] == [run_id]
    assert app.queries.runs("other") == []
