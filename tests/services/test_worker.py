import io
import threading

from streams import usual

from driftlock.bootstrap import open_app
from driftlock.services.worker import Worker
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED

TENANT = "demo"
PATIENCE = 60  # seconds; reached only by a broken worker


def test_runs_started_at_once_are_all_seen_through(tmp_path):
    """Five callers, one worker: no caller waits for an analysis, every run ends."""
    app = open_app(Settings(home=tmp_path))
    run_ids = []

    def start(number):
        data = b"\n".join(usual(500, number))
        run_ids.append(
            app.start_run(
                TENANT,
                source="paste",
                name=f"run {number}",
                open_source=lambda: io.BytesIO(data),
                profile=BALANCED,
            )
        )

    callers = [threading.Thread(target=start, args=(number,)) for number in range(5)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    runs = [app.wait_for_run(TENANT, run_id, seconds=PATIENCE) for run_id in run_ids]
    assert [(run.state, run.events_analyzed) for run in runs] == [("done", 500)] * 5
    app.close()


def test_waiting_for_a_run_nobody_works_on_ends_in_time(tmp_path):
    app = open_app(Settings(home=tmp_path), work=False)
    run_id = app.start_run(
        TENANT, source="paste", name="x", open_source=lambda: io.BytesIO(b"x"), profile=BALANCED
    )
    assert app.wait_for_run(TENANT, run_id, seconds=0.01).state == "queued"
    app.close()


def test_a_failing_store_does_not_end_the_worker(caplog):
    """The next call finds it working again."""
    done = threading.Event()
    calls = []

    def work():
        calls.append(True)
        worker.wake()
        if len(calls) == 1:
            raise OSError("disk full")
        done.set()
        return False

    worker = Worker(work, tidy=lambda: None)
    worker.start()
    assert done.wait(PATIENCE)
    worker.stop()
    assert "could not reach its store" in caplog.text


def test_what_a_failing_store_quotes_is_not_logged(caplog):
    """Neither by the error that reached the worker nor by the one before it."""
    failed, payload = threading.Event(), "hunter2"

    def work():
        if failed.is_set():
            return False
        failed.set()
        try:
            raise ValueError(payload)
        except ValueError as error:
            raise OSError(f"could not write {payload}") from error

    worker = Worker(work)
    worker.start()
    assert failed.wait(PATIENCE)
    worker.stop()
    assert "could not reach its store, OSError at" in caplog.text
    assert payload not in caplog.text


def test_the_worker_tidies_up_when_it_is_time():
    tidied = threading.Event()
    worker = Worker(lambda: False, tidied.set, tidy_seconds=0)
    worker.start()
    assert tidied.wait(PATIENCE)
    worker.stop()
