"""Incidents across streams: grouped by time, never renamed, worked on by people."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.services.cases import Cases
from driftlock.services.cases_grouping import case_id, expected_meetings, groups, meetings
from driftlock.services.cases_spans import spans_of
from driftlock.services.cases_store import InvalidCase, Reach, Span
from driftlock.services.review import Reviews
from driftlock.storage.connect import writing
from driftlock.storage.schema import anomalies, runs
from driftlock.storage.store import SqlStore
from tests.made_desk import NOW, NOW_US, MadeDesk

TENANT = "demo"
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US


class SetClock:
    """Tells the time it was given."""

    time = NOW

    def now(self):
        return self.time


@pytest.fixture
def store(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/driftlock.db")
    yield store
    store.close()


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def cases(store, clock):
    return Cases(store, clock)


@pytest.fixture
def desk():
    return MadeDesk(tenant=TENANT)


def add(store, desk, name, flagged, *, count=200, **of_stream):
    """A stream with a window a minute, of which those of these minutes are flagged; the usual length is 5 minutes."""
    stream = desk.add_stream(store, name=name, **of_stream)
    seen = [NOW_US + at * MINUTE_US for at in range(count)]
    return stream, desk.add_windows(store, stream, seen, flagged=set(flagged))


def timed(store, stream_id):
    """As if the events of a file named their times."""
    with writing(store.engine, TENANT) as connection:
        at = anomalies.c
        connection.execute(
            sa.update(anomalies)
            .where(at.stream_id == stream_id)
            .values(first_at_us=at.seen_us, last_at_us=at.seen_us)
        )


def span(anomaly, stream, first, last):
    return Span(
        anomaly_id=anomaly, stream_id=stream, stream_name=stream, first_us=first, last_us=last,
        severity="low",
    )  # fmt: skip


def reach(stream, length, last=1_000_000):
    return Reach(
        stream_id=stream, stream_name=stream, length_us=length, of_numbers=False, first_us=0, last_us=last
    )


def test_windows_belong_together_up_to_the_mean_of_their_usual_lengths():
    reaches = {"a": reach("a", 100), "b": reach("b", 60)}
    near = [span("x", "a", 0, 10), span("y", "b", 90, 95)]  # 80 apart, the mean of 100 and 60
    assert [len(group) for group in groups(spans_of(near, reaches))] == [2]
    far = [span("x", "a", 0, 10), span("y", "b", 91, 95)]
    assert [len(group) for group in groups(spans_of(far, reaches))] == [1, 1]


def test_groups_are_the_connected_windows_by_hand():
    """Seed 7: against joining every pair that is close enough, one pair at a time."""
    random = Random(7)
    for _ in range(60):
        reaches = {name: reach(name, 2 * random.randint(0, 30)) for name in "abc"}
        spans = []
        for at in range(random.randint(1, 14)):
            first = random.randint(0, 600)
            spans.append(span(f"s{at}", random.choice("abc"), first, first + random.randint(0, 20)))
        sets = [{one.anomaly_id} for one in spans]
        for one in spans:
            for other in spans:
                apart = max(one.first_us, other.first_us) - min(one.last_us, other.last_us)
                if apart <= (reaches[one.stream_id].length_us + reaches[other.stream_id].length_us) / 2:
                    mine = next(s for s in sets if one.anomaly_id in s)
                    theirs = next(s for s in sets if other.anomaly_id in s)
                    if mine is not theirs:
                        sets.remove(theirs)
                        mine |= theirs
        made = spans_of(spans, reaches)
        found = [set(made.names(group)) for group in groups(made, most=10**6)]
        assert sorted(map(sorted, found)) == sorted(map(sorted, sets))


def test_a_group_ends_after_twelve_window_lengths():
    """Two streams that are flagged in turn all day are not one incident."""
    reaches = {"a": reach("a", 100), "b": reach("b", 100)}
    spans = [span(f"s{at}", "ab"[at % 2], 90 * at, 90 * at + 10) for at in range(100)]
    made = spans_of(spans, reaches)
    found = groups(made)
    lasts = [made.first_us[group[-1]] - made.first_us[group[0]] for group in found]
    assert max(lasts) <= 12 * 100
    assert len(found) == 8  # of fourteen each, the last of two
    assert sum(len(group) for group in found) == 100


def test_the_meetings_are_counted_pair_by_pair_by_hand():
    """Seed 17: each incident of the one stream beside each of the other."""
    random = Random(17)
    for _ in range(40):
        reaches = {name: reach(name, 2 * random.randint(0, 20)) for name in "ab"}
        spans = []
        for at in range(random.randint(2, 20)):
            first = random.randint(0, 900)
            spans.append(span(f"s{at}", random.choice("ab"), first, first + random.randint(0, 15)))
        ends = {name: [] for name in "ab"}
        for one in sorted(spans, key=lambda one: one.first_us):
            half = reaches[one.stream_id].length_us // 2
            mine = ends[one.stream_id]
            if mine and one.first_us - half <= mine[-1][1]:
                mine[-1][1] = max(mine[-1][1], one.last_us + half)
            else:
                mine.append([one.first_us - half, one.last_us + half])
        met = sum(a <= d and c <= b for a, b in ends["a"] for c, d in ends["b"])
        assert meetings(spans_of(spans, reaches)) == met


def test_the_expected_number_of_meetings_is_what_independent_streams_give():
    """Seed 11: 4,000 draws of two streams with 6 and 9 incidents at times of their own."""
    random, time = Random(11), 1_000_000
    reaches = {"a": reach("a", 4_000, time), "b": reach("b", 2_000, time)}
    met, stated = [], []
    for _ in range(4_000):
        spans = []
        for name, count, length in (("a", 6, 3_000), ("b", 9, 1_000)):
            for at in range(count):
                first = random.randint(0, time - length)
                spans.append(span(f"{name}{at}", name, first, first + length))
        made = spans_of(spans, reaches)
        met.append(meetings(made))
        stated.append(expected_meetings(made))
    assert sum(stated) / len(stated) == pytest.approx(sum(met) / len(met), rel=0.05)


def test_flagged_windows_of_two_streams_at_the_same_time_are_one_case(store, cases, desk):
    _, first = add(store, desk, "api", [50, 51])
    _, second = add(store, desk, "db", [52])
    add(store, desk, "mail", [120])  # alone
    [case] = cases.cases(TENANT)
    assert (case.title, case.state, case.by) == ("api, db", "open", "system")
    assert case.id == case_id(first[0].id)
    view = cases.case(TENANT, case.id)
    assert {one.anomaly_id for one in view.members} == {one.id for one in (*first, *second)}
    assert [one.bits for one in view.members] == sorted((one.bits for one in view.members), reverse=True)
    assert (view.chance.met, view.chance.streams) == (1, 2)
    assert 0 < view.chance.expected < 1
    assert [entry["what"] for entry in case.timeline] == ["detected"]


def test_the_same_data_give_the_same_cases(tmp_path, clock):
    """Whatever the order in which streams came, and however often it is asked."""
    found = []
    for number, names in enumerate((("api", "db"), ("db", "api"))):
        store = SqlStore(f"sqlite:///{tmp_path}/{number}.db")
        desk = MadeDesk(tenant=TENANT)
        for name in names:
            desk.add_stream(store, name=name)
        for stream in sorted(desk.streams, key=lambda one: one.name):
            seen = [NOW_US + at * MINUTE_US for at in range(100)]
            desk.add_windows(store, stream, seen, flagged={30, 31, 70})
        cases = Cases(store, clock)
        found.append([(case.title, case.first_us, case.last_us) for case in cases.cases(TENANT)])
        ids = [case.id for case in cases.cases(TENANT)]
        assert [case.id for case in Cases(store, clock).cases(TENANT)] == ids
        store.close()
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_late_arrivals_extend_and_never_rename(store, cases, desk, clock):
    """A window between two cases joins the earlier one; both keep their ids and their members."""
    add(store, desk, "api", [20, 60], count=100)
    add(store, desk, "db", [21, 61], count=100)
    before = {case.id: case for case in cases.cases(TENANT)}
    assert len(before) == 2
    members = {one: {m.anomaly_id for m in cases.case(TENANT, one).members} for one in before}
    clock.time += timedelta(minutes=1)
    add(store, desk, "bridge", range(22, 60), count=100)
    after = {case.id: case for case in cases.cases(TENANT)}
    assert set(after) == set(before)
    early = min(after, key=lambda one: after[one].first_us)
    assert [entry["what"] for entry in after[early].timeline] == ["detected", "extended"]
    for one in before:
        assert members[one] <= {m.anomaly_id for m in cases.case(TENANT, one).members}
    assert len(cases.case(TENANT, early).members) == 2 + 38
    assert cases.group(TENANT) == 0


def test_plays_files_without_times_and_the_same_file_twice_make_no_case(store, cases, desk, clock):
    add(store, desk, "api", [50])
    played, _ = add(store, desk, "story", [50], source="scenario")
    timed(store, played.id)
    untimed, _ = add(store, desk, "file", [50], source="upload")
    assert cases.cases(TENANT) == []
    timed(store, untimed.id)
    again, _ = add(store, desk, "file", [50], source="upload")
    timed(store, again.id)
    with writing(store.engine, TENANT) as connection:
        connection.execute(sa.update(runs).values(sha256="a" * 64))
    [case] = Cases(store, clock).cases(TENANT)
    assert {m.stream_id for m in cases.case(TENANT, case.id).members} == {desk.streams[0].id, untimed.id}


def test_a_deleted_stream_takes_its_windows_out_of_the_case(store, cases, desk):
    """And the last one the case itself."""
    run, _ = add(store, desk, "api", [50], source="upload")
    timed(store, run.id)
    add(store, desk, "db", [50])
    [case] = cases.cases(TENANT)
    store.runs.delete(TENANT, store.streams.get(TENANT, run.id).run_id)
    assert [m.stream_name for m in cases.case(TENANT, case.id).members] == ["db"]


@pytest.fixture
def case(store, cases, desk):
    add(store, desk, "api", [50])
    add(store, desk, "db", [50])
    [found] = cases.cases(TENANT)
    return found


def test_every_change_of_state_keeps_its_time_and_who_made_it(cases, case, clock):
    for what, by in (("acknowledged", "ann"), ("investigating", "bob"), ("resolved", "ann"), ("open", "bob")):
        clock.time += timedelta(minutes=5)
        cases.move(TENANT, case.id, what, by=by)
    cases.assign(TENANT, case.id, "ann", by="bob")
    found = cases.case(TENANT, case.id).case
    told = [(entry["what"], entry["by"]) for entry in found.timeline]
    assert told == [
        ("detected", "system"),
        ("acknowledged", "ann"),
        ("investigating", "bob"),
        ("resolved", "ann"),
        ("reopened", "bob"),
        ("assigned", "bob"),
    ]
    assert [entry["at"] for entry in found.timeline] == sorted(entry["at"] for entry in found.timeline)
    assert (found.state, found.assignee) == ("open", "ann")
    with pytest.raises(InvalidCase, match="open already"):
        cases.move(TENANT, case.id, "open", by="ann")
    with pytest.raises(InvalidCase, match="no state 'gone'"):
        cases.move(TENANT, case.id, "gone", by="ann")


def test_a_snoozed_case_comes_back_at_its_end(cases, case, clock):
    cases.snooze(TENANT, case.id, clock.time + timedelta(hours=1), by="ann")
    assert cases.cases(TENANT) == []
    assert [one.id for one in cases.cases(TENANT, snoozed=True)] == [case.id]
    clock.time += timedelta(hours=1)
    assert [one.id for one in cases.cases(TENANT)] == [case.id]
    with pytest.raises(InvalidCase, match="has passed"):
        cases.snooze(TENANT, case.id, clock.time, by="ann")


def test_comments_stand_beside_cases_and_anomalies_and_only_their_writer_takes_them_away(cases, case):
    made = cases.comment(TENANT, "case", case.id, " looks like the deploy ", by="ann")
    assert [one.text for one in cases.case(TENANT, case.id).comments] == ["looks like the deploy"]
    with pytest.raises(NotFound):
        cases.remove_comment(TENANT, made.id, by="bob")
    cases.remove_comment(TENANT, made.id, by="ann")
    assert cases.case(TENANT, case.id).comments == ()
    for text, said in ((" ", "some words"), ("x" * 2_001, "2,001")):
        with pytest.raises(InvalidCase, match=said):
            cases.comment(TENANT, "case", case.id, text, by="ann")


def test_the_timeline_of_an_anomaly_says_what_was_done_and_by_whom(store, cases, case, clock):
    reviews = Reviews(store, clock)
    one = cases.case(TENANT, case.id).members[0].anomaly_id
    clock.time += timedelta(minutes=1)
    reviews.move(TENANT, [one], "acknowledged", by="ann")
    clock.time += timedelta(minutes=1)
    reviews.label(TENANT, [one], "real", by="ann", reason="outage", note="a secret text")
    undone = reviews.label(TENANT, [one], "not_real", by="bob")
    reviews.undo(TENANT, undone.id, by="bob")
    clock.time += timedelta(minutes=1)
    cases.comment(TENANT, "anomaly", one, "another secret", by="bob")
    told = cases.timeline(TENANT, one)
    assert [(entry["what"], entry["by"]) for entry in told] == [
        ("detected", "system"),
        ("acknowledged", "ann"),
        ("classified", "ann"),
        ("commented", "bob"),
    ]
    assert told[2]["label"] == "real"
    assert told[2]["reason"] == "outage"
    assert "secret" not in str(told)


def test_another_tenants_case_answers_like_one_that_is_not_there(cases, case):
    made = cases.comment(TENANT, "case", case.id, "x", by="ann")
    assert cases.cases("other") == []
    for tenant, one in (("other", case.id), (TENANT, "0" * 32)):
        assert cases.case(tenant, one) is None
        assert cases.comments(tenant, "case", one) == []
        for act in (
            lambda t=tenant, o=one: cases.move(t, o, "resolved", by="eve"),
            lambda t=tenant, o=one: cases.assign(t, o, "eve", by="eve"),
            lambda t=tenant, o=one: cases.snooze(t, o, NOW + timedelta(days=9), by="eve"),
            lambda t=tenant, o=one: cases.comment(t, "case", o, "x", by="eve"),
            lambda t=tenant, o=one: cases.comment(t, "anomaly", o, "x", by="eve"),
        ):
            with pytest.raises(NotFound):
                act()
    with pytest.raises(NotFound):
        cases.remove_comment("other", made.id, by="ann")
    member = cases.case(TENANT, case.id).members[0].anomaly_id
    assert cases.of_anomaly("other", member) is None
    assert cases.timeline("other", member) == []


def test_the_record_of_a_change_has_the_same_names_before_and_after(cases, case, clock, monkeypatch):
    told = []
    monkeypatch.setattr("driftlock.services.acting.note", lambda **said: told.append(said))
    until = clock.time + timedelta(hours=1)
    cases.move(TENANT, case.id, "acknowledged", by="ann", reason="seen")
    cases.move(TENANT, case.id, "open", by="ann")
    cases.assign(TENANT, case.id, "bob", by="ann")
    cases.snooze(TENANT, case.id, until, by="ann")
    assert [(one["before"], one["after"]) for one in told] == [
        ({"state": "open"}, {"state": "acknowledged"}),
        ({"state": "acknowledged"}, {"state": "open"}),
        ({"assignee": None}, {"assignee": "bob"}),
        ({"snoozed_until": None}, {"snoozed_until": until}),
    ]
    assert told[0]["reason"] == "seen"
