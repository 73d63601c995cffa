"""What is stored, or follows from what is stored, about baselines and streams that drift."""

from dataclasses import replace

import pytest
from streams import usual, with_burst

from driftlock_core import BALANCED
from driftlock_core.contamination import suspects

TENANT = "demo"


def text(payloads):
    return b"\n".join(payloads)


def test_a_run_keeps_what_its_first_baseline_holds(app, run_text):
    """The stretches of the engine, on the stream of the run that found them."""
    events = with_burst(1_000, 4, start=130, stop=170)
    run_id = run_text(text(events))
    app.work()
    (stream,) = app.queries.streams(TENANT, run_id)
    found = app.queries.baseline_suspects(stream)
    assert found == suspects(events[:400], BALANCED)
    assert [(one.first, one.last) for one in found] == [(131, 170)]


def test_a_run_like_itself_keeps_nothing(app, run_text):
    """No key in its options, no stretch to show; nor for a run too short for a baseline."""
    for events in (usual(1_000, 4), usual(30, 4)):
        run_id = run_text(text(events))
        app.work()
        assert "baseline_suspects" not in app.queries.run(TENANT, run_id).options
        for stream in app.queries.streams(TENANT, run_id):
            assert app.queries.baseline_suspects(stream) == ()


def test_a_stream_of_its_own_has_no_run_to_say_so(judged):
    """Streams fed from outside are not looked at before they are judged."""
    app, stream_id = judged
    assert app.queries.baseline_suspects(app.queries.stream(TENANT, stream_id)) == ()


@pytest.mark.parametrize("windows", [None, 40, 200, 201])
def test_recent_flags_are_those_of_the_last_windows(judged, windows):
    """Counted from stored anomalies, they are those of the score columns; of any length of stream."""
    app, stream_id = judged
    stream = app.queries.stream(TENANT, stream_id)
    flagged = app.queries.scores(TENANT, stream_id).flagged.tolist()
    if windows is not None:
        stream, flagged = replace(stream, windows=windows), flagged[:windows]
    recent = app.queries.recent_flags(stream)
    assert (recent.windows, recent.flagged) == (min(200, len(flagged)), sum(flagged[-200:]))
    assert recent.stationary
