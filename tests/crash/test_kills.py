"""The short form of ``python -m tests.crash``, on both databases."""

from random import Random

import pytest

from tests.crash.campaign import Outcome, Round, campaign
from tests.crash.databases import DATABASES, lasting_server
from tests.crash.reference import Undisturbed, undisturbed
from tests.postgres import APP

SIZE = (2_000, 2_000)  # events of a stream, lines of an upload
KILLS = 8
SEED = 3


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Undisturbed:
    found = undisturbed(tmp_path_factory.mktemp("undisturbed"), SIZE)
    assert len(found.found["windows"]) > 300
    assert found.found["anomalies"]
    assert found.found["series_anomalies"]
    return found


def assert_whole(outcome: Outcome) -> None:
    assert outcome.said == []
    assert (outcome.lost, outcome.doubled, outcome.different) == (0, 0, 0)


@pytest.mark.parametrize("name", DATABASES)
def test_kills_lose_nothing_double_nothing_and_change_no_verdict(name, reference, tmp_path):
    """Processes, and PostgreSQL itself, ended by SIGKILL at seeded moments, most of them inside a transaction."""
    outcome = campaign(name, tmp_path, reference, KILLS, SEED)
    assert_whole(outcome)
    assert outcome.kills == KILLS
    assert outcome.in_transactions >= KILLS / 2


def test_cut_connections_lose_nothing(reference, tmp_path):
    """Every connection of the application is ended by the server, in the middle of whatever it is at."""
    server = lasting_server()
    database = server.fresh()

    def cut() -> None:
        with server.session() as session:
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND datname = %s",
                (APP, database),
            )

    try:
        outcome = Round(tmp_path, server.url(database), reference, Random(SEED), cut, every=1).play(3)
    finally:
        server.drop(database)
    assert_whole(outcome)
    assert outcome.crashes_of_server == 3
