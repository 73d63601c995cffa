"""What people decide about a stream: kept, refused with a reason, and never at the cost of a verdict."""

from dataclasses import replace

import pytest

from driftlock.errors import NotFound
from driftlock.services.drift_rules import DriftRule
from driftlock.services.stream_settings import MOST_COPIED, CannotSet
from driftlock.services.stream_settings_help import profile_for, suggest, try_masks
from driftlock_core.masking import MASK_CLASSES
from driftlock_core.profiles import BALANCED, STRICT, Profile
from tests.core.streams import usual, with_burst
from tests.services.conftest import TENANT, as_events

TINY = BALANCED.with_sizes(5)


@pytest.fixture
def begun(app):
    """A stream with verdicts."""
    stream_id = app.create_stream(TENANT, name="begun", kind="logs", profile=TINY)
    app.receive(TENANT, stream_id, as_events(with_burst(300, 1, start=200, stop=210)))
    app.advance(TENANT, stream_id)
    return app.queries.stream(TENANT, stream_id)


def test_a_stream_is_made_renamed_and_set(app):
    """Name, retention, redaction and drift rule are there when they are read again; its id stays."""
    settings = app.stream_settings
    made_id = app.create_stream(TENANT, name="  two \n words ", kind="traces", profile=TINY)
    made = app.queries.stream(TENANT, made_id)
    assert made.name == "two words"
    settings.rename(TENANT, made.id, name="other", by="ann")
    settings.retention(TENANT, made.id, days=30, by="ann")
    settings.redaction(TENANT, made.id, rules=["emails"], by="ann")
    settings.drift_rule(TENANT, made.id, rule=DriftRule(hours=6), by="ann")
    kept = app.queries.stream(TENANT, made.id)
    assert (kept.id, kept.name, kept.retention_days, kept.redact) == (made.id, "other", 30, ["emails"])
    assert DriftRule.of(kept.settings) == DriftRule(hours=6)
    settings.retention(TENANT, made.id, days=None, by="ann")
    settings.redaction(TENANT, made.id, rules=None, by="ann")
    kept = app.queries.stream(TENANT, made.id)
    assert (kept.retention_days, kept.redact) == (None, None)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\u202eb"])
def test_a_bad_name_is_refused(app, name):
    """Empty, too long, or with characters that cannot be printed."""
    with pytest.raises(CannotSet, match="1 to 80 characters"):
        app.create_stream(TENANT, name=name, kind="logs", profile=TINY)


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_a_bad_retention_is_refused(app, begun, days):
    """Less than a day or more than ten years."""
    with pytest.raises(CannotSet, match="choose 1 to 3,650"):
        app.stream_settings.retention(TENANT, begun.id, days=days, by="ann")


def test_before_anything_was_judged_everything_can_change(app):
    """Kind, sizes and masks are those of the first verdict then."""
    stream = app.queries.stream(TENANT, app.create_stream(TENANT, name="new", kind="logs", profile=TINY))
    app.receive(TENANT, stream.id, as_events(usual(20, 1)))
    wanted = replace(BALANCED.with_sizes(10), name="custom", masks=frozenset({"ip"}))
    changed = app.stream_settings.configure(TENANT, stream.id, kind="network", profile=wanted, by="ann")
    assert (changed.kind, Profile.from_configuration(changed.configuration)) == ("network", wanted)
    assert changed.events_needed == wanted.events_needed


def test_a_stream_that_has_begun_keeps_kind_sizes_and_masks(app, begun):
    """Its verdicts belong to them: the change is refused and says what to do."""
    with pytest.raises(CannotSet, match="Begin a new stream"):
        app.stream_settings.configure(
            TENANT, begun.id, kind="logs", profile=BALANCED.with_sizes(10), by="ann"
        )
    assert app.queries.stream(TENANT, begun.id) == begun


def test_a_successor_learns_from_what_is_stored_less_what_is_left_out(app, begun):
    """The new stream holds the events behind the given one without the burst; the old one is untouched."""
    new = app.stream_settings.succeed(
        TENANT,
        begun.id,
        kind="logs",
        profile=TINY,
        reason="a fault in the baseline",
        by="ann",
        after_seq=100,
        skip=[(201, 210)],
    )
    old = list(app.queries.stored(TENANT, begun.id, 101, 300).items())
    expected = [payload for seq, payload in old if not 201 <= seq <= 210]
    assert [*app.queries.stored(TENANT, new.id, 1, 400).values()] == expected
    assert app.queries.stream(TENANT, begun.id) == begun
    app.advance(TENANT, new.id)
    assert app.queries.stream(TENANT, new.id).windows > 0
    with pytest.raises(CannotSet, match="reason"):
        app.stream_settings.succeed(TENANT, begun.id, kind="logs", profile=TINY, reason=" ", by="ann")


def test_a_successor_takes_the_newest_events_at_most(app, begun, monkeypatch):
    """A long stream gives its newest events, not its oldest."""
    monkeypatch.setattr("driftlock.services.stream_settings.MOST_COPIED", 50)
    new = app.stream_settings.succeed(
        TENANT, begun.id, kind="logs", profile=TINY, reason="x", by="ann", after_seq=0
    )
    assert new.events == 50
    newest = [*app.queries.stored(TENANT, begun.id, 251, 300).values()]
    assert [*app.queries.stored(TENANT, new.id, 1, 50).values()] == newest
    assert MOST_COPIED == 20_000


def test_another_tenant_changes_nothing(app, begun):
    """A foreign id is like an unknown one, for every verb."""
    settings = app.stream_settings
    for tenant, stream_id in (("other", begun.id), (TENANT, "none")):
        for ask in (
            lambda t, s: settings.rename(t, s, name="mine", by="eve"),
            lambda t, s: settings.configure(t, s, kind="logs", profile=TINY, by="eve"),
            lambda t, s: settings.succeed(t, s, kind="logs", profile=TINY, reason="x", by="eve", after_seq=0),
            lambda t, s: settings.retention(t, s, days=1, by="eve"),
            lambda t, s: settings.redaction(t, s, rules=[], by="eve"),
            lambda t, s: settings.drift_rule(t, s, rule=DriftRule(), by="eve"),
        ):
            with pytest.raises(NotFound):
                ask(tenant, stream_id)
    assert app.queries.stream(TENANT, begun.id) == begun
    assert app.drift.table("other") == []


def test_masks_are_tried_on_one_line():
    """The line as the engine would see it, and the rules without which it would look otherwise."""
    tried = try_masks(MASK_CLASSES, "GET /a/17 from 10.0.0.1 by ann@example.com")
    assert tried.masked == "GET /a/<N2> from <IP> by <EMAIL>"
    assert set(tried.hits) == {"email", "ip", "number"}
    assert try_masks(frozenset(), "GET /a/17").hits == ()


def test_sizes_are_suggested_by_kind_and_rate():
    """Enough events: the sizes of the kind; few: smaller ones, with how long the first verdict takes."""
    assert suggest("logs", None).window == 50
    assert suggest("logs", 100.0).window == 50
    few = suggest("logs", 0.05)
    assert few.window == 30
    assert "3.8 days" in few.reason
    assert suggest("traces", 0.0001).window == 5


def test_a_profile_is_put_together():
    """Limits of one, sizes of the kind or of one's own, and masks, which make it a custom one."""
    assert profile_for(STRICT, "traces", None, MASK_CLASSES) == STRICT.with_sizes(20)
    masked = profile_for(STRICT, "logs", 10, frozenset({"ip"}))
    assert (masked.name, masked.window, masked.masks) == ("custom", 10, frozenset({"ip"}))
