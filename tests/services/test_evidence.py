"""Bundles built from what is stored."""

import json
from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest
from made_series import values
from streams import with_burst

from driftlock.bootstrap import open_app
from driftlock.errors import NotFound
from driftlock.evidence import POLICIES, verify_bytes
from driftlock.evidence.engine import with_engine
from driftlock.evidence.signing import FOLDER, KeyRing
from driftlock.evidence.verifier.archive import unpack
from driftlock.evidence.verifier.windows import lines_of
from driftlock.model import Event
from driftlock.services.acting import Actor
from driftlock.services.evidence import EvidenceBundles, EvidenceGone
from driftlock.services.series_queries import SeriesQueries
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED
from driftlock_core.series import READINGS
from tests.evidence.made_bundles import audit_rows

TENANT = "demo"
TIMELINE = [{"at": "2026-01-05T11:00:00+00:00", "what": "acknowledged", "by": "5f0c33d1a9b24e76"}]


@pytest.fixture
def first(judged):
    app, stream_id = judged
    return app, app.queries.anomalies(TENANT, stream_id, order="newest")[-1]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_anomaly_of_the_store_makes_a_bundle_that_verifies(judged, policy):
    app, stream_id = judged
    rows = app.queries.anomalies(TENANT, stream_id)
    assert rows
    for row in rows:
        bundle = app.evidence.build(TENANT, row.id, policy=policy, timeline=TIMELINE, audit=audit_rows())
        done = with_engine(verify_bytes(bundle.data), bundle.data)
        assert (done.exit_code, done.failures) == (0, ())
        assert bundle.recomputable == (policy != "digests")


def test_built_twice_is_the_same_to_the_byte_whenever_it_is_built(first, clock):
    """Nothing of the clock is in it."""
    app, row = first
    once = app.evidence.build(TENANT, row.id, timeline=TIMELINE, audit=audit_rows())
    clock.advance(days=3)
    again = app.evidence.build(TENANT, row.id, timeline=list(TIMELINE), audit=audit_rows())
    assert once.sha256 == again.sha256


def test_window_and_baseline_are_the_stored_events_as_the_detector_saw_them(first):
    app, row = first
    files, _ = unpack(app.evidence.build(TENANT, row.id, policy="full").data)
    stored = app.queries.window_events(TENANT, row.id)
    assert [line for _, _, line in lines_of(files["window_raw.ndjson"])] == [
        event.payload for event in stored
    ]
    costs = app.examination.event_costs(TENANT, row.id)
    assert [line for _, _, line in lines_of(files["window.ndjson"])] == [cost.canonical for cost in costs]
    assert [at for _, at, _ in lines_of(files["window.ndjson"])] == [event.at_us for event in stored]
    baseline = app.queries.baseline_events(TENANT, row.id)
    kept = {seq: line for seq, _, line in lines_of(files["baseline_raw.ndjson"])}
    assert all(kept[event.seq] == event.payload for event in baseline)


def test_the_preview_says_what_the_bundle_holds(first):
    app, row = first
    for policy in POLICIES:
        preview, bundle = (
            app.evidence.contents(TENANT, row.id, policy),
            app.evidence.build(TENANT, row.id, policy=policy),
        )
        held = {one.name: one.size for one in bundle.files}
        assert all(held[name] == size for name, size, _ in preview.files)
        assert (preview.recomputable, preview.statement) == (bundle.recomputable, bundle.statement)


def test_it_is_signed_by_the_active_key_and_by_nobody_without_one(app, fill, burst):
    stream_id = fill(app, burst[:1400])
    app.advance(TENANT, stream_id)
    row = app.queries.anomalies(TENANT, stream_id)[0]
    assert app.evidence.build(TENANT, row.id).key_id is None
    ring = KeyRing(app.settings.home / FOLDER)
    info = ring.new("2026-01-05")
    bundle = app.evidence.build(TENANT, row.id)
    assert bundle.key_id == info.key_id
    assert verify_bytes(bundle.data, keys=[ring.public(info.key_id).encode()]).guarantees[0].outcome == "PASS"
    assert app.evidence.build(TENANT, row.id, sign=False).key_id is None


def test_a_foreign_anomaly_and_an_unknown_one_look_the_same(first):
    app, row = first
    said = set()
    for tenant, anomaly_id in (("other", row.id), (TENANT, "0" * 16)):
        for ask in (app.evidence.build, app.evidence.contents):
            with pytest.raises(NotFound) as refused:
                ask(tenant, anomaly_id)
            said.add(str(refused.value).replace(anomaly_id, "…"))
    assert said == {"There is no anomaly …."}


def without_events_before(app, seq):
    """Evidence from a store that has forgotten the events before *seq*."""
    store = app._store
    events = SimpleNamespace(
        between=lambda *asked: [event for event in store.events.between(*asked) if event.seq >= seq],
        after=lambda *asked: [event for event in store.events.after(*asked) if event.seq >= seq],
    )
    left = SimpleNamespace(verdicts=store.verdicts, events=events, series=store.series)
    ring = KeyRing(app.settings.home / FOLDER)
    return EvidenceBundles(left, app.queries, SeriesQueries(left, app.queries), ring)


def test_what_retention_removed_makes_no_bundle_but_one_that_says_so(app, fill, burst):
    stream_id = fill(app, burst[:1400])
    app.advance(TENANT, stream_id)
    row = app.queries.anomalies(TENANT, stream_id)[0]
    evidence = without_events_before(app, row.first_seq + 1)
    for policy in ("full", "masked"):
        assert evidence.contents(TENANT, row.id, policy).gone
        with pytest.raises(EvidenceGone, match="Choose digests"):
            evidence.build(TENANT, row.id, policy=policy)
    bundle = evidence.build(TENANT, row.id, policy="digests")
    assert "removed, all or some, before" in bundle.statement
    assert verify_bytes(bundle.data).exit_code == 0


@pytest.fixture
def series(app, run_text):
    """A file of numbers with a jump, judged as a series."""
    random = Random(4)
    rows = [f"{at},{value},{random.random():.3f}" for at, value in enumerate(values(900))]
    text = "\n".join(["minute,cpu,noise", *rows]).encode()
    run_id = run_text(text, name="cpu.csv", kind="metrics")
    while app.work():
        pass
    stream = app.queries.streams(TENANT, run_id)[0]
    return app, app.series.anomalies(TENANT, stream.id)[0]


def test_a_single_event_that_is_other_than_it_was_judged_makes_no_evidence(first):
    """As after the removal of one person's data."""
    app, row = first
    store = app._store

    def between(*asked):
        found = store.events.between(*asked)
        return [
            replace(event, payload=b"removed") if event.seq == row.first_seq else event for event in found
        ]

    left = SimpleNamespace(
        verdicts=store.verdicts, events=SimpleNamespace(between=between), series=store.series
    )
    ring = KeyRing(app.settings.home / FOLDER)
    evidence = EvidenceBundles(left, app.queries, app.series, ring)
    assert evidence.contents(TENANT, row.id, "masked").gone
    assert verify_bytes(evidence.build(TENANT, row.id, policy="digests").data).exit_code == 0


def test_the_first_value_of_a_series_counts_too(series):
    """Without it every record would have another number."""
    app, row = series
    with pytest.raises(EvidenceGone):
        without_events_before(app, 2).build(TENANT, row.id)


def test_values_that_retention_removed_are_said_too(series):
    app, row = series
    evidence = without_events_before(app, row.last_seq)
    with pytest.raises(EvidenceGone):
        evidence.build(TENANT, row.id)
    assert "removed, all or some, before" in evidence.build(TENANT, row.id, policy="digests").statement


@pytest.mark.parametrize("policy", POLICIES)
def test_an_anomaly_of_a_series_makes_a_bundle_that_verifies(series, policy):
    """The same verb, the same ids; its scores are made again by the engine alone."""
    app, row = series
    bundle = app.evidence.build(TENANT, row.id, policy=policy)
    done = with_engine(verify_bytes(bundle.data), bundle.data)
    assert (done.exit_code, done.failures) == (0, ())
    engine = next(step for step in done.steps if step.part == "engine")
    assert engine.outcome == ("NOT CHECKED" if policy == "digests" else "PASS")
    files, _ = unpack(bundle.data)
    assert len(json.loads(files["record.json"])["readings"]) == len(READINGS)
    assert bundle.sha256 == app.evidence.build(TENANT, row.id, policy=policy).sha256


def test_sqlite_and_postgresql_give_the_same_numbers(tmp_path, postgres_url, clock):
    """Every file that holds numbers or events is the same to the byte; the stream's own id is left out of the record."""
    held = []
    lines = with_burst(1400, 11, start=1190, stop=1300, share=0.5)
    for name, url in (("sqlite", ""), ("postgres", postgres_url)):
        app = open_app(Settings(home=tmp_path / name, database_url=url), clock=clock, work=False)
        stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=BALANCED)
        made = [
            Event(line, "logs", at.to_bytes(8, "big"), 10**15 + at * 10**6, "api")
            for at, line in enumerate(lines)
        ]
        app.receive(TENANT, stream_id, made)
        app.advance(TENANT, stream_id)
        bundles = []
        for row in app.queries.anomalies(TENANT, stream_id):
            files, _ = unpack(app.evidence.build(TENANT, row.id, policy="full", sign=False).data)
            record = files.pop("record.json").replace(stream_id.encode(), b"-")
            bundles.append(
                [record, *(files[n] for n in sorted(files) if n not in ("manifest.json", "README.txt"))]
            )
        held.append(bundles)
        app.close()
    assert held[0] == held[1]
    assert len(held[0]) >= 3


def test_rows_of_the_real_audit_log_check_in_the_bundle(app, fill, burst):
    """Somebody labels the anomaly; the part of the log that says so is in the bundle, chained as it was hashed."""
    stream_id = fill(app, burst[:1400])
    app.advance(TENANT, stream_id)
    row = app.queries.anomalies(TENANT, stream_id)[0]
    analyst = app.acting(Actor(tenant=TENANT, user="5f0c33d1a9b24e76", role="analyst"))
    for label in ("real", "not_real"):
        analyst.review.label(TENANT, [row.id], label, by="visitor")
    rows = app.audit.segment(TENANT, "anomaly", row.id)
    assert rows
    bundle = app.evidence.build(TENANT, row.id, audit=rows)
    audit = [step for step in verify_bytes(bundle.data).steps if step.part == "audit"]
    assert [step.outcome for step in audit] == ["PASS"]
    forged = [{**rows[0], "actor": "system"}, *rows[1:]]
    done = verify_bytes(app.evidence.build(TENANT, row.id, audit=forged).data)
    assert [step.name for step in done.failures] == [f"row 1 (seq {rows[0]['seq']})"]
