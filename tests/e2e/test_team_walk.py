"""
A new team's first day, with the commands and clicks of docs/how-to/first-team.md.

Nothing is reached past the programs: accounts, keys, events, evidence and databases come and go by
`driftlock`, `python -m data_generator` and a browser for each person.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from driftlock.bootstrap import open_app
from driftlock.model import DEMO
from driftlock.settings import Settings
from tests.cli.serving import ROOT, Server
from tests.e2e.complaints import complaints
from tests.e2e.tabs import select_tab
from tests.e2e.test_sign_in import PATIENCE, heading, sign_in
from tests.e2e.waiting import idle
from tests.e2e.walks import Watch
from tests.evidence.test_bare_python import bare  # noqa: F401 - the fixture of this name
from tests.postgres import APP, OWNER
from tests.postgres import Server as PostgresServer
from tests.services.people import ROAD

pytestmark = pytest.mark.browser

ANN, BOB, CARL = "ann@example.com", "bob@example.com", "carl@example.com"
STREAMS = {"logs": "shop", "traces": "shop-traces"}
SEED = "8"  # with which what stands out most in the one stream does so while the other is flagged: they make a case
# All that the verdict follows from; the other files tell what people did, and when.
VERDICT = (
    "record.json", "config.json", "permutation.json", "references.json", "window.ndjson", "baseline.ndjson",
)  # fmt: skip


def ran(*arguments: str | Path, home: Path, typed: str = "", program: str = "driftlock", **more: str) -> str:
    """What a command of ours says on standard output; it has to end with 0."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("DRIFTLOCK_")}
    done = subprocess.run(
        [sys.executable, "-m", program, *map(str, arguments)],
        cwd=ROOT,
        env=surroundings | {"DRIFTLOCK_HOME": str(home)} | more,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def served() -> Iterator[Callable[..., Server]]:
    """Starts `driftlock serve` with the arguments of :class:`Server`; what still runs at the end of the test is stopped."""
    with ExitStack() as running:

        def serve(home: Path, **more: Mapping[str, str]) -> Server:
            server = Server(home, **more)
            running.callback(server.stop)
            return server

        yield serve


@contextmanager
def browser_of(chromium: Browser) -> Iterator[Page]:
    """A window that shares nothing with the others, and met no error at its end."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors = complaints(page)
    yield page
    assert errors == []
    context.close()


def invited(page: Page, email: str, role: str) -> str:
    """The link that the page Admin shows once."""
    idle(page)
    form = page.get_by_test_id("stForm").filter(has_text="Nothing is mailed")
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_role("combobox").click()
    page.get_by_role("option", name=role, exact=True).click()
    form.get_by_role("button", name="Invite").click()
    return shown_once(page, "I have passed it on")


def key_made(page: Page) -> str:
    """An API key of the page Admin."""
    select_tab(page, "API keys")
    idle(page)
    page.get_by_text("Make a key").first.click()
    page.get_by_label("What it is for").fill("shop servers")
    idle(page)
    page.get_by_role("button", name="Make the key").click()
    return shown_once(page, "I have stored it")


def shown_once(page: Page, button: str) -> str:
    dialog = page.get_by_role("dialog")
    told = dialog.get_by_role("code").inner_text()
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)
    idle(page)
    return told


def join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("New password").fill(ROAD)
    page.get_by_role("button", name="Join").click()
    heading(page, "Overview")


def judged(home: Path) -> None:
    """Wait until every window of what was sent has its verdict."""
    app = open_app(Settings(home=home, demo_data=False), work=False)
    for _ in range(120):
        streams = {state.stream.name: state.stream for state in app.overview.streams(DEMO)}
        left = [
            name
            for name in STREAMS.values()
            if (stream := streams.get(name)) is None or stream.windows < windows(stream.configuration)
        ]
        if not left:
            break
        time.sleep(0.5)
    app.close()
    assert not left


def windows(configuration: dict[str, object], events: int = 3_600) -> int:
    """How many windows fit behind the first baseline."""
    baseline, window, hop = (int(str(configuration[name])) for name in ("baseline", "window", "hop"))
    return (events - baseline - window) // hop + 1


def bundle_made(page: Page, folder: Path) -> Path:
    """From the page of an anomaly: the evidence, downloaded."""
    select_tab(page, "Record")
    page.get_by_role("link", name="Make an evidence bundle").click()
    heading(page, "Reports and evidence")
    page.get_by_role("button", name="Make the report").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").first.click()
    folder.mkdir()
    bundle = folder / coming.value.suggested_filename
    coming.value.save_as(bundle)
    with ZipFile(bundle) as held:
        held.extractall(folder / "unpacked")
    return bundle


def verified(bundle: Path, key: Path, home: Path, python: Path) -> None:
    """By the installed program, and by the bundle's own in a Python that has nothing of ours."""
    assert "FAIL" not in ran("verify", "--key", key, bundle, home=home)
    own = subprocess.run(
        [python, "-I", bundle.parent / "unpacked" / "verify.py", "--key", key],
        cwd=bundle.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert own.returncode == 0, own.stdout + own.stderr


def same_anomaly(page: Page, address: str, email: str, anomaly: str, sentence: str) -> None:
    """Signs in with the password of before, and reads what was read before."""
    page.goto(f"{address}/anomaly?id={anomaly}")
    sign_in(page, email)
    expect(page.get_by_role("heading", level=1, name=sentence, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("✓ Real").first).to_be_visible()
    select_tab(page, "Context")
    expect(page.get_by_role("link", name="Open the case")).to_be_visible()


def test_a_team_proves_an_anomaly_and_takes_it_to_another_database(
    chromium: Browser,
    bare: Path,  # noqa: F811
    postgres: PostgresServer,
    served: Callable[..., Server],
    tmp_path: Path,
) -> None:
    """
    From the first account to evidence that others recompute; then out of a backup, and on PostgreSQL.

    The numbers of the verdict are the same bytes in the bundle of either database.
    """
    home, watch = tmp_path / "home", Watch()

    ran("users", "add", "--owner", ANN, home=home, typed=f"{ROAD}\n")
    ran("signing", "new", home=home)
    public = tmp_path / "driftlock.pem"
    public.write_text(ran("signing", "public", home=home))
    server = served(home)
    watch.reached("first account, signing key, serve")

    with browser_of(chromium) as ann:
        ann.goto(f"{server.address}/admin")
        sign_in(ann, ANN)
        heading(ann, "Admin")
        links = {email: invited(ann, email, role) for email, role in ((BOB, "analyst"), (CARL, "auditor"))}
        key = key_made(ann)
    watch.reached("owner: two invitations, a key")

    for signal, stream in STREAMS.items():
        ran(
            "error-storm", "--seed", SEED, "--signal", signal, "--duration", "3m", "--stream", stream,
            "--to", server.address, home=home, program="data_generator", API_KEY=key,
        )  # fmt: skip
    judged(home)
    watch.reached("two streams sent and judged")

    with browser_of(chromium) as bob:
        join(bob, links[BOB], "Bob")
        bob.get_by_role("button", name="Open the strongest").click()
        bob.get_by_role("tab", name="What differs").wait_for()
        idle(bob)
        found = re.search(r"id=(\w+)", bob.url)
        assert found
        anomaly, sentence = found[1], bob.get_by_role("heading", level=1).inner_text()
        bob.get_by_role("button", name="Real", exact=False).first.click()
        expect(bob.get_by_text("✓ Real").first).to_be_visible()
        idle(bob)
        select_tab(bob, "Context")
        bob.get_by_role("link", name="Open the case").click()
        bob.get_by_role("button", name="Investigate").click()
        expect(bob.get_by_test_id("stMain").get_by_text("Investigating").first).to_be_visible()
        idle(bob)
    watch.reached("analyst: label, case under investigation")

    with browser_of(chromium) as carl:
        join(carl, links[CARL], "Carl")
        carl.goto(f"{server.address}/anomaly?id={anomaly}")
        heading(carl, sentence)
        assert carl.get_by_role("button", name="Not real").count() == 0
        bundle = bundle_made(carl, tmp_path / "first")
    watch.reached("auditor: evidence downloaded")

    verified(bundle, public, home, bare)
    watch.reached("verified twice")

    assert "unbroken" in ran("audit", "check", home=home)
    rows = [json.loads(line) for line in ran("audit", "export", home=home).splitlines()]
    # The members: address, role, state, when they were seen, id.
    people = {line.split()[-1]: line.split()[0] for line in ran("users", "list", home=home).splitlines()}
    done = {(people.get(row["actor"]), row["action"]) for row in rows}
    assert {
        (ANN, "member.invite"), (ANN, "key.make"), (BOB, "anomaly.label"), (BOB, "case.state"), (CARL, "report.make"),
    } <= done  # fmt: skip
    watch.reached("audit log unbroken, and complete")

    backup, second = tmp_path / "backup.zip", tmp_path / "restored" / "home"
    second.parent.mkdir()
    ran("backup", backup, home=home)
    ran("restore", backup, home=second)
    assert server.stop() == 0
    restored = served(second)
    with browser_of(chromium) as bob:
        same_anomaly(bob, restored.address, BOB, anomaly, sentence)
    assert restored.stop() == 0
    watch.reached("the same out of a backup")

    database = postgres.empty()
    urls = {"to": postgres.url(database, APP), "to-owner": postgres.url(database, OWNER)}
    for name, url in urls.items():
        (tmp_path / name).write_text(url)
    ran("move", "--to", f"@{tmp_path / 'to'}", "--to-owner", f"@{tmp_path / 'to-owner'}", home=home)
    given = {"DRIFTLOCK_DATABASE_URL": urls["to"], "DRIFTLOCK_MIGRATION_URL": urls["to-owner"]}
    moved = served(home, environment=given)
    with browser_of(chromium) as carl:
        same_anomaly(carl, moved.address, CARL, anomaly, sentence)
        again = bundle_made(carl, tmp_path / "second")
    assert moved.stop() == 0
    watch.reached("the same on PostgreSQL")

    verified(again, public, home, bare)
    for name in VERDICT:
        one, other = (path.parent / "unpacked" / name for path in (bundle, again))
        assert one.read_bytes() == other.read_bytes(), name
    assert "unbroken" in ran("audit", "check", home=home, **given)
    watch.reached("verdict the same to the last byte")
    print(f"\n{watch}")
