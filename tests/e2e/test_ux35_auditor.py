"""An auditor in a real browser: sees, takes away, reads the logs, changes nothing, and every attempt is noted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driftlock.bootstrap import open_app
from driftlock.model import DEMO
from driftlock.settings import Settings
from tests.cli.serving import Server
from tests.e2e.test_sign_in import CARL, PATIENCE, heading, sign_in, strongest
from tests.services.people import ROAD, owner

pytestmark = pytest.mark.browser


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Server, Path, str, str]]:
    """`driftlock serve` with an owner and an auditor of one tenant: server, home, anomaly, the auditor's id."""
    home = tmp_path / "home"
    app = open_app(Settings(home=home, demo_data=False), work=False)
    owner(app)
    auditor = app.accounts.first(DEMO, email=CARL, name="Carl", password=ROAD, role="auditor")
    anomaly = strongest(app, DEMO)
    app.close()
    server = Server(home, environment={"DRIFTLOCK_DEMO_DATA": "off"})
    yield server, home, anomaly, auditor
    server.stop()


def test_ux35_an_auditor_exports_and_reads_logs_and_finds_nothing_to_change(
    place: tuple[Server, Path, str, str], page: Page
) -> None:
    """Apply, label and revoke are absent; an address typed by hand is refused; both stand in the access log."""
    server, home, anomaly, auditor = place
    page.goto(f"{server.address}/anomaly?id={anomaly}")
    sign_in(page, CARL)
    export = page.get_by_role("button", name="Export", exact=False).first
    expect(export).to_be_visible(timeout=PATIENCE)
    for absent in ("Real", "Not real", "Suppress…", "Note…"):
        assert page.get_by_role("button", name=absent, exact=True).count() == 0
    with page.expect_download(timeout=PATIENCE) as handed:
        export.click()
    assert handed.value.suggested_filename == f"{anomaly}.json"
    page.goto(f"{server.address}/tuning?r=All&ncd=0.6")
    heading(page, "Tuning lab")
    expect(page.get_by_text("Copy link").first).to_be_visible(timeout=PATIENCE)
    assert page.get_by_text("Apply candidate").count() == 0
    page.goto(f"{server.address}/analyze")
    expect(page.get_by_text("This page needs the role analyst").first).to_be_visible(timeout=PATIENCE)
    page.goto(f"{server.address}/admin")
    heading(page, "Admin")
    expect(page.get_by_text("Audit log").first).to_be_visible(timeout=PATIENCE)
    assert page.get_by_role("button", name="Revoke").count() == 0
    server.stop()
    app = open_app(Settings(home=home, demo_data=False), work=False)
    noted = {(row.what, row.object_id) for row in app.accesses.page(DEMO, actor=auditor).rows}
    assert {("opened", anomaly), ("exported", anomaly), ("refused", "analyze")} <= noted
    assert app.audit.page(DEMO, actor=auditor, action="anomaly").total == 0
    app.close()
