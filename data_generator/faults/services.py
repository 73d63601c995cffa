"""Faults of the shop's microservices."""

from typing import Final

from data_generator.rhythm import SECOND_US
from data_generator.sources.services import CATALOG, GATEWAY, ORDERS, PAYMENTS, USERS, Shop, stack_trace
from data_generator.timeline import Emission, Fault

_HANDSHAKE: Final = "card network handshake failed: certificate has expired"
_HANDSHAKE_TRACE: Final = stack_trace(
    "payments.NetworkException",
    _HANDSHAKE,
    (
        "payments.tls.Handshake.verify(Handshake.java:311)",
        "payments.tls.Handshake.start(Handshake.java:88)",
        "payments.NetworkPool.borrow(NetworkPool.java:140)",
    ),
)


def _expire_certificate(shop: Shop, at_us: int) -> list[Emission]:
    dice = shop.dice
    request_id, events = dice.uuid(), []
    for attempt in range(1, dice.between(2, 3) + 1):
        failed = shop.record(
            PAYMENTS, "POST", "/v1/orders", "error", dice.between(9, 30), request_id, message=_HANDSHAKE
        )
        failed |= {"attempt": attempt, "circuit": "half-open", "stack_trace": _HANDSHAKE_TRACE}
        events.append(Emission(at_us + attempt * 200_000, failed, changed=True))
    parked = shop.record(
        ORDERS, "POST", "/v1/orders", "error", 700, request_id, message="order parked: payment circuit open"
    )
    refused = shop.record(
        GATEWAY,
        "POST",
        "/v1/orders",
        "error",
        720,
        request_id,
        message="upstream unavailable, answer from fallback",
    )
    refused |= {"status": 503, "retry_after_s": dice.between(20, 60)}
    return [*events, *(Emission(at_us + SECOND_US, record, changed=True) for record in (parked, refused))]


def _harvest(shop: Shop, at_us: int) -> list[Emission]:
    dice = shop.dice
    number, request_id = 2_000 + at_us // SECOND_US % 7_000, dice.uuid()
    path = f"/v1/users/{number}/export"
    read = shop.record(
        USERS, "GET", path, "success", dice.between(30, 70), request_id, message="full record exported"
    )
    read |= {
        "rows": dice.between(40, 99),
        "columns": "name,email,phone,address,birthday,card_tail",
        "encoding": "csv",
    }
    served = shop.record(GATEWAY, "GET", path, "success", 90, request_id, message="download streamed")
    served |= {"status": 206, "account": "svc-reporting", "client": "curl/8.5.0", "range": "bytes"}
    return [Emission(at_us, read, changed=True), Emission(at_us + 90_000, served, changed=True)]


def _rename_fields(shop: Shop, at_us: int) -> list[Emission]:
    dice = shop.dice
    seconds = dice.between(20, 900) / 1_000
    renamed = {
        "severity_number": 9,
        "resource": {"service": CATALOG, "build": "canary", "zone": dice.pick(("a", "b", "c"))},
        "http": {"verb": "GET", "route": "/v2/products/:sku", "code": 200},
        "elapsed_seconds": seconds,
        "correlation": dice.hexadecimal(32),
        "body": dice.pick(("catalog page rendered", "catalog page revalidated")),
        "service": CATALOG,
    }
    return [Emission(at_us, renamed, changed=True)]


EXPIRED_CERTIFICATE: Final[Fault[Shop]] = Fault(
    kind="expired_certificate",
    affected=(PAYMENTS, ORDERS, GATEWAY),
    changed="Payments fail in the handshake with a stack trace not seen before; "
    "orders are parked, the gateway answers 503.",
    strike=_expire_certificate,
    share=0.75,
    speed=2,
)

RECORD_HARVEST: Final[Fault[Shop]] = Fault(
    kind="record_harvest",
    affected=(USERS, GATEWAY),
    changed="A reporting account exports user record after user record by a path that nobody else uses.",
    strike=_harvest,
    share=0.85,
    speed=12,
)

RENAMED_FIELDS: Final[Fault[Shop]] = Fault(
    kind="renamed_fields",
    affected=(CATALOG,),
    changed="A trial release of the catalog writes other field names, "
    "nested, with seconds instead of milliseconds.",
    strike=_rename_fields,
    share=0.85,
    speed=3,
)
