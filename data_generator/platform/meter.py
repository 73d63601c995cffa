"""Metrics of the platform, computed from the requests that really passed each service."""

from dataclasses import dataclass, field
from typing import Final

from data_generator.dice import Dice
from data_generator.platform.routes import SERVICES
from data_generator.rhythm import SECOND_US
from data_generator.scenarios.event import Event

MEASURES: Final = 7


@dataclass(slots=True)
class _Seen:
    """Requests of one service since the last scrape."""

    durations_ms: list[int] = field(default_factory=list)
    errors: int = 0
    struck: int = 0
    moves: frozenset[str] = frozenset()


class Meter:
    """
    All points of a scrape, service after service.

    Rate, response time and error rate are counted; CPU and network follow them; memory is a
    saw-tooth of garbage collections; disk fills and is rotated.
    """

    def __init__(self, dice: Dice, every_us: int, busy_rate: float) -> None:
        self._dice = dice
        self._every_us = every_us
        self._busy_rate = busy_rate  # requests a second at which a service's processor is half busy
        self._last_us = 0
        self._seen = {service: _Seen() for service in SERVICES}
        self._memory_mb = {service: 410.0 + 37 * index for index, service in enumerate(SERVICES)}
        self._disk_percent = {service: 38.0 + 3 * index for index, service in enumerate(SERVICES)}

    def count(
        self, service: str, duration_ms: int, failed: bool, struck: bool, moves: frozenset[str]
    ) -> None:
        """One request has passed a service; a fault that struck it moves these measures."""
        seen = self._seen[service]
        seen.durations_ms.append(duration_ms)
        seen.errors += failed
        if struck:
            seen.struck += 1
            seen.moves |= moves

    def due(self, at_us: int) -> list[Event]:
        """The points of a scrape, if one is due; it comes with the first request after its time."""
        if not self._last_us:
            self._last_us = at_us
        passed_us = at_us - self._last_us
        if passed_us < self._every_us:
            return []
        self._last_us = at_us
        return [event for service in SERVICES for event in self._scrape(at_us, service, passed_us)]

    def _scrape(self, at_us: int, service: str, passed_us: int) -> list[Event]:
        dice, seen = self._dice, self._seen[service]
        self._seen[service] = _Seen()
        durations = sorted(seen.durations_ms)
        count = len(durations)
        rate = count * SECOND_US / passed_us
        slow = float(durations[int(0.95 * count)]) if count else 0.0
        memory = self._memory_mb[service] + dice.between(1, 9) + 0.02 * count
        self._memory_mb[service] = memory = memory - 240 if memory > 860 else memory
        disk = self._disk_percent[service] + 0.01 + 0.0002 * count
        self._disk_percent[service] = disk = disk - 25 if disk > 72 else disk
        busy = rate / (rate + self._busy_rate)
        points: tuple[tuple[str, str, float], ...] = (
            ("http.server.request_rate", "1/s", rate),
            ("http.server.response_time.p95", "ms", slow),
            ("http.server.error_rate", "%", 100 * seen.errors / count if count else 0.0),
            ("process.cpu.utilization", "%", 6 + 82 * busy * (0.9 + 0.2 * dice.uniform())),
            ("process.memory.usage", "MB", memory),
            ("system.disk.utilization", "%", disk),
            ("system.network.io", "kB/s", rate * (5.8 + 1.4 * dice.uniform())),
        )
        # Half of what a service was asked: below that its points are those of an ordinary moment.
        struck = count > 0 and seen.struck >= count / 2
        return [
            Event(
                at_us,
                "metrics",
                {"service": service, "metric": name, "value": round(value, 2), "unit": unit},
                struck and name in seen.moves,
            )
            for name, unit, value in points
        ]
