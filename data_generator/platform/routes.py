"""What can be asked of the shop, which services a request passes, and what people do one after another."""

from dataclasses import dataclass
from typing import Final

from data_generator.dice import Quantiles, Weighted

GATEWAY: Final = "API Gateway"
AUTH: Final = "Auth Service"
USERS: Final = "User Service"
PAYMENTS: Final = "Payment Service"
CATALOG: Final = "Catalog Service"
SEARCH: Final = "Search Service"
ORDERS: Final = "Order Service"
STOCK: Final = "Inventory Service"
NOTICES: Final = "Notification Service"
SERVICES: Final = (GATEWAY, AUTH, USERS, PAYMENTS, CATALOG, SEARCH, ORDERS, STOCK, NOTICES)
ASSISTANT: Final = "Support Assistant"


@dataclass(frozen=True, slots=True)
class Step:
    """One service's part in a request, with the calls that it makes in order."""

    service: str
    action: str
    calls: tuple["Step", ...] = ()


# Compared by identity: a comparison by value would hash all calls for each request.
@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One operation of the shop."""

    operation: str  # GET, POST, PUT, DELETE or PATCH
    path: str
    calls: tuple[Step, ...]
    status: int = 200


_STOCK_CHECK: Final = Step(STOCK, "check stock")

SIGN_IN: Final = Route(
    "POST", "/v1/sessions", (Step(AUTH, "verify password", (Step(USERS, "read account"),)),), 201
)
SIGN_OUT: Final = Route("DELETE", "/v1/sessions/current", (Step(AUTH, "end session"),), 204)
REGISTER: Final = Route(
    "POST", "/v1/users", (Step(USERS, "register user"), Step(NOTICES, "send welcome")), 201
)
BROWSE: Final = Route("GET", "/v1/products", (Step(CATALOG, "list products"),))
FIND: Final = Route("GET", "/v1/search", (Step(SEARCH, "query index", (Step(CATALOG, "read titles"),)),))
VIEW: Final = Route("GET", "/v1/products/{id}", (Step(CATALOG, "read product", (_STOCK_CHECK,)),))
FILL: Final = Route("PUT", "/v1/carts/{id}", (Step(ORDERS, "replace cart", (_STOCK_CHECK,)),))
EMPTY: Final = Route("DELETE", "/v1/carts/{id}/items", (Step(ORDERS, "remove item"),), 204)
BUY: Final = Route(
    "POST",
    "/v1/orders",
    (
        Step(
            ORDERS,
            "create order",
            (
                Step(STOCK, "reserve items"),
                Step(PAYMENTS, "authorize card"),
                Step(NOTICES, "send confirmation"),
            ),
        ),
    ),
    201,
)
TRACK: Final = Route("GET", "/v1/orders/{id}", (Step(ORDERS, "read order"),))
PROFILE: Final = Route("GET", "/v1/users/{id}", (Step(USERS, "read profile"),))
EDIT: Final = Route("PATCH", "/v1/users/{id}", (Step(USERS, "update profile"),))
POLL: Final = Route("GET", "/v1/notifications", (Step(NOTICES, "list notices"),))
REFUND: Final = Route(
    "POST", "/v1/refunds", (Step(PAYMENTS, "refund card", (Step(ORDERS, "mark refunded"),)),), 201
)

# What a customer does after what: the last request of a session decides about the next.
NEXT: Final = {
    SIGN_IN: Weighted({BROWSE: 6, FIND: 5, TRACK: 3, PROFILE: 2, POLL: 2}),
    REGISTER: Weighted({BROWSE: 5, FIND: 4, PROFILE: 2}),
    BROWSE: Weighted({VIEW: 10, BROWSE: 4, FIND: 4, POLL: 2, SIGN_OUT: 1}),
    FIND: Weighted({VIEW: 12, FIND: 6, BROWSE: 2, SIGN_OUT: 1}),
    VIEW: Weighted({VIEW: 7, FILL: 5, FIND: 4, BROWSE: 4, POLL: 2, SIGN_OUT: 1}),
    FILL: Weighted({BUY: 6, VIEW: 5, FILL: 3, EMPTY: 2, SIGN_OUT: 1}),
    EMPTY: Weighted({VIEW: 5, BROWSE: 3, SIGN_OUT: 1}),
    BUY: Weighted({TRACK: 5, SIGN_OUT: 5, POLL: 3, BROWSE: 2}),
    TRACK: Weighted({SIGN_OUT: 4, POLL: 3, BROWSE: 2, TRACK: 1}),
    PROFILE: Weighted({EDIT: 3, BROWSE: 4, TRACK: 2, SIGN_OUT: 2}),
    EDIT: Weighted({PROFILE: 3, BROWSE: 2, SIGN_OUT: 2}),
    POLL: Weighted({POLL: 4, BROWSE: 4, FIND: 3, SIGN_OUT: 2}),
}
# What the back office does, in any order.
OFFICE_WORK: Final = Weighted({TRACK: 9, PROFILE: 6, REFUND: 4, EDIT: 1})

# Milliseconds that a service needs itself, without those that it calls.
OWN_MS: Final = {
    GATEWAY: Quantiles((0, 1), (0.5, 2), (0.9, 5), (0.99, 31), (1, 240)),
    AUTH: Quantiles((0, 28), (0.5, 61), (0.9, 96), (0.99, 340), (1, 1_900)),
    USERS: Quantiles((0, 2), (0.5, 9), (0.9, 38), (0.99, 290), (1, 2_300)),
    PAYMENTS: Quantiles((0, 58), (0.5, 190), (0.9, 560), (0.99, 1_900), (1, 2_900)),
    CATALOG: Quantiles((0, 2), (0.5, 8), (0.9, 41), (0.99, 280), (0.999, 1_700), (1, 2_800)),
    SEARCH: Quantiles((0, 6), (0.5, 24), (0.9, 88), (0.99, 520), (1, 2_600)),
    ORDERS: Quantiles((0, 5), (0.5, 19), (0.9, 84), (0.99, 610), (1, 2_700)),
    STOCK: Quantiles((0, 1), (0.5, 5), (0.9, 22), (0.99, 190), (1, 1_500)),
    NOTICES: Quantiles((0, 4), (0.5, 16), (0.9, 110), (0.99, 820), (1, 2_500)),
}

# What goes wrong now and then in ordinary traffic: message and HTTP status.
FAILURES: Final = {
    AUTH: (("password does not match", 401), ("one-time code expired", 401)),
    USERS: (("address rejected by validation", 422), ("profile version conflict", 409)),
    PAYMENTS: (
        ("card declined by issuer", 402),
        ("insufficient funds", 402),
        ("acquirer refused the connection", 502),
    ),
    CATALOG: (("product withdrawn", 404), ("price list is being replaced", 503)),
    SEARCH: (("query has no terms", 422), ("shard did not answer", 503)),
    ORDERS: (("cart already ordered", 409), ("optimistic lock lost", 409)),
    STOCK: (("item sold out", 409), ("warehouse row locked", 503)),
    NOTICES: (("mailbox unavailable", 503), ("template missing for locale", 422)),
}
# Events of a service's own life, rare and ordinary.
UPKEEP: Final = (
    (CATALOG, "INFO", "price list reloaded, {n} entries"),
    (CATALOG, "WARN", "garbage collection paused for {n} ms"),
    (SEARCH, "INFO", "index segment merged, {n} documents"),
    (AUTH, "INFO", "signing key rotated, next in {n} hours"),
    (ORDERS, "INFO", "abandoned carts removed: {n}"),
    (STOCK, "INFO", "warehouse feed applied, {n} rows"),
    (PAYMENTS, "INFO", "settlement file sent, {n} records"),
    (NOTICES, "WARN", "mail queue holds {n} messages"),
    (GATEWAY, "WARN", "client closed the connection after {n} ms"),
    (USERS, "INFO", "replica caught up after {n} ms"),
)
