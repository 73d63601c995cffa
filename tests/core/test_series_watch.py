"""A series under watch: anomalies, their records, and their proof."""

import doctest
import importlib
import json
import math

import pytest
from made_series import JUMP, WARMUP, times, values

from driftlock_core.errors import NotRecomputable, StateMismatch
from driftlock_core.explain import Explanation
from driftlock_core.series import SeriesDetector
from driftlock_core.series_recompute import recompute_series
from driftlock_core.series_text import explain_series
from driftlock_core.series_verdict import LAST_VALUES, SeriesVerdict, chained
from driftlock_core.series_watch import SeriesWatch

VALUES, TIMES = values(), times()


def watched(numbers=VALUES, at=TIMES, *, warmup=WARMUP):
    """All anomalies of a whole series."""
    watch = SeriesWatch("cpu", warmup)
    return [*watch.update(numbers, at).anomalies, *watch.close()]


def of_jump(found):
    return next(one for one in found if one.record == JUMP)


@pytest.mark.parametrize("module", ["series_text", "series_verdict"])
def test_examples_in_docstrings_give_what_they_print(module):
    failed, tried = doctest.testmod(importlib.import_module(f"driftlock_core.{module}"))
    assert failed == 0 < tried


def test_the_jump_is_one_anomaly_with_the_detectors_own_numbers():
    """Alert, range, nearest value, bits and p are those of one call to the detector."""
    scores = SeriesDetector(WARMUP).update(VALUES, TIMES)
    expected = scores.explain(JUMP)
    found = of_jump(watched())
    assert JUMP + 19 <= found.last_record < JUMP + 80
    assert (found.value, found.low, found.high) == (90.0, expected.low, expected.high)
    assert (found.nearest, found.view, found.bits) == (expected.nearest, expected.view, expected.bits)
    assert (found.p, found.score) == (expected.p_value, float(scores.score[JUMP]))
    assert found.outside
    assert found.severity == "high"


def test_every_alert_belongs_to_exactly_one_anomaly():
    """Stretches do not overlap, and none begins without an alert."""
    alerts = [at for at, alert in enumerate(SeriesDetector(WARMUP).update(VALUES, TIMES).alert) if alert]
    found = watched()
    for at in alerts:
        assert sum(one.record <= at <= one.last_record for one in found) == 1
    assert {one.record for one in found} <= set(alerts)


@pytest.mark.parametrize("size", [1, 7, 256])
def test_cuts_and_saved_states_change_nothing(size):
    """The watch put away after every piece finds the same anomalies to the last bit."""
    watch, found = SeriesWatch("cpu", WARMUP), []
    for start in range(0, len(VALUES), size):
        found += watch.update(VALUES[start : start + size], TIMES[start : start + size]).anomalies
        if size > 1 or start % 50 == 0:
            watch = SeriesWatch.load(watch.save())
    assert [*found, *watch.close()] == watched()


def test_the_expected_range_is_causal_and_only_where_it_was_asked_for():
    """Every tenth record behind the warm-up has one; cutting the series later changes none."""
    whole = SeriesWatch("cpu", WARMUP, band_every=10).update(VALUES, TIMES)
    cut = SeriesWatch("cpu", WARMUP, band_every=10).update(VALUES[:500], TIMES[:500])
    assert whole.low[:500].tolist() == pytest.approx(cut.low.tolist(), abs=0, nan_ok=True)
    asked = [at for at in range(900) if at % 10 == 0 and at >= WARMUP]
    assert not [at for at in asked if math.isnan(whole.low[at]) or whole.low[at] > whole.high[at]]
    assert all(math.isnan(low) for low in whole.low[:WARMUP])


def test_a_record_survives_json_and_keeps_the_newest_values():
    """The values end with the alert, at most 64 of them; a missing one is None."""
    gap = [*VALUES[: JUMP - 3], math.nan, *VALUES[JUMP - 2 :]]
    found = of_jump(watched(gap))
    assert SeriesVerdict.from_record(json.loads(json.dumps(found.as_record(), allow_nan=False))) == found
    assert len(found.evidence.last_values) == LAST_VALUES
    assert found.evidence.last_values[-4:] == (None, VALUES[JUMP - 2], VALUES[JUMP - 1], 90.0)


@pytest.mark.parametrize("at", [TIMES, None], ids=["times", "no times"])
def test_every_anomaly_is_computed_again_to_the_last_bit(at):
    for found in watched(VALUES, at):
        outcome = recompute_series(found, VALUES, at)
        assert outcome.identical, outcome.differences


@pytest.mark.parametrize("changed", [0, 300, JUMP])
def test_another_value_anywhere_before_is_noticed(changed):
    """One digit of one record is enough: the digest covers the whole past."""
    other = [*VALUES[:changed], VALUES[changed] + 0.001, *VALUES[changed + 1 :]]
    names = {check.name for check in recompute_series(of_jump(watched()), other, TIMES).differences}
    assert "digest of the values" in names


def test_a_value_behind_the_anomaly_is_none_of_its_business():
    other = [*VALUES[:850], 1e6, *VALUES[851:]]
    assert recompute_series(of_jump(watched()), other, TIMES).identical


def test_too_few_values_are_refused_with_the_numbers():
    with pytest.raises(NotRecomputable, match="has 650 records here, and the anomaly reaches record 7"):
        recompute_series(of_jump(watched()), VALUES[:650], TIMES[:650])


def test_a_damaged_state_is_refused():
    saved = SeriesWatch("cpu", WARMUP).save()
    for bad in (b"", b"????" + saved[4:], saved[:-1], saved[:20]):
        with pytest.raises(StateMismatch):
            SeriesWatch.load(bad)


@pytest.mark.parametrize(
    "numbers",
    [
        [],
        [1.0],
        [5.0] * 300,
        [math.nan] * 300,
        [1e308, -1e308] * 150,
        [0.0] * 200 + [math.nan] * 100,
    ],
    ids=["none", "one", "constant", "nothing measured", "huge", "a gap at the end"],
)
def test_odd_series_raise_nothing_and_flag_nothing(numbers):
    assert watched(numbers, None, warmup=50) == []


def test_a_range_needs_numbers_before_it():
    """A warm-up of one record, and one that holds no number, have nothing to expect from."""
    for numbers in ([1.0, 2.0, 3.0], [math.nan, math.nan, 1.0, 2.0]):
        low = SeriesWatch("cpu", 1, band_every=1).update(numbers).low
        assert math.isnan(low[0])
        assert low[-1] <= numbers[-1]


def test_the_sentence_names_value_range_series_and_time():
    """What came and what was expected where the value is outside, the reading's reason where it is not."""
    found = of_jump(watched())
    words = explain_series(found, at="2026-03-01 12:00:00 UTC")
    assert isinstance(words, Explanation)
    for part in (
        "**cpu** at 2026-03-01 12:00:00 UTC: **90** where **",
        "was expected",
        "bits** beyond the usual",
    ):
        assert part in words.sentence
    assert "at record 701" in explain_series(found, at=None).sentence
    inside = SeriesVerdict.from_record(found.as_record() | {"low": 0.0, "high": 100.0, "view": "context"})
    assert "is within the expected 0 to 100, but **the order of the last 20 values" in (
        explain_series(inside, at=None).sentence
    )


def test_the_method_adds_up_to_the_bits():
    """The excess that is printed, times log2(10), is the record's bits."""
    for found in watched():
        method = explain_series(found, at=None).method
        total = float(method.partition(" decades\nan alert")[0].rpartition("= ")[2])
        assert total * math.log2(10) == pytest.approx(found.bits, abs=0.01)


def test_the_digest_depends_on_order_values_times_and_gaps():
    records = [(1.0, 10.0), (2.0, 20.0)]
    digests = {
        chained(records),
        chained(records[::-1]),
        chained([(1.0, 10.0), (2.0, 21.0)]),
        chained([(1.0, 10.0), (math.nan, 20.0)]),
        chained(records[:1]),
    }
    assert len(digests) == 5
