"""Figures, lanes and the feed against plain loops over all rows."""

import math
import random
from datetime import timedelta

import pytest

from driftlock.model import moment
from driftlock.services.overview import Overview, Wanted
from driftlock.services.review import Reviews
from driftlock.storage.store import SqlStore
from tests.made_desk import NOW, NOW_US, thrown

SEEDS = range(24)
EMPTY_DAY = timedelta(days=1)


class Noon:
    def now(self):
        return NOW


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = SqlStore(f"sqlite:///{tmp_path_factory.mktemp('desk')}/driftlock.db")
    yield store
    store.close()


@pytest.fixture(scope="module")
def desks(store):
    """Every tenant of one database; what is counted of one must hold nothing of the others."""
    return [thrown(store, seed) for seed in SEEDS]


def asked(store, desk, rng):
    """A scope by dice, and the same as plain values."""
    overview = Overview(store, Noon())
    span = rng.choice(["all", "15min", "1h", "24h", "two ends"])
    if span == "two ends":
        span = (moment(NOW_US - rng.randint(1, 50_000_000)), moment(NOW_US - rng.randint(0, 1)))
        span = (min(span), max(span))
    chosen = None if rng.random() < 0.7 else [s.id for s in desk.streams if rng.random() < 0.6] + ["unknown"]
    return overview, overview.scope(desk.tenant, chosen, span)


def within(scope, stream_id, us):
    since = -math.inf if scope.since is None else (scope.since - moment(0)) / timedelta(microseconds=1)
    until = math.inf if scope.until is None else (scope.until - moment(0)) / timedelta(microseconds=1)
    return stream_id in scope.stream_ids and since <= us <= until


def incident_of(desk):
    """Incident of every row; alerts are put together until nothing that touches is apart."""
    found = {row.id: row.incident for row in desk.flagged if row.series is None}
    for stream in desk.streams:
        groups = [[row] for row in desk.flagged if row.stream_id == stream.id and row.series]
        joined = True
        while joined:
            joined = False
            for one in groups:
                for other in groups:
                    if one is not other and touching(one, other, stream.round):
                        one.extend(other)
                        groups.remove(other)
                        joined = True
                        break
                if joined:
                    break
        groups.sort(key=lambda group: min(row.first_seq for row in group))
        for number, group in enumerate(groups, start=1):
            found |= {row.id: number for row in group}
    return found


def touching(one, other, reach):
    first = (min(r.first_seq for r in one), min(r.first_seq for r in other))
    last = (max(r.last_seq for r in one), max(r.last_seq for r in other))
    return first[0] <= last[1] + reach and first[1] <= last[0] + reach


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_are_what_counting_gives(store, desks, seed):
    desk = desks[seed]
    overview, scope = asked(store, desk, random.Random(1_000 + seed))
    figures = overview.figures(scope)
    tested = [w for s in desk.streams for w in s.windows if within(scope, s.id, w[0])]
    rows = [row for row in desk.flagged if within(scope, row.stream_id, row.seen_us)]
    incidents = incident_of(desk)
    assert figures.tested == len(tested)
    assert figures.expected_by_chance == pytest.approx(sum(chance for _, _, chance in tested))
    assert figures.flagged == sum(row.series is None for row in rows)
    assert figures.series_flagged == sum(row.series is not None for row in rows)
    assert figures.incidents == len({(row.stream_id, incidents[row.id]) for row in rows})
    assert sum(figures.flagged_by_bucket) == len(rows)
    assert {stream.id for stream in figures.untested_streams} == {
        s.id for s in desk.streams if s.id in scope.stream_ids and not s.windows and not s.numbers
    }


@pytest.mark.parametrize("by", ["stream", "kind"])
@pytest.mark.parametrize("seed", SEEDS)
def test_lanes_hold_what_counting_gives(store, desks, seed, by):
    """Each cell: windows or numbers, flagged, most bits; every row lies between the edges of its bucket."""
    desk = desks[seed]
    rng = random.Random(2_000 + seed)
    overview, scope = asked(store, desk, rng)
    count = rng.choice([1, 3, 48])
    lanes = overview.lanes(scope, by, buckets=count, most=99)
    edges = lanes.edges_us.tolist()
    streams = [s for s in desk.streams if s.id in scope.stream_ids]
    assert lanes.more == 0
    assert len(lanes.lanes) == len({(s.id if by == "stream" else s.kind, s.series) for s in streams})
    for lane in lanes.lanes:
        mine = [
            s
            for s in streams
            if (s.id == lane.stream_id or (by == "kind" and s.kind == lane.kind)) and s.series == lane.series
        ]
        ids = {s.id for s in mine}
        windows = [w for s in mine for w in s.windows if within(scope, s.id, w[0])]
        numbers = [us for s in mine for us in s.numbers[s.warmup :] if within(scope, s.id, us)]
        rows = [r for r in desk.flagged if r.stream_id in ids and within(scope, r.stream_id, r.seen_us)]
        for bucket in range(count):
            low, high = edges[bucket], edges[bucket + 1]
            bits = [b for us, b, _ in windows if low <= us < high] + [
                r.bits for r in rows if low <= r.seen_us < high
            ]
            times = [us for us, _, _ in windows] + numbers
            assert lane.tested[bucket] == sum(low <= us < high for us in times)
            assert lane.flagged[bucket] == sum(low <= r.seen_us < high for r in rows)
            strongest = float(lane.strongest_bits[bucket])
            assert strongest == max(bits) if bits else math.isnan(strongest)
        assert lane.tested.sum() == len(windows) + len(numbers)
        assert lane.tested_known
        if lane.series:
            assert math.isnan(lane.expected)
        else:
            assert lane.expected == pytest.approx(sum(chance for _, _, chance in windows))
    flagged = [int(lane.flagged.sum()) for lane in lanes.lanes]
    assert flagged == sorted(flagged, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_feed_is_every_row_once_in_order(store, desks, seed):
    """Pages joined, newest or strongest first, narrowed by severity, kind, words and a bucket."""
    desk = desks[seed]
    rng = random.Random(3_000 + seed)
    overview, scope = asked(store, desk, rng)
    wanted = Wanted(
        severities=rng.choice([(), ("high",), ("low", "medium")]),
        kinds=rng.choice([(), ("logs",), ("metrics", "llm")]),
        text=rng.choice(["", "api-1", "WINDOW 3", "CPU", "50%", "_"]),
        since_us=rng.choice([None, NOW_US - 25_000_000]),
        until_us=rng.choice([None, NOW_US - 5_000_000]),
    )
    by_id = {s.id: s for s in desk.streams}
    expected = [
        row
        for row in desk.flagged
        if within(scope, row.stream_id, row.seen_us)
        and (not wanted.severities or row.severity in wanted.severities)
        and (not wanted.kinds or by_id[row.stream_id].kind in wanted.kinds)
        and (wanted.since_us is None or row.seen_us >= wanted.since_us)
        and (wanted.until_us is None or row.seen_us < wanted.until_us)
        and any(
            wanted.text.lower() in said.lower()
            for said in (row.sentence, by_id[row.stream_id].name, row.series or "")
        )
    ]
    incidents = incident_of(desk)
    for order in ("newest", "strongest"):
        key = {
            "newest": lambda row: (-row.seen_us, row.id),
            "strongest": lambda row: (
                -["low", "medium", "high"].index(row.severity),
                -row.bits,
                -row.seen_us,
                row.id,
            ),
        }[order]
        expected.sort(key=key)
        got = []
        for offset in range(0, len(expected) + 1, 4):
            page = overview.feed(scope, wanted, order=order, offset=offset, limit=4)
            assert page.total == len(expected)
            got += page.rows
        assert [row.id for row in got] == [row.id for row in expected]
        for shown, row in zip(got, expected, strict=True):
            assert (shown.series, shown.stream_id, shown.pattern) == (row.series, row.stream_id, row.pattern)
            assert shown.seen_at == moment(row.seen_us)
            assert (shown.extra_bits, shown.severity) == (row.bits, row.severity)
            assert shown.sentence == row.sentence
            assert shown.incident == incidents[row.id]
            assert shown.stream_name == by_id[row.stream_id].name
            assert (shown.label, shown.snoozed_until, shown.suppressed) == (None, None, False)
            assert (shown.ncd is None) == (row.series is not None)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_suppressed_is_hidden_marked_and_counted(store, desks, seed):
    """Seeds as above; a pattern of the desk is hidden, of windows and of series, and then shown again."""
    desk = desks[seed]
    overview, scope = asked(store, desk, random.Random(4_000 + seed))
    reviews = Reviews(store, Noon())
    rows = [row for row in desk.flagged if within(scope, row.stream_id, row.seen_us)]
    pattern = next((row.pattern for row in rows if row.pattern), None)
    if pattern is None:
        return
    one = next(row for row in rows if row.pattern == pattern)
    hidden = {row.id for row in rows if row.pattern == pattern}
    before = overview.figures(scope)
    change = reviews.suppress(desk.tenant, one.id, until=None, by="me")
    assert change.count == sum(row.pattern == pattern for row in desk.flagged)
    shown = overview.feed(scope, Wanted(), limit=999)
    every = overview.feed(scope, Wanted(suppressed=True), limit=999)
    figures = overview.figures(scope)
    assert {row.id for row in shown.rows} == {row.id for row in rows} - hidden
    assert {row.id for row in every.rows if row.suppressed} == hidden
    assert every.total == len(rows)
    assert (figures.flagged, figures.series_flagged) == (before.flagged, before.series_flagged)
    assert (before.suppressed, figures.suppressed) == (0, len(hidden))
    assert overview.feed_count_after(scope, 0) == sum(
        row.stream_id in scope.stream_ids and row.pattern != pattern for row in desk.flagged
    )
    reviews.undo(desk.tenant, change.id, by="me")
    assert overview.figures(scope) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pattern_is_counted_over_all_streams_and_days(store, desks, seed):
    desk = desks[seed]
    reviews = Reviews(store, Noon())
    for row in desk.flagged[:5]:
        history = reviews.same_pattern(desk.tenant, row.id)
        alike = [one for one in desk.flagged if row.pattern and one.pattern == row.pattern]
        days = {}
        for one in alike:
            day = moment(one.seen_us).date()
            days[day] = days.get(day, 0) + 1
        assert history.count == len(alike)
        assert history.per_day == tuple(sorted(days.items()))
        assert {(s.stream_id, s.count) for s in history.streams} == {
            (one.stream_id, sum(o.stream_id == one.stream_id for o in alike)) for one in alike
        }
        seen = [one.seen_us for one in alike]
        assert history.first_seen == (moment(min(seen)) if seen else None)
        assert history.last_seen == (moment(max(seen)) if seen else None)
