"""Faults of the traced checkout."""

from dataclasses import replace
from typing import Final

from data_generator.sources.spans import Checkout, Step, endpoint, query
from data_generator.timeline import Emission, Fault

_ATTEMPT: Final = Step(
    "payment",
    "authorize attempt",
    "client",
    (("peer.service", "acquirer"), ("rpc.system", "grpc"), ("rpc.grpc.status_code", 4)),
)
_BACKOFF: Final = Step("payment", "backoff sleep", "internal", (("retry.policy", "fixed"),))
_GIVE_UP: Final = Step(
    "payment", "POST /authorize", "server", (("http.route", "/authorize"), ("http.response.status_code", 504))
)
_ABORTED: Final = Step(
    "storefront",
    "POST /checkout",
    "server",
    (("http.route", "/checkout"), ("http.response.status_code", 500)),
)
_FALLBACK: Final = endpoint(
    "inventory",
    "GET /stock/by-warehouse",
    Step("inventory", "legacy stock file", "internal", (("file.path", "/mnt/legacy/stock.dat"),)),
    query("inventory", "SELECT", "warehouse_snapshot"),
)
_ITEM_BY_ITEM: Final = endpoint("inventory", "POST /reserve/item-by-item", *(_FALLBACK,) * 3)


def _storm(checkout: Checkout, at_us: int) -> list[Emission]:
    dice = checkout.dice
    trace_id, root, server = dice.hexadecimal(32), dice.hexadecimal(16), dice.hexadecimal(16)
    events, now_us = [], at_us
    for attempt in range(1, dice.between(4, 7) + 1):
        waited_us = dice.between(900_000, 1_100_000)
        now_us += waited_us
        more = (("retry.attempt", attempt),)
        events.append(
            checkout.span(
                now_us,
                _ATTEMPT,
                trace_id,
                server,
                duration_us=waited_us,
                error="deadline exceeded",
                more=more,
            )
        )
        now_us += 50_000
        events.append(checkout.span(now_us, _BACKOFF, trace_id, server, duration_us=50_000, more=more))
    took_us = now_us - at_us
    events += [
        checkout.span(
            now_us, _GIVE_UP, trace_id, root, duration_us=took_us, span_id=server, error="retries exhausted"
        ),
        checkout.span(
            now_us + 900,
            _ABORTED,
            trace_id,
            "",
            duration_us=took_us + 900,
            span_id=root,
            error="payment unavailable",
        ),
    ]
    return [replace(event, changed=True) for event in events]


def _item_by_item(checkout: Checkout, at_us: int) -> list[Emission]:
    return [replace(event, changed=True) for event in checkout.trace(at_us, _ITEM_BY_ITEM)]


RETRY_STORM: Final[Fault[Checkout]] = Fault(
    kind="retry_storm",
    affected=("payment", "storefront"),
    changed="Authorizing a card ends in a deadline and is tried up to seven times "
    "in a span path of its own, with error status.",
    strike=_storm,
    share=0.8,
    speed=2,
)

LEGACY_FALLBACK: Final[Fault[Checkout]] = Fault(
    kind="legacy_fallback",
    affected=("inventory",),
    changed="Stock is reserved item by item from a legacy file: new routes, three times as many spans.",
    strike=_item_by_item,
    share=0.8,
    speed=2,
)
