"""Two tenants in one database: one with something of everything, whose marks must never be seen by the other."""

import io
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data_generator import generate
from driftlock.bootstrap import App, open_app
from driftlock.model import Event
from driftlock.services.acting import Actor
from driftlock.services.cases_store import Case
from driftlock.services.feedback import Item
from driftlock.services.overview_rows import Scope, Wanted
from driftlock.services.proposals_store import Proposal
from driftlock.settings import Settings
from driftlock.storage.connect import writing
from driftlock.storage.schema_proof import case_anomalies, cases
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from tests.core.made_numbers import wide

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HOME, STRANGER = "alpha", "beta"
PASSWORD = "correct horse battery staple"
# Every id a verb takes, by the name of its parameter.
IDS = (
    "stream_id anomaly_id run_id change_id suppression_id annotation_id job_id proposal_id case_id comment_id "
    "anchor_id key_id user_id invitation_id feed_id object_id report_id"
).split()


class Noon:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOON


@dataclass
class Made:
    """The application, and the ids of what the first tenant has."""

    app: App
    ids: dict[str, str] = field(default_factory=dict)
    of_numbers: dict[str, str] = field(
        default_factory=dict
    )  # likewise, where stream and anomaly are of numbers
    marks: set[str] = field(default_factory=set)  # that only the first tenant may be shown
    stranger: str = ""  # user of the second tenant
    history: Any = None  # of the first tenant's stream
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)  # arguments by whose they claim to be


def open_made(home: Path, database_url: str = "") -> Made:
    """Both tenants, made with seed 7 and a clock that stands at noon."""
    settings = Settings(home=home, **({"database_url": database_url} if database_url else {}))
    return fill(open_app(settings, clock=Noon(), work=False))


def fill(app: App) -> Made:
    """Something of everything for the first tenant, a person for the second."""
    made = Made(app)
    for tenant in (HOME, STRANGER):
        app.tenants.add(tenant, f"Tenant {tenant}", by="system")
    ids = made.ids
    ids["user_id"] = app.accounts.first(
        HOME, email="ann@alpha.example", name="Ann Alpha", password=PASSWORD, role="owner"
    )
    app.accounts.first(HOME, email="al@alpha.example", name="Al", password=PASSWORD, role="owner")
    made.stranger = app.accounts.first(
        STRANGER, email="bo@beta.example", name="Bo", password=PASSWORD, role="owner"
    )
    app.accounts.invite(HOME, email="new@alpha.example", role="analyst", by="system")
    ids["invitation_id"] = app.accounts.invitations(HOME)[0].id
    ids["key_id"] = app.api_keys.make(HOME, name="alpha-key", role="analyst", by=ids["user_id"]).id
    lines = generate("web-logs", events=2_000, seed=7).data
    ids["run_id"] = app.start_run(
        HOME,
        source="upload",
        name="alpha-secret.log",
        open_source=lambda: io.BytesIO(lines),
        profile=BALANCED,
    )
    while app.work():
        pass
    run = app.queries.run(HOME, ids["run_id"])
    assert run is not None
    ids["stream_id"] = run.stream_ids[0]
    rows = app.queries.anomalies(HOME, ids["stream_id"])
    ids["anomaly_id"] = ids["object_id"] = rows[0].id
    desk = app.acting(Actor(tenant=HOME, user=ids["user_id"], role="owner"))
    ids["change_id"] = str(desk.review.label(HOME, [rows[0].id], "real", by="", note="alpha-note").id)
    desk.review.suppress(HOME, rows[-1].id, until=NOON + timedelta(days=9), by="")
    ids["suppression_id"] = app.review.suppressions(HOME)[0].id
    note = desk.review.annotate(HOME, NOON, "alpha-annotation", by="")
    ids["annotation_id"] = str(note.says["note"])
    ids["job_id"] = desk.jobs.start(HOME, "complete", ids["stream_id"])
    ids["anchor_id"] = desk.anchors.create(HOME, ids["stream_id"], note="alpha-anchor", by="").id
    ids["case_id"] = "cd" * 16
    case = Case(
        tenant=HOME,
        id=ids["case_id"],
        title="alpha-case",
        state="open",
        severity="low",
        assignee=None,
        snoozed_until=None,
        first_us=0,
        last_us=1,
        by="system",
        at=NOON,
        changed_at=NOON,
        timeline=[],
    )
    with writing(app._store.engine, HOME) as connection:
        connection.execute(sa.insert(cases).values(**asdict(case)))
        of_case = {"tenant": HOME, "case_id": case.id, "anomaly_id": rows[-1].id}
        connection.execute(sa.insert(case_anomalies).values(stream_id=ids["stream_id"], **of_case))
    ids["comment_id"] = desk.cases.comment(HOME, "anomaly", rows[0].id, "alpha-comment", by="").id
    ids["proposal_id"] = "ab" * 16
    app._store.proposals.add(
        Proposal(
            tenant=HOME,
            id=ids["proposal_id"],
            stream_id=ids["stream_id"],
            state="open",
            current={"threshold": 0.3, "alpha": 0.05},
            candidate={"threshold": 0.4, "alpha": 0.02},
            figures={},
            at=NOON,
        )
    )
    ids["feed_id"] = ids["run_id"]
    report = desk.reports.make(HOME, template="evidence", form="zip", anomaly_id=rows[0].id, by="")
    ids["report_id"] = report.id
    made.history = app.tuning.history(HOME, ids["stream_id"])
    made.objects = {tenant: objects(made, tenant, ids["stream_id"]) for tenant in (HOME, STRANGER)}
    numbers = wide()
    plant_id = app.start_run(
        HOME, source="upload", name="alpha-plant", open_source=lambda: io.BytesIO(numbers), profile=BALANCED
    )
    while app.work():
        pass
    (plant,) = app.queries.streams(HOME, plant_id)
    jump = app.series.anomalies(HOME, plant.id)[0]
    of_plant = {"stream_id": plant.id, "anomaly_id": jump.id, "object_id": jump.id}
    made.of_numbers = ids | of_plant | {"run_id": plant_id, "series": jump.series}
    made.marks = {
        "alpha-",
        "alpha.example",
        "Ann",
        "Tenant alpha",
        *made.of_numbers.values(),
        *ids.values(),
    } - {jump.series}
    return made


def objects(made: Made, tenant: str, stream_id: str) -> dict[str, Any]:
    """Arguments that are objects, as somebody of *tenant* would make them up about a stream."""
    stream = made.app.queries.stream(HOME, made.ids["stream_id"])
    assert stream is not None
    own = replace(stream, tenant=tenant, id=stream_id, name="made up", run_id=None)
    return {
        "scope": Scope(tenant=tenant, stream_ids=(stream_id,), since=None, until=None),
        "stream": own,
        "history": replace(made.history, stream=own if tenant == HOME else replace(own, tenant="nobody")),
        "item": Item(stream_id=stream_id, anomaly_id=None, window=70),
    }


# Everything else that a verb takes, by the name of its parameter.
PLAIN: dict[str, Any] = {
    "alarms_per_day": 1.0,
    "accent": "#0B5CAD",
    "anomaly_rate": 0.02,
    "assignee": None,
    "at": NOON,
    "body": b'{"m":"x"}\n',
    "by": "somebody",
    "days": 30,
    "duration_s": 60,
    "email": "x@beta.example",
    "events": [Event(b"x", "logs", b"k", 1, None)],
    "first_seq": 1,
    "form": "zip",
    "held": True,
    "kind": "logs",
    "label": "real",
    "last_seq": 500,
    "name": "newest",
    "note": "x",
    "object_kind": "anomaly",
    "on": True,
    "policy": "masked",
    "open_source": lambda: io.BytesIO(b"a\nb\n"),
    "profile": BALANCED,
    "rate": 10.0,
    "reason": "x",
    "removed": [1],
    "role": "analyst",
    "rule": Rule(threshold=0.4, alpha=0.02),
    "rules": [],
    "scenario": "error-storm",
    "seconds": 0.0,
    "seed": 7,
    "seen_us": 0,
    "seqs": [1],
    "series": "x",
    "source": "paste",
    "span": "all",
    "state": "resolved",
    "stream_ids": None,
    "template": "evidence",
    "terms": ["Ann"],
    "text": "x",
    "threshold": 0.3,
    "until": NOON + timedelta(days=1),
    "value": 0.5,
    "wanted": Wanted(),
    "window": 70,
    "zone": "Europe/Berlin",
}
