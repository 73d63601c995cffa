"""Samples read like what real systems write."""

import json
import re
from datetime import datetime
from itertools import pairwise

from data_generator import generate
from tests.generator.reading import events_of

ACCESS = re.compile(
    r"^\d+\.\d+\.\d+\.\d+ - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "
    r'"(GET|POST|PUT|DELETE|PATCH|HEAD) /\S* HTTP/1\.1" [2345]\d\d \d+ "[^"]*" "[^"]*"$'
)
ERROR = re.compile(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(error|warn|notice)\] \d+#\d+: .+$")
SYSLOG = re.compile(r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d bastion-1 [\w-]+(\[\d+\])?: .+$")
TEXT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO |WARN |ERROR) \[[\w-]+\] [\w.]+ - .+$")


def records(sample_id: str) -> list[dict]:
    return [json.loads(line) for line in generate(sample_id).data.splitlines()]


def test_web_lines_are_combined_log_or_error_lines():
    """Each line matches one of the two forms, and both occur."""
    lines = generate("web-logs").data.decode().splitlines()
    assert [line for line in lines if not ACCESS.match(line) and not ERROR.match(line)] == []
    assert sum(ACCESS.match(line) is not None for line in lines) > 5_000
    assert sum(ERROR.match(line) is not None for line in lines[:1_500]) > 20


def test_ssh_lines_are_syslog():
    """Each line has time, host, program and message."""
    assert [line for line in generate("ssh-logs").data.decode().splitlines() if not SYSLOG.match(line)] == []


def test_job_lines_are_text_with_level_and_logger():
    """Each line has time, level, thread, logger and message."""
    assert [line for line in generate("quiet-logs").data.decode().splitlines() if not TEXT.match(line)] == []


def test_service_records_are_correlated_by_request():
    """In ordinary traffic a request leaves a record at the gateway and in at least one service behind it."""
    by_request: dict[str, set[str]] = {}
    for record in records("app-json")[:2_000]:
        if "request_id" in record:
            by_request.setdefault(record["request_id"], set()).add(record["service"])
    complete = [
        services for services in by_request.values() if "API Gateway" in services and len(services) > 1
    ]
    assert len(complete) > 0.98 * len(by_request)


def test_service_records_have_outcomes_operations_and_stack_traces():
    """All operations and outcomes occur, and a stack trace is one field of several lines."""
    ordinary = records("app-json")[:2_000]
    assert {record.get("operation") for record in ordinary} >= {"GET", "POST", "PUT", "DELETE", "PATCH"}
    assert {record.get("outcome") for record in ordinary} >= {"success", "error", "timeout"}
    traces = [record["stack_trace"] for record in ordinary if "stack_trace" in record]
    assert traces
    assert all(trace.count("\n\tat ") == 3 for trace in traces)


def test_durations_are_long_tailed():
    """The slowest percent takes more than ten times the median."""
    durations = sorted(
        record["duration_ms"] for record in records("app-json")[:2_000] if "duration_ms" in record
    )
    assert durations[int(0.99 * len(durations))] > 10 * durations[len(durations) // 2]


def test_points_have_name_value_unit_and_service():
    """A metric point says what was measured, in which unit, and where."""
    for point in records("service-metrics"):
        assert isinstance(point["value"], int | float)
        assert {"timestamp", "metric", "unit", "service", "attributes"} <= point.keys()


def test_prompts_have_responses():
    """Each exchange has a prompt, a response, token counts and a latency."""
    for exchange in records("support-llm"):
        assert exchange["prompt"]
        assert exchange["response"]
        assert min(exchange["prompt_tokens"], exchange["completion_tokens"], exchange["latency_ms"]) > 0


def test_spans_are_otlp_json():
    """Ids are hex of the right length, times are nanoseconds as strings, and ends do not precede starts."""
    for event in events_of(generate("checkout-traces").data, "otlp_json"):
        span = json.loads(event)
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
        assert len(span["startTimeUnixNano"]) == len(span["endTimeUnixNano"]) == 19
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert span["kind"] in {1, 2, 3, 4, 5}


def test_every_parent_is_a_span_of_the_same_trace():
    """Spans form trees: a parent exists unless the file ended before it did."""
    spans = [json.loads(event) for event in events_of(generate("checkout-traces").data, "otlp_json")]
    trace_of = {span["spanId"]: span["traceId"] for span in spans}
    assert len(trace_of) == len(spans)
    children = [span for span in spans[:-30] if "parentSpanId" in span]
    assert len(children) > 0.6 * len(spans)
    assert all(trace_of[span["parentSpanId"]] == span["traceId"] for span in children)


def test_json_events_are_in_order_of_time():
    """Time never goes back within a file."""
    for sample_id in ("app-json", "service-metrics", "support-llm"):
        times = [datetime.fromisoformat(record["timestamp"]) for record in records(sample_id)]
        assert all(before <= after for before, after in pairwise(times))
