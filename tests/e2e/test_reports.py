"""Evidence in a real browser: made, downloaded, checked by its own program, checked by a stranger."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.complaints import complaints
from tests.e2e.test_dashboard import open_strongest, run_sample
from tests.e2e.waiting import PATIENCE

pytestmark = pytest.mark.browser


def test_ux34_a_bundle_downloads_and_proves_itself(page: Page, dashboard: str, tmp_path: Path) -> None:
    """verify.py ends with 0; with one byte of window.ndjson flipped it does not, and names the file."""
    page.set_default_timeout(PATIENCE)
    errors = complaints(page)
    open_strongest(page, run_sample(page, dashboard, "web-logs"))
    page.get_by_role("tab", name="Record").click()
    page.get_by_role("link", name="Make an evidence bundle").click()
    page.get_by_role("button", name="Make the report").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").first.click()
    bundle = tmp_path / coming.value.suggested_filename
    coming.value.save_as(bundle)
    with zipfile.ZipFile(bundle) as held:
        held.extractall(tmp_path / "unpacked")
    told = verified(tmp_path / "unpacked")
    assert told.returncode == 0, told.stdout
    assert "FAIL" not in told.stdout
    window = tmp_path / "unpacked" / "window.ndjson"
    window.write_bytes(window.read_bytes().replace(b"e", b"f", 1))
    told = verified(tmp_path / "unpacked")
    assert told.returncode == 1
    assert any("FAIL" in line and "window.ndjson" in line for line in told.stdout.splitlines())
    # A stranger, on the page that needs no account.
    page.goto(f"{dashboard}/verify")
    page.locator("input[type=file]").set_input_files(bundle)
    expect(page.get_by_text("Exit code of verify.py: 0.")).to_be_visible()
    broken = io.BytesIO(bundle.read_bytes()[:-40])
    page.locator("input[type=file]").set_input_files(
        {"name": "cut.zip", "mimeType": "application/zip", "buffer": broken.getvalue()}
    )
    expect(page.get_by_text("Exit code of verify.py: 1.")).to_be_visible()
    assert errors == []


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the bundle's own program says, without anything of ours on its path."""
    return subprocess.run(
        [sys.executable, "-E", "verify.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
