"""Jobs: asked for, worked on between runs, left behind, called off, failed."""

import logging
from dataclasses import replace

import pytest
from streams import usual

from driftlock.bootstrap import open_app
from driftlock.errors import NotFound
from driftlock.services import job_kinds
from driftlock.services.job_kinds import InvalidJob
from driftlock.services.working import STALE
from driftlock.settings import Settings

TENANT = "demo"


class PowerCut(BaseException):
    """Nothing in the program expects this one."""


@pytest.fixture
def stream_id(app, fill, burst):
    """A judged stream of 2,600 events."""
    stream = fill(app, burst)
    app.advance(TENANT, stream)
    return stream


@pytest.fixture
def counting(monkeypatch):
    """The work of a completing job replaced by a hundred steps; answers the list of steps reported."""
    steps = []

    def work(store, tenant, stream_id, report, limits):
        for step in range(100):
            steps.append(step)
            report(step, 100)
        return {"filled": len(steps)}

    kinds = dict(job_kinds.JOB_KINDS)
    kinds["complete"] = replace(kinds["complete"], work=work)
    for module in ("job_kinds", "job_work", "jobs"):
        monkeypatch.setattr(f"driftlock.services.{module}.JOB_KINDS", kinds)
    return steps


def when_at(clock, steps, count, act):
    """Do *act* once, after so many steps, whenever the clock is read next."""

    def look():
        if len(steps) >= count:
            clock.when_read = lambda: None
            act()

    clock.when_read = look


def test_a_job_fills_in_what_complete_would(app, stream_id):
    """Waiting, then done, with every event counted; a second one finds nothing left to do."""
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    waiting = app.jobs.get(TENANT, job_id)
    assert (waiting.state, waiting.done, waiting.total, waiting.unit) == ("queued", 0, 0, "events")
    assert app.work()
    done = app.jobs.get(TENANT, job_id)
    assert (done.state, done.done, done.total, done.error) == ("done", 2600, 2600, None)
    assert done.result["filled"] > 0
    assert app.complete(TENANT, stream_id) == 0
    assert not app.work()


def test_the_same_unfinished_job_is_not_started_twice(app, stream_id):
    """Same stream, kind and options; other options, or the same once it is finished, make another."""
    first = app.jobs.start(TENANT, "placebo", stream_id)
    assert app.jobs.start(TENANT, "placebo", stream_id, {"seed": 0, "way": "shuffled"}) == first
    other = app.jobs.start(TENANT, "placebo", stream_id, {"way": "reversed"})
    assert other != first
    while app.work():
        pass
    assert app.jobs.start(TENANT, "placebo", stream_id) not in (first, other)


def test_tenants_see_and_stop_their_own_jobs_only(app, stream_id, fill, burst):
    """A foreign id answers like an unknown one, of a job as of a stream."""
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    theirs = fill(app, burst[:600], tenant="other")
    app.advance("other", theirs)
    with pytest.raises(NotFound) as foreign:
        app.jobs.start("other", "complete", stream_id)
    with pytest.raises(NotFound) as unknown:
        app.jobs.start("other", "complete", "0" * 16)
    assert str(foreign.value).replace(stream_id, "") == str(unknown.value).replace("0" * 16, "")
    assert app.jobs.get("other", job_id) is None
    assert app.jobs.newest("other", stream_id, "complete") is None
    assert app.jobs.newest("other", None, "complete") is None
    with pytest.raises(NotFound):
        app.jobs.cancel("other", job_id)
    assert app.jobs.get(TENANT, job_id).state == "queued"
    other_id = app.jobs.start("other", "complete", theirs)
    assert app.work()
    assert app.work()
    assert app.jobs.get(TENANT, job_id).total == 2600
    assert app.jobs.get("other", other_id).total == 600


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("complete", {"seed": 1}, "options of this job are: limits"),
        ("placebo", {"way": "sideways"}, "shuffled, reversed"),
        ("detectability", {"seed": -1}, "whole number"),
        ("detectability", {"seed": True}, "whole number"),
        ("guess", {}, "no job “guess”"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_can(app, stream_id, kind, options, said):
    with pytest.raises(InvalidJob, match=said):
        app.jobs.start(TENANT, kind, stream_id, options)


def test_newest_is_the_last_one_asked_for_or_the_last_with_a_result(app, clock, stream_id):
    done = app.jobs.start(TENANT, "complete", stream_id)
    app.work()
    clock.advance(seconds=1)
    waiting = app.jobs.start(TENANT, "complete", stream_id)
    assert app.jobs.newest(TENANT, stream_id, "complete").id == waiting
    assert app.jobs.newest(TENANT, stream_id, "complete", done=True).id == done
    assert app.jobs.newest(TENANT, None, "complete", done=True).id == done
    assert app.jobs.newest(TENANT, stream_id, "placebo") is None


def test_old_jobs_that_are_over_are_removed_but_those_of_another_outcome_stay(
    app, clock, stream_id, counting
):
    """Thirteen done after one that was called off: ten of them are left, and the one."""
    other = app.jobs.start(TENANT, "complete", stream_id)
    app.jobs.cancel(TENANT, other)
    done = []
    for _ in range(13):
        clock.advance(seconds=1)
        done.append(app.jobs.start(TENANT, "complete", stream_id))
        assert app.work()
    clock.advance(seconds=1)
    waiting = app.jobs.start(TENANT, "complete", stream_id)
    left = [one for one in (other, *done, waiting) if app.jobs.get(TENANT, one) is not None]
    assert left == [other, *done[3:], waiting]


def test_a_job_outlives_the_failure_of_what_it_stands_aside_for(
    app, stream_id, counting, monkeypatch, caplog
):
    payload = "hunter2"

    def broken():
        raise OSError(payload)

    monkeypatch.setattr(app.demo, "prepare", lambda: counting and broken())
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    assert app.work()
    assert app.jobs.get(TENANT, job_id).state == "done"
    assert f"job {job_id} stood aside, OSError at" in caplog.text
    assert payload not in caplog.text


def test_a_waiting_job_is_called_off_at_once(app, stream_id):
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    app.jobs.cancel(TENANT, job_id)
    assert app.jobs.get(TENANT, job_id).state == "cancelled"
    assert not app.work()


def test_a_job_at_work_ends_at_its_next_step(app, clock, stream_id, counting):
    """Half a study says nothing: no result is kept."""
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    when_at(clock, counting, 40, lambda: app.jobs.cancel(TENANT, job_id))
    assert app.work()
    job = app.jobs.get(TENANT, job_id)
    assert (job.state, job.result, job.error, len(counting)) == ("cancelled", None, None, 40)


def test_an_error_of_the_program_gets_an_id_and_no_payload_leaks(app, stream_id, monkeypatch, caplog):
    payload = "hunter2"

    def broken(*_, **__):
        raise KeyError(payload)

    monkeypatch.setattr(job_kinds, "complete", broken)
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    with caplog.at_level(logging.ERROR):
        assert app.work()
    job = app.jobs.get(TENANT, job_id)
    error_id = job.error.partition("error id ")[2].partition(")")[0]
    assert job.state == "failed"
    assert f"job {job_id}: error {error_id}, KeyError at" in caplog.text
    assert payload not in job.error + caplog.text


def test_a_study_of_too_few_events_fails_with_how_many_it_needs(app, fill, burst):
    for kind in ("detectability", "placebo"):
        job_id = app.jobs.start(TENANT, kind, fill(app, burst[:44]))
        app.work()
        job = app.jobs.get(TENANT, job_id)
        assert job.state == "failed"
        assert "holds 44 events" in job.error
        assert "needs 450" in job.error


def test_a_job_left_behind_is_taken_over_and_done_anew(home, clock, open_again, fill, burst, counting):
    """Not before its worker has been silent for a minute; then from the start, once."""
    first, second = open_again(), open_again()
    job_id = first.jobs.start(TENANT, "complete", fill(first, burst))

    def cut():
        raise PowerCut

    when_at(clock, counting, 40, cut)
    with pytest.raises(PowerCut):
        first.work()
    assert not second.work()
    clock.advance(seconds=STALE.total_seconds() + 1)
    assert second.work()
    job = second.jobs.get(TENANT, job_id)
    assert (job.state, job.result) == ("done", {"filled": 140})
    assert not second.work()


def test_who_lost_a_job_keeps_nothing_of_it(clock, open_again, fill, burst, counting):
    """A worker thought gone wakes up: the result is the other's."""
    first, second = open_again(), open_again()
    job_id = first.jobs.start(TENANT, "complete", fill(first, burst))

    def overtake():
        clock.advance(seconds=STALE.total_seconds() + 1)
        second.work()

    when_at(clock, counting, 40, overtake)
    assert first.work()
    assert second.jobs.get(TENANT, job_id).result == {"filled": 140}
    assert len(counting) == 140


def test_a_run_does_not_wait_for_a_job_to_end(app, clock, stream_id, counting, run_text):
    """Asked for in the middle of a job, it is done before the job's next step."""
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    at_next_step = []

    def ask():
        run_id = run_text(b"\n".join(usual(500, 1)))
        when_at(
            clock,
            counting,
            41,
            lambda: at_next_step.append((len(counting), app.queries.run(TENANT, run_id).state)),
        )

    when_at(clock, counting, 40, ask)
    assert app.work()
    assert app.jobs.get(TENANT, job_id).state == "done"
    assert at_next_step == [(41, "done")]


def test_a_run_goes_before_a_job_that_waited_longer(app, stream_id, run_text):
    job_id = app.jobs.start(TENANT, "complete", stream_id)
    run_id = run_text(b"\n".join(usual(60, 1)))
    assert app.work()
    assert app.queries.run(TENANT, run_id).state == "done"
    assert app.jobs.get(TENANT, job_id).state == "queued"


def test_a_closing_process_puts_its_job_back(tmp_path, fill, burst, counting, monkeypatch):
    """It does not keep the process open, and waits for the next one at once."""
    app = open_app(Settings(home=tmp_path / "own"), work=False)
    job_id = app.jobs.start(TENANT, "complete", fill(app, burst[:600]))
    work = job_kinds.JOB_KINDS["complete"].work

    def closing(*given, **options):
        app._worker.stop()
        return work(*given, **options)

    kinds = dict(job_kinds.JOB_KINDS)
    kinds["complete"] = replace(kinds["complete"], work=closing)
    monkeypatch.setattr("driftlock.services.job_work.JOB_KINDS", kinds)
    assert app.work()
    assert app.jobs.get(TENANT, job_id).state == "queued"
    assert len(counting) == 1
    app.close()


@pytest.mark.parametrize("at_work", [False, True], ids=["waiting", "at work"])
def test_deleting_a_run_takes_the_jobs_of_its_streams_along(app, clock, run_text, counting, at_work):
    """Also the one at work, whose next report finds nothing to report to."""
    run_id = run_text(b"\n".join(usual(600, 1)))
    app.work()
    [stream] = app.queries.streams(TENANT, run_id)
    job_id = app.jobs.start(TENANT, "complete", stream.id)
    if at_work:
        when_at(clock, counting, 40, lambda: app.delete_run(TENANT, run_id))
        assert app.work()
        assert len(counting) == 40
    else:
        app.delete_run(TENANT, run_id)
    assert app.jobs.get(TENANT, job_id) is None
    assert not app.work()
