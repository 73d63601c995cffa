"""Six roles, a visitor, a key that sends and nobody, against every verb and question of the application."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from driftlock.services.acting import Actor
from driftlock.services.acting_verbs import VERBS
from driftlock.services.permissions import allowed
from tests.matrix.made import HOME, STRANGER, Made, open_made
from tests.matrix.table import TABLE, table_text
from tests.matrix.verbs import (
    ASKING,
    SPOKEN,
    answer,
    arguments,
    dump,
    foreign,
    leaks,
    lets_through,
    method_of,
    refers,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Both tenants, in SQLite."""
    opened = open_made(tmp_path_factory.mktemp("matrix"))
    yield opened
    opened.app.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Made]:
    """Both tenants in one database, in either."""
    if request.param == "sqlite":
        yield request.getfixturevalue("made")
        return
    opened = open_made(tmp_path, request.getfixturevalue("postgres_url"))
    yield opened
    opened.app.close()


@pytest.mark.parametrize("asking", ASKING)
def test_each_role_reaches_what_its_permissions_say_and_nothing_else(made: Made, asking: str):
    """Tried one by one; what is refused changes not one row of any table."""
    before = dump(made.app, tenant=HOME)
    reached = {path for path in SPOKEN if lets_through(made, asking, path)}
    expected = {path for path in SPOKEN if allowed(ASKING[asking], VERBS[path].permission)}  # type: ignore[arg-type]
    assert (reached - expected, expected - reached) == (set(), set())
    assert dump(made.app, tenant=HOME) == before


def test_the_table_is_the_one_that_was_agreed_on():
    """`python -m tests.matrix --write` writes it anew; the difference is for a reviewer."""
    assert TABLE.read_text() == table_text()


def test_an_auditor_changes_nothing():
    """Of all that changes something, not one verb is an auditor's; exports and holds are noted, not made undone."""
    changes = {
        path for path, verb in VERBS.items() if verb.action is not None and verb.permission is not None
    }
    mine = {path for path in changes if allowed("auditor", VERBS[path].permission)}  # type: ignore[arg-type]
    assert {VERBS[path].permission for path in mine} <= {"export", "hold"}


def test_an_id_of_another_tenant_answers_like_an_unknown_one(shared: Made):
    """For every verb that takes an id, asked by an owner of the other tenant; and nothing of it shows or changes."""
    before = dump(shared.app, tenant=HOME)
    asked, told = foreign(shared)
    assert {path: both for path, both in told if both[0] != both[1]} == {}
    assert [(path, leaks(shared, both[0][1])) for path, both in told if leaks(shared, both[0][1])] == []
    assert dump(shared.app, tenant=HOME) == before
    assert asked >= 100


def test_the_ids_of_that_test_are_good_at_home(made: Made):
    """So that it compares something: most questions that take an id answer its owner otherwise than a stranger."""
    desk = made.app.acting(Actor(tenant=HOME, user=made.ids["user_id"], role="owner"))
    questions = [path for path in SPOKEN if refers(path, made.app) and VERBS[path].action is None]
    same = set()
    for path in questions:
        if VERBS[path].permission in ("send", "export", "analyze"):
            continue
        try:
            kind, said = "answer", repr(method_of(desk, path)(**arguments(made, path, HOME, made.ids)))
        except Exception as error:
            kind, said = type(error).__name__, str(error)
        for one in set(made.ids.values()):
            said = said.replace(one, "…")
        if (kind, said) == answer(made, path, made.ids):
            same.add(path)
    assert len(same) <= len(questions) // 3, same


def test_another_tenant_named_outright_is_refused_and_noted(made: Made):
    """Whatever the verb: a stranger who names the tenant itself is shown nothing, and it stands in the access log."""
    desk = made.app.acting(Actor(tenant=STRANGER, user=made.stranger, role="owner", session="outright"))
    before = dump(made.app, tenant=HOME)
    leaking = {}
    asked = [path for path in SPOKEN if not VERBS[path].pure]
    for path in asked:
        try:
            said = repr(method_of(desk, path)(**arguments(made, path, HOME, made.ids)))
        except Exception as error:
            said = str(error)
        for one in made.ids.values():
            said = said.replace(one, "…")
        if found := leaks(made, said):
            leaking[path] = found
    assert leaking == {}
    assert dump(made.app, tenant=HOME) == before
    noted = made.app.accesses.page(STRANGER, what="refused", limit=10_000).rows
    assert {row.object_kind for row in noted} >= set(asked)
