"""The placebo: a stream in another order raises about what chance raises, a fault in the real order more."""

import numpy as np
import pytest
from streams import usual, with_burst

from driftlock_core.detector import Detector
from driftlock_core.profiles import BALANCED

TENANT = "demo"


@pytest.fixture
def placebo_of(app, fill, as_events_of):
    """The result of a placebo over the payloads given."""

    def study(payloads, **options):
        stream_id = fill(app, as_events_of(payloads))
        app.advance(TENANT, stream_id)
        job_id = app.jobs.start(TENANT, "placebo", stream_id, options)
        assert app.work()
        job = app.jobs.get(TENANT, job_id)
        assert job.state == "done", job.error
        return app.queries.stream(TENANT, stream_id), job.result

    return study


def naive_incidents(flagged, first_seq, last_seq):
    """Stretches of events covered by flagged windows without a gap, counted event by event."""
    covered = set()
    for at in np.flatnonzero(flagged):
        covered.update(range(first_seq[at], last_seq[at] + 1))
    return sum(event - 1 not in covered for event in covered)


@pytest.mark.parametrize("way", ["shuffled", "reversed"])
def test_without_a_fault_the_placebo_raises_no_more_than_chance_would(placebo_of, way):
    """Seed 21, 6,000 usual events: independent lines, so any order is as good as the real one."""
    _, result = placebo_of(usual(6000, 21), way=way)
    assert result["flagged"] <= 1.5 * result["expected"]
    assert result["tested"] == result["real_tested"] == (6000 - 400) // 10 - 4


def test_a_fault_is_raised_in_the_real_order_only(placebo_of):
    """Seed 22: foreign lines among 60 events; scattered over 4,000 events they are what is usual."""
    _, result = placebo_of(with_burst(4000, 22, start=2500, stop=2560))
    assert result["real_flagged"] > result["flagged"]
    marked = result["scores"]["real"]
    flagged_at = [seq for seq, flagged in zip(marked["last_seq"], marked["flagged"], strict=True) if flagged]
    assert any(2500 < seq <= 2620 for seq in flagged_at)


def test_the_real_side_is_what_the_stream_says(placebo_of):
    """Under an unchanged configuration the second judgement is the first one again."""
    stream, result = placebo_of(with_burst(4000, 22, start=2500, stop=2560))
    assert (result["real_flagged"], result["real_tested"]) == (stream.flagged, stream.windows)
    assert result["real_incidents"] == stream.incidents
    assert result["real_expected"] == pytest.approx(stream.expected_by_chance)


def test_moments_stay_and_payloads_move(placebo_of):
    """Reversed by hand, with the times as they came, the detector says the same."""
    payloads = with_burst(2000, 23, start=1500, stop=1560)
    _, result = placebo_of(payloads, way="reversed")
    windows = Detector(BALANCED).update(
        payloads[::-1], [1_767_600_000_000_000 + i * 1_000_000 for i in range(2000)]
    )
    assert result["flagged"] == int(windows.flagged.sum())
    assert result["expected"] == windows.expected_by_chance
    assert result["incidents"] == naive_incidents(windows.flagged, windows.first_seq, windows.last_seq)
    assert result["scores"]["placebo"]["last_at_us"] == sorted(result["scores"]["placebo"]["last_at_us"])


def test_a_seed_gives_one_placebo_and_another_seed_another(placebo_of):
    payloads = usual(3000, 24)
    first, again, other = (placebo_of(payloads, seed=seed)[1] for seed in (7, 7, 8))
    assert first["scores"] == again["scores"]
    assert first["scores"]["placebo"] != other["scores"]["placebo"]
    assert first["scores"]["real"] == other["scores"]["real"]


def test_points_stand_for_all_windows_and_are_windows(placebo_of):
    """At most 400; the real side's flagged stretches are all there."""
    _, result = placebo_of(with_burst(6000, 25, start=5000, stop=5060))
    for points in result["scores"].values():
        assert len(points["ncd"]) == 400
        assert sum(points["stands_for"]) == result["tested"]
        assert {len(column) for column in points.values()} == {400}


def test_nothing_of_the_stream_changes(app, fill, burst):
    stream_id = fill(app, burst)
    app.advance(TENANT, stream_id)
    before = app.queries.stream(TENANT, stream_id), app.queries.anomalies(TENANT, stream_id, limit=1000)
    app.jobs.start(TENANT, "placebo", stream_id)
    app.work()
    after = app.queries.stream(TENANT, stream_id), app.queries.anomalies(TENANT, stream_id, limit=1000)
    assert after == before


def test_a_stream_of_series_is_no_stream_of_windows(app, run_text):
    """Numbers judged as series get a sentence, not a placebo."""
    lines = [b'{"time": %d, "value": %d}' % (1_767_600_000 + i, 50 + i % 7) for i in range(400)]
    run_id = run_text(b"\n".join(lines), name="cpu.jsonl", kind="metrics")
    app.work()
    [stream] = app.queries.streams(TENANT, run_id)
    assert stream.configuration["method"] == "series"
    job_id = app.jobs.start(TENANT, "placebo", stream.id)
    app.work()
    assert "series of numbers" in app.jobs.get(TENANT, job_id).error
