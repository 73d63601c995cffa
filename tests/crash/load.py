"""What is sent while the program is being killed: the same bytes every time."""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

TENANT: Final = "demo"
BEGIN: Final = datetime(2026, 1, 5, tzinfo=UTC)
SEED: Final = 20
BATCH: Final = 40  # events of a delivery; a turn of judging takes 200 and more

# Posted by one sender each, so that their order is known; judged as windows, but for the numbers.
POSTED: Final = ("orders", "billing", "numbers")
# Handed to the application by a thread of the process that is killed.
HANDED: Final = ("direct-orders", "direct-numbers")
# Posted by two senders at once: in which order is decided when they arrive.
SHARED: Final = "shared"
SENDERS_OF_SHARED: Final = 2


@dataclass(frozen=True, slots=True)
class Delivery:
    """One batch of a stream; *name* is its Idempotency-Key."""

    stream: str
    name: str
    body: bytes
    events: int


@dataclass(frozen=True, slots=True)
class Load:
    """Deliveries by sender, in the order in which each sends them, and the files that are uploaded."""

    posted: dict[str, list[Delivery]]  # by sender
    handed: dict[str, list[Delivery]]  # by stream
    uploads: dict[str, bytes]  # by run id

    @property
    def events(self) -> int:
        """That are delivered, without those of the uploads."""
        return sum(
            one.events for many in (self.posted, self.handed) for each in many.values() for one in each
        )


def made(events: int, uploaded: int) -> Load:
    """*events* for each stream, *uploaded* lines for each file."""
    posted = {stream: _deliveries(stream, events) for stream in POSTED}
    for sender in range(SENDERS_OF_SHARED):
        lines = _lines(f"{SHARED}-{sender}", events // SENDERS_OF_SHARED)
        posted[f"{SHARED}-{sender}"] = _cut(SHARED, f"{SHARED}-{sender}", lines)
    return Load(
        posted=posted,
        handed={stream: _deliveries(stream, events) for stream in HANDED},
        uploads={
            "upload0logs00000": b"".join(_lines("upload-logs", uploaded)),
            "upload1numbers00": b"".join(_lines("upload-numbers", uploaded)),
        },
    )


def _deliveries(stream: str, events: int) -> list[Delivery]:
    return _cut(stream, stream, _lines(stream, events))


def _cut(stream: str, sender: str, lines: list[bytes]) -> list[Delivery]:
    """Every third one is compressed."""
    deliveries = []
    for number, at in enumerate(range(0, len(lines), BATCH)):
        part = lines[at : at + BATCH]
        body = b"".join(part)
        body = gzip.compress(body, mtime=0) if number % 3 == 2 else body
        deliveries.append(Delivery(stream, f"{sender}-{number}", body, len(part)))
    return deliveries


def _lines(name: str, events: int) -> list[bytes]:
    random = Random(f"{SEED} {name}")
    make = _number if "numbers" in name else _record
    return [
        json.dumps(
            {"timestamp": (BEGIN + timedelta(seconds=10 * at)).isoformat()} | make(random, at)
        ).encode()
        + b"\n"
        for at in range(events)
    ]


def _record(random: Random, at: int) -> dict[str, object]:
    """A line of a shop; one stretch in a thousand is of another kind, and is to be found."""
    if 700 <= at % 1_000 < 730:
        message = f"panic: {random.randbytes(24).hex()} at {random.randbytes(16).hex()}"
    else:
        verb = random.choice(("stored", "read", "refused", "sent", "closed"))
        message = f"request {verb} order {random.randrange(10_000)} in {random.randrange(90)} ms"
    return {"level": random.choice(("INFO", "INFO", "WARN")), "message": message}


def _number(random: Random, at: int) -> dict[str, object]:
    """Two series in turn; each leaves its range now and then."""
    odd = 40.0 if 900 <= at % 1_000 < 906 else 0.0
    return {"metric": ("cpu", "memory")[at % 2], "value": round(random.gauss(50, 4) + odd, 3)}
