"""Truth: where in a stream something was made to go wrong, and what."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthInterval:
    """
    One fault in a stream, as the half-open interval [start, stop) of 0-based event positions.

    It reaches from the first to the last event that the fault changed; ordinary events go on
    between them.
    """

    start: int
    stop: int
    kind: str  # of the fault, e.g. retry_storm
    affected: tuple[str, ...]  # services, or hosts where the events name no service
    changed: str  # one sentence: what differs from ordinary traffic

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise ValueError(f"[{self.start}, {self.stop}) is no interval of event positions")

    def __contains__(self, position: object) -> bool:
        return isinstance(position, int) and self.start <= position < self.stop


def as_json(sample_id: str, seed: int, events: int, truth: Iterable[TruthInterval]) -> bytes:
    """The truth of a stream as one JSON document, for those who score a detector."""
    document = {
        "sample": sample_id,
        "seed": seed,
        "events": events,
        "positions": "0-based, stop excluded",
        "intervals": [asdict(interval) for interval in truth],
    }
    return json.dumps(document, indent=2).encode() + b"\n"
