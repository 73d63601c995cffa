"""Logs, metrics, traces or LLM calls: told by the fields of sampled objects."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from driftlock.decode.fields import plain_name
from driftlock.model import Kind

_MESSAGE = frozenset({"message", "msg", "body", "log", "text", "line", "content", "event", "severitytext"})
_LEVEL = frozenset({"level", "severity", "loglevel", "lvl", "levelname", "severitytext", "severitynumber"})
_SPAN = frozenset(
    {"parentspanid", "parentid", "duration", "durationms", "durationus", "durationns", "durationnano"}
    | {
        "operationname",
        "spanname",
        "endtime",
        "endtimeunixnano",
        "starttime",
        "starttimeunixnano",
        "spankind",
    }
)
_PROMPT = frozenset(
    {"prompt", "prompts", "question", "instruction", "userinput", "userprompt", "systemprompt"}
)
_ANSWER = frozenset({"completion", "response", "output", "answer", "generation", "modeloutput", "choices"})
_TOKENS = frozenset(
    {"prompttokens", "completiontokens", "inputtokens", "outputtokens", "totaltokens", "usage"}
)
_METRIC_NAME = frozenset({"metric", "metricname", "name", "measurement", "kpi", "series"})
_METRIC_VALUE = frozenset({"value", "val", "gauge", "count", "sum", "avg", "mean"})
_TIME = frozenset({"timestamp", "time", "ts", "datetime", "date", "t", "timeunixnano"})
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*\Z")
_PROMETHEUS = re.compile(rb"[a-zA-Z_:][\w:]*(?:\{.*\})? [-+]?(?:\d[\d.eE+-]*|NaN|Inf)(?: -?\d+)?\s*\Z")

_DESCRIBED: dict[Kind, str] = {
    "traces": "have a trace id and a span id",
    "llm": "have a prompt, a model's answer or chat messages",
    "metrics": "have a metric name with a value, or numbers at a time",
    "logs": "have a message or a level, or nothing that speaks for another kind",
}


def of_object(record: dict[str, Any]) -> Kind:
    """The kind one object looks like; logs when nothing speaks for another."""
    plain = {plain_name(name): value for name, value in record.items()}
    names = plain.keys()
    if _is_llm(plain):
        return "llm"
    has_ids = ("traceid" in names and ("spanid" in names or "id" in names)) or _has_context(plain)
    is_log_line = bool(names & _MESSAGE) and bool(names & _LEVEL)
    if has_ids and not is_log_line and (names & _SPAN or not names & _MESSAGE):
        return "traces"
    if not names & _MESSAGE and not names & _LEVEL and _is_metric(plain):
        return "metrics"
    return "logs"


def _has_context(plain: dict[str, Any]) -> bool:
    context = plain.get("context") or plain.get("spancontext")
    return isinstance(context, dict) and {"traceid", "spanid"} <= {plain_name(name) for name in context}


def _is_llm(plain: dict[str, Any]) -> bool:
    names = plain.keys()
    if any(name.startswith("genai") for name in names):
        return True
    if "prompt" in names or (names & _PROMPT and names & _ANSWER):
        return True
    if "model" in names and (names & _TOKENS or names & _ANSWER):
        return True
    messages = plain.get("messages")
    if isinstance(messages, list):
        return any(isinstance(item, dict) and "role" in item for item in messages)
    return "role" in names and "content" in names


def _is_metric(plain: dict[str, Any]) -> bool:
    names = plain.keys()
    if names & _METRIC_NAME and any(_is_number(plain[name]) for name in names & _METRIC_VALUE):
        return True
    if not names & _TIME:
        return False
    others = [value for name, value in plain.items() if name not in _TIME]
    return sum(_is_number(value) for value in others) * 2 >= len(others) > 0


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _NUMBER.match(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def of_objects(
    records: Sequence[dict[str, Any]], of: Callable[[dict[str, Any]], Kind] = of_object
) -> tuple[Kind, str]:
    """The kind of most *records*, and the sentence it rests on; ties go to the kind seen first."""
    if not records:
        return "logs", "No whole event in the sample, so it is taken for logs."
    kind, count = Counter(of(record) for record in records).most_common(1)[0]
    return kind, f"{count:,} of {len(records):,} sampled events {_DESCRIBED[kind]}."


def of_lines(lines: Sequence[bytes]) -> tuple[Kind, str]:
    """Metrics if most *lines* are written as Prometheus writes its samples, else logs."""
    events = [line for line in lines if line.strip() and not line.startswith(b"#")]
    samples = sum(_PROMETHEUS.match(line) is not None for line in events)
    if events and samples * 2 > len(events):
        return "metrics", f"{samples:,} of {len(events):,} sampled events have a metric name with a value."
    return "logs", f"{len(lines):,} of {len(lines):,} sampled events are lines of text, which are logs."
