"""Files whose analysis is asked for under names that are known beforehand."""

from io import BytesIO
from typing import Any

from driftlock.bootstrap import App
from driftlock.services import runs
from driftlock_core.profiles import BALANCED
from tests.crash import load


def upload(app: App, files: dict[str, bytes]) -> None:
    """Ask for the analysis of each file, once: a run that is there already stays as it is."""
    internals: Any = app
    for run_id, data in files.items():
        if app.queries.run(load.TENANT, run_id) is None:
            runs.start(
                internals._store,
                internals._spool,
                internals._clock,
                app.settings,
                load.TENANT,
                source="upload",
                name=f"{run_id}.jsonl",
                open_source=lambda data=data: BytesIO(data),
                profile=BALANCED,
                size_bytes=len(data),
                format=None,
                kind=None,
                propose_sizes=True,
                options={},
                kept_for=None,
                run_id=run_id,
            )
