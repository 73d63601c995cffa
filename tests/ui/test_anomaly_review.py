"""What is said about a window on its own page, the list it was opened from, and what is not there any more."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.services.review import Review
from driftlock.storage.schema import events
from driftlock.ui import anomaly_review, links, review_queue
from driftlock.ui.session import reader, tenant
from tests.ui.pages import button, rendered
from tests.ui.test_anomaly_page import opened


@pytest.fixture(autouse=True)
def nothing_said(app: App) -> None:
    """Every test begins where nothing stands: what was said before is taken back, newest first."""
    for change in app.review.history(tenant(), limit=500):
        if change.id is not None and change.what != "undo" and change.undone_at is None:
            app.review.undo(tenant(), change.id, by=reader())


def badges(page: AppTest) -> str:
    """The chips under the title."""
    return rendered(page)


@pytest.mark.parametrize(
    ("label", "stored", "chip"),
    [
        ("Real", "real", "✓ Real"),
        ("Not real", "not_real", "✕ Not real"),
        ("Not useful", "not_useful", "– Not useful"),
    ],
)
def test_a_label_is_kept_shown_and_taken_back(
    dashboard: AppTest, app: App, strongest: Anomaly, label: str, stored: str, chip: str
) -> None:
    """One press, one undo; before and after it is open."""
    page = opened(dashboard, strongest.row.id)
    assert "○ Open" in badges(page)
    button(page, label).click().run()  # type: ignore[attr-defined]
    review = app.review.review_of(tenant(), strongest.row.id)
    assert review is not None
    assert (review.label, review.changed_by) == (stored, reader())
    assert chip in badges(page)
    button(page, "Undo").click().run()  # type: ignore[attr-defined]
    assert "○ Open" in badges(page)
    after = app.review.review_of(tenant(), strongest.row.id)
    assert after is None or after.label is None


def test_the_next_one_is_offered_after_a_label(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """It leads on in the tab that is open."""
    row = next(
        row for row in app.queries.anomalies(tenant(), strongest.row.stream_id, order="newest", limit=9)[2:]
    )
    anomaly = app.queries.anomaly(tenant(), row.id)
    assert anomaly is not None
    page = opened(dashboard, row.id, "Record")
    button(page, "Real").click().run()  # type: ignore[attr-defined]
    assert button(page, "Next ›").proto.type == "primary"  # type: ignore[attr-defined]
    button(page, "Next ›").click().run()  # type: ignore[attr-defined]
    assert page.query_params["id"] in (anomaly.next_id, [anomaly.next_id])
    assert "Exact sizes" in rendered(page)


def test_all_of_one_pattern_get_the_same_label(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """In one step, and the number on the button is the number of the others."""
    others = app.review.same_pattern(tenant(), strongest.row.id).count - 1
    assert others > 0
    page = opened(dashboard, strongest.row.id)
    button(page, "Not useful").click().run()  # type: ignore[attr-defined]
    button(page, f"Same for the other {others} of this pattern").click().run()  # type: ignore[attr-defined]
    assert app.review.history(tenant(), limit=1)[0].count == others


def test_a_snooze_says_until_when(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """And is counted from now."""
    page = opened(dashboard, strongest.row.id)
    before = datetime.now(UTC)
    button(page, "1 day").click().run()  # type: ignore[attr-defined]
    review = app.review.review_of(tenant(), strongest.row.id)
    assert review is not None
    assert review.snoozed_until is not None
    assert before + timedelta(days=1) <= review.snoozed_until <= datetime.now(UTC) + timedelta(days=1)
    assert "Snoozed until" in badges(page)


def test_a_suppressed_pattern_is_said_to_be_hidden(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """On the page of every window of that pattern."""
    page = opened(dashboard, strongest.row.id)
    button(page, "Suppress").click().run()  # type: ignore[attr-defined]
    assert anomaly_review.suppressed(strongest.row.pattern) is not None
    assert "Suppressed pattern" in badges(page)
    assert anomaly_review.suppressed("") is None


def test_a_note_is_written_at_the_time_of_the_window(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """For its stream, as it was typed."""
    page = opened(dashboard, strongest.row.id)
    page.text_area(key="note-text").set_value("Deployed 4.2")
    button(page, "Add").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    scope = app.overview.scope(
        tenant(), [strongest.row.stream_id], (strongest.row.seen_at, strongest.row.seen_at)
    )
    assert [note.text for note in app.overview.annotations(scope)] == ["Deployed 4.2"]


def test_a_list_leads_from_one_window_to_the_next(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """Its order and its name, not the stream's; at its ends there is nothing further."""
    rows = app.queries.anomalies(tenant(), strongest.row.stream_id, limit=3)
    ids = tuple(row.id for row in rows)
    dashboard.session_state["review-queue"] = review_queue.Queue(
        ids=ids, name="in this list", page=links.OVERVIEW, parameters={}
    )
    page = opened(dashboard, ids[1])
    assert "2 of 3 in this list" in rendered(page)
    button(page, "Next ›").click().run()  # type: ignore[attr-defined]
    assert page.query_params["id"] in (ids[2], [ids[2]])
    assert button(page, "Next ›").disabled  # type: ignore[attr-defined]
    assert not button(page, "‹ Prev").disabled  # type: ignore[attr-defined]


def test_a_window_of_another_list_goes_through_its_stream(dashboard: AppTest, strongest: Anomaly) -> None:
    """A list that does not hold it says nothing about it."""
    dashboard.session_state["review-queue"] = review_queue.Queue(
        ids=("0123456789abcdef",), name="in this list", page=links.OVERVIEW, parameters={}
    )
    assert f"{strongest.position} of {strongest.total} flagged" in rendered(
        opened(dashboard, strongest.row.id)
    )


@pytest.mark.parametrize("tab", ["What differs", "Fields", "Is it chance?", "What if", "Context", "Record"])
def test_removed_events_leave_the_numbers(dashboard: AppTest, app: App, by_bytes: Anomaly, tab: str) -> None:
    """The head stays; what needs the events says that they were removed."""
    row = by_bytes.row
    store = app._store  # type: ignore[attr-defined]
    with store.engine.begin() as connection:
        kept = (
            connection.execute(
                sa.select(events).where(events.c.stream_id == row.stream_id, events.c.seq == row.first_seq)
            )
            .mappings()
            .all()
        )
        connection.execute(
            sa.delete(events).where(events.c.stream_id == row.stream_id, events.c.seq == row.first_seq)
        )
    try:
        page = opened(dashboard, row.id, tab)
        assert page.metric[0].label == "NCD (size-matched)"
        if tab == "Record":
            assert "Exact sizes" in rendered(page)
        elif tab == "Context":
            assert "windows before and after" in rendered(page)  # needs no events of a log
        else:
            assert any("were removed" in info.value for info in page.info)
    finally:
        with store.engine.begin() as connection:
            connection.execute(sa.insert(events), [dict(one) for one in kept])


def test_a_review_in_words() -> None:
    """A label goes before a snooze, and nothing said is open."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    said = Review(
        anomaly_id="a",
        stream_id="s",
        label="real",
        reason=None,
        note=None,
        snoozed_until=at,
        changed_at=at,
        changed_by="visitor",
    )
    assert anomaly_review.standing(said) == ("✓ Real", "green")
    assert anomaly_review.standing(None)[0] == "○ Open"
