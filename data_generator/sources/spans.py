"""A checkout traced across services: spans with parents and children."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.timeline import Emission, Record

_VERSIONS: Final = {
    "storefront": "3.12.0",
    "cart": "1.8.4",
    "inventory": "1.15.2",
    "payment": "2.4.1",
    "shipping": "1.2.9",
    "mail": "0.9.7",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a trace, with what it calls in order."""

    service: str
    name: str
    kind: str  # of the span: internal, server, client, producer or consumer
    attributes: tuple[tuple[str, str | int], ...] = ()
    calls: tuple["Step", ...] = ()


def query(service: str, statement: str, table: str) -> Step:
    """A client span around one database statement."""
    attributes = (("db.system", "postgresql"), ("db.operation", statement), ("db.sql.table", table))
    return Step(service, f"{statement} {table}", "client", attributes)


def endpoint(service: str, route: str, *calls: Step) -> Step:
    """A server span of an HTTP route."""
    method, path = route.split(" ")
    attributes = (("http.request.method", method), ("http.route", path), ("http.response.status_code", 200))
    return Step(service, route, "server", attributes, calls)


_RESERVE: Final = endpoint("inventory", "POST /reserve", query("inventory", "UPDATE", "stock"))
_CACHE: Final = Step("cart", "GET cart-cache", "client", (("db.system", "redis"),))
_AUTHORIZE: Final = endpoint(
    "payment", "POST /authorize", Step("payment", "card network", "client", (("peer.service", "acquirer"),))
)
_MAIL: Final = Step(
    "mail",
    "confirmation send",
    "consumer",
    (("messaging.system", "rabbitmq"), ("messaging.operation", "process")),
)

_TRACES: Final = Weighted(
    {
        endpoint(
            "storefront",
            "GET /cart",
            endpoint("cart", "GET /items", _CACHE, query("cart", "SELECT", "cart_items"))
        ): 30,
        endpoint(
            "storefront",
            "POST /cart/items",
            endpoint("cart", "PUT /items", query("cart", "INSERT", "cart_items"))
        ): 26,
        endpoint(
            "storefront",
            "GET /shipping/options",
            endpoint("shipping", "GET /quote", query("shipping", "SELECT", "zones"))
        ): 16,
        endpoint(
            "storefront",
            "POST /checkout",
            endpoint("cart", "GET /items", _CACHE),
            _RESERVE,
            _AUTHORIZE,
            Step("storefront", "publish order", "producer", (("messaging.system", "rabbitmq"),)),
            _MAIL,
        ): 28,
    }
)  # fmt: skip
_OWN_US: Final = Quantiles(
    (0, 240), (0.5, 2_100), (0.9, 11_000), (0.99, 88_000), (0.999, 640_000), (1, 1_500_000)
)
_TRANSIENT: Final = ("connection reset by peer", "statement timeout")


class Checkout:
    """Traces of carts and checkouts; about one in forty holds a call that fails once and is tried again."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    def arrival(self, at_us: int) -> list[Emission]:
        return self.trace(at_us, self.dice.draw(_TRACES))

    def trace(self, at_us: int, root: Step) -> list[Emission]:
        """All spans of one trace that begins at a moment, in the order in which they end."""
        spans, _ = self._spans(at_us, root, self.dice.hexadecimal(32), "")
        return spans

    def _spans(self, start_us: int, step: Step, trace_id: str, parent: str) -> tuple[list[Emission], int]:
        dice = self.dice
        span_id = dice.hexadecimal(16)
        spans: list[Emission] = []
        at_us = start_us + int(dice.along(_OWN_US))
        for call in step.calls:
            if call.kind == "client" and dice.chance(0.02):
                took_us = int(dice.along(_OWN_US))
                at_us += took_us
                error = dice.pick(_TRANSIENT)
                failed = self.span(at_us, call, trace_id, span_id, duration_us=took_us, error=error)
                spans.append(failed)
            inner, at_us = self._spans(at_us, call, trace_id, span_id)
            spans += inner
        spans.append(self.span(at_us, step, trace_id, parent, duration_us=at_us - start_us, span_id=span_id))
        return spans, at_us

    def span(
        self,
        end_us: int,
        step: Step,
        trace_id: str,
        parent: str,
        *,
        duration_us: int,
        span_id: str = "",
        error: str = "",
        more: Iterable[tuple[str, str | int]] = (),
    ) -> Emission:
        """One span; a fresh id unless one is given, status error with a message if *error* is one."""
        record: Record = {
            "service": step.service,
            "version": _VERSIONS[step.service],
            "trace_id": trace_id,
            "span_id": span_id or self.dice.hexadecimal(16),
            "parent_span_id": parent,
            "name": step.name,
            "kind": step.kind,
            "duration_us": duration_us,
            "attributes": dict(step.attributes) | dict(more),
            "error": error,
        }
        return Emission(end_us, record)
