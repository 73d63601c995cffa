import io

import pytest

from driftlock.errors import MalformedPayload

TENANT = "demo"


def line(number):
    return b"2026-01-05 12:00:%02d INFO api: GET /orders/%d took %d ms" % (number % 60, number, number)


def test_a_look_shows_events_as_sent_and_as_the_compressor_sees_them(app):
    data = b"\n".join(map(line, range(60)))
    seen = app.look(TENANT, lambda: io.BytesIO(data), "api.log")
    assert (seen.recognition.format, seen.recognition.kind, seen.complete) == ("text", "logs", True)
    assert [event.payload for event in seen.events] == data.split(b"\n")
    assert seen.masked[7].endswith(b"INFO api: GET /orders/<N1> took <N1> ms")
    assert seen.report.events == len(seen.masked) == 60
    assert app.queries.runs(TENANT) == []


def test_a_look_at_a_long_source_reads_its_head_only(app):
    source = io.BytesIO(b"\n".join(map(line, range(30_000))))
    seen = app.look(TENANT, lambda: source, "api.log")
    assert not seen.complete
    assert len(seen.events) < 30_000
    assert source.closed


def test_a_correction_by_hand_is_followed(app):
    data = b"\n".join(map(line, range(60)))
    seen = app.look(TENANT, lambda: io.BytesIO(data), "api.log", "text", "llm")
    assert {event.kind for event in seen.events} == {"llm"}


def test_what_is_no_telemetry_is_refused_with_a_reason(app):
    with pytest.raises(MalformedPayload):
        app.look(TENANT, lambda: io.BytesIO(bytes(range(256)) * 40), "picture.log")
