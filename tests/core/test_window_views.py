"""The views of windows beside their bytes: twin, laws, and what they find."""

from dataclasses import replace
from random import Random

import naive_values
import naive_window_views as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import log
from streams import usual

from driftlock_core import BALANCED, Detector, InvalidProfile, Masker, Windows, load, save
from driftlock_core.numbers import numbers_of
from driftlock_core.window_views.catalogue import ASPECTS, COLUMN
from driftlock_core.window_views.conformal import conformal_p
from driftlock_core.window_views.past import flags_by_chance
from driftlock_core.window_views.recency import Recency
from driftlock_core.window_views.skeleton import skeleton_of
from driftlock_core.window_views.template_numbers import TemplateNumbers
from driftlock_core.window_views.whole_bits import log_table

SMALL = replace(BALANCED.with_sizes(10), name="small", alpha=0.2, permutations=99)


def timed(count, seed):
    """Microseconds: about one event a second, now and then a pause, now and then back in time."""
    random, now, times = Random(seed), 1_700_000_000_000_000, []
    for _ in range(count):
        now += random.choice((0, 400_000, 1_000_000, 1_900_000, 60_000_000, -50_000))
        times.append(now)
    return times


def clean(newest, flagged):
    """The newest baseline before an epoch, in chunks, none of whose chunks lies in a flagged window."""
    n, k = SMALL.chunks_in_baseline, SMALL.chunks_per_window
    bad = {n + window + at for window in np.flatnonzero(flagged) for at in range(k)}
    for first in range(newest, max(0, newest - 2 * n) - 1, -1):
        if not bad & set(range(first, first + n)):
            return first
    return newest


def table_of(events, times, profile=SMALL):
    """Every statistic the detector took of a stream, cold windows first."""
    detector = Detector(profile)
    detector.views.past.forget = lambda: None
    windows = detector.update(events, times)
    return detector.views.past.table, windows


@pytest.mark.parametrize("kind", ["access", "llm", "nested_json", "junk"])
def test_statistics_agree_with_the_slow_twin(kind):
    """All statistics of all windows, those inside the first baseline among them."""
    events = [b"%b took %d ms" % (line, 7919 * at % 311) for at, line in enumerate(log(kind, 330, seed=5))]
    times = timed(len(events), 6)
    table, windows = table_of(events, times)
    lines = Masker(SMALL.masks).canonical(events)
    templates = [naive.skeleton(line) for line in lines]
    ages = naive.ages(templates)
    intervals, stills = naive.intervals(times), naive.stills(times)
    found = numbers_of(events)  # names and values; tests/core/test_values.py reads them by hand
    held = [[] for _ in events]
    for event, name, value in zip(found.events, found.names.tolist(), found.values.tolist(), strict=True):
        held[event].append((name, 0, value))
    valued = naive_values.costs(list(zip(templates, held, strict=True)))
    hop, span, baseline = SMALL.hop, SMALL.window, SMALL.baseline
    expected = []
    for start in range(0, baseline - span + 1, hop):
        touched = {start // span, (start + span - 1) // span}
        others = [t for at, t in enumerate(templates[:baseline]) if at // span not in touched]
        at = slice(start, start + span)
        expected.append(
            (
                *naive.statistics(others, templates[at], ages[at], intervals[at], 0),
                naive_values.per_number(valued[at]),
                naive.like_pairs(lines[at]),
                max(stills[at][1:]),
            )
        )
    epoch_chunks, k = SMALL.chunks_per_epoch, SMALL.chunks_per_window
    for index in range(len(windows)):
        epoch = (index + k - 1) // epoch_chunks
        first = 0 if epoch == 0 else clean(epoch * epoch_chunks - (k - 1), windows.flagged[: index + 1]) * hop
        at = slice(baseline + index * hop, baseline + index * hop + span)
        known = templates[first : first + baseline]
        expected.append(
            (
                *naive.statistics(known, templates[at], ages[at], intervals[at], int(windows.size[index])),
                naive_values.per_number(valued[at]),
                naive.like_pairs(lines[at]),
                max(stills[at][1:]),
            )
        )
    assert len({row[-3] for row in expected}) > 20
    assert kind in ("nested_json", "junk") or len({row[-2] for row in expected}) > 1  # there none repeat
    assert len({row[-1] for row in expected}) > 20
    found = [tuple(row) for row in table.tolist()]
    assert [row[1:] for row in found] == [row[1:] for row in expected]
    assert [row[0] for row in found[-len(windows) :]] == windows.size.tolist()


def test_ranks_agree_with_the_slow_twin():
    """Each window among the references of its block, aspect by aspect."""
    events = log("access", 700, seed=8)
    table, windows = table_of(events, timed(len(events), 9))
    cold = len(table) - len(windows)
    k, judged = SMALL.chunks_per_window, 0
    for index in range(len(windows)):
        known = cold + max(0, (index // k - 1) * k + 1)
        references = table[max(0, known - SMALL.references) : known].tolist()
        enough = len(references) >= SMALL.references_for(5)
        assert windows.factor[index] == (5 if enough else 1)
        for at, aspect in enumerate(ASPECTS):
            if not enough:
                assert np.isnan(windows.aspect_p[index, at])
                continue
            rows = [[row[c] for c in aspect.columns] for row in (*references, table[cold + index].tolist())]
            assert windows.aspect_p[index, at] == naive.conformal(
                rows[:-1], rows[-1], aspect.sides, aspect.least
            )
            judged += 1
    assert judged > 100


@given(line=st.binary(max_size=80))
def test_the_skeleton_agrees_with_reading_it_sign_by_sign(line):
    assert skeleton_of(line).decode("latin-1") == naive.skeleton(line)


def test_whole_logarithms_are_those_taken_one_by_one():
    table = log_table(1 << 17).tolist()
    assert table == [naive.bits(n) for n in range(len(table))]


@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10**13)), min_size=3, max_size=30),
    sides=st.tuples(st.booleans(), st.booleans()),
    least=st.sampled_from([(1, 1), (2, 1024)]),
)
def test_a_rank_is_never_too_small_under_exchangeability(rows, sides, least):
    """Of a pool, at most the share alpha of its members would get p ≤ alpha, whichever comes last."""
    p = []
    for at in range(len(rows)):
        others = np.array([row for other, row in enumerate(rows) if other != at])
        p.append(conformal_p(others, np.array([rows[at]]), sides, least)[0])
        assert p[-1] == naive.conformal(others.tolist(), rows[at], sides, least)
    for alpha in (0.05, 0.1, 0.25, 0.5):
        assert np.mean(np.array(p) <= alpha) <= alpha


def test_batches_and_saved_states_change_nothing():
    """One by one, in batches, by way of the saved state, with times missing here and there."""
    events, times = usual(2600, 3), timed(2600, 4)
    times = [None if at % 37 == 0 else time for at, time in enumerate(times)]
    whole = Detector(BALANCED).update(events, times)
    assert whole.factor.max() == 5
    random, detector, parts, at = Random(5), Detector(BALANCED), [], 0
    while at < len(events):
        step = random.choice((1, 9, 10, 230))
        parts.append(detector.update(events[at : at + step], times[at : at + step]))
        at += step
        if random.random() < 0.3:
            detector = load(save(detector))
    joined = Windows.join(parts)
    for column in ("aspect_p", "aspect_distance", "factor", "chance", "flagged"):
        np.testing.assert_array_equal(getattr(joined, column), getattr(whole, column))
    assert joined.verdicts == whole.verdicts


def by_chance(m, alpha, k):
    """Of the windows of m/k + 1 stretches, all k of one lifted together, the share that ranks high enough; or of single ones."""
    single = sum(rank / (m + 1) <= alpha + 1e-12 for rank in range(1, m + 2)) / (m + 1)
    above, passing = 0, 0
    while (above + 1) / (m + 1) <= alpha + 1e-12:  # the next stretch has so many windows of others above it
        passing, above = passing + 1, above + k
    return min(1.0, max(single, passing / (m / k + 1)))


def test_chance_is_what_the_ranks_alone_would_let_pass():
    """Under each of five aspects the windows that rank high enough, where one stretch lifts all that hold it."""
    events = log("access", 700, seed=8)
    windows = Detector(SMALL).update(events, timed(len(events), 9))
    cold, k = SMALL.chunks_in_baseline - SMALL.chunks_per_window + 1, SMALL.chunks_per_window
    joined = np.flatnonzero(windows.factor > 1).tolist()
    for index in joined:
        m = min(SMALL.references, cold + max(0, (index // k - 1) * k + 1))
        assert windows.chance[index] == pytest.approx(min(1.0, 5 * by_chance(m, SMALL.alpha / 5, k)))
    assert len(joined) > 30


@pytest.mark.parametrize("m", [99, 200, 500, 1000])
def test_stretches_that_rise_together_pass_as_often_as_stated(m):
    """Played out: windows of independent stretches, five tied ones each, ranked among the m before them."""
    dice = np.random.default_rng(m)
    played = 20_000
    stretches = dice.random((played, m // 5 + 1))
    above = 5 * (stretches[:, 1:] > stretches[:, :1]).sum(axis=1)
    share = float(((above + 1) / (m + 1) <= 0.01).mean())
    stated = float(flags_by_chance(1, np.array([m]), 0.01, 5)[0])
    assert share == pytest.approx(stated, abs=4 * np.sqrt(stated / played))


def test_shuffled_streams_are_flagged_less_than_chance_allows():
    """Windows of shuffled lines are exchangeable: what is said to be expected must cover what comes."""
    flagged = expected = 0.0
    for seed in range(12):
        events = usual(2400, 40 + seed)
        Random(seed).shuffle(events)
        windows = Detector(BALANCED).update(events)
        flagged += windows.flagged.sum()
        expected += windows.expected_by_chance
    assert flagged <= expected


@given(
    batches=st.lists(st.lists(st.integers(-3, 3), max_size=12), max_size=8),
)
def test_ages_agree_with_looking_back(batches):
    """However the events come in."""
    recency, found = Recency(), []
    for batch in batches:
        keys, which = np.unique(np.array(batch, dtype=np.int64), return_inverse=True)
        found += recency.take(keys.tolist(), which).tolist()
    assert found == naive.ages([key for batch in batches for key in batch])


def test_new_numbers_name_the_same_templates():
    """Numbers in use keep their templates when those out of use are given away."""
    numbers = TemplateNumbers()
    keys = [7 * at - 900 for at in range(2000)]
    given = numbers.of(keys)
    first, second = numbers.renew([given[1990:], given[5:7]])
    assert numbers.keys()[first].tolist() == keys[1990:]
    assert numbers.keys()[second].tolist() == keys[5:7]
    assert len(numbers.keys()) == 12
    assert numbers.of([keys[5], 1, keys[1999]]).tolist() == [second[0], 12, first[-1]]


@pytest.mark.parametrize("shape", [(8000, 1000, 200), (80, 10, 1), (20, 10, 1), (40, 1, 1)])
def test_other_sizes_than_the_usual_ones(shape):
    """Long hops, hops of one event, a baseline of two windows, windows of one event; templates all new."""
    baseline, window, hop = shape
    profile = replace(BALANCED, name="other", baseline=baseline, window=window, hop=hop, permutations=99)
    random = Random(1)
    events = [
        " ".join(random.choices(("ab", "cd", "ef", "gh"), k=9)).encode()
        for _ in range(baseline + 40 * hop + window)
    ]
    windows = Detector(profile).update(events, timed(len(events), 2))
    assert len(windows) == 41
    assert np.isfinite(windows.aspect_distance).all()


def test_without_times_nothing_is_said_about_pace():
    windows = Detector(BALANCED).update(usual(2600, 3))
    assert windows.factor.max() == 4
    assert np.isnan(windows.aspect_p[:, 2]).all()


def quiet(count, seed):
    """A stream whose mix hardly varies, half a second between its events."""
    return usual(count, seed), [1_700_000_000_000_000 + at * 500_000 for at in range(count)]


def flagged_by(events, times, first, last):
    """Views of the windows that overlap events *first* to *last* (0-based) and were flagged."""
    windows = Detector(BALANCED).update(events, times)
    hit = [v for v in windows.verdicts if v.first_seq <= last and v.last_seq > first]
    return {view for verdict in hit for view in verdict.views}


def test_a_flood_of_one_known_line_is_found_by_its_counts():
    events, times = quiet(3000, 21)
    events[2500:2560] = [events[100]] * 60
    assert "counts" in flagged_by(events, times, 2500, 2560)


def test_known_lines_in_an_unknown_order_are_found_by_their_order():
    cycle = [b"open door", b"enter room", b"light on", b"light off", b"leave room", b"close door"]
    events = [cycle[at % 6] for at in range(3000)]
    random = Random(7)
    stretch = events[2500:2560]
    random.shuffle(stretch)
    events[2500:2560] = stretch
    assert "symbols" in flagged_by(events, None, 2500, 2560)


def test_a_silence_is_found_by_its_pace():
    events, times = quiet(3000, 22)
    assert "timing" not in flagged_by(events, times, 2500, 2550)
    late = times[:2530] + [time + 3_600_000_000 for time in times[2530:]]
    assert "timing" in flagged_by(events, late, 2500, 2560)


def test_a_rhythm_of_the_day_is_no_news():
    """Four times slower after 3,000 events than at their beginning, but little by little."""
    events, random, now, times = usual(3400, 24), Random(25), 1_700_000_000_000_000, []
    for at in range(len(events)):
        now += int(random.expovariate(1 / (1_000_000 * 4 ** (at / 3000))))
        times.append(now)
    windows = Detector(BALANCED).update(events, times)
    rare = windows.factor * windows.aspect_p[:, 2] <= BALANCED.alpha
    assert np.mean(rare[windows.factor > 1]) <= 0.05


def test_after_a_pause_the_pace_is_as_before():
    """One long pause does not make all that follows look fast."""
    events, times = quiet(3000, 22)
    late = times[:2530] + [time + 3_600_000_000 for time in times[2530:]]
    assert "timing" not in flagged_by(events, late, 2620, 3000)


def test_a_template_never_seen_is_found():
    events, times = quiet(3000, 23)
    events[2500:2515] = [b"spindle %d wobbles badly" % at for at in range(15)]
    assert "templates" in flagged_by(events, times, 2500, 2515)


def test_distances_are_those_of_the_record():
    """Recomputed by hand from the values the evidence holds."""
    events, times = quiet(3000, 21)
    events[2500:2560] = [events[100]] * 60
    verdict = Detector(BALANCED).update(events, times).verdicts[-1]
    found = verdict.evidence.views
    at = COLUMN["mismatch"], COLUMN["order"]
    by_hand = max((found.values[c] - found.usual[c]) / max(1, found.values[c], found.usual[c]) for c in at)
    assert found.aspects["mix"][1] == by_hand
    assert found.values[COLUMN["gap"]] == max(found.intervals[1:]) == 1_000_000  # all as usual
    assert verdict.p == verdict.factor * min(
        p for p, distance in found.aspects.values() if distance >= verdict.threshold
    )


def test_times_must_be_as_many_as_events():
    with pytest.raises(ValueError, match="3 events with 2 times"):
        Detector(BALANCED).update([b"a", b"b", b"c"], [1, 2])


@pytest.mark.parametrize("views", [("bytes", "counts"), ("bytes", "symbols", "symbols"), ("counts",), ()])
def test_a_set_of_views_that_could_not_decide_is_refused(views):
    """Sums of surprises need all their views."""
    with pytest.raises(InvalidProfile, match="must be one of"):
        replace(BALANCED, name="custom", views=views)


def test_a_line_of_brackets_takes_no_longer_than_others():
    """No mask ends: the search for one must not begin anew at every sign."""
    assert skeleton_of(b"payload " + b"<" * 60_000) == b"payload"
