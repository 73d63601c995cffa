"""No tenant sees or touches what another one said."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.services.overview import Wanted
from driftlock.storage.connect import writing
from driftlock.storage.schema import anomalies
from tests.made_desk import NOW, NOW_US, MadeDesk

TENANT = "demo"
LATER = NOW + timedelta(hours=1)


UNKNOWN = "0123456789abcdef"


@pytest.fixture
def theirs(review, desk, rows):
    """Ids of tenant "demo": an anomaly, a stream, a suppression, a note, a change."""
    change = review.label(TENANT, rows[:1], "real", by="ann")
    hidden = review.suppress(TENANT, rows[0], until=None, by="ann")
    note = review.annotate(TENANT, NOW, "x", by="ann")
    return {
        "anomaly": rows[0],
        "stream": desk.streams[0].id,
        "suppression": hidden.says["suppression"],
        "note": note.says["note"],
        "change": change.id,
    }


@pytest.mark.parametrize(
    ("thing", "ask"),
    [
        ("anomaly", lambda review, tenant, one: review.label(tenant, [one], "real", by="eve")),
        (
            "anomaly",
            lambda review, tenant, one: review.label(tenant, [one], "real", by="eve", scope="pattern"),
        ),
        (
            "anomaly",
            lambda review, tenant, one: review.label(tenant, [one], "real", by="eve", scope="stream"),
        ),
        ("anomaly", lambda review, tenant, one: review.snooze(tenant, [one], LATER, by="eve")),
        ("anomaly", lambda review, tenant, one: review.suppress(tenant, one, until=None, by="eve")),
        ("anomaly", lambda review, tenant, one: review.same_pattern(tenant, one)),
        ("suppression", lambda review, tenant, one: review.resume(tenant, one, by="eve")),
        ("stream", lambda review, tenant, one: review.annotate(tenant, NOW, "x", by="eve", stream_id=one)),
        ("note", lambda review, tenant, one: review.remove_annotation(tenant, one, by="eve")),
        ("change", lambda review, tenant, one: review.undo(tenant, one, by="eve")),
    ],
)
def test_what_is_another_tenants_cannot_be_told_from_what_is_not_there(review, theirs, thing, ask, kept):
    before, told = kept(), review.history(TENANT)
    answers = []
    for tenant, one in (("other", theirs[thing]), (TENANT, UNKNOWN)):
        with pytest.raises(NotFound) as raised:
            ask(review, tenant, one)
        answers.append(str(raised.value).replace(one, "…"))
    assert answers[0] == answers[1]
    assert (kept(), review.history(TENANT)) == (before, told)


def test_another_tenants_lists_are_empty(review, theirs):
    assert review.history("other") == []
    assert review.suppressions("other") == []
    assert review.review_of("other", theirs["anomaly"]) is None
    assert review.review_of(TENANT, UNKNOWN) is None


def test_two_tenants_with_the_same_ids_and_patterns_do_not_meet(store, review, overview, rows):
    """Ids tell nothing about a tenant, so they may be equal."""
    other = MadeDesk(tenant="other")
    stream = other.add_stream(store, name="api")
    found = other.add_windows(store, stream, [NOW_US, NOW_US], flagged={0, 1}, patterns=("aa",))
    with writing(store.engine, "other") as connection:
        connection.execute(sa.update(anomalies).where(anomalies.c.id == found[0].id).values(id=rows[0]))
    review.suppress(TENANT, rows[0], until=None, by="ann")
    review.label(TENANT, [rows[0]], "real", by="ann", scope="pattern")
    scope = overview.scope("other", None, "all")
    assert overview.figures(scope).suppressed == 0
    assert [(row.label, row.suppressed) for row in overview.feed(scope, Wanted()).rows] == [(None, False)] * 2
    assert overview.feed(scope, Wanted(labels=("real",))).total == 0
    assert overview.feed(scope, Wanted(labels=("open",))).total == 2
    assert review.review_of("other", rows[0]) is None
    assert review.same_pattern("other", rows[0]).count == 2
