"""Reports made from a store: the same twice, verifiable, kept, held, handed out to whom they belong."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from driftlock.errors import NotFound
from driftlock.services.overview_rows import Wanted
from driftlock.services.reports_rows import InvalidReport

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("policy", ["masked", "full", "digests"])
@pytest.mark.parametrize("which", [1, 2])
def test_ux34_a_bundle_is_the_same_twice_and_verifies(made, which, policy) -> None:
    app, ids = made[0], made[which]
    first = app.reports.make("demo", template="evidence", form="zip", anomaly_id=ids, policy=policy, by="u")
    again = app.reports.make("demo", template="evidence", form="zip", anomaly_id=ids, policy=policy, by="v")
    assert first.sha256 == again.sha256
    assert first.id != again.id
    found = app.reports.verify("demo", first.id)
    assert found.exit_code == 0, found.conclusion
    assert [step for step in found.steps if step.outcome == "FAIL"] == []
    page = zipfile.ZipFile(io.BytesIO(app.reports.content("demo", first.id))).read("report.html").decode()
    assert ids in page
    assert "<script" not in page


def test_a_bundle_is_gathered_once(made, monkeypatch) -> None:
    """Reading and masking its events is what takes long."""
    app, window, _ = made
    asked, gathered = [], app.evidence._gathered
    monkeypatch.setattr(app.evidence, "_gathered", lambda *given: (asked.append(given), gathered(*given))[1])
    app.reports.make("demo", template="evidence", form="zip", anomaly_id=window, by="u")
    assert len(asked) == 1


def test_a_time_has_a_summary_whose_counts_are_those_of_the_overview(made, pdf_text) -> None:
    app = made[0]
    figures = app.overview.figures(app.overview.scope("demo", None, (FIRST, LAST)))
    row = app.reports.make("demo", template="period", form="pdf", since=FIRST, until=LAST, by="u")
    text = pdf_text(app.reports.content("demo", row.id))
    assert f"Windows flagged\n{figures.flagged}" in text
    assert f"at most about {round(figures.expected_by_chance)}" in text


def test_an_annex_names_the_bundle_that_was_made(made) -> None:
    app, window, _ = made
    app._clock.moment += timedelta(hours=1)  # after all that were made before
    bundle = app.reports.make("demo", template="evidence", form="zip", anomaly_id=window, by="u")
    row = app.reports.make("demo", template="dora", form="html", anomaly_id=window, by="u")
    assert bundle.sha256 in app.reports.content("demo", row.id).decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"template": "evidence", "form": "pdf", "anomaly_id": "a"}, "comes as zip"),
        ({"template": "evidence", "form": "zip", "since": FIRST, "until": LAST}, "about one anomaly"),
        ({"template": "period", "form": "html", "anomaly_id": "a"}, "about a time"),
        ({"template": "period", "form": "html", "case_id": "a"}, "about a time"),
        ({"template": "dora", "form": "html"}, "one anomaly, one case, or a time"),
        (
            {"template": "dora", "form": "html", "anomaly_id": "a", "case_id": "b"},
            "one anomaly, one case, or a time",
        ),
        ({"template": "period", "form": "html", "since": LAST, "until": FIRST}, "ends before it begins"),
        ({"template": "period", "form": "html", "since": datetime(2026, 1, 1), "until": LAST}, "time zone"),
    ],
)
def test_what_does_not_go_together_is_said(made, given, said) -> None:
    with pytest.raises(InvalidReport, match=said):
        made[0].reports.make("demo", by="u", **given)


def test_a_token_needs_an_authority(made) -> None:
    with pytest.raises(InvalidReport, match="DRIFTLOCK_TIME_AUTHORITY_URL"):
        made[0].reports.make("demo", template="evidence", form="zip", anomaly_id=made[1], token=True, by="u")


def test_another_tenants_report_is_one_that_is_not_there(made) -> None:
    app, window, _ = made
    row = app.reports.make("demo", template="evidence", form="zip", anomaly_id=window, by="u")
    for ask in (
        lambda tenant, one: app.reports.get(tenant, one),
        lambda tenant, one: app.reports.content(tenant, one),
        lambda tenant, one: app.reports.verify(tenant, one),
        lambda tenant, one: app.reports.hold(tenant, one, True, by="u"),
        lambda tenant, one: app.reports.remove(tenant, one, by="u"),
    ):
        said = []
        for one in (row.id, "0" * 32):
            with pytest.raises(NotFound) as refused:
                ask("other", one)
            said.append(str(refused.value).replace(one, "ID"))
        assert said[0] == said[1]
    assert app.reports.all("other") == ([], 0)
    with pytest.raises(NotFound):
        app.reports.make("other", template="evidence", form="zip", anomaly_id=window, by="u")
    assert app.reports.get("demo", row.id) == row


def test_what_is_held_stays(made) -> None:
    """Deletion is refused, retention passes it by; after the hold both go through."""
    app, window, _ = made
    held = app.reports.make("demo", template="evidence", form="zip", anomaly_id=window, by="u")
    other = app.reports.make("demo", template="evidence", form="zip", anomaly_id=window, by="u")
    app.reports.hold("demo", held.id, True, by="u")
    with pytest.raises(InvalidReport, match="held"):
        app.reports.remove("demo", held.id, by="u")
    clock = app._clock
    before = clock.moment
    try:
        clock.moment = before + timedelta(days=401)
        app.retention.run()
    finally:
        clock.moment = before
    ids = {row.id for row in app.reports.all("demo", limit=1_000)[0]}
    assert held.id in ids
    assert other.id not in ids
    app.reports.hold("demo", held.id, False, by="u")
    app.reports.remove("demo", held.id, by="u")
    with pytest.raises(NotFound):
        app.reports.get("demo", held.id)


def test_an_annex_lists_every_anomaly_of_its_case_however_weak(made, monkeypatch) -> None:
    """Read in pages of one row, so that the weakest comes last."""
    from driftlock.services import reports_grounds

    app = made[0]
    scope = app.overview.scope("demo", None, "all")
    rows = app.overview.feed(scope, Wanted(suppressed=True), order="strongest", limit=5).rows
    monkeypatch.setattr(reports_grounds, "_AT_ONCE", 1)
    ids = {rows[1].id, rows[4].id}
    found = app.reports._grounds._rows_of(scope, ids)
    assert [row.id for row in found] == [rows[1].id, rows[4].id]
    assert app.reports._grounds._rows_of(scope, {"nobody"}) == []
