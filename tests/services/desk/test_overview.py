"""The overview: which streams and times it speaks of, and what it says where little is known."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from driftlock.model import moment
from driftlock.services.overview import Figures, InvalidRange, Wanted
from driftlock.storage.connect import writing
from driftlock.storage.schema import annotations, jobs
from tests.made_desk import HOUR_US, NOW, NOW_US, plan

TENANT = "demo"
YEAR_US = 365 * 24 * HOUR_US


def test_a_range_counts_back_from_the_newest_data_of_the_chosen_streams(store, overview, desk):
    """A file of last year shows its last hour; beside a live stream the hour is the live stream's."""
    old = desk.add_stream(store, name="old", source="upload")
    desk.add_windows(
        store, old, [NOW_US - YEAR_US - 2 * HOUR_US, NOW_US - YEAR_US - HOUR_US, NOW_US - YEAR_US]
    )
    alone = overview.scope(TENANT, None, "1h")
    assert (alone.since, alone.until) == (moment(NOW_US - YEAR_US - HOUR_US), moment(NOW_US - YEAR_US))
    assert overview.figures(alone).tested == 2  # both ends are included
    live = desk.add_stream(store, name="live", source="live")
    desk.add_windows(store, live, [NOW_US])
    both = overview.scope(TENANT, None, "1h")
    assert both.until == moment(NOW_US)
    assert overview.figures(both).tested == 1
    assert overview.scope(TENANT, [old.id], "1h") == alone
    assert overview.figures(overview.scope(TENANT, None, "all")).tested == 4
    assert [state.stream.name for state in overview.streams(TENANT)] == ["live", "old"]


def test_all_has_no_beginning_and_ends_at_the_newest_data(store, overview, desk):
    desk.add_windows(store, desk.add_stream(store), [5, 1_000])
    scope = overview.scope(TENANT, None, "all")
    assert (scope.since, scope.until) == (None, moment(1_000))
    lanes = overview.lanes(scope, "stream", buckets=2)
    assert lanes.edges_us.tolist() == [5, 503, 1_001]
    assert lanes.lanes[0].tested.tolist() == [1, 1]


def test_played_scenarios_are_left_out_unless_they_are_chosen(store, overview, desk):
    played = desk.add_stream(store, name="storm", source="scenario")
    own = desk.add_stream(store, name="api")
    for stream in (played, own):
        desk.add_windows(store, stream, [NOW_US], flagged={0})
    assert overview.scope(TENANT, None, "all").stream_ids == (own.id,)
    chosen = overview.scope(TENANT, [played.id, "unknown", played.id], "all")
    assert chosen.stream_ids == (played.id,)
    assert overview.feed(chosen, Wanted()).rows[0].stream_name == "storm"
    assert overview.scope(TENANT, [], "all").stream_ids == ()


def test_a_run_past_its_time_is_gone_at_that_minute(store, overview, desk, clock):
    """Its streams are not listed and an address that names one finds nothing; one that still works stays."""
    end = NOW + timedelta(hours=1)
    ended = desk.add_stream(store, name="ended", source="upload", expires_at=end)
    works = desk.add_stream(store, name="works", source="upload", expires_at=end, state="running")
    for stream in (ended, works):
        desk.add_windows(store, stream, [NOW_US], flagged={0})
    assert overview.figures(overview.scope(TENANT, None, "all")).flagged == 2
    clock.time = end
    assert [state.stream.name for state in overview.streams(TENANT)] == ["works"]
    assert overview.scope(TENANT, [ended.id], "all").stream_ids == ()
    assert overview.figures(overview.scope(TENANT, None, "all")).flagged == 1


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ((NOW, NOW - timedelta(seconds=1)), "before it begins"),
        ((NOW.replace(tzinfo=None), NOW), "time zone"),
        ((NOW, datetime(2026, 1, 6)), "time zone"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(overview, span, said):
    with pytest.raises(InvalidRange, match=said):
        overview.scope(TENANT, None, span)


def test_nothing_judged_yet_is_said_and_not_counted(store, overview, desk):
    """No stream at all, and then one that warms up: zeros, no edges, and how many events are needed."""
    empty = overview.scope(TENANT, None, "24h")
    assert overview.figures(empty) == Figures(
        flagged=0, expected_by_chance=0.0, tested=0, series_flagged=0, incidents=0, suppressed=0,
        flagged_by_bucket=(0,) * 24, untested_streams=(), data_until=None,
    )  # fmt: skip
    assert overview.lanes(empty, "stream").lanes == ()
    warming = desk.add_stream(store, name="new")
    scope = overview.scope(TENANT, None, "24h")
    assert (scope.since, scope.until) == (None, None)
    [lane] = overview.lanes(scope, "stream", buckets=4).lanes
    needed = store.streams.get(TENANT, warming.id).events_needed
    assert (lane.warming, lane.tested.tolist(), lane.expected) == (needed, [0, 0, 0, 0], 0.0)
    assert [stream.id for stream in overview.figures(scope).untested_streams] == [warming.id]
    assert overview.feed(scope, Wanted()).total == 0
    assert overview.timeline(scope, warming.id) is None


def test_lanes_beyond_those_asked_for_are_counted(store, overview, desk):
    """The most flagged come first."""
    for number in range(5):
        stream = desk.add_stream(store, name=f"s{number}")
        desk.add_windows(store, stream, range(NOW_US, NOW_US + 5), flagged=set(range(number)))
    lanes = overview.lanes(overview.scope(TENANT, None, "all"), "stream", most=2)
    assert [lane.label for lane in lanes.lanes] == ["s4", "s3"]
    assert lanes.more == 3


def test_windows_and_numbers_of_one_kind_are_two_lanes(store, overview, desk):
    """A sum of windows and numbers would mean nothing; chance is not stated of numbers."""
    desk.add_windows(store, desk.add_stream(store, kind="metrics", name="text"), [NOW_US])
    numbers = desk.add_stream(store, kind="metrics", name="cpu", series=True)
    desk.add_numbers(store, numbers, [NOW_US] * 30, warmup=10)
    lanes = {lane.key: lane for lane in overview.lanes(overview.scope(TENANT, None, "all"), "kind").lanes}
    assert set(lanes) == {"metrics", "metrics series"}
    assert lanes["metrics"].tested.sum() == 1
    assert lanes["metrics series"].tested.sum() == 20
    assert math.isnan(lanes["metrics series"].expected)
    assert np.isnan(lanes["metrics series"].strongest_bits).all()


@pytest.mark.parametrize(
    ("times", "slabs"),
    [([NOW_US] * 29 + [-1], 1), ([NOW_US + at for at in range(200)], 65)],
    ids=["a time is missing", "too many slabs"],
)
def test_where_numbers_cannot_be_placed_in_time_the_lane_says_so(store, overview, desk, times, slabs):
    """All zeros would look like silence; how many were judged in all is known."""
    stream = desk.add_stream(store, kind="metrics", series=True)
    desk.add_numbers(store, stream, times, warmup=10, slabs=slabs)
    [lane] = overview.lanes(overview.scope(TENANT, None, "all"), "stream").lanes
    assert (lane.tested_known, lane.tested.sum(), lane.tested_ever) == (False, 0, len(times) - 10)


def test_the_slabs_of_all_streams_together_are_bounded(store, overview, desk):
    """Forty-one, forty and one: what is read first is the least, and the largest says that it is not known."""
    for name, slabs in (("most", 41), ("many", 40), ("one", 1)):
        stream = desk.add_stream(store, name=name, kind="metrics", series=True)
        desk.add_numbers(store, stream, [NOW_US + at for at in range(100)], warmup=10, slabs=slabs)
    lanes = overview.lanes(overview.scope(TENANT, None, "all"), "stream").lanes
    assert {lane.label: (lane.tested_known, int(lane.tested.sum())) for lane in lanes} == {
        "most": (False, 0),
        "many": (True, 90),
        "one": (True, 90),
    }


def test_an_alert_of_before_the_first_event_lies_in_the_first_bucket(store, overview, desk):
    """Numbers come in any order of their times; the range of all data begins with the earliest."""
    stream = desk.add_stream(store, kind="metrics", series=True)
    desk.add_numbers(store, stream, [NOW_US] * 30, warmup=10)
    desk.add_alerts(store, stream, [(20, 20, NOW_US - HOUR_US, 5.0, "aa")])
    scope = overview.scope(TENANT, None, "all")
    [lane] = overview.lanes(scope, "stream", buckets=4).lanes
    assert lane.flagged.tolist() == [1, 0, 0, 0]
    assert overview.figures(scope).flagged_by_bucket == (1, *[0] * 23)
    assert overview.streams(TENANT)[0].first_seen == moment(NOW_US - HOUR_US)


def test_a_stream_that_is_gone_since_the_range_was_chosen_has_no_lane(store, overview, desk, clock):
    going = desk.add_stream(store, name="going", source="upload", expires_at=NOW + timedelta(hours=1))
    staying = desk.add_stream(store, name="staying", source="upload")
    for stream in (going, staying):
        desk.add_windows(store, stream, [NOW_US, NOW_US + 1], flagged={0})
    scope = overview.scope(TENANT, None, "all")
    clock.time = NOW + timedelta(hours=2)
    assert [lane.label for lane in overview.lanes(scope, "stream").lanes] == ["staying"]


def test_a_number_stream_that_learns_is_warming_up_for_an_unknown_while(store, overview, desk):
    stream = desk.add_stream(store, kind="metrics", series=True)
    store.streams.configure(TENANT, stream.id, plan())
    [lane] = overview.lanes(overview.scope(TENANT, None, "all"), "stream").lanes
    assert (lane.series, lane.warming) == (True, 0)


def test_a_thinned_timeline_keeps_the_lowest_the_highest_and_flagged_windows(store, overview, desk):
    """3,000 windows; seed 3. Where all are asked for all come."""
    rng = np.random.default_rng(3)
    bits = [8.0 * int(one) for one in rng.integers(-50, 50, 3_000)]
    stream = desk.add_stream(store)
    flagged = {5, 1_700, 2_999}
    desk.add_windows(store, stream, range(NOW_US, NOW_US + 3_000), flagged=flagged, bits=bits)
    scope = overview.scope(TENANT, None, "all")
    whole = overview.timeline(scope, stream.id, most_points=3_000)
    thin = overview.timeline(scope, stream.id, most_points=300)
    assert (len(whole.window), whole.extra["stands_for"]) == (3_000, 1)
    assert (thin.extra["stands_for"], len(thin.window) <= 300) == (30, True)
    assert set(thin.window[thin.flagged].tolist()) == flagged
    assert (thin.ncd.min(), thin.ncd.max()) == (whole.ncd.min(), whole.ncd.max())
    assert thin.window.tolist() == sorted(thin.window.tolist())
    for name in ("ncd", "chance", "last_seq"):
        assert (getattr(thin, name) == getattr(whole, name)[thin.window]).all()


def test_a_timeline_is_cut_to_the_range(store, overview, desk):
    stream = desk.add_stream(store)
    desk.add_windows(store, stream, [NOW_US - 2 * HOUR_US, NOW_US - HOUR_US, NOW_US])
    assert overview.timeline(overview.scope(TENANT, None, "1h"), stream.id).window.tolist() == [1, 2]


def test_new_rows_are_those_seen_after_a_moment_even_behind_the_range(store, overview, desk):
    stream = desk.add_stream(store)
    desk.add_windows(store, stream, [NOW_US], flagged={0})
    scope = overview.scope(TENANT, None, "1h")
    assert overview.feed_count_after(scope, NOW_US) == 0
    desk.add_windows(store, stream, [NOW_US + 1, NOW_US + 2], flagged={1, 2})
    assert overview.feed_count_after(scope, NOW_US) == 2
    assert overview.feed(scope, Wanted()).total == 1


def test_notes_are_those_of_the_range_and_the_streams(store, overview, desk):
    mine, other = desk.add_stream(store, name="mine"), desk.add_stream(store, name="other")
    for stream in (mine, other):
        desk.add_windows(store, stream, [NOW_US])
    given = [("all", None, 0, None), ("mine", mine.id, 1, None), ("other", other.id, 2, None),
             ("early", None, 2 * HOUR_US, None), ("removed", None, 3, NOW)]  # fmt: skip
    with writing(store.engine, TENANT) as connection:
        for text, stream_id, before, removed in given:
            connection.execute(
                sa.insert(annotations).values(
                    tenant=TENANT, id=text, stream_id=stream_id, about_us=NOW_US - before, text=text,
                    at=NOW, by="me", removed_at=removed,
                )
            )  # fmt: skip
    scope = overview.scope(TENANT, [mine.id], "1h")
    assert [note.text for note in overview.annotations(scope)] == ["mine", "all"]


def test_the_last_self_check_is_the_newest_that_finished(store, overview, desk, clock):
    assert overview.last_self_check(TENANT) is None
    stream = desk.add_stream(store, name="api", source="upload")
    with writing(store.engine, TENANT) as connection:
        for number, (kind, state, noticed) in enumerate(
            [
                ("detectability", "done", 4),
                ("detectability", "done", None),
                ("placebo", "done", 1),
                ("detectability", "running", 1),
            ]
        ):
            connection.execute(
                sa.insert(jobs).values(
                    tenant=TENANT, id=str(number), stream_id=stream.id, kind=kind, options={}, state=state,
                    done=0, total=0, unit="trials", cancel_requested=False, created_at=NOW,
                    finished_at=NOW + timedelta(hours=number),
                    result={"lines": [{"kind": "error", "of": 50, "noticed_from": noticed, "trials": 50}]},
                )
            )  # fmt: skip
    found = overview.last_self_check(TENANT)
    assert (found.at, found.stream_name) == (NOW + timedelta(hours=1), "api")
    assert [(line.kind, line.of, line.noticed_from) for line in found.lines] == [("error", 50, None)]
    assert overview.last_self_check("other") is None
    clock.time = NOW + timedelta(hours=25)  # the stream's run is past its time
    assert overview.last_self_check(TENANT) is None


def test_another_tenants_streams_hold_nothing(store, overview, desk):
    """Even a scope that names their ids outright."""
    stream = desk.add_stream(store)
    desk.add_windows(store, stream, [NOW_US], flagged={0})
    scope = overview.scope(TENANT, None, "all")
    assert overview.streams("other") == []
    assert overview.scope("other", [stream.id], "all").stream_ids == ()
    foreign = type(scope)(tenant="other", stream_ids=scope.stream_ids, since=None, until=scope.until)
    unknown = type(scope)(tenant="other", stream_ids=("unknown",), since=None, until=scope.until)
    assert overview.figures(foreign) == overview.figures(unknown)
    assert overview.figures(foreign).flagged == 0 < overview.figures(scope).flagged
    assert overview.lanes(foreign, "stream").lanes == ()
    assert overview.feed(foreign, Wanted()) == overview.feed(unknown, Wanted())
    assert overview.feed_count_after(foreign, 0) == 0 < overview.feed_count_after(scope, 0)
    assert overview.timeline(foreign, stream.id) is None
    assert overview.timeline(scope, stream.id) is not None


def test_figures_of_a_judged_stream_are_those_of_its_page(judged):
    """What the engine left behind: the whole stream's counts, its chance and its incidents."""
    app, stream_id = judged
    stream = app.queries.stream(TENANT, stream_id)
    scope = app.overview.scope(TENANT, None, "all")
    figures = app.overview.figures(scope)
    assert (figures.flagged, figures.tested, figures.incidents) == (
        stream.flagged,
        stream.windows,
        stream.incidents,
    )
    assert figures.expected_by_chance == pytest.approx(stream.expected_by_chance)
    rows = app.overview.feed(scope, Wanted(), order="strongest", limit=999).rows
    listed = app.queries.anomalies(TENANT, stream_id, order="strongest", limit=999)
    assert {row.id for row in rows} == {row.id for row in listed}
    assert [row.extra_bits for row in rows] == [row.extra_bits for row in listed]
    assert all(row.pattern for row in rows)
    [lane] = app.overview.lanes(scope, "stream").lanes
    scores = app.queries.scores(TENANT, stream_id)
    assert np.nanmax(lane.strongest_bits) == scores.extra_bits.max()


def test_words_are_looked_for_as_they_are(store, overview, desk):
    """No character of them is a wildcard."""
    for name in ("a_b", "axb"):
        desk.add_windows(store, desk.add_stream(store, name=name), [NOW_US], flagged={0})
    found = overview.feed(overview.scope(TENANT, None, "all"), Wanted(text="a_b"))
    assert [row.stream_name for row in found.rows] == ["a_b"]
