"""The page Feedback: labels that cost little, limits they speak for, and incidents across streams."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from streamlit.testing.v1 import AppTest
from streams import FOREIGN, lines, usual

from driftlock.bootstrap import App
from driftlock.evidence.verifier.archive import unpack
from driftlock.evidence.verifier.case import MOST_BUNDLES
from driftlock.model import Event
from driftlock.services.lease import StreamBusy
from driftlock_core.profiles import BALANCED
from tests.ui.pages import FORBIDDEN, button, rendered

ROOT = Path(__file__).parents[2]
TENANT = "demo"
TUNED = replace(BALANCED, baseline=80, window=10, hop=2, references=120, threshold=0.5)
ODD = ["INFO  batch.Report: nightly export of {n} rows finished in {n} s"]
START_US = 1_767_600_000_000_000


def fed(app: App, name: str, seed: int, *, count: int = 9_000) -> tuple[str, list[tuple[int, int]]]:
    """Every 200 events a burst, a fault and something harmless in turn; one event a second. Its id and its faults."""
    random, events, faults = Random(seed), usual(count, seed), []
    foreign, odd = lines(FOREIGN, count, seed + 1), lines(ODD, count, seed + 2)
    for number, start in enumerate(range(400, count - 50, 200)):
        real = number % 2 == 0
        for at in range(start, start + (10 if real else 12)):
            if random.random() < (0.6 if real else 0.2):
                events[at] = (foreign if real else odd)[at]
        if real:
            faults.append((start + 1, start + 10))
    stream_id = app.create_stream(TENANT, name=name, kind="logs", profile=TUNED)
    app.receive(
        TENANT,
        stream_id,
        [
            Event(line, "logs", at.to_bytes(8, "big"), START_US + at * 1_000_000, name)
            for at, line in enumerate(events)
        ],
    )
    while (
        app.queries.stream(TENANT, stream_id).windows < (count - TUNED.baseline - TUNED.window) // TUNED.hop
    ):
        with suppress(StreamBusy):  # the application has taken it up by itself
            app.advance(TENANT, stream_id)
        time.sleep(0.05)
    return stream_id, faults


@pytest.fixture(scope="module")
def streams(app: App) -> dict[str, tuple[str, list[tuple[int, int]]]]:
    """Seeds 41 and 42: two streams whose faults come at the same times."""
    return {"api": fed(app, "api", 41), "db": fed(app, "db", 42)}


@pytest.fixture
def feedback(app: App) -> AppTest:
    """A fresh session on the page, not run yet."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/feedback.py")


@pytest.fixture
def unsaid(app: App) -> Iterator[None]:
    """What is said during a test is taken back after it, so that tests do not lean on each other."""
    yield
    for change in app.review.history(TENANT, limit=500):
        if change.what != "undo" and change.undone_at is None and change.id is not None:
            app.review.undo(TENANT, change.id, by="cleaner")


def open_at(feedback: AppTest, **parameters: str) -> AppTest:
    for name, value in parameters.items():
        feedback.query_params[name] = value
    feedback.run()
    assert not feedback.exception
    text = rendered(feedback).lower()
    assert not [word for word in FORBIDDEN if word in text]
    return feedback


def told(page: AppTest) -> str:
    """Every text on the page, without what keeps Markdown from reading it."""
    return rendered(page).replace("\\", "")


def label_all(app: App, streams: dict[str, tuple[str, list[tuple[int, int]]]], name: str = "api") -> str:
    stream_id, faults = streams[name]
    rows = app.queries.anomalies(TENANT, stream_id, limit=2000)

    def real(row):
        return any(row.first_seq <= last and row.last_seq >= first for first, last in faults)

    app.review.label(TENANT, [row.id for row in rows if real(row)], "real", by="ann")
    app.review.label(TENANT, [row.id for row in rows if not real(row)], "not_real", by="ann")
    return stream_id


def test_without_streams_the_page_says_where_to_begin(feedback):
    open_at(feedback)
    assert "No streams yet" in told(feedback)


def test_a_label_counts_and_the_next_window_comes_by_itself(app, streams, feedback, unsaid):
    open_at(feedback, stream="api")
    assert "20 more labelled places, 8 more called real, 8 more called not real" in told(feedback)
    first = app.feedback.queue(TENANT, streams["api"][0], "newest", by="visitor")[0]
    sentence = app.queries.anomaly(TENANT, first.anomaly_id).row.sentence
    assert any(
        sentence.split(".")[0][:25].replace("*", "") in str(m.value).replace("*", "")
        for m in feedback.markdown
    )
    of_the_first = button(feedback, "Real").key
    button(feedback, "Real").click().run()
    assert app.review.review_of(TENANT, first.anomaly_id).label == "real"
    assert (
        button(feedback, "Real").key != of_the_first
    )  # a second click on it would not be about the next window
    assert "19 more labelled places" in told(feedback)
    assert "Only “real” so far: what could be dropped cannot be told." in told(feedback)
    second = app.feedback.queue(TENANT, streams["api"][0], "newest", by="visitor")[0]
    assert second != first
    button(feedback, "Undo").click().run()
    assert app.review.review_of(TENANT, first.anomaly_id) is None


def test_reason_and_reach_go_with_the_label_and_are_not_kept_for_the_next(app, streams, feedback, unsaid):
    open_at(feedback, stream="api")
    first = app.feedback.queue(TENANT, streams["api"][0], "newest", by="visitor")[0]
    feedback.button_group(key=f"reason-{first.anomaly_id}").set_value("deploy")
    feedback.text_input(key=f"note-{first.anomaly_id}").set_value("4.2 went out")
    button(feedback, "Not real").click().run()
    found = app.review.review_of(TENANT, first.anomaly_id)
    assert (found.label, found.reason, found.note) == ("not_real", "deploy", "4.2 went out")
    second = app.feedback.queue(TENANT, streams["api"][0], "newest", by="visitor")[0]
    assert not feedback.button_group(key=f"reason-{second.anomaly_id}").value


def test_unflagged_windows_are_labelled_and_say_how_much_may_be_missed(app, streams, feedback, unsaid):
    open_at(feedback, stream="api", q="Random unflagged")
    assert "was not flagged: by its bytes NCD" in told(feedback)
    button(feedback, "Not real").click().run()
    assert not feedback.exception
    assert "Of 1 unflagged window looked at, drawn at random, 0 were called real: between 0.0 %" in told(
        feedback
    )


@pytest.mark.parametrize(("queue", "said"), [("Boundary", "flagged"), ("Disagreements", "Nobody has said")])
def test_every_queue_opens_from_its_address(streams, feedback, queue, said):
    open_at(feedback, stream="api", q=queue)
    assert said in told(feedback)


def test_one_sided_labels_give_no_proposal_and_the_page_says_why(app, streams, feedback, unsaid):
    stream_id, _ = streams["api"]
    rows = app.queries.anomalies(TENANT, stream_id, limit=2000)
    app.review.label(TENANT, [row.id for row in rows], "not_real", by="ann")
    open_at(feedback, stream="api", tab="Proposals")
    assert "Only “not real” so far: what would be lost cannot be told." in "\n".join(
        str(one.value).replace("\\", "") for one in feedback.warning
    )
    assert feedback.button(key="propose").disabled


def test_a_proposal_is_asked_for_shown_with_intervals_and_rejected_with_a_reason(
    app, streams, feedback, unsaid
):
    stream_id = label_all(app, streams)
    open_at(feedback, stream="api", tab="Proposals")
    feedback.button(key="propose").click().run()
    assert not feedback.exception
    proposal = app.proposals.open(TENANT, stream_id)
    assert feedback.query_params["cand"] in (proposal.id, [proposal.id])
    text = told(feedback)
    figures = proposal.figures["all"]["candidate"]
    assert f"dropped {figures['not_real_dropped']} of {figures['not_real']} false alarms (likely" in text
    assert "On the labels held out" in text
    assert "No place called real would be lost." in text
    assert "It is off. If on: After a label" in text
    feedback.text_input(key="reject-reason").set_value("a release is coming")
    button(feedback, "Reject").click().run()
    assert app.proposals.get(TENANT, proposal.id).state == "rejected"


def test_a_proposal_or_case_of_nobody_is_said_to_be_gone(streams, feedback):
    open_at(feedback, cand="0123456789abcdef")
    assert "not kept any more, or never was" in told(feedback)
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/feedback.py")
    open_at(other, case="0" * 32)
    assert "not kept any more, or never was" in rendered(other)


def test_cases_are_listed_and_worked_on_by_their_address(app, streams, feedback):
    [case, *_] = app.cases.cases(TENANT)
    open_at(feedback, case=case.id)
    text = told(feedback)
    assert "flagged incidents of 2 streams met" in text
    assert "chance alone would make about" in text
    button(feedback, "Acknowledge").click().run()
    assert app.cases.case(TENANT, case.id).case.state == "acknowledged"
    feedback.text_area(key=f"comment-text-{case.id}").set_value("looks like the deploy")
    button(feedback, "Add comment").click().run()
    assert "looks like the deploy" in told(feedback)
    button(feedback, "All cases").click().run()
    assert not feedback.exception
    assert "Choose a row to open it." in told(feedback)


def test_an_anomaly_leads_to_its_case_and_takes_comments(app, streams, feedback):
    [case, *_] = app.cases.cases(TENANT)
    member = app.cases.case(TENANT, case.id).members[0]
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/anomaly.py")
    open_at(page, id=member.anomaly_id)
    assert "Part of a case" in rendered(page)  # on the head of the page, whichever tab is open
    open_at(page, id=member.anomaly_id, tab="Context")
    page.text_area(key=f"comment-text-{member.anomaly_id}").set_value("seen before")
    button(page, "Add comment").click().run()
    assert [one.text for one in app.cases.comments(TENANT, "anomaly", member.anomaly_id)] == ["seen before"]


def test_a_case_is_exported_whole_and_every_bundle_of_it_verifies(app, streams):
    """The same twice; it names each anomaly that has a bundle, and where the rest is."""
    [case, *_] = app.cases.cases(TENANT)
    first, second = (
        app.reports.make(TENANT, template="evidence", form="zip", case_id=case.id, by=who)
        for who in ("a", "b")
    )
    assert first.sha256 == second.sha256
    assert (first.scope, first.name) == ({"case": case.id}, f"driftlock-evidence-case-{case.id}-masked.zip")
    found = app.reports.verify(TENANT, first.id)
    assert (found.exit_code, found.failures) == (0, ())
    files, _ = unpack(app.reports.content(TENANT, first.id))
    manifest = json.loads(files["manifest.json"])
    view = app.cases.case(TENANT, case.id)
    named = [one["anomaly"] for _, one in sorted(manifest["bundles"].items())]
    assert named == [one.anomaly_id for one in view.members[:MOST_BUNDLES]]
    assert manifest["case"]["anomalies"] == view.total == len(named) + sum(manifest["left_out"].values())
    assert {one["stream"] for one in manifest["bundles"].values()} <= set(view.stream_ids)
    page = files["report.html"].decode()
    assert all(one in page for one in named)


def test_the_evidence_of_a_case_is_made_on_the_page_of_reports(app, streams, feedback):
    [case, *_] = app.cases.cases(TENANT)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/reports.py")
    open_at(page, case=case.id)
    assert not page.exception
    assert page.selectbox(key="report-template-case").value == "evidence"
    assert f"the {MOST_BUNDLES} strongest" in rendered(page)
    button(page, "Make the report").click().run()
    assert not page.exception
    assert f"driftlock-evidence-case-{case.id}-masked.zip" in rendered(page)
