"""NDJSON and OTLP/JSON say the same."""

import json
import re

import pytest

from data_generator import batches, encode, play

TOP = {
    "resourceLogs": ("scopeLogs", "logRecords"),
    "resourceMetrics": ("scopeMetrics", "metrics"),
    "resourceSpans": ("scopeSpans", "spans"),
}


def read_otlp(data: bytes) -> list[tuple[str, str, dict]]:
    """Top key, service and record of each event, as any receiver reads them."""
    found = []
    for line in data.splitlines():
        (top, resources), *others = json.loads(line).items()
        assert not others
        for resource in resources:
            attributes = {
                pair["key"]: pair["value"]["stringValue"] for pair in resource["resource"]["attributes"]
            }
            assert attributes["service.namespace"] == "acme"
            scopes, records = TOP[top]
            found += [
                (top, attributes["service.name"], record)
                for scope in resource[scopes]
                for record in scope[records]
            ]
    return found


@pytest.mark.parametrize("scenario_id", ["anomaly-spike", "prompt-injection", "smart-grid", "card-fraud"])
def test_otlp_holds_the_same_events_in_the_same_order(scenario_id):
    """Service and moment agree event for event with those of the NDJSON, to the millisecond."""
    events = list(play(scenario_id, signal="all", duration_s=300))
    flat = [json.loads(line) for line in encode(events, "ndjson", "acme").splitlines()]
    otlp = read_otlp(encode(events, "otlp", "acme"))
    assert [record["service"] for record in flat] == [service for _, service, _ in otlp]
    assert {record["tenant"] for record in flat} == {"acme"}
    for event, (top, _, record) in zip(events, otlp, strict=True):
        point = record["gauge"]["dataPoints"][0] if top == "resourceMetrics" else record
        assert int(point.get("timeUnixNano") or point["endTimeUnixNano"]) == event.at_us * 1_000


def test_otlp_values_have_their_types():
    """Ids are hex, times strings, whole numbers strings, and personal data nested."""
    logs = [
        record
        for top, _, record in read_otlp(
            encode(list(play("normal-operations", signal="all", duration_s=300)), "otlp", "acme")
        )
        if top == "resourceLogs"
    ]
    assert all(re.fullmatch("[0-9a-f]{32}", record["traceId"]) for record in logs if "traceId" in record)
    kinds = {
        (pair["key"], kind) for record in logs for pair in record["attributes"] for kind in pair["value"]
    }
    assert {("duration_ms", "intValue"), ("amount", "doubleValue"), ("user", "kvlistValue")} <= kinds
    assert any(key.startswith("gen_ai.") for key, _ in kinds)


def test_batches_lose_nothing_and_keep_their_bounds():
    """At most so many events and so much time a batch; together they are the stream."""
    events = list(play("error-storm", duration_s=300))
    cut = list(batches(events, 40, within_us=1_000_000))
    assert [event for batch in cut for event in batch] == events
    assert max(map(len, cut)) <= 40
    assert all(batch[-1].at_us - batch[0].at_us < 1_000_000 for batch in cut)
