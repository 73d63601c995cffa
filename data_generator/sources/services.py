"""A shop's microservices: structured records correlated by request."""

from dataclasses import dataclass
from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.people import Person
from data_generator.timeline import Emission, Record

GATEWAY: Final = "API Gateway"
USERS: Final = "User Service"
PAYMENTS: Final = "Payment Service"
CATALOG: Final = "Catalog Service"
ORDERS: Final = "Order Service"
NOTICES: Final = "Notification Service"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the shop and the services that it calls on the way."""

    operation: str  # GET, POST, PUT, DELETE or PATCH
    path: str
    calls: tuple[tuple[str, str], ...]  # service and what it does
    personal: bool = False  # whether the last service logs the user's own fields


ROUTES: Final = Weighted(
    {
        Route("GET", "/v1/products", ((CATALOG, "list products"),)): 26,
        Route("GET", "/v1/products/{id}", ((CATALOG, "read product"),)): 24,
        Route("GET", "/v1/users/{id}", ((USERS, "read profile"),), personal=True): 12,
        Route("PATCH", "/v1/users/{id}", ((USERS, "update profile"),), personal=True): 4,
        Route("PUT", "/v1/carts/{id}", ((ORDERS, "replace cart"), (CATALOG, "check stock"))): 10,
        Route("DELETE", "/v1/carts/{id}/items", ((ORDERS, "remove item"),)): 4,
        Route("GET", "/v1/orders/{id}", ((ORDERS, "read order"),)): 8,
        Route(
            "POST",
            "/v1/orders",
            ((ORDERS, "create order"), (PAYMENTS, "authorize card"), (NOTICES, "send confirmation")),
        ): 9,
        Route("POST", "/v1/users", ((USERS, "register user"), (NOTICES, "send welcome")), personal=True): 3,
    }
)

_DURATIONS_MS: Final = {
    CATALOG: Quantiles((0, 2), (0.5, 11), (0.9, 46), (0.99, 310), (0.999, 1_900), (1, 2_900)),
    USERS: Quantiles((0, 3), (0.5, 17), (0.9, 62), (0.99, 420), (1, 2_400)),
    ORDERS: Quantiles((0, 6), (0.5, 31), (0.9, 120), (0.99, 780), (1, 2_800)),
    PAYMENTS: Quantiles((0, 60), (0.5, 210), (0.9, 640), (0.99, 2_100), (1, 2_900)),
    NOTICES: Quantiles((0, 8), (0.5, 44), (0.9, 170), (0.99, 900), (1, 2_600)),
}
_TIMEOUT_MS: Final = 3_000

_REASONS: Final = {
    CATALOG: ("stock cache miss", "product withdrawn"),
    USERS: ("address rejected by validation", "profile version conflict"),
    ORDERS: ("cart already ordered", "optimistic lock lost"),
    PAYMENTS: ("card declined by issuer", "insufficient funds"),
    NOTICES: ("mailbox unavailable", "template missing for locale"),
}
_FRAMES: Final = {
    CATALOG: ("catalog.StockException", "catalog.StockCache.get(StockCache.java:118)"),
    USERS: ("users.ValidationException", "users.ProfileService.apply(ProfileService.java:204)"),
    ORDERS: ("orders.ConflictException", "orders.CartRepository.save(CartRepository.java:77)"),
    PAYMENTS: ("payments.DeclinedException", "payments.CardClient.authorize(CardClient.java:152)"),
    NOTICES: ("notices.DeliveryException", "notices.MailSender.send(MailSender.java:61)"),
}


def stack_trace(exception: str, reason: str, frames: tuple[str, ...]) -> str:
    """A Java stack trace over several lines, innermost frame first."""
    return "\n\tat ".join(
        (f"com.example.{exception}: {reason}", *(f"com.example.{frame}" for frame in frames))
    )


class Shop:
    """Requests through the gateway, each leaving one record in every service it passes."""

    def __init__(self, dice: Dice, customers: tuple[Person, ...]) -> None:
        self.dice = dice
        self.customers = customers
        self._release = dict.fromkeys(_DURATIONS_MS, 40)

    def arrival(self, at_us: int) -> list[Emission]:
        if self.dice.chance(1 / 200):
            return self._deploy(at_us)
        return self.request(at_us, self.dice.draw(ROUTES))

    def request(self, at_us: int, route: Route) -> list[Emission]:
        """One request: its calls in order, a second try after a timeout, the gateway's record last."""
        dice = self.dice
        request_id = dice.uuid()
        customer = dice.pick(self.customers)
        path = route.path.replace("{id}", f"{dice.between(1_000, 9_999)}")
        events, total_ms, outcome = [], dice.between(1, 6), "success"
        for service, action in route.calls:
            draw = dice.uniform()
            outcome = "timeout" if draw < 0.008 else "error" if draw < 0.03 else "success"
            duration_ms = _TIMEOUT_MS if outcome == "timeout" else int(dice.along(_DURATIONS_MS[service]))
            total_ms += duration_ms
            call = self.record(
                service, route.operation, path, outcome, duration_ms, request_id, message=action
            )
            if outcome == "error":
                call |= self._failure(service)
            elif route.personal and service == USERS:
                call["user"] = _personal(customer)
            events.append(Emission(at_us + total_ms * 1_000, call))
            if outcome == "timeout":
                duration_ms = int(dice.along(_DURATIONS_MS[service]))
                total_ms += duration_ms
                outcome = "success"
                again = self.record(
                    service, route.operation, path, outcome, duration_ms, request_id, message=action
                )
                events.append(Emission(at_us + total_ms * 1_000, again | {"attempt": 2}))
            if outcome == "error":
                break
        gateway = self.record(
            GATEWAY, route.operation, path, outcome, total_ms, request_id, message="request served"
        )
        gateway["status"] = 422 if outcome == "error" else 201 if route.operation == "POST" else 200
        gateway["account"] = customer.login
        return [*events, Emission(at_us + total_ms * 1_000 + 400, gateway)]

    def record(
        self,
        service: str,
        operation: str,
        path: str,
        outcome: str,
        duration_ms: int,
        request_id: str,
        *,
        message: str,
    ) -> Record:
        """The fields that every service writes."""
        return {
            "level": {"success": "INFO", "error": "ERROR", "timeout": "WARN"}[outcome],
            "service": service,
            "operation": operation,
            "path": path,
            "outcome": outcome,
            "duration_ms": duration_ms,
            "request_id": request_id,
            "message": message,
        }

    def _failure(self, service: str) -> Record:
        reason = self.dice.pick(_REASONS[service])
        exception, frame = _FRAMES[service]
        frames = (frame, "web.Dispatcher.handle(Dispatcher.java:93)", "web.Worker.run(Worker.java:41)")
        return {"message": reason, "stack_trace": stack_trace(exception, reason, frames)}

    def _deploy(self, at_us: int) -> list[Emission]:
        service = self.dice.pick(tuple(_DURATIONS_MS))
        self._release[service] += 1
        version = f"2.{self._release[service]}.0"
        steps = ("release started", "release ready")
        return [
            Emission(
                at_us + i * 9_000_000,
                {"level": "INFO", "service": service, "version": version, "message": step},
            )
            for i, step in enumerate(steps)
        ]


def _personal(person: Person) -> Record:
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "address": f"{person.street}, {person.city}",
    }
