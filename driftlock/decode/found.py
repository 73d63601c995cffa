"""What a reader hands on for one event, before it is numbered."""

from typing import NamedTuple

from driftlock.model import Kind


class Found(NamedTuple):
    """One event; ``kind`` is None where the whole file has one kind."""

    payload: bytes
    at_us: int | None = None
    service: str | None = None
    kind: Kind | None = None
