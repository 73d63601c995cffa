"""Several processes on one database take turns, and who slept through its lease writes no more."""

import itertools
import time

import pytest

from tests.crash import load
from tests.crash.contents import contents, differences, of_streams
from tests.crash.databases import DATABASES, database
from tests.crash.nursery import Nursery
from tests.crash.reference import Undisturbed, compared, opened, undisturbed
from tests.crash.senders import Sender
from tests.crash.victim import Plan, Strike

SIZE = (1_200, 1_500)  # events of a stream, lines of an upload
JUDGED = "orders"


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Undisturbed:
    return undisturbed(tmp_path_factory.mktemp("undisturbed"), SIZE)


@pytest.fixture(params=DATABASES)
def made(request, tmp_path):
    with database(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def url(made):
    return made.url


def plan(tmp_path, url, since, **more) -> Plan:
    return Plan(
        home=str(tmp_path / "home"),
        database_url=url,
        traces=str(tmp_path / "traces"),
        since=since,
        size=SIZE,
        **more,
    )


def test_a_worker_frozen_past_its_lease_writes_nothing_when_it_wakes(made, url, tmp_path, reference):
    since = time.time()
    app = opened(tmp_path / "home", url, since)
    for one in load.made(*SIZE).posted[JUDGED]:
        app.ingest(load.TENANT, JUDGED, one.body, delivery=one.name)
    frozen = Nursery(tmp_path / "victim.log")
    try:
        strike = Strike(verb="save", call=1, statement=-1, freeze=True)
        frozen.begin(plan(tmp_path, url, since, upload=False, strike=strike))
        frozen.await_frozen(made.writable)
        until = time.monotonic() + 30
        while app._store.pending.waiting(load.TENANT, JUDGED):
            assert time.monotonic() < until
            app.turn(due_only=False)
            time.sleep(0.02)
        before = contents(app._store)
        assert frozen.wake() == "False"
        frozen.kill()
    finally:
        frozen.close()
    assert differences(before, contents(app._store)) == []
    app.close()
    assert differences(of_streams(reference.found, [JUDGED]), of_streams(before, [JUDGED])) == []


def test_two_servers_on_one_database_share_the_work(url, tmp_path, reference):
    """Both receive, both judge, both take up what was uploaded; a delivery goes to either of them."""
    since = time.time()
    sent = load.made(*SIZE)
    pair = [Nursery(tmp_path / f"victim-{number}.log") for number in range(2)]
    turns = itertools.cycle(pair)
    senders = [Sender(name, parts, lambda: next(turns).port) for name, parts in sent.posted.items()]
    try:
        for number, (nursery, stream) in enumerate(zip(pair, load.HANDED, strict=True)):
            nursery.begin(plan(tmp_path, url, since, handed={stream: 0}, upload=number == 0))
            nursery.await_ready()
        for sender in senders:
            sender.start()
        until = time.monotonic() + 60
        while not all(sender.done or sender.error for sender in senders) or any(
            nursery.stored.get(stream, 0) < len(sent.handed[stream])
            for nursery, stream in zip(pair, load.HANDED, strict=True)
        ):
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        for sender in senders:
            sender.stop()
        for nursery in pair:
            nursery.close()
    assert [sender.error for sender in senders if sender.error] == []
    found = compared(tmp_path, url, reference, since)
    assert found.said == []
    assert (found.lost, found.doubled, found.different) == (0, 0, 0)
