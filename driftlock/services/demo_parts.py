"""What the demonstration holds: one shop on one working day, in seven streams."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from data_generator import Event, Performance, encode, perform_scenario

# A Monday's working hours, over which the load of the day hardly changes: nothing in it is night.
OPENS_AT: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECONDS: Final = 8 * 3600.0
# So many events a second that the smallest of the streams below has above 2,000 in these hours.
SHOP_RATE: Final = 2.7
# The assistant is at work from ten on. Opening with the shop, it would have its trouble in the same minutes.
ASSISTANT_OPENS_AT: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
ASSISTANT_SECONDS: Final = 5 * 3600.0
ASSISTANT_RATE: Final = 3_000 / ASSISTANT_SECONDS
# 1,100 events from the first to the last of the storm: twice as many would come as two storms.
STORM_SHARE: Final = 0.012
SEED: Final = 7  # the scenarios' own; no other was tried
# When the last event of all comes. Counted, so that a page need not wait until it is known; kept by a test.
ENDS_AT: Final = datetime(2026, 3, 2, 15, 10, 3, tzinfo=UTC)

_DAY: Final = timedelta(days=1)
_ORDER_ROUTES: Final = ("/v1/carts", "/v1/orders", "/v1/refunds", "/v1/users")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stream of the demonstration: which events of which performance it holds."""

    name: str
    scenario: str
    belongs: Callable[[Event], bool]


def _of(signal: str, *services: str) -> Callable[[Event], bool]:
    return lambda event: event.signal == signal and event.record["service"] in services


def _orders_at_the_gateway(event: Event) -> bool:
    at_gateway = _of("logs", "API Gateway")(event)
    return at_gateway and str(event.record.get("path", "")).startswith(_ORDER_ROUTES)


# In the order in which they appear: first those in which something is hidden.
PARTS: Final = (
    Part(name="payments", scenario="error-storm", belongs=_of("logs", "Payment Service", "Order Service")),
    Part(name="support assistant", scenario="prompt-injection", belongs=_of("llm", "support-assistant")),
    Part(name="api gateway, orders", scenario="error-storm", belongs=_orders_at_the_gateway),
    Part(
        name="service metrics",
        scenario="error-storm",
        belongs=_of("metrics", "Payment Service", "Order Service", "API Gateway"),
    ),
    Part(
        name="checkout traces",
        scenario="error-storm",
        belongs=_of("traces", "Payment Service", "Order Service"),
    ),
    Part(name="users", scenario="error-storm", belongs=_of("logs", "User Service", "Auth Service")),
    Part(name="inventory", scenario="error-storm", belongs=_of("logs", "Inventory Service")),
)


def performed(scenario: str) -> Performance:
    """The performance that the parts of *scenario* are taken from."""
    if scenario == "error-storm":
        return perform_scenario(
            scenario,
            SEED,
            signal="all",
            rate=SHOP_RATE,
            duration_s=SECONDS,
            anomaly_rate=STORM_SHARE,
            start_at=OPENS_AT,
        )
    return perform_scenario(
        scenario, SEED, rate=ASSISTANT_RATE, duration_s=ASSISTANT_SECONDS, start_at=ASSISTANT_OPENS_AT
    )


def lines(part: Part, *, days: int, tenant: str) -> bytes:
    """
    The part's stream as NDJSON, *days* after its own time.

    Whole days move only the times: what happens, and at which hour, stays.
    """
    shift_us = days * _DAY // timedelta(microseconds=1)
    shifted = [event._replace(at_us=event.at_us + shift_us) for event in _events(part.scenario)[part.name]]
    return encode(shifted, "ndjson", tenant)


def days_until(now: datetime) -> int:
    """
    By how many whole days the demonstration is moved, so that it ends within the day before *now*.

    >>> days_until(datetime(2026, 3, 4, 12, tzinfo=UTC)), days_until(datetime(2026, 3, 4, 23, tzinfo=UTC))
    (1, 2)
    """
    return (now - ENDS_AT) // _DAY


def forget() -> None:
    """Let go of the events kept between two parts."""
    _events.cache_clear()


@cache
def _events(scenario: str) -> dict[str, list[Event]]:
    """Events by part; of a performance four times as long only those that a part holds are kept."""
    wanted = [part for part in PARTS if part.scenario == scenario]
    kept: dict[str, list[Event]] = {part.name: [] for part in wanted}
    for event in performed(scenario).events:
        for part in wanted:
            if part.belongs(event):
                kept[part.name].append(event)
    return kept
