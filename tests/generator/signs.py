"""
What an outsider sees of each fault in the NDJSON alone: a sign that an event of the affected services bears.

Knows nothing of the generator; written from the stories of the faults.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Event = dict[str, Any]
Sign = Callable[[list[Event], int], bool]


def started_ms(event: Event) -> float:
    """When a request began, milliseconds since 1970."""
    return datetime.fromisoformat(event["timestamp"]).timestamp() * 1_000 - event["duration_ms"]


def slower_than(limits: dict[str, int]) -> Sign:
    """The event took longer than its service's limit, milliseconds."""
    return lambda events, at: (
        events[at].get("duration_ms", 0) > limits.get(events[at]["service"], limits["else"])
    )


def walks(events: list[Event], at: int) -> bool:
    """The last number of the path is one more than in another request for the same thing shortly before."""
    path = events[at].get("path", "")
    stem, _, number = path.rpartition("/")
    if not number.isdigit():
        return False
    wanted = f"{stem}/{int(number) - 1}"
    return any(event.get("path") == wanted for event in events[max(0, at - 40) : at])


def in_step(events: list[Event], at: int) -> bool:
    """A poll that began within 250 ms after a full five seconds."""
    event = events[at]
    return event.get("path") == "/v1/notifications" and started_ms(event) % 5_000 < 250


def value_over(metric: str, low: float, high: float) -> Sign:
    """A point of this metric outside of [low, high]."""
    return lambda events, at: events[at].get("metric") == metric and not low <= events[at]["value"] <= high


def having(**limits: Any) -> Sign:
    """Some field has the value given, or is at least as large if the value is a number."""

    def sign(events: list[Event], at: int) -> bool:
        event = events[at]
        return any(
            name in event and (event[name] >= value if isinstance(value, float) else event[name] == value)
            for name, value in limits.items()
        )

    return sign


def either(*signs: Sign) -> Sign:
    return lambda events, at: any(sign(events, at) for sign in signs)


SIGNS: dict[str, Sign] = {
    "visitor_surge": lambda events, at: (
        events[at].get("path", "").startswith(("/v1/products", "/v1/search"))
        and slower_than({"API Gateway": 350, "else": 200})(events, at)
    ),
    "slow_storage": slower_than({"API Gateway": 700, "else": 300}),
    "acquirer_unreachable": lambda events, at: (
        events[at].get("status") == 502 or "refused the connection" in events[at].get("message", "")
    ),
    "foreign_sessions": lambda events, at: events[at].get("country") in {"VN", "BR", "ID", "ZA", "CL"},
    "record_walk": walks,
    "customer_refunds": lambda events, at: (
        events[at].get("path") == "/v1/refunds" and events[at].get("role") != "staff"
    ),
    "polls_in_step": in_step,
    "search_bypass": lambda events, at: (
        events[at].get("path") == "/v1/search" and events[at]["service"] in ("Inventory Service", "Search Service")
        and (events[at]["service"] == "Inventory Service" or any(
            e.get("trace_id") == events[at]["trace_id"] and e["service"] == "Inventory Service"
            for e in events[max(0, at - 60) : at + 60]
        ))
    ),
    "cloned_cards": having(country="NG"),
    "layered_transfers": lambda events, at: (events[at].get("payee_country") or events[at].get("country")) in {"KY", "VG", "PA"},
    "wallet_drained": having(btc=12.0),
    "sign_ins_by_tor": having(second_factor="none"),
    "names_as_carrier": lambda events, at: len(events[at].get("name", "")) > 90,
    "instructions_leak": having(finish_reason="length"),
    "coolant_pump_fails": either(
        value_over("temperature", 284.3, 286.1), value_over("pressure", 154.9, 155.3),
        value_over("flow", 5_000, 6_000), value_over("pump.speed", 1_400, 1_600),
    ),
    "feeders_islanded": either(
        value_over("active_power", 20, 66), value_over("frequency", 59.9, 60.1),
        value_over("voltage", 13.7, 13.9), value_over("harmonic_distortion", 0, 4), having(value=1),
    ),
    "circuit_open": lambda events, at: events[at].get("circuit") == "open" or "alarm_s" in events[at],
    "shown_and_withdrawn": either(having(shares=90_000.0)),
    "bulk_orders": having(items=20.0),
    "aim_programs": having(accuracy_pct=60.0),
    "containers_in_back_off": either(having(cpu_m=2_000.0), having(exit_code=137)),
    "sensors_disagree": lambda events, at: (
        events[at].get("points") == 0 or events[at].get("objects", 0) > 100 or events[at].get("error_m", 0) > 1
    ),
}  # fmt: skip
