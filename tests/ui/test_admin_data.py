"""The page Admin: logs, retention, deletion, settings, the tenant."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from driftlock.bootstrap import App
from driftlock.decode.redaction import RULES
from driftlock.model import Event
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.plans import plan_named
from driftlock.services.retention import StreamRemoval
from driftlock.ui import admin_log_files, admin_retention, admin_settings
from driftlock_core.profiles import BALANCED
from tests.services.people import owner
from tests.ui.admin import (
    ACME,
    ALL_TABS,
    application,
    audited,
    opened,
    plain,
    pressed,
    session_desk,
    with_people,
)
from tests.ui.pages import button, rendered

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with application(tmp_path / "home") as opened_app:
        yield opened_app


@pytest.fixture
def acme(app: App) -> App:
    return with_people(app)


def test_the_chain_is_checked_and_changes_are_shown_newest_first(acme: App) -> None:
    for days in (10, 20, 30):
        session_desk(acme).tenant_settings.retention(ACME, days=days, by="x")
    page = opened(acme, tab="Audit log")
    button(page, "Check chain").click().run()
    total = acme.audit.page(ACME).total
    assert f"{total} records, unbroken; head " in page.success[0].value.replace("\\", "")
    frame = page.dataframe[0].value
    assert list(frame["No."]) == list(range(total, 0, -1))
    assert frame["Before → after"][0] == "retention_days: 20 → 30"


def test_the_audit_log_is_filtered_by_what_the_address_says(acme: App) -> None:
    """A word without a dot stands for all actions that begin with it; what is none is nothing."""
    desk = session_desk(acme)
    desk.tenant_settings.retention(ACME, days=10, by="x")
    desk.api_keys.make(ACME, name="k", role="viewer", by="x")
    page = opened(acme, tab="Audit log", q="key")
    assert set(page.dataframe[0].value["Action"]) == {"key.make"}
    page.selectbox(key="audit-action").set_value("settings.retention").run()
    assert set(page.dataframe[0].value["Action"]) == {"settings.retention"}
    assert "settings.retention" in page.query_params["q"]
    page = opened(acme, tab="Audit log", q="dlk_secret")
    assert not page.exception
    assert page.selectbox(key="audit-action").value == "all"


def test_both_logs_as_files_hold_what_is_kept(acme: App) -> None:
    """The rows of the audit log as they are hashed, oldest first, so that anybody can follow the chain."""
    desk = session_desk(acme)
    for days in range(1, 8):
        desk.tenant_settings.retention(ACME, days=days, by="x")
    desk.accesses.exported(ACME, "log", "audit_log")
    lines = admin_log_files._audit_ndjson(ACME, desk).splitlines()
    assert [json.loads(line) for line in lines] == list(acme.audit.export(ACME))
    assert admin_log_files._audit_csv(ACME, desk).count(b"\n") == len(lines) + 1
    header, first = admin_log_files._audit_csv(ACME, desk).decode().splitlines()[:2]
    assert header.split(",")[:5] == ["at", "tenant", "seq", "at_us", "actor"]
    assert first.split(",")[1:3] == [ACME, "1"]
    exported = admin_log_files._access_ndjson(ACME, desk).splitlines()
    assert json.loads(exported[0])["object_id"] == "audit_log"
    assert admin_log_files._access_csv(ACME, desk).count(b"\n") == len(exported) + 1


def test_the_access_log_shows_who_was_refused_what(acme: App) -> None:
    opened(acme, "viewer@example.com")
    page = opened(acme, tab="Access log", q="refused")
    frame = page.dataframe[0].value
    assert (frame["Who"][0], frame["What"][0], frame["Id"][0]) == ("Viewer", "refused", "admin")


def test_days_of_the_tenant_are_set_and_what_they_remove_is_counted(acme: App) -> None:
    plan = plan_named(acme.tenants.get(ACME).plan)
    page = opened(acme, tab="Retention")
    said = "sets no days" if plan is None else f"Plan {plan.name}: events {plan.event_days} days"
    assert said in plain(rendered(page))
    assert "If it ran now, 0 events, 0 windows and 0 anomalies of 0 streams would go" in plain(rendered(page))
    page.number_input(key="tenant-days-value").set_value(30)
    button(page, "Keep these days").click().run()
    assert not page.exception
    assert acme.tenant_settings.get(ACME).retention_days == 30
    assert audited(acme, "settings.retention") == [({"retention_days": None}, {"retention_days": 30})]
    found = acme.retention.preview(ACME)
    row = StreamRemoval(
        stream_id="s", name="orders", days=30, through_seq=40, events=40, windows=2, anomalies=1, why_kept=""
    )
    assert list(found.rows) == []
    columns = admin_retention.table((row,), {"s": "orders"})
    assert [columns[name] for name in ("Stream", "Events that go", "Windows")] == [["orders"], [40], [2]]


def test_a_stream_is_deleted_after_its_name_is_typed(acme: App) -> None:
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    acme.receive(ACME, stream, [Event(b"a line", "logs", b"1", None, None)])
    page = opened(acme, tab="Data")
    page.selectbox(key="delete-stream").set_value(stream).run()
    assert "This would go: 1 detector state, 1 event" in plain(rendered(page))
    assert page.button(key="delete-stream-go").disabled
    page.text_input(key="delete-stream-typed").set_value("orders").run()
    pressed(page, "delete-stream-go")
    assert acme.overview.streams(ACME) == []
    assert "Deleted: 1 detector state, 1 event" in plain(page.success[0].value)


def test_one_persons_data_are_taken_out_and_the_term_is_nowhere(acme: App) -> None:
    """Neither in the address, nor in the audit log, nor in the page after it."""
    term = "customer-canary-7781"
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    events = [Event(f"order {n} of {term}".encode(), "logs", bytes([n]), None, None) for n in range(3)]
    acme.receive(ACME, stream, [*events, Event(b"another line", "logs", b"x", None, None)])
    page = opened(acme, tab="Data")
    page.text_area(key="person-terms").set_value(term)
    button(page, "Search").click().run()
    assert "orders: 3 events" in rendered(page)
    page.text_input(key="person-word").set_value("delete").run()
    pressed(page, "person-go")
    assert "Taken out: 3 events" in plain(page.success[0].value)
    assert term not in rendered(page)
    assert term not in repr(page.query_params)
    assert term not in json.dumps(list(acme.audit.export(ACME)))
    assert acme.forgetting.find_person(ACME, [term]).events == 0


def test_too_short_a_term_is_refused(acme: App) -> None:
    page = opened(acme, tab="Data")
    page.text_area(key="person-terms").set_value("ab")
    button(page, "Search").click().run()
    assert "at least 4 characters" in page.error[0].value


def test_the_tenant_is_deleted_after_its_name_is_typed(acme: App) -> None:
    page = opened(acme, tab="Data")
    assert page.button(key="delete-tenant-go").disabled
    page.text_input(key="delete-tenant-typed").set_value("Acme").run()
    page.button(key="delete-tenant-go").click().run()
    with pytest.raises(Exception, match="no tenant"):
        acme.tenants.get(ACME)


def test_the_time_zone_is_that_of_this_page(acme: App) -> None:
    page = opened(acme, tab="Settings")
    page.selectbox(key="settings-zone").set_value("Europe/Berlin")
    button(page, "Keep the time zone").click().run()
    assert not page.exception
    assert audited(acme, "settings.time_zone") == [({"time_zone": None}, {"time_zone": "Europe/Berlin"})]
    page = opened(acme, tab="Audit log")
    assert "Time (Europe/Berlin)" in page.dataframe[0].value.columns


def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast(acme: App) -> None:
    page = opened(acme, tab="Settings")
    page.color_picker(key="settings-accent").set_value("#888888")
    page.checkbox(key="settings-own-colour").uncheck()
    button(page, "Keep name and colour").click().run()
    assert "contrast of 3.54 to 1" in page.error[0].value.replace("\\", "")
    assert acme.tenant_settings.get(ACME).accent is None
    page.color_picker(key="settings-accent").set_value("#7A1F5C")
    page.checkbox(key="settings-own-colour").uncheck()
    page.text_input(key="settings-name").set_value("Northwind Watch")
    button(page, "Keep name and colour").click().run()
    held = acme.tenant_settings.get(ACME)
    assert (held.product_name, held.accent) == ("Northwind Watch", "#7A1F5C")
    assert audited(acme, "settings.look") == [
        ({"product_name": None, "accent": None}, {"product_name": "Northwind Watch", "accent": "#7A1F5C"})
    ]


def test_rules_of_redaction_hold_for_streams_without_their_own(acme: App) -> None:
    assert set(admin_settings.TAKES) == set(RULES)
    page = opened(acme, tab="Settings")
    page.checkbox(key="settings-phones").uncheck()
    page.text_input(key="settings-fields").set_value("customer_ref")
    button(page, "Keep these rules").click().run()
    assert not page.exception
    stream = acme.create_stream(ACME, name="orders", kind="logs", profile=BALANCED.with_sizes(20))
    acme.receive(
        ACME,
        stream,
        [
            Event(
                b'{"customer_ref":"A-1","to":"+14155550173","mail":"x@example.com"}', "logs", b"1", None, None
            )
        ],
    )
    kept = acme._store.events.after(ACME, stream, 0, 1)[0].payload
    assert kept == b'{"customer_ref":"<personal>","to":"+14155550173","mail":"<email>"}'


def test_the_tenant_is_renamed(acme: App) -> None:
    page = opened(acme, tab="Tenant")
    page.text_input(key="tenant-name").set_value("Acme North")
    button(page, "Rename").click().run()
    assert acme.tenants.get(ACME).name == "Acme North"


def test_nothing_of_another_tenant_is_shown(acme: App) -> None:
    owner(acme, "other", "carl@example.com")
    acme.api_keys.make("other", name="foreign-key", role="viewer", by=SYSTEM)
    for tab in ALL_TABS:
        text = rendered(opened(acme, tab=tab))
        assert "carl@example.com" not in text.replace("\\", "")
        assert "foreign-key" not in text.replace("\\", "")
