"""Numbers beside those before them: what a far one costs, and which places say nothing about levels."""

from dataclasses import replace
from random import Random

import naive_values as naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kernel_paths import both
from logs import log

from driftlock_core import BALANCED, Detector, Masker, load, save, state
from driftlock_core.counterfactual import Counterfactual
from driftlock_core.masking import shape_of, without_names, without_times
from driftlock_core.numbers import numbers_of
from driftlock_core.profiles import VIEWS
from driftlock_core.recompute import recompute
from driftlock_core.window_views.findings import findings_of
from driftlock_core.window_views.findings_text import lead_text
from driftlock_core.window_views.places import Received
from driftlock_core.window_views.skeleton import skeleton_keys
from driftlock_core.window_views.values import PLACES, REMEMBERED, ValueMemory

TEMPLATE = np.int64(7)


def taken(values, memory=None):
    """Bits and number of comparisons of each of *values*, all at one place."""
    events = [b"took %b ms" % str(value).encode() for value in values]
    memory = memory or ValueMemory()
    bits, compared = memory.take(events, np.full(len(events), TEMPLATE))
    return bits, compared


def levels(seed, count=90):
    dice = Random(seed)
    return [dice.randint(100, 400) for _ in range(count)]


def test_a_value_far_outside_costs_its_rank_and_eight_bits():
    """Of 64 values none is as large: log2(65 / 1) less a bit for the second side, and the most beyond."""
    bits, compared = taken([*levels(1), 90_000])
    assert compared[-1] == 1
    assert bits[-1] == round(1024 * np.log2(REMEMBERED + 1)) - 1024 + 8 * 1024


@pytest.mark.parametrize(
    "values",
    [range(1000, 1060), [5] * 60, [1, 2] * 30, [*range(100, 130), *range(400, 430)]],
    ids=["counter", "constant", "two states", "moving on"],
)
def test_places_that_tell_no_level_are_not_compared(values):
    assert taken([*values, 90_000])[1].sum() == 0


def test_only_what_came_before_counts():
    """However many events come at once."""
    values, memory = levels(2, 91), ValueMemory()
    apart = [taken(values[at : at + 7], memory)[0] for at in range(0, 91, 7)]
    assert np.concatenate(apart).tolist() == taken(values)[0].tolist()


def test_a_rare_template_is_compared_by_the_name_alone():
    values = levels(3)
    templates = np.arange(len(values), dtype=np.int64)
    events = [b"took %d ms" % value for value in values]
    assert ValueMemory().take(events, templates)[1].sum() > 0


def test_times_addresses_and_versions_are_no_numbers():
    line = b"2026-03-02 14:03:17 10.0.0.1 v1.2.3 blk_12 node-7 0x3f deadbeef01 got 5 of -2.5"
    assert numbers_of([line]).values.tolist() == [5.0, -2.5]


def test_memory_is_bounded_and_survives_its_state():
    dice = Random(4)
    lines = [
        b"%b=%d" % (b"n" + bytes([97 + at % 26, 97 + at // 26 % 26]), dice.randint(0, 999))
        for at in range(4000)
    ]
    templates = np.array([dice.randint(0, 3) for _ in lines])
    memory, other = ValueMemory(), ValueMemory()
    memory.take(lines, templates)
    assert len(memory.state()) <= PLACES
    other.restore(memory.state())
    assert other.state() == memory.state()
    ours, theirs = (one.take(lines, templates) for one in (memory, other))
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def many_places(count, seed):
    """Events with three numbers each, of more places than are remembered."""
    dice = Random(seed)
    return [
        b"%b=%d rest %.3f %d"
        % (b"n%c" % dice.choice(b"abcdefgh"), dice.randint(-9, 999), dice.gauss(0, 1e4), at)
        for at in range(count)
    ], np.array([dice.randint(0, 250) for _ in range(count)])


def by_hand(events, templates):
    """What the slow twin says of the numbers that the engine reads."""
    return naive.costs(list(zip(templates.tolist(), map(naive.numbers, events), strict=True)))


@pytest.mark.parametrize("made", ["many places", "access", "nested_json"])
def test_costs_agree_with_the_slow_twin_compiled_and_not(made):
    if made == "many places":
        events, templates = many_places(3000, 5)
    else:
        events = log(made, 1500, seed=5)
        templates = skeleton_keys(Masker().canonical(events))

    def work():
        memory = ValueMemory()
        return [each.tolist() for each in memory.take(events, templates)], memory.state()

    (bits, compared), state = both(work)
    assert len(state) <= PLACES
    if made == "many places":
        assert len(state) == PLACES
        assert list(zip(bits, compared, strict=True)) == by_hand(events, templates)
    assert sum(compared) > 100


@given(line=st.text("xy_50.- =", max_size=24).map(str.encode))
def test_numbers_are_those_read_sign_by_sign(line):
    shape = shape_of(line)
    assume(without_names(without_times(shape)) == shape)  # no time, address or identifier in it
    found = numbers_of([line])
    expected = naive.numbers(line)
    assert found.values.tolist() == [value for _, _, value in expected]
    assert len(set(found.names.tolist())) == len({(name, nth) for name, nth, _ in expected})


@pytest.mark.parametrize(
    ("views", "without", "kept"),
    [
        (VIEWS[:5], ("bits", "compared", "places", "statistics"), 8),
        (VIEWS, ("statistics",), 9),
        (VIEWS, (), 10),
    ],
    ids=["before the values", "before the pairs", "before the stills"],
)
def test_a_state_of_before_a_statistic_goes_on_without_it(views, without, kept):
    """Its past windows lack it: whatever is new would lie above them all."""
    profile = replace(BALANCED, views=views)
    lines, times = log("access", 2600, seed=6), list(range(0, 2600 * 10**6, 10**6))
    lines[2300:2330] = [lines[2299]] * 30
    detector = Detector(profile)
    detector.views.statistics = looked_at = max(9, kept)  # those of before the pairs, or of before the stills
    detector.update(lines[:1800], times[:1800])
    head, events = state._opened(save(detector))
    for name in (*without, "stills", "paced", "anchors"):
        del head["views"][name]
    head["views"]["table"] = [row[:kept] for row in head["views"]["table"]]
    older = load(state._closed({name: head[name] for name in head if name != "lengths"}, events))
    found, expected = older.update(lines[1800:], times[1800:]), detector.update(lines[1800:], times[1800:])
    assert found.verdicts == expected.verdicts
    np.testing.assert_array_equal(found.aspect_p, expected.aspect_p)
    assert np.isnan(found.aspect_p[:, 3]).all() == (views != VIEWS)
    assert np.isnan(found.aspect_p[:, 4]).all()
    assert found.factor.max() == 5
    assert found.verdicts or views != VIEWS
    raw = dict(enumerate(lines, start=1))
    for verdict in found.verdicts:
        assert {len(verdict.evidence.views.values), *map(len, verdict.evidence.views.references)} == {
            looked_at
        }
        assert not verdict.evidence.views.stills
        assert "novelty" not in verdict.evidence.views.aspects
        assert recompute(verdict, raw).identical


def test_a_level_that_moves_is_found_and_said():
    """Among events with two other numbers, seed 6."""
    dice = Random(6)
    lines = [b"request %d took %d ms" % (at, dice.randint(100, 400)) for at in range(4000)]
    lines[3000:3030] = [b"request %d took %d ms" % (at, dice.randint(700, 900)) for at in range(3000, 3030)]
    windows = Detector(BALANCED).update(lines)
    hit = [v for v in windows.verdicts if v.first_seq <= 3030 and v.last_seq > 3000 and "values" in v.views]
    verdict = hit[0]
    first, last = verdict.evidence.epochs[-1][:2]
    received = Received(lines[verdict.first_seq - 1 : verdict.last_seq], lines[first - 1 : last])
    window, baseline = map(Masker().canonical, received)
    finding = next(f for f in findings_of(verdict, window, baseline, received) if f.view == "values")
    lead = finding.places[0]
    assert (lead.name, lead.count) == ("took", REMEMBERED)
    assert 100 <= lead.low <= lead.usual <= lead.high <= 400 < float(lead.number) <= 900
    assert lead.number.encode() in received.window[lead.position]
    assert f"“took {lead.number}” stands where the 64 before it lay between **{lead.low:g} and" in lead_text(
        finding
    )
    assert (
        findings_of(verdict, window, baseline)[0].places == ()
    )  # nothing is named without the events as received


def test_an_event_put_in_the_place_of_another_has_usual_numbers():
    """Although it reads alike once masked: without the thirty events the values are as ever, with all they are not."""
    dice = Random(6)
    lines = [b"took %d ms" % dice.randint(100, 400) for _ in range(4000)]
    lines[3000:3010] = [b"took %d ms" % dice.randint(5000, 9000) for _ in range(10)]
    verdict = next(
        v for v in Detector(BALANCED).update(lines).verdicts if v.views == ("values",) and v.first_seq > 2950
    )
    what_if = Counterfactual(verdict, dict(enumerate(lines, start=1)))
    assert what_if.without([]).flagged
    odd = [at for at in range(50) if 3000 < verdict.first_seq + at <= 3010]
    assert not what_if.without(odd).flagged
    found = what_if.smallest_set()
    assert found.found
    assert set(found.positions) <= set(odd)
