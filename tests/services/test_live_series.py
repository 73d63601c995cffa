"""Numbers that were sent live: what is still going on when nothing more comes ends then."""

import subprocess
import sys
from datetime import timedelta

import pytest
from made_numbers import JUMP, wide

from driftlock.model import Event, Run
from driftlock.services.advance_series import advance_series
from driftlock.services.live_process import Playing
from driftlock.services.streams import blank_stream
from driftlock.services.working import STALE
from driftlock_core.profiles import BALANCED

TENANT = "demo"
WORKER = "player"


class Silent:
    """A generator that ends at once and sends nothing."""

    def __init__(self, stream_id):
        self.stream_id = stream_id

    def begin(self, complaints):
        return subprocess.Popen(
            [sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        )


@pytest.fixture
def sent(app, run_text, clock):
    """A live run and its stream: all is judged, and the jump was going on at the last event."""
    run_text(wide(JUMP + 10), name="cpu.csv")
    assert app.work()
    [upload] = app.queries.runs(TENANT)
    [whole] = app.queries.streams(TENANT, upload.id)
    run = Run(
        tenant=TENANT, id="live", source="live", name="live", state="running", configuration={}, options={},
        sha256=None, size_bytes=None, bytes_read=0, events_received=0, events_analyzed=0, step="sending",
        error=None, report=None, stream_ids=("live-cpu",), created_at=clock.now(), finished_at=None,
    )  # fmt: skip
    assert app._store.runs.add(run, expires_at=clock.now() + timedelta(days=1), worker=WORKER)
    app._store.streams.add(
        blank_stream(
            TENANT, name="cpu.csv", kind="metrics", profile=BALANCED, created_at=clock.now(),
            run_id=run.id, stream_id="live-cpu",
        )
    )  # fmt: skip
    app._store.streams.configure(TENANT, "live-cpu", whole.configuration)
    lines = app.queries.stored(TENANT, whole.id, 1, JUMP + 10).values()
    events = [Event(line, "metrics", at.to_bytes(8, "big"), None, None) for at, line in enumerate(lines)]
    app.receive(TENANT, "live-cpu", events)
    advance_series(app._store, app._clock, TENANT, "live-cpu", ends=False)
    assert app.queries.stream(TENANT, "live-cpu").flagged < whole.flagged
    return run, whole


def test_the_end_of_a_feed_ends_what_goes_on(app, sent):
    run, whole = sent
    playing = Playing(app._store, app._clock, run, WORKER, Silent("live-cpu"), take=lambda *_: None)
    playing.start()
    playing._thread.join(60)
    assert (app.queries.run(TENANT, run.id).state, playing.error) == ("done", None)
    assert app.queries.stream(TENANT, "live-cpu").flagged == whole.flagged


def test_a_feed_whose_program_ended_is_closed_by_the_next_one(app, sent, clock):
    """With what was going on in it."""
    run, whole = sent
    clock.advance(seconds=STALE.total_seconds() + 1)
    assert app.work()
    assert app.queries.run(TENANT, run.id).state == "failed"
    assert app.queries.stream(TENANT, "live-cpu").flagged == whole.flagged
