"""Streams with few templates, as services write them: what is foreign to them stands out."""

from random import Random

USUAL = [
    "INFO  api.Gateway: GET /v1/orders/{n} 200 in {n} ms for tenant t-{n}",
    "INFO  api.Gateway: POST /v1/orders 201 in {n} ms for tenant t-{n}",
    "INFO  auth.Session: token for user u{n} renewed, ttl {n} s",
    "DEBUG cache.Store: hit for key session:{n} after {n} us",
    "DEBUG cache.Store: miss for key session:{n}, loading from db",
    "INFO  db.Pool: connection {n} returned, {n} idle of {n}",
    "WARN  db.Pool: slow query {n} ms: select item by id",
    "INFO  jobs.Cleaner: removed {n} expired sessions",
]
FOREIGN = [
    "ERROR pay.Bridge: upstream reset before headers, attempt {n} of {n}",
    "FATAL kernel: oom-killer invoked, score {n}, killed process worker-{n}",
    "ERROR tls.Handshake: certificate chain of peer {n} expired at depth {n}",
    "ERROR pay.Bridge: ledger entry {n} has no counterpart, compensation queued",
]


def lines(templates: list[str], count: int, seed: int) -> list[bytes]:
    """*count* lines of the templates in random order, numbers of random length."""
    random = Random(seed)
    return [
        random.choice(templates).replace("{n}", str(random.randrange(10 ** random.randint(1, 5)))).encode()
        for _ in range(count)
    ]


def usual(count: int, seed: int) -> list[bytes]:
    """Nothing but the usual."""
    return lines(USUAL, count, seed)


def with_burst(count: int, seed: int, *, start: int, stop: int, share: float = 1.0) -> list[bytes]:
    """The usual, with foreign lines among the events from *start* to *stop*."""
    events, foreign, random = usual(count, seed), lines(FOREIGN, count, seed + 1), Random(seed + 2)
    for position in range(start, stop):
        if random.random() < share:
            events[position] = foreign[position]
    return events
