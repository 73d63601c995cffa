"""The page Reports and evidence, and the page that checks anybody's bundle."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.ui import session, verify_bundle
from tests.ui.pages import FORBIDDEN, button, rendered

ROOT = Path(__file__).parents[2]


def opened(name: str = "reports", **parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.switch_page(f"pages/{name}.py")
    for key, value in parameters.items():
        page.query_params[key] = value
    return page.run()


def text(page: AppTest) -> str:
    """What is written, without the marks that keep it from being a format."""
    return rendered(page).replace("\\", "")


def test_without_anything_flagged_it_says_where_to_begin(app: App) -> None:
    page = opened()
    assert not page.exception
    assert "nothing to prove" in text(page)
    assert [one.label for one in page.button] == ["Help"]
    page = opened(tab="Archive")
    assert "No report was made yet" in text(page)


def test_a_bundle_is_made_and_verified_on_the_page(app: App, strongest: Anomaly) -> None:
    """What is shown as its SHA-256 is that of the kept bytes; the verifier's own words stand below."""
    page = opened(id=strongest.row.id)
    assert page.selectbox(key="report-anomaly").value == strongest.row.id
    assert "Recomputable: yes" in text(page)
    button(page, "Make the report").click().run()
    assert not page.exception
    row = app.reports.all(session.tenant())[0][0]
    assert f"SHA-256 {row.sha256}" in [code.value for code in page.code]
    button(page, "Verify now").click().run()
    assert not page.exception
    found = app.reports.verify(session.tenant(), row.id)
    assert [one.value.replace("\\", "") for one in page.success] == [found.conclusion]
    passed = sum(step.outcome == "PASS" for step in found.steps)
    assert f"{passed} of {len(found.steps)} steps passed" in [one.label for one in page.expander]
    assert not any(word in text(page).lower() for word in FORBIDDEN)


def test_digests_say_that_nobody_can_recompute_them(app: App, strongest: Anomaly) -> None:
    page = opened(id=strongest.row.id)
    page.segmented_control(key="report-policy").set_value("digests").run()
    assert "Recomputable: no" in text(page)


def test_a_foreign_id_is_one_that_is_not_there(app: App, strongest: Anomaly) -> None:
    page = opened(id="0123456789abcdef")
    assert not page.exception
    assert "no flagged window of this id" in text(page)


def test_a_time_gives_a_summary(app: App, strongest: Anomaly) -> None:
    page = opened()
    page.segmented_control(key="report-about").set_value("time").run()
    button(page, "Make the report").click().run()
    assert not page.exception
    assert app.reports.all(session.tenant())[0][0].template == "period"
    page = opened(tab="Archive")
    assert "Period summary" in text(page)


def test_lists_come_in_five_formats(app: App, strongest: Anomaly) -> None:
    page = opened(tab="Lists")
    assert not page.exception
    assert "chance alone would have flagged at most about" in text(page)
    from driftlock.services.overview_rows import Wanted
    from driftlock.ui.reports_lists import FORMATS, _rows

    scope = app.overview.scope(session.tenant(), None, "all")
    total = app.overview.feed(scope, Wanted(suppressed=True), limit=1).total
    made = {name: make(_rows(app, scope), scope) for name, (make, _) in FORMATS.items()}
    assert made["CSV"].count(b"\n") == total + 1
    assert made["NDJSON"].count(b"\n") == total
    assert made["JSON"].count(b'"id":') == total
    assert made["HTML"].count(b"<tr>") == total + 1
    assert made["PDF"].startswith(b"%PDF-")


def test_anybodys_bundle_is_checked(app: App, strongest: Anomaly) -> None:
    """A sound one, one with a byte changed, and what is no bundle at all; none breaks the page."""
    row = app.reports.make(
        session.tenant(), template="evidence", form="zip", anomaly_id=strongest.row.id, by="u"
    )
    data = app.reports.content(session.tenant(), row.id)
    at = data.index(b"window.ndjson") + 400
    changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    def check() -> None:
        import io

        import streamlit as st

        from driftlock.ui import verify_bundle as checked

        class Given(io.BytesIO):
            size = 10

        st.file_uploader = lambda *_, **__: Given(st.session_state["data"])
        checked.show()

    for given, code in ((data, 0), (changed, 1), (b"no zip at all", 1), (b"", 1)):
        page = AppTest.from_function(check, default_timeout=60)
        page.session_state["data"] = given
        import streamlit as st

        before = st.file_uploader
        try:
            page.run()
        finally:
            st.file_uploader = before
        assert not page.exception
        assert f"Exit code of verify.py: {code}." in text(page)
    assert verify_bundle.SYMBOLS["FAIL"] == "✗"


@pytest.mark.parametrize("role", ["viewer"])
def test_who_may_not_export_is_told_and_noted(
    app: App, strongest: Anomaly, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    from dataclasses import replace

    monkeypatch.setattr(session, "OPEN", replace(session.OPEN, role=role))
    before = app.accesses.page(session.tenant(), what="refused").total
    page = opened()
    assert "This page needs" in text(page)
    assert [one.label for one in page.button] == ["Help"]
    assert app.accesses.page(session.tenant(), what="refused").total == before + 1
