"""What the fields share: numbers near a middle, and one event of a service."""

from typing import Any

from data_generator.dice import Dice
from data_generator.scenarios.event import Event, Signal


def near(dice: Dice, middle: float, spread: float, digits: int = 2) -> float:
    """A number near *middle*, at most *spread* away, most often close, rounded."""
    return round(middle + spread * (dice.uniform() + dice.uniform() - 1), digits)


def said(
    at_us: int, service: str, message: str, *, signal: Signal = "logs", changed: bool = False, **values: Any
) -> Event:
    """One event of a service: level INFO unless *values* say otherwise, the message last."""
    level = values.pop("level", "INFO")
    return Event(at_us, signal, {"level": level, "service": service, **values, "message": message}, changed)


def point(at_us: int, service: str, name: str, unit: str, value: float, *, changed: bool = False) -> Event:
    """One measured value."""
    record = {"service": service, "metric": name, "value": value, "unit": unit}
    return Event(at_us, "metrics", record, changed)
