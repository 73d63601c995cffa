"""Deletion of streams, tenants and what is kept of one person: counted before, gone afterwards, to the last byte."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_generator.samples import generate
from driftlock.bootstrap import App
from driftlock.errors import ApplicationError, NotFound
from driftlock.model import Event
from driftlock.services.accounts_rows import Refused
from driftlock.services.forgetting import REMOVED, Held, InvalidTerm, pattern_of
from driftlock.storage.connect import reading, writing
from driftlock.storage.forgetting_text import rewritten_record
from driftlock.storage.schema import events, metadata
from driftlock.storage.schema_proof import bundles
from driftlock_core.errors import NotRecomputable
from driftlock_core.profiles import BALANCED

TENANT = "demo"
WHO = "canary.person-77"


def lines_with(person: str, count: int = 3_000) -> list[bytes]:
    """A shop's log, seed 5; every fortieth line, and all lines of an unusual stretch, name *person*."""
    lines = generate("app-json", seed=5, events=count).data.splitlines()
    return [
        line[:-1] + b',"account":"%s"}' % person.encode() if at % 40 == 7 or 2_200 <= at < 2_260 else line
        for at, line in enumerate(lines)
    ]


@pytest.fixture
def named(app: App, fill: Callable[..., str], as_events_of: Callable[[list[bytes]], list[Event]]) -> str:
    """A judged stream in which one person is named."""
    stream_id = fill(app, as_events_of(lines_with(WHO)))
    app.advance(TENANT, stream_id)
    return stream_id


def _files(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def test_a_person_is_found_before_anything_is_deleted(app: App, named: str) -> None:
    found = app.forgetting.find_person(TENANT, [WHO])
    expected = sum(WHO.encode() in line for line in lines_with(WHO))
    assert found.streams == {named: expected}
    assert found.elsewhere["detector_states"] == 1
    assert app.forgetting.find_person(TENANT, [WHO]) == found  # and nothing was


def test_after_a_person_is_forgotten_no_byte_of_them_is_in_any_file(app: App, named: str, home: Path) -> None:
    store = app._store
    found = app.forgetting.find_person(TENANT, [WHO])
    in_files = store.engine.dialect.name == "sqlite"  # a server keeps its own, and overwrites when it vacuums
    assert not in_files or WHO.encode() in _files(home)
    steps: list[tuple[int, int]] = []
    gone = app.forgetting.forget_person(TENANT, [WHO], by="admin", progress=lambda *step: steps.append(step))
    assert gone == found
    assert steps
    assert steps[-1][0] == steps[-1][1] == 3_000
    pattern = re.compile(re.escape(WHO.encode()), re.IGNORECASE)
    assert not pattern.search(_files(home))
    # Packed bytes, too.
    left = app.forgetting.find_person(TENANT, [WHO])
    assert (left.events, left.elsewhere, left.remains) == (0, {}, {})
    with reading(store.engine, TENANT) as connection:
        seqs = list(connection.scalars(sa.select(events.c.seq).order_by(events.c.seq)))
        marked = connection.scalar(sa.select(sa.func.count()).where(events.c.payload == REMOVED))
    assert seqs == list(range(1, 3_001))
    assert marked == found.events


def test_verdicts_keep_their_numbers_and_say_why_they_cannot_be_computed_again(app: App, named: str) -> None:
    rows = app.queries.anomalies(TENANT, named, order="newest", offset=0, limit=50)
    assert rows
    before = {row.id: row for row in rows}
    app.forgetting.forget_person(TENANT, [WHO], by="admin")
    after = app.queries.anomalies(TENANT, named, order="newest", offset=0, limit=50)
    assert [(row.id, row.ncd, row.p, row.extra_bits) for row in after] == [
        (row.id, row.ncd, row.p, row.extra_bits) for row in rows
    ]
    touched = [row for row in after if row.sentence != before[row.id].sentence or row.first_seq > 2_150]
    assert touched
    with pytest.raises(NotRecomputable, match="deleted"):
        app.examination.replay(TENANT, touched[0].id)


def test_the_detector_goes_on_from_where_it_was(
    app: App, named: str, as_events_of: Callable[[list[bytes]], list[Event]]
) -> None:
    app.forgetting.forget_person(TENANT, [WHO], by="admin")
    more = as_events_of(generate("app-json", seed=5, events=3_400).data.splitlines())[3_000:]
    app.receive(TENANT, named, more)
    windows = app.queries.stream(TENANT, named)
    assert windows is not None
    assert app.advance(TENANT, named) > 0
    now = app.queries.stream(TENANT, named)
    assert now is not None
    assert now.events == 3_400
    assert now.windows > windows.windows


def test_another_tenant_keeps_what_it_has(
    app: App, named: str, fill: Callable[..., str], as_events_of: Callable[[list[bytes]], list[Event]]
) -> None:
    other = fill(app, as_events_of(lines_with(WHO, 300)), tenant="other")
    app.forgetting.forget_person(TENANT, [WHO], by="admin")
    assert app.forgetting.find_person("other", [WHO]).streams[other] > 0
    assert app.forgetting.find_person("unknown", [WHO]).events == 0


@pytest.mark.parametrize("terms", [[], ["ab"], ["   a  "], ["long enough", "x"]])
def test_a_term_that_stands_in_every_line_is_refused(app: App, terms: list[str]) -> None:
    with pytest.raises(InvalidTerm, match="4 characters"):
        app.forgetting.find_person(TENANT, terms)


@pytest.mark.parametrize(
    "stored", ["ann@example.com", "ANN@Example.com", "ann%40example.com", "x Ann@example.com,"]
)
def test_a_person_is_found_however_it_is_written(stored: str) -> None:
    assert pattern_of(["Ann@Example.com"]).search(stored.encode())


def test_a_stream_is_counted_and_gone(app: App, named: str, home: Path) -> None:
    counts = app.forgetting.stream_counts(TENANT, named)
    assert counts.by_table["events"] == 3_000
    gone = app.forgetting.forget_stream(TENANT, named, by="admin")
    for table in ("events", "windows", "anomalies", "detector_states"):
        assert gone.by_table[table] == counts.by_table[table]
    with reading(app._store.engine, TENANT) as connection:
        for table in metadata.sorted_tables:
            if "stream_id" in table.columns:
                assert not connection.scalar(sa.select(sa.func.count()).where(table.c.stream_id == named)), (
                    table.name
                )
    assert WHO.encode() not in _files(home)
    with pytest.raises(NotFound):
        app.forgetting.stream_counts(TENANT, named)


def test_a_stream_of_an_analysis_goes_with_it_alone(app: App, run_text: Callable[..., str]) -> None:
    run_text(b"\n".join(lines_with(WHO, 300)))
    while app.work():
        pass
    [run] = app.queries.runs(TENANT, 5)
    with pytest.raises(ApplicationError, match=run.id):
        app.forgetting.forget_stream(TENANT, run.stream_ids[0], by="admin")


def test_a_foreign_stream_looks_like_an_unknown_one(app: App, named: str) -> None:
    for tenant, stream_id in (("other", named), (TENANT, "0" * 16)):
        with pytest.raises(NotFound, match=f"There is no stream {stream_id}."):
            app.forgetting.forget_stream(tenant, stream_id, by="admin")
    assert app.forgetting.stream_counts(TENANT, named).total


def test_a_tenant_is_gone_but_for_its_id_and_its_audit_log(
    app: App, fill: Callable[..., str], as_events_of: Callable[[list[bytes]], list[Event]], home: Path
) -> None:
    app.tenants.add("acme", "Acme Ltd of Canary Wharf", by="system")
    stream_id = fill(app, as_events_of(lines_with(WHO, 2_500)), tenant="acme")
    app.advance("acme", stream_id)
    other = fill(app, as_events_of([b"ordinary line %d" % n for n in range(50)]))
    counts = app.forgetting.tenant_counts("acme")
    gone = app.forgetting.forget_tenant("acme", by="admin")
    assert gone.by_table["events"] == counts.by_table["events"] == 2_500
    assert app.forgetting.tenant_counts("acme").total == 0
    assert app.forgetting.stream_counts(TENANT, other).by_table["events"] == 50
    assert WHO.encode() not in _files(home)
    assert b"Canary Wharf" not in _files(home)


def test_held_evidence_keeps_a_stream_from_being_deleted(app: App, named: str) -> None:
    [row, *_] = app.queries.anomalies(TENANT, named, order="newest", offset=0, limit=1)
    hold(app, {"anomaly": row.id})
    with pytest.raises(Held, match="held"):
        app.forgetting.forget_stream(TENANT, named, by="admin")
    with pytest.raises(Held):
        app.forgetting.forget_tenant(TENANT, by="admin")
    assert app.forgetting.stream_counts(TENANT, named).by_table["events"] == 3_000


def hold(app: App, scope: dict[str, str], content: bytes = b"") -> None:
    """A bundle that is kept whatever retention says."""
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(
            sa.insert(bundles).values(
                tenant=TENANT, id="b" * 32, name="bundle", template="plain", scope=scope, policy="full",
                state="done", content=content, by="admin", at=app._clock.now(), held=True,
            )
        )  # fmt: skip


def test_texts_and_packed_copies_are_found_and_cleared(app: App, named: str) -> None:
    """A note of the desk, the name of an analysis, a bundle of evidence: ZIP and JSON, in any case."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events.ndjson", WHO * 50)
    [row, *_] = app.queries.anomalies(TENANT, named, order="newest", offset=0, limit=1)
    app.review.label(TENANT, [row.id], "real", by="ann", note=f"saw {WHO.upper()} here")
    app.start_run(
        TENANT, source="paste", name=f"log of {WHO}", open_source=lambda: io.BytesIO(b"x"), profile=BALANCED
    )
    hold(app, {"anomaly": row.id}, packed.getvalue())
    assert app.forgetting.find_person(TENANT, [WHO]).held == 1
    with pytest.raises(Held, match="1 held"):
        app.forgetting.forget_person(TENANT, [WHO], by="admin")
    with writing(app._store.engine, TENANT) as connection:
        connection.execute(sa.update(bundles).values(held=False))
    found = app.forgetting.forget_person(TENANT, [WHO], by="admin")
    assert found.elsewhere["bundles"] == 1
    assert found.elsewhere["reviews"] == 1
    assert found.elsewhere["runs"] == 1
    left = app.forgetting.find_person(TENANT, [WHO])
    assert (left.events, left.elsewhere) == (0, {})
    assert app.queries.runs(TENANT, 1)[0].name == "log of <removed>"


def test_a_source_that_waits_in_the_spool_goes_with_its_tenant(app: App, home: Path) -> None:
    app.start_run(
        "acme",
        source="upload",
        name="a.log",
        open_source=lambda: io.BytesIO(WHO.encode()),
        profile=BALANCED,
    )
    assert WHO.encode() in _files(home)
    app.forgetting.forget_tenant("acme", by="system")
    assert WHO.encode() not in _files(home)


def test_the_tenant_of_the_installation_cannot_be_deleted(app: App) -> None:
    """Else nobody could be given an account in it any more."""
    with pytest.raises(Refused, match="belongs to the installation"):
        app.forgetting.forget_tenant("demo", by="admin")
    assert app.tenants.get("demo").state == "active"


def test_numbers_that_an_event_named_go_with_it():
    """Of a window with an event that is removed: the name and the number that led, in places and in words."""
    place = {
        "position": 3,
        "text": "paid <N4>",
        "name": "salary",
        "number": "9100",
        "low": 12.0,
        "high": 480.0,
    }
    said = "stands out by its values: “salary 9100” stands where the 64 before it lay between **12 and 480**."
    row = {
        "first_seq": 1,
        "last_seq": 50,
        "sentence": said,
        "record": {
            "description": {"findings": [{"view": "values", "places": [place]}]},
            "explanation": {"sentence": said},
        },
    }
    changed = rewritten_record(row, "record", re.compile(b"nobody"), [4])
    assert changed is not None
    assert "9100" not in repr(changed)
    assert "salary" not in repr(changed)
    assert f"“{REMOVED.decode()}” stands where" in changed["sentence"]
