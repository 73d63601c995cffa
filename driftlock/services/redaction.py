"""Which rules of redaction hold for a stream, and events without what they name."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from driftlock.decode.redaction import RULES, Redactor
from driftlock.model import Event, Source

# Their users are invented, and what is said of what is found in them rests on their bytes.
MADE_HERE: Final[tuple[Source, ...]] = ("sample", "scenario", "live", "demo")
SETTING: Final = "redact"  # of a tenant: the rules of streams that have none of their own


def redacted(events: Sequence[Event], rules: Sequence[str] | None) -> Sequence[Event]:
    """
    *events* with marks in place of what *rules* name, in payloads and in names of services.

    What stays is what is stored, and what is judged: a verdict can be computed again from what is there.

    Args:
        rules: None: all there are.

    Raises:
        UnknownRule: One of them is none.
    """
    redactor = _redactor(RULES if rules is None else tuple(rules))
    payloads = redactor.redact_all([event.payload for event in events])
    services = {event.service for event in events if event.service}
    named = {name: redactor.redact(name.encode()).decode("utf-8", "replace") for name in sorted(services)}
    changed = list(events)
    for place, (event, payload) in enumerate(zip(events, payloads, strict=True)):
        service = named.get(event.service or "", event.service)
        if payload is not event.payload or service != event.service:
            changed[place] = replace(event, payload=payload, service=service)
    return changed


@lru_cache(maxsize=256)
def _redactor(rules: tuple[str, ...]) -> Redactor:
    return Redactor(rules)
