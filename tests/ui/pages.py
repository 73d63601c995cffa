"""What the page tests share: something to analyze, and a way to read a page."""

import io
from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.ui.session import tenant
from driftlock_core.profiles import BALANCED, Profile

SECONDS = 120

# Every AppTest would read the metadata of all installed packages anew, which takes longer than most pages.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# A claim no p-value supports, or a number no permutation gives.
FORBIDDEN = ("confidence", "probability that", "p = 0 ", "p=0.000", "p = 0.000", "all clear")


def lines(sample: str, events: int) -> str:
    """The beginning of a sample as text to paste."""
    return generate(sample, events=events).data.decode()


def rendered(page: AppTest) -> str:
    """Every text on the page, one below the other."""
    parts = []
    for element in page.main:
        shown = [getattr(element, name, None) for name in ("label", "value", "body")]
        parts += [str(text) for text in shown if text is not None]
    parts += [metric.help for metric in page.metric]
    return "\n".join(parts)


def button(page: AppTest, label: str) -> object:
    """The button of that label."""
    return next(element for element in page.button if element.label == label)


def analyzed(page: AppTest, app: App, *, sample: str, profile: str = "Balanced") -> AppTest:
    """The page with a finished run of *sample*."""
    page.query_params["sample"] = sample
    page.query_params["prof"] = profile
    page.run()
    button(page, "Run").click().run()  # type: ignore[attr-defined]
    return finished(page, app)


def finished(page: AppTest, app: App) -> AppTest:
    """The page once the run in its address has ended."""
    run = app.wait_for_run(tenant(), str(page.query_params["run"]), seconds=SECONDS)
    assert run.state not in ("queued", "running")
    return page.run()


def run_sample(app: App, tenant: str, data: bytes, profile: Profile = BALANCED) -> str:
    """The id of the strongest anomaly of *data*."""
    run_id = app.start_run(
        tenant, source="paste", name="Shop", open_source=lambda: io.BytesIO(data), profile=profile
    )
    assert app.wait_for_run(tenant, run_id, seconds=SECONDS).state == "done"
    return app.queries.anomalies(tenant, app.queries.streams(tenant, run_id)[0].id)[0].id
