"""The page Admin in a real browser: a key is seen once, and what an auditor may not is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from driftlock.bootstrap import open_app
from driftlock.model import DEMO
from driftlock.settings import Settings
from tests.cli.serving import Server
from tests.e2e.test_sign_in import CARL, heading, sign_in
from tests.e2e.waiting import idle, press
from tests.services.people import OWNER, ROAD, owner

pytestmark = pytest.mark.browser

KEY = re.compile(r"dlk_[0-9a-f-]{36}\.([a-z2-7]{32})")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, str]]:
    """`driftlock serve` with an owner and an auditor of one tenant, who has sent nothing: server, home, auditor."""
    home = tmp_path_factory.mktemp("admin") / "home"
    app = open_app(Settings(home=home, demo_data=False), work=False)
    owner(app)
    auditor = app.accounts.first(DEMO, email=CARL, name="Carl", password=ROAD, role="auditor")
    app.close()
    server = Server(home, environment={"DRIFTLOCK_DEMO_DATA": "off"})
    yield server, home, auditor
    server.stop()


def test_ux35_an_auditor_has_the_two_logs_and_nothing_that_changes(
    place: tuple[Server, Path, str], page: Page
) -> None:
    """The tabs of others are absent; their address is refused, and that stands in the access log."""
    server, home, auditor = place
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{server.address}/admin")
    sign_in(page, CARL)
    heading(page, "Admin")
    expect(page.get_by_role("tab")).to_have_text(["Audit log", "Access log"])
    page.get_by_role("button", name="Check chain").click()
    expect(
        page.get_by_text(re.compile(r"unbroken; head [0-9a-f]{64}|nothing was changed yet"))
    ).to_be_visible()
    for absent in ("Invite", "Make the key", "Revoke", "Rotate", "Keep", "Delete"):
        assert page.get_by_role("button", name=absent).count() == 0
    page.goto(f"{server.address}/admin?tab=API+keys")
    expect(page.get_by_text("This page needs the role admin; yours is auditor.")).to_be_visible()
    assert page.get_by_role("tab").count() == 0
    app = open_app(Settings(home=home, demo_data=False), work=False)
    noted = [
        (row.what, row.object_id)
        for row in app.accesses.page(DEMO, actor=auditor).rows
        if row.what != "signed_in"
    ]
    app.close()
    assert noted == [("refused", "admin api keys")]


def test_ux36_a_key_is_shown_once_and_revoking_it_asks_first(
    place: tuple[Server, Path, str], page: Page
) -> None:
    """After the dialog is closed no page source, address, request or log holds the secret; the key works until revoked."""
    server, home, _ = place
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.address}/admin?tab=API+keys")
    sign_in(page, OWNER)
    heading(page, "Admin")
    page.get_by_text("Make a key").first.click()
    page.get_by_label("What it is for").fill("Shipper")
    page.get_by_role("button", name="Make the key").dblclick()  # as hands do that are used to icons
    dialog = page.get_by_role("dialog")
    stored = dialog.get_by_role("button", name="I have stored it")
    expect(stored).to_be_visible()
    code = dialog.get_by_role("code")
    expect(code).to_have_text(KEY)
    found = KEY.search(code.text_content() or "")
    assert found
    key, secret = found[0], found[1]
    code.hover()
    expect(dialog.get_by_role("button", name="Copy to clipboard")).to_be_visible()
    for pressed in ("Escape", "h"):  # it does not go by accident
        press(page, pressed)
        idle(page)
        expect(stored).to_be_visible()
    expect(code).to_have_text(key)
    stored.click()
    expect(dialog).to_have_count(0)
    idle(page)
    expect(page.get_by_text(re.compile("^1 key, 1 in force"))).to_be_visible()
    masked = key.replace(secret, f"{secret[:4]}…")
    expect(page.get_by_text(masked)).to_be_visible()
    assert secret not in page.content()
    body = b'{"m":"x"}\n'
    sent = page.request.post(
        f"{server.address}/v1/streams/orders/events", data=body, headers={"Authorization": f"Bearer {key}"}
    )
    assert sent.status == 202
    page.reload()
    expect(page.get_by_text(masked)).to_be_visible()
    expect(page.get_by_text(re.compile("used less than a minute ago from 127"))).to_be_visible()
    page.get_by_role("button", name="Revoke", exact=False).click()
    expect(
        page.get_by_text(re.compile("Used less than a minute ago from 127.*refused from the next"))
    ).to_be_visible()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("Revoked: Shipper").first).to_be_visible()
    idle(page)
    refused = page.request.post(
        f"{server.address}/v1/streams/orders/events", data=body, headers={"Authorization": f"Bearer {key}"}
    )
    assert refused.status == 401
    page.goto(f"{server.address}/admin?tab=Audit+log")
    expect(page.get_by_role("button", name="Check chain")).to_be_visible()
    idle(page)
    assert secret not in page.content()
    assert secret not in " ".join([*asked, page.url])
    server.stop()
    written = b"".join(path.read_bytes() for path in sorted(home.parent.rglob("*")) if path.is_file())
    assert secret.encode() not in written  # neither in the database nor in the server's log
