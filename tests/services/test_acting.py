"""The application as one actor may use it: every name decided, nobody in another's name or tenant."""

import inspect
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from driftlock.bootstrap import App
from driftlock.errors import Forbidden, NotFound
from driftlock.services import acting_desk
from driftlock.services.accounts_rows import Refused
from driftlock.services.acting import Actor, note
from driftlock.services.acting_verbs import ATTRIBUTES, MEMBERS, VERBS, Verb
from driftlock.services.review_changes import InvalidReview
from driftlock.services.tuning_changes import CannotTune
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from tests.made_desk import NOW_US, MadeDesk

ANN = Actor(tenant="demo", user="a" * 32, role="operator", address="10.0.0.7", session="first")
VAL = Actor(tenant="demo", user="v" * 32, role="viewer")
OTHER = Actor(tenant="other", user="o" * 32, role="owner")


@pytest.fixture
def rows(app: App) -> list[str]:
    """Ids of four flagged windows of one stream, patterns aa, bb, aa, bb."""
    desk = MadeDesk(tenant="demo")
    api = desk.add_stream(app._store, name="api", source="upload")
    made = desk.add_windows(
        app._store, api, range(NOW_US, NOW_US + 4), flagged={0, 1, 2, 3}, patterns=("aa", "bb")
    )
    return [row.id for row in made]


def public(thing: object) -> set[str]:
    """Names of the methods that anybody may call."""
    return {name for name, _ in inspect.getmembers(type(thing), callable) if not name.startswith("_")}


def test_every_public_method_has_its_line_and_every_line_its_method(app):
    """So that nobody adds a verb without deciding who may use it."""
    found = public(app)
    for name, member in vars(app).items():
        if not name.startswith("_") and name not in ATTRIBUTES:
            found |= {f"{name}.{method}" for method in public(member)}
    assert sorted(found - set(VERBS)) == []
    assert sorted(set(VERBS) - found) == []


@pytest.mark.parametrize("path", sorted(VERBS))
def test_a_line_fits_its_method(app, path):
    """The tenant comes first, or an object that has one; ids and kept values are parameters that are there."""
    verb, method = VERBS[path], app
    for name in path.split("."):
        method = getattr(method, name)
    if verb.permission is None:
        return
    parameters = inspect.signature(method).parameters
    assert {verb.id, *verb.keeps} - {None} <= set(parameters)
    if not verb.pure:
        assert next(iter(parameters)) in ("tenant", "stream", "scope", "history")
    if verb.action is not None and "by" in parameters:
        assert parameters["by"].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(
    "name", ["_store", "_worker", "__dict__", "queries._store", "nothing", "queries.nothing"]
)
def test_what_has_no_line_is_refused(app, name):
    """Private parts and names that nobody decided about."""
    *members, last = name.split(".")
    desk = app.acting(replace(ANN, role="owner"))
    for member in members:
        desk = getattr(desk, member)
    with pytest.raises((Forbidden, AttributeError)):
        getattr(desk, last)


def test_a_new_member_is_closed_until_somebody_decides(app):
    """Also where its methods have names that are open elsewhere."""
    app.extra = app.queries
    with pytest.raises(Forbidden):
        app.acting(ANN).extra  # noqa: B018


@pytest.mark.parametrize("path", sorted(path for path, verb in VERBS.items() if verb.permission is None))
def test_what_the_process_does_is_nobodys(app, path):
    """Not even the owner's."""
    method = app.acting(OTHER)
    for name in path.split("."):
        method = getattr(method, name)
    with pytest.raises(Forbidden, match="Nobody may do this from here"):
        method()


def test_a_role_that_is_not_enough_is_told_which_is(app, rows):
    """In one sentence, and nothing happens but a line in the access log."""
    with pytest.raises(Forbidden, match=r"^This needs the role analyst\.$"):
        app.acting(VAL).review.label("demo", rows[:1], "real", by="x")
    with pytest.raises(Forbidden, match=r"^This needs the role operator\.$"):
        app.acting(replace(ANN, role="analyst")).review.suppress("demo", rows[0], until=None, by="x")
    assert app.review.history("demo") == []
    refused = app.accesses.page("demo", what="refused").rows
    assert {(row.actor, row.object_kind) for row in refused} == {
        (VAL.user, "review.label"),
        (ANN.user, "review.suppress"),
    }
    assert app.audit.page("demo").total == 0


def test_an_undo_needs_what_the_change_needed(app, rows):
    """An analyst does not show again what an operator hid."""
    change = app.acting(ANN).review.suppress("demo", rows[0], until=None, by="")
    with pytest.raises(Forbidden, match="operator"):
        app.acting(replace(ANN, role="analyst")).review.undo("demo", change.id, by="")
    assert len(app.review.suppressions("demo")) == 1
    assert app.accesses.page("demo", what="refused").total == 1
    app.acting(ANN).review.undo("demo", change.id, by="")
    assert app.review.suppressions("demo") == []


def test_another_tenant_answers_as_one_that_is_not_there(app, rows):
    """Questions are empty, changes find nothing, and the attempt is written down where the actor is at home."""
    desk = app.acting(OTHER)
    assert desk.queries.anomaly("demo", rows[0]) is None is desk.queries.anomaly("other", rows[0])
    assert desk.overview.streams("demo") == []
    with pytest.raises(NotFound):
        desk.review.label("demo", rows[:1], "real", by="")
    with pytest.raises(NotFound):
        desk.evidence.build("demo", rows[0])
    with pytest.raises(NotFound):
        desk.review.label("other", rows[:1], "real", by="")
    tried = {row.object_kind for row in app.accesses.page("other", what="refused").rows}
    assert tried == {"queries.anomaly", "overview.streams", "review.label", "evidence.build"}
    assert app.accesses.page("demo").total == 0


def test_an_object_of_another_tenant_is_no_key_to_it(app, rows):
    """Neither a stream nor a scope nor a history that came from somewhere else."""
    state = app.overview.streams("demo")[0]
    scope = app.overview.scope("demo", None, "all")
    assert app.overview.figures(scope).flagged == 4
    desk = app.acting(OTHER)
    assert desk.overview.figures(scope).flagged == 0
    assert desk.overview.figures(scope=scope).flagged == 0
    assert desk.queries.recent_flags(state.stream) == app.queries.recent_flags(
        replace(state.stream, tenant="nobody")
    )
    with pytest.raises(NotFound):
        desk.tuning.curve(SimpleNamespace(stream=state.stream), 0.2)
    with pytest.raises(NotFound):
        desk.tuning.curve(object(), 0.2)


def test_nobody_acts_in_anothers_name(app, rows):
    """Histories say who acted, whatever was asked for."""
    app.acting(ANN).review.label("demo", rows[:1], "real", by="somebody else")
    assert [change.by for change in app.review.history("demo")] == [ANN.user]


def test_a_label_says_what_stood_there_and_what_stands_now_and_keeps_no_text(app, rows):
    """Old label, new label, how many; the note of a person stays in its place."""
    desk = app.acting(ANN)
    desk.review.label("demo", rows[:1], "real", by="", note="call Jo, 0171 1234567")
    desk.review.label("demo", rows[:2], "not_real", by="", reason="deploy")
    assert desk.review.label("demo", rows[:2], "not_real", by="").id is None  # nothing changed, no row
    second, first = app.audit.page("demo").rows
    assert (first.action, first.object_kind, first.object_id) == ("anomaly.label", "anomaly", rows[0])
    assert (first.before, first.after["label"]) == ({"label": {"none": 1}}, "real")
    assert second.before == {"label": {"none": 1, "real": 1}}
    assert (second.after["count"], second.after["anomalies"]) == (2, sorted(rows[:2]))
    assert (first.actor, first.role, first.address) == (ANN.user, "operator", "10.0.0.7")
    assert "0171" not in str(first) + str(second)
    assert [row["seq"] for row in app.audit.segment("demo", "anomaly", rows[1])] == [2]


def test_a_change_that_failed_leaves_no_row(app, rows):
    """Neither one that was refused by a rule nor one of something that is not there."""
    desk = app.acting(ANN)
    with pytest.raises(NotFound):
        desk.review.label("demo", ["0" * 32], "real", by="")
    with pytest.raises(InvalidReview):
        desk.review.label("demo", rows, "nonsense", by="")
    with pytest.raises(NotFound):
        desk.delete_run("demo", "0" * 16)
    stream_id = desk.create_stream("demo", name="x", kind="logs", profile=BALANCED)
    with pytest.raises(CannotTune):
        desk.tuning.apply("demo", stream_id, Rule(threshold=0.3, alpha=0.05), reason=" ", by="")
    assert [row.action for row in app.audit.page("demo").rows] == ["stream.create"]


def test_limits_say_from_what_to_what_and_why(app):
    """One row, though the service takes a lease first and gives it back afterwards."""
    desk = app.acting(ANN)
    stream_id = desk.create_stream("demo", name="x", kind="logs", profile=BALANCED)
    desk.tuning.apply("demo", stream_id, Rule(threshold=0.25, alpha=0.01), reason="too many", by="")
    row = app.audit.page("demo").rows[0]
    assert (row.action, row.object_id, row.reason) == ("limits.apply", stream_id, "too many")
    assert (row.before["alpha"], row.after["alpha"], row.after["threshold"]) == (BALANCED.alpha, 0.01, 0.25)
    assert app.audit.page("demo").total == 2


def test_runs_and_jobs_are_written_down_with_their_ids(app):
    """Also that something was deleted, and how much."""
    desk = app.acting(ANN)
    run_id = desk.start_run(
        "demo", source="paste", name="x", open_source=lambda: io.BytesIO(b"a\nb\n"), profile=BALANCED
    )
    desk.cancel_run("demo", run_id)
    desk.cancel_run("demo", run_id)  # it is over: nothing changes
    desk.delete_run("demo", run_id)
    stream_id = desk.create_stream("demo", name="x", kind="logs", profile=BALANCED)
    job_id = desk.jobs.start("demo", "complete", stream_id)
    desk.jobs.start("demo", "complete", stream_id)  # the same waits already
    told = [(row.action, row.object_id) for row in reversed(app.audit.page("demo").rows)]
    runs = [("run.start", run_id), ("run.cancel", run_id), ("run.delete", run_id)]
    assert told == [*runs, ("stream.create", stream_id), ("job.start", stream_id)]
    assert app.audit.page("demo", object_id=job_id).total == 1
    assert app.audit.check("demo").unbroken


def test_what_is_done_with_people_and_keys_is_written_down(app):
    """One row each, also where nothing of the tenant's own tables is touched; a refused change leaves none."""
    app.tenants.add("shop", "Shop", by="system")
    owner, other = (
        app.accounts.first(
            "shop", email=f"{name}@shop.example", name=name, password="a long enough one", role=role
        )
        for name, role in (("ann", "owner"), ("bo", "analyst"))
    )
    desk = app.acting(Actor(tenant="shop", user=owner, role="owner"))
    before = app.audit.page("shop").total
    with pytest.raises(Refused):
        desk.accounts.change_role("shop", owner, "viewer", by="")
    assert app.audit.page("shop").total == before
    desk.accounts.change_role("shop", other, "operator", by="")
    desk.accounts.disable_member("shop", other, by="")
    desk.accounts.enable_member("shop", other, by="")
    desk.accounts.reset_link("shop", other, by="")
    desk.accounts.invite("shop", email="new@shop.example", role="auditor", by="")
    key = desk.api_keys.make("shop", name="sender", role="stream", by="")
    desk.api_keys.revoke("shop", key.id, by="")
    desk.accounts.forget_member("shop", other, by="")
    rows = list(reversed(app.audit.page("shop").rows))[before:]
    assert [row.action for row in rows] == [
        "member.role",
        "member.disable",
        "member.enable",
        "member.reset_link",
        "member.invite",
        "key.make",
        "key.revoke",
        "member.forget",
    ]
    assert {row.actor for row in rows} == {owner}
    told = json.dumps(list(app.audit.export("shop")))
    assert not [word for word in ("@shop.example", key.key, "long enough") if word in told]


def test_what_expires_is_removed_by_the_system(app, clock):
    """Nobody asked for it, and it is written down all the same."""
    run_id = app.start_run(
        "demo", source="paste", name="x", open_source=lambda: io.BytesIO(b"a\n"), profile=BALANCED
    )
    app.cancel_run("demo", run_id)
    clock.advance(days=2)
    assert app.remove_expired() == [run_id]
    row = app.audit.page("demo").rows[0]
    assert (row.actor, row.action, row.object_id) == ("system", "run.expire", run_id)


def test_an_opening_is_noted_once_an_hour_and_session(app, rows, clock):
    """However often a page is drawn; what is not there was not opened."""
    for _ in range(3):
        app.acting(ANN).queries.anomaly("demo", rows[0])
        app.acting(ANN).series.anomaly("demo", rows[0])
    assert app.accesses.page("demo").total == 1
    app.acting(replace(ANN, session="second")).queries.anomaly("demo", rows[0])
    app.acting(VAL).queries.anomaly("demo", rows[0])
    app.acting(ANN).queries.anomaly("demo", rows[1])
    clock.advance(hours=1)
    app.acting(ANN).queries.anomaly("demo", rows[0])
    page = app.accesses.page("demo", what="opened")
    assert page.total == 5
    assert app.accesses.page("demo", actor=VAL.user, object_id=rows[0]).total == 1
    assert {row.object_kind for row in page.rows} == {"anomaly"}


def test_an_export_is_noted_before_it_is_handed_out_and_every_time(app, rows):
    """A viewer exports nothing."""
    for _ in range(2):
        app.acting(ANN).accesses.exported("demo", "list", "overview")
    assert app.accesses.page("demo", what="exported").total == 2
    with pytest.raises(Forbidden, match="analyst"):
        app.acting(VAL).accesses.exported("demo", "list", "overview")


def test_a_verb_that_breaks_off_after_its_change_says_so(app, monkeypatch):
    """What was written stands, and so does what is said about it."""

    class Half:
        def change(self, tenant: str) -> None:
            app.create_stream(tenant, name="x", kind="logs", profile=BALANCED)
            raise ValueError("later")

    monkeypatch.setitem(VERBS, "half.change", Verb("streams", "half.change", "thing"))
    monkeypatch.setattr(acting_desk, "MEMBERS", MEMBERS | {"half"})
    app.half = Half()
    with pytest.raises(ValueError, match="later"):
        app.acting(ANN).half.change("demo")
    assert [row.action for row in app.audit.page("demo").rows] == ["half.change.broken_off", "half.change"]


def test_a_note_outside_every_verb_is_lost_without_a_trace():
    """Services are called by workers and tests too."""
    note(after={"x": 1})


def test_it_costs_microseconds(app):
    """A page asks some dozens of questions; the check of all of them together stays below a millisecond or two."""
    import timeit

    desk: Callable[[], object] = lambda: app.acting(ANN).tuning.sensitivity_rule(0.5)  # noqa: E731
    direct: Callable[[], object] = lambda: app.tuning.sensitivity_rule(0.5)  # noqa: E731
    took = min(timeit.repeat(desk, number=200, repeat=5)) - min(timeit.repeat(direct, number=200, repeat=5))
    assert took / 200 < 100e-6


def test_times_are_those_of_the_applications_clock(app, clock, rows):
    """So that a log of a made day is a log of that day."""
    clock.moment += timedelta(microseconds=7)
    app.acting(ANN).review.label("demo", rows[:1], "real", by="")
    assert app.audit.page("demo").rows[0].at == clock.moment
