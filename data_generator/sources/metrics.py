"""Service metrics: one scrape after another of seven measures for each of four services."""

from typing import Final

from data_generator.dice import Dice
from data_generator.rhythm import Rhythm
from data_generator.timeline import Emission, Record

# Node by service: two services share a node, and its fate.
NODES: Final = {"gateway": "node-1", "users": "node-1", "catalog": "node-2", "payments": "node-2"}

_BUSY: Final = {"gateway": 1.0, "users": 0.35, "catalog": 0.6, "payments": 0.2}  # share of all requests
_SLOW_MS: Final = {"gateway": 38.0, "users": 24.0, "catalog": 31.0, "payments": 212.0}


class Scrapes:
    """
    All points of a scrape, always in the same order.

    Request rate follows the hour; response time, CPU and network follow the request rate;
    memory is a saw-tooth of garbage collections; disk fills and is rotated.
    """

    def __init__(self, dice: Dice, rhythm: Rhythm) -> None:
        self.dice = dice
        self._rhythm = rhythm
        self._memory_mb = {service: 420.0 + 40 * i for i, service in enumerate(NODES)}
        self._disk_percent = {service: 41.0 + 3 * i for i, service in enumerate(NODES)}

    def arrival(self, at_us: int) -> list[Emission]:
        load = self.load(at_us)
        return [event for service in NODES for event in self.service(at_us, service, load)]

    def load(self, at_us: int) -> float:
        """Requests of the moment relative to the day's mean, with some chance and a rare burst."""
        burst = 1.7 if self.dice.chance(0.03) else 1.0
        return self._rhythm.load(at_us) * self.near(1.0, 0.12) * burst

    def service(self, at_us: int, service: str, load: float) -> list[Emission]:
        """The seven points of one service."""
        dice = self.dice
        rate = 480 * _BUSY[service] * load * self.near(1.0, 0.06)
        slow = 1 + 0.25 * max(0.0, load - 1) + (2.0 if dice.chance(0.02) else 0.0)
        errors = 0.4 * self.near(1.0, 0.5) + (2.5 if dice.chance(0.02) else 0.0)
        memory = self._memory_mb[service] + dice.between(4, 30)
        self._memory_mb[service] = memory = memory - 260 if memory > 780 else memory
        disk = self._disk_percent[service] + 0.04
        self._disk_percent[service] = disk = disk - 22 if disk > 68 else disk
        points: tuple[tuple[str, str, float], ...] = (
            ("http.server.request_rate", "1/s", rate),
            ("http.server.response_time.p95", "ms", _SLOW_MS[service] * slow * self.near(1.0, 0.15)),
            ("http.server.error_rate", "%", errors),
            ("process.cpu.utilization", "%", 14 + 28 * load * self.near(1.0, 0.1)),
            ("process.memory.usage", "MB", memory),
            ("system.disk.utilization", "%", disk),
            ("system.network.io", "kB/s", rate * 6.4 * self.near(1.0, 0.08)),
        )
        return [
            self.point(at_us, service, name, unit, value, {"node": NODES[service], "version": "2.40.1"})
            for name, unit, value in points
        ]

    def point(
        self, at_us: int, service: str, name: str, unit: str, value: float, attributes: Record
    ) -> Emission:
        """One measured value, rounded to two decimals as the agent does."""
        record = {
            "metric": name,
            "value": round(value, 2),
            "unit": unit,
            "service": service,
            "attributes": attributes,
        }
        return Emission(at_us, record)

    def near(self, middle: float, spread: float) -> float:
        """A number near *middle*, at most *spread* away, most often close."""
        return middle + spread * (self.dice.uniform() + self.dice.uniform() - 1)
