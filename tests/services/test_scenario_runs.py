"""Plays of scenarios as runs: one run for one play, whoever starts it."""

TENANT = "demo"


def test_two_processes_that_start_a_play_at_the_same_moment_share_its_run(open_again, clock):
    """The second starts while the first has kept the source and not yet stored the run; the source stays."""
    one, other = open_again(), open_again()
    started = []

    def meanwhile():
        clock.when_read = lambda: None
        started.append(other.scenarios.play(TENANT, "error-storm", 7))

    clock.when_read = meanwhile
    run = one.scenarios.play(TENANT, "error-storm", 7)
    assert [run.id] == [found.id for found in started] == [found.id for found in one.queries.runs(TENANT)]
    assert one.work()
    ended = one.queries.run(TENANT, run.id)
    assert (ended.state, ended.error) == ("done", None)
    assert not other.work()
    assert list(one.settings.spool.iterdir()) == []
