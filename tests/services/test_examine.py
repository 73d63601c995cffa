import pytest
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.services.records import verdict_of
from driftlock.storage.connect import writing
from driftlock.storage.store import SqlStore
from driftlock_core.errors import NotRecomputable

TENANT = "demo"


@pytest.fixture
def strongest(judged):
    app, stream_id = judged
    row = app.queries.anomalies(TENANT, stream_id)[0]
    return app.examination, app.queries.anomaly(TENANT, row.id)


def test_event_costs_are_those_of_the_record(strongest, burst):
    examination, anomaly = strongest
    costs = examination.event_costs(TENANT, anomaly.row.id)
    assert [cost.event.seq for cost in costs] == list(range(anomaly.row.first_seq, anomaly.row.last_seq + 1))
    assert [cost.bits for cost in costs] == anomaly.record["description"]["event_bits"]
    dearest = max(costs, key=lambda cost: cost.bits)
    assert dearest.canonical.decode() == anomaly.record["description"]["top"][0]["text"]
    assert dearest.event.payload == burst[dearest.event.seq - 1].payload


def test_the_byte_map_covers_the_masked_window_without_a_gap(strongest):
    examination, anomaly = strongest
    runs = examination.byte_map(TENANT, anomaly.row.id).runs
    text = b"".join(cost.canonical + b"\n" for cost in examination.event_costs(TENANT, anomaly.row.id))
    baseline = examination.masked_baseline(TENANT, anomaly.row.id)
    assert [run.start for run in runs] == [0, *(run.stop for run in runs[:-1])]
    assert runs[-1].stop == len(text)
    for run in runs:
        if run.kind == "baseline":
            source = (baseline[run.source_event] + b"\n")[run.source_offset :]
            assert source.startswith(text[run.start : run.stop])
    assert {run.kind for run in runs} >= {"baseline", "new"}


def test_both_nulls_give_the_recorded_p_values(strongest):
    """Counting by hand what reached the observed value, the window itself included."""
    examination, anomaly = strongest
    null, record = examination.null(TENANT, anomaly.row.id), anomaly.record
    assert len(null.permuted) == record["permutations"]
    assert len(null.past) == record["m"]
    by_permutation = (null.permuted >= null.observed_permuted).sum()
    assert (1 + by_permutation) / (1 + len(null.permuted)) == record["p_perm"]
    by_past = (null.past >= null.observed_past).sum()
    assert (1 + by_past) / (1 + len(null.past)) == record["p_stream"]
    assert (null.past_ncd >= null.observed_past_ncd).sum() == by_past


def test_with_nothing_removed_the_window_is_as_recorded(strongest):
    examination, anomaly = strongest
    same = examination.what_if(TENANT, anomaly.row.id, [])
    assert (same.ncd, same.p, same.flagged) == (anomaly.row.ncd, anomaly.row.p, True)


def test_without_all_its_events_nothing_is_new(strongest):
    """Fifty times the same ordinary line: cheap to compress, and still an odd mix."""
    examination, anomaly = strongest
    row = anomaly.row
    outcome = examination.what_if(TENANT, row.id, range(row.first_seq, row.last_seq + 1))
    assert outcome.ncd < 0
    assert outcome.extra_bits < row.extra_bits
    assert outcome.views is None or outcome.views.views == ("counts",)


def test_an_event_outside_the_window_cannot_be_removed(strongest):
    examination, anomaly = strongest
    row = anomaly.row
    with pytest.raises(ValueError, match=f"event 3 is not in the window, {row.first_seq} to {row.last_seq}"):
        examination.what_if(TENANT, row.id, [row.first_seq, 3])


def test_leaving_one_out_says_what_each_event_adds(strongest):
    examination, anomaly = strongest
    row = anomaly.row
    removals = examination.leave_one_out(TENANT, row.id)
    assert [removal.seq for removal in removals] == list(range(row.first_seq, row.last_seq + 1))
    one = max(removals, key=lambda removal: removal.saved_bits)
    again = examination.what_if(TENANT, row.id, [one.seq])
    assert one.saved_bits == row.extra_bits - again.extra_bits > 0


def test_the_smallest_set_unflags_a_window(judged):
    """Among all anomalies of the stream; where there is a small set it does what it says."""
    app, stream_id = judged
    found = 0
    for row in app.queries.anomalies(TENANT, stream_id, limit=1000):
        smallest = app.examination.smallest_set(TENANT, row.id)
        if smallest.outcome is not None:
            found += 1
            assert app.examination.what_if(TENANT, row.id, smallest.seqs) == smallest.outcome
            assert not smallest.outcome.flagged
    assert found > 0


def test_a_replay_is_identical_for_every_anomaly(judged):
    app, stream_id = judged
    for row in app.queries.anomalies(TENANT, stream_id, limit=1000):
        assert app.examination.replay(TENANT, row.id).differences == ()


@pytest.fixture
def tampered(app, fill, burst):
    """A judged stream of which one stored event can be changed behind the application's back."""
    stream_id = fill(app, burst[:1400])
    app.advance(TENANT, stream_id)
    store = SqlStore(app.settings.database_url)

    def change(statement, **values):
        with writing(store.engine, TENANT) as connection:
            connection.execute(sa.text(statement), values | {"stream": stream_id})

    yield app, app.queries.anomalies(TENANT, stream_id)[0], change
    store.close()


def test_a_replay_names_what_differs_once_an_event_was_changed(tampered):
    app, row, change = tampered
    change(
        "UPDATE events SET payload = :payload WHERE stream_id = :stream AND seq = :seq",
        payload=b"nothing of the kind",
        seq=row.first_seq,
    )
    differences = {check.name for check in app.examination.replay(TENANT, row.id).differences}
    assert {"raw window digest", "canonical window digest", "S"} <= differences
    assert "raw baseline digest" not in differences


def test_a_replay_without_the_events_says_so(tampered):
    app, row, change = tampered
    change("DELETE FROM events WHERE stream_id = :stream AND seq = :seq", seq=row.last_seq)
    with pytest.raises(NotRecomputable, match=f"event {row.last_seq} "):
        app.examination.replay(TENANT, row.id)


def test_the_verdict_in_a_record_is_read_without_what_stands_beside_it(strongest):
    _, anomaly = strongest
    assert verdict_of(anomaly.record).as_record().keys() < anomaly.record.keys()


QUESTIONS = [
    "event_costs",
    "byte_map",
    "masked_baseline",
    "null",
    "leave_one_out",
    "smallest_set",
    "replay",
]


@pytest.mark.parametrize("question", [*QUESTIONS, "what_if"])
def test_nobody_examines_what_is_another_tenants(strongest, question):
    examination, anomaly = strongest
    arguments = ([],) if question == "what_if" else ()
    for tenant, anomaly_id in (("other", anomaly.row.id), (TENANT, "0123456789abcdef")):
        with pytest.raises(NotFound, match=f"^There is no anomaly {anomaly_id}.$"):
            getattr(examination, question)(tenant, anomaly_id, *arguments)
