"""Reads a sample back as a customer's own program would, knowing nothing of the generator."""

import json
import re
from typing import Any

# The form of each fault's events, as a person would grep for it.
FORMS = {
    "path_scan": re.compile(
        r"203\.0\.113\.66 - - .*(zgrab|python-requests|Go-http-client|\"-\" \"-\"$)|open\(\) \".*\" failed"
    ),
    "upstream_outage": re.compile(
        r"connect\(\) failed|recv\(\) failed|no live upstreams|temporarily disabled"
        r'|" 502 559 "|GET /maintenance/'
    ),
    "password_guessing": re.compile(r"[Ii]nvalid user \w+ |check pass; user unknown"),
    "key_exchange_stall": re.compile(
        r"Unable to negotiate|ssh_dispatch_run_fatal|Timeout before authentication"
    ),
    "expired_certificate": re.compile(r"handshake failed|payment circuit open|answer from fallback"),
    "record_harvest": re.compile(r'/export"'),
    "renamed_fields": re.compile(r'"elapsed_seconds"'),
    "crash_loop": re.compile(r"CrashLoopBackOff|OOMKilled"),
    "agent_upgrade": re.compile(r'"job":"agent-v3"'),
    "retry_storm": re.compile(r"deadline exceeded|backoff sleep|retries exhausted|payment unavailable"),
    "legacy_fallback": re.compile(r"by-warehouse|legacy stock file|warehouse_snapshot|item-by-item"),
    "prompt_injection": re.compile(r'"finish_reason":"length"'),
    "persona_pressure": re.compile(r'"finish_reason":"content_filter"'),
}


def events_of(data: bytes, file_format: str) -> list[str]:
    """The events of a file in order: its lines, or its spans with their service in front."""
    lines = data.decode().splitlines()
    if file_format != "otlp_json":
        return lines
    return [
        json.dumps({"service": _service(of_service), **span}, separators=(",", ":"))
        for line in lines
        for of_service in json.loads(line)["resourceSpans"]
        for scope in of_service["scopeSpans"]
        for span in scope["spans"]
    ]


def service_of(event: str) -> str | None:
    """The service an event names, or None for text."""
    return json.loads(event)["service"] if event.startswith("{") else None


def _service(resource_spans: dict[str, Any]) -> str:
    attributes = resource_spans["resource"]["attributes"]
    return next(pair["value"]["stringValue"] for pair in attributes if pair["key"] == "service.name")
