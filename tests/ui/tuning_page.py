"""The tuning lab as its tests open and read it."""

import io
from pathlib import Path

from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.ui.session import tenant
from driftlock_core.profiles import BALANCED, Profile
from tests.ui.pages import SECONDS, rendered

PAGE = "pages/tuning.py"
ROOT = Path(__file__).parents[2]
# Sizes at which a short stream has references enough for all views to decide.
SMALL = BALANCED.with_sizes(20)


def stream_of(app: App, name: str, data: bytes, profile: Profile = SMALL) -> str:
    """The id of the only stream of *data*, analyzed."""
    run_id = app.start_run(
        tenant(), source="upload", name=name, open_source=lambda: io.BytesIO(data), profile=profile
    )
    assert app.wait_for_run(tenant(), run_id, seconds=SECONDS).state == "done"
    return app.queries.streams(tenant(), run_id)[0].id


def opened(app: App, stream_id: str | None = None, **address: str) -> AppTest:
    """The page with the whole range of one stream."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.switch_page(PAGE)  # before the first run: the Overview in between would cost as much again
    page.session_state["r"] = "all"
    if stream_id is not None:
        page.query_params["stream"] = stream_id
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def settled(page: AppTest, app: App, stream_id: str, kind: str = "complete") -> AppTest:
    """The page once the job it started has ended."""
    for _ in range(SECONDS * 5):
        job = app.jobs.newest(tenant(), stream_id, kind)  # type: ignore[arg-type]
        if job is None or job.state not in ("queued", "running"):
            break
        app._worker.wait(0.2)
    page.run()
    assert not page.exception
    return page


def cards(page: AppTest, side: int) -> dict[str, str]:
    """Values by label: 0 the current rule, 1 the candidate."""
    shown = [metric for metric in page.metric if not metric.label.startswith(("PLACEBO", "As it came"))]
    return {metric.label: metric.value for metric in shown[8 * side : 8 * side + 8]}


def number(page: AppTest, key: str) -> object:
    return next(field for field in page.number_input if field.key == key)


def said(page: AppTest) -> str:
    """Every text of the page; notices included."""
    notices = [*page.info, *page.warning, *page.error, *page.success]
    return "\n".join([rendered(page), *(notice.value for notice in notices)]).replace("\\", "")
