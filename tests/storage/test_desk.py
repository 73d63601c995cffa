"""The desk in the database: what a deletion takes along, and which indexes answer."""

import pytest
import sqlalchemy as sa

from driftlock.services.overview import Overview, Wanted
from driftlock.services.review import Reviews
from driftlock.storage.connect import reading
from driftlock.storage.schema import annotations, desk_changes, metadata, reviews, suppressions
from tests.made_desk import NOW, NOW_US, MadeDesk

TENANT = "demo"


class Noon:
    def now(self):
        return NOW


@pytest.fixture
def desk():
    return MadeDesk(tenant=TENANT)


def counted(store, table):
    with reading(store.engine, TENANT) as connection:
        return connection.scalars(sa.select(sa.func.count()).select_from(table)).one()


def test_a_deleted_run_takes_what_was_said_about_it_along(store, desk):
    """Reviews and notes of its stream go, in the history too; what is about all streams, or others, stays."""
    review = Reviews(store, Noon())
    ours, theirs = (desk.add_stream(store, name=name, source="upload") for name in ("ours", "theirs"))
    mine, other = (
        desk.add_windows(store, one, [NOW_US], flagged={0}, patterns=("aa",)) for one in (ours, theirs)
    )
    both = [mine[0].id, other[0].id]
    change = review.label(TENANT, both, "real", by="ann", note="our secret")
    review.annotate(TENANT, NOW, "of all", by="ann")
    about = review.annotate(TENANT, NOW, "of ours", by="ann", stream_id=ours.id)
    hidden = review.suppress(TENANT, both[0], until=None, by="ann")
    run_id = store.streams.get(TENANT, ours.id).run_id
    assert store.runs.delete(TENANT, run_id).anomalies == 1
    assert review.review_of(TENANT, both[0]) is None
    assert review.review_of(TENANT, both[1]).label == "real"
    assert (counted(store, reviews), counted(store, annotations)) == (1, 1)
    told = review.history(TENANT)
    assert [one.what for one in told].count("label") == 1
    assert len(told) == 4
    with reading(store.engine, TENANT) as connection:
        [detail] = connection.scalars(
            sa.select(desk_changes.c.detail).where(desk_changes.c.id == change.id)
        ).all()
    assert list(detail["rows"]) == [both[1]]
    undone = review.undo(TENANT, change.id, by="ann")
    assert (undone.count, undone.gone) == (1, 1)
    assert review.undo(TENANT, about.id, by="ann").gone == 1
    [left] = review.suppressions(TENANT)
    assert (left.id, left.count) == (hidden.says["suppression"], 1)


def test_a_suppression_whose_pattern_is_gone_hides_nothing_and_can_be_ended(store, desk):
    """It stays in force: the pattern may come again."""
    review, overview = Reviews(store, Noon()), Overview(store, Noon())
    stream = desk.add_stream(store, source="upload")
    [row] = desk.add_windows(store, stream, [NOW_US], flagged={0}, patterns=("aa",))
    change = review.suppress(TENANT, row.id, until=None, by="ann")
    store.runs.delete(TENANT, store.streams.get(TENANT, stream.id).run_id)
    assert [(one.pattern, one.count) for one in review.suppressions(TENANT)] == [("aa", 0)]
    again = desk.add_stream(store, name="again")
    desk.add_windows(store, again, [NOW_US], flagged={0}, patterns=("aa",))
    scope = overview.scope(TENANT, None, "all")
    assert overview.feed(scope, Wanted()).total == 0
    assert review.undo(TENANT, change.id, by="bob").count == 1
    assert overview.feed(scope, Wanted()).total == 1
    assert counted(store, suppressions) == 1  # ended, not lost


def test_a_gone_pattern_can_be_ended_too(store, desk):
    review = Reviews(store, Noon())
    stream = desk.add_stream(store, source="upload")
    [row] = desk.add_windows(store, stream, [NOW_US], flagged={0}, patterns=("aa",))
    change = review.suppress(TENANT, row.id, until=None, by="ann")
    store.runs.delete(TENANT, store.streams.get(TENANT, stream.id).run_id)
    assert review.resume(TENANT, change.says["suppression"], by="ann").count == 0
    assert review.suppressions(TENANT) == []


def test_counting_reads_indexes_and_no_rows(in_sqlite, desk):
    """Rows of flagged windows are 20 KB each: a list of fifty thousand must not read them."""
    desk.add_windows(in_sqlite, desk.add_stream(in_sqlite), [NOW_US], flagged={0})
    asked = []
    listen = lambda *given: asked.append((given[2], given[3]))  # noqa: E731
    sa.event.listen(in_sqlite.engine, "before_cursor_execute", listen)
    overview = Overview(in_sqlite, Noon())
    scope = overview.scope(TENANT, None, "all")
    overview.figures(scope)
    overview.lanes(scope, "stream")
    overview.feed(scope, Wanted(), order="strongest")
    sa.event.remove(in_sqlite.engine, "before_cursor_execute", listen)
    plans = []
    with in_sqlite.engine.connect() as connection:
        for statement, parameters in asked:
            plans += [
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
    for index in ("ix_windows_lanes", "ix_anomalies_feed", "ix_series_anomalies_feed"):
        used = [line for line in plans if index in line]
        assert used
        assert all("COVERING INDEX" in line for line in used)


def test_names_of_indexes_fit_every_database():
    """PostgreSQL cuts names off behind 63 characters."""
    names = [index.name for table in metadata.sorted_tables for index in table.indexes]
    assert max(map(len, names)) <= 63
