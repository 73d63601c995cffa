"""
What the jobs of a stream take and find: ``python -m benchmarks.speed.jobs [FILE.log.gz …]``.

Of a generated log of 12,000 lines, or of the logs named: processor seconds of each kind of job, from how many
foreign lines each rule would notice, and what the detector raises on the events in another order.
"""

import gzip
import sys
import time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.sources import generated
from driftlock.bootstrap import App, open_app
from driftlock.decode import decode
from driftlock.services.job_kinds import JobKind
from driftlock.settings import Settings
from driftlock_core.profiles import BALANCED

EVENTS: Final = 12_000
TENANT: Final = "benchmark"


def filled(app: App, name: str, text: bytes) -> str:
    """A judged stream of the lines of *text*; answers its id."""
    stream_id = app.create_stream(TENANT, name=name, kind="logs", profile=BALANCED)
    for batch in decode(BytesIO(text), name=name):
        app.receive(TENANT, stream_id, batch)
    app.advance(TENANT, stream_id)
    return stream_id


def done(app: App, stream_id: str, kind: JobKind, **options: Any) -> tuple[float, dict[str, Any]]:
    """Processor seconds of a job, and its result."""
    job_id = app.jobs.start(TENANT, kind, stream_id, options)
    begun = time.process_time()
    app.work()
    seconds = time.process_time() - begun
    job = app.jobs.get(TENANT, job_id)
    assert job is not None
    assert job.result is not None, job.error
    return seconds, job.result


def main() -> None:
    """Print a paragraph a log."""
    logs = [(Path(name).name, gzip.decompress(Path(name).read_bytes())) for name in sys.argv[1:]]
    with TemporaryDirectory() as folder:
        app = open_app(Settings(home=Path(folder)), work=False)
        for name, text in logs or [("generated", generated(EVENTS, 1))]:
            stream_id = filled(app, name, text)
            stream = app.queries.stream(TENANT, stream_id)
            assert stream is not None
            print(f"{name}, {stream.events:,} events, {stream.windows:,} windows")
            seconds, _ = done(app, stream_id, "complete")
            print(f"  complete {seconds:.1f} s")
            for way in ("shuffled", "reversed"):
                seconds, found = done(app, stream_id, "placebo", way=way)
                print(
                    f"  placebo, {way} {seconds:.1f} s: flagged {found['flagged']} (real {found['real_flagged']}, "
                    f"by chance at most about {found['expected']:.0f}), by pace alone {found['pace_alone']} "
                    f"(real {found['real_pace_alone']}), incidents {found['incidents']} (real {found['real_incidents']})"
                )
            seconds, found = done(app, stream_id, "detectability")
            print(f"  detectability {seconds:.1f} s, in {found['windows']} windows")
            for rule in found["profiles"]:
                lines = ", ".join(f"{line['kind']} {line['noticed_from'] or '—'}" for line in rule["lines"])
                print(f"    {rule['name']}: {lines}; views decided {rule['trials_by_views']} of 50 trials")
        app.close()


if __name__ == "__main__":
    main()
