"""Metrics as text: hourly values of two measures, both of which jump at the same records."""

import json
import math
from datetime import UTC, datetime, timedelta
from random import Random

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
JUMP = 700


def rows(count=900, seed=1):
    """(time, cpu, mem) of each hour; twenty of them, from record 700 on, lie far above."""
    random = Random(seed)
    made = []
    for at in range(count):
        cpu, mem = math.sin(at * math.tau / 24) * 5 + random.gauss(20, 0.5), random.gauss(50, 1)
        if JUMP <= at < JUMP + 20:
            cpu, mem = 90.0 + at - JUMP, mem + 30
        made.append((BEGIN + timedelta(hours=at), round(cpu, 3), round(mem, 2)))
    return made


def wide(count=900, seed=1):
    """A CSV with a column for each measure."""
    lines = [f"{time:%Y-%m-%d %H:%M:%S},{cpu},{mem}" for time, cpu, mem in rows(count, seed)]
    return "\n".join(["timestamp,cpu,mem", *lines]).encode() + b"\n"


def long(count=900, seed=1):
    """An object a measure, JSON a line."""
    return b"".join(
        json.dumps({"timestamp": f"{time:%Y-%m-%dT%H:%M:%SZ}", "metric": name, "value": value}).encode()
        + b"\n"
        for time, cpu, mem in rows(count, seed)
        for name, value in (("cpu", cpu), ("mem", mem))
    )


def two_columns(count=900, seed=1):
    """Time and value."""
    lines = [f"{time:%Y-%m-%d %H:%M:%S},{cpu}" for time, cpu, _ in rows(count, seed)]
    return "\n".join(["timestamp,value", *lines]).encode() + b"\n"


def otlp(count=900, seed=1):
    """OTLP/JSON, a request an hour: a gauge and a cumulative sum."""
    lines, total = [], 0
    for time, cpu, mem in rows(count, seed):
        total += int(mem)
        nanos = str(int(time.timestamp()) * 10**9)
        metrics = [
            {"name": "cpu", "gauge": {"dataPoints": [{"timeUnixNano": nanos, "asDouble": cpu}]}},
            {
                "name": "requests",
                "sum": {
                    "aggregationTemporality": 2,
                    "isMonotonic": True,
                    "dataPoints": [{"timeUnixNano": nanos, "asInt": str(total)}],
                },
            },
        ]
        lines.append(json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]}))
    return "\n".join(lines).encode() + b"\n"


def prometheus(count=900, seed=1):
    """A scrape an hour in Prometheus' text format."""
    return "".join(
        f'cpu{{host="a"}} {cpu}\nmem{{host="a"}} {mem}\n' for _, cpu, mem in rows(count, seed)
    ).encode()
