"""A shop's background jobs: the text log of a worker that nothing is wrong with."""

from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.rhythm import SECOND_US
from data_generator.timeline import Emission

_JOBS: Final = Weighted(
    {
        "invoice.render": 24,
        "mail.deliver": 26,
        "image.resize": 20,
        "search.reindex": 12,
        "stock.sync": 12,
        "report.daily": 6,
    }
)
_DURATIONS_MS: Final = Quantiles((0, 12), (0.5, 180), (0.9, 1_400), (0.99, 7_200), (1, 28_000))
_TRANSIENT: Final = ("connection reset by peer", "lock wait timeout exceeded", "remote closed the stream")
_THREADS: Final = ("worker-1", "worker-2", "worker-3", "worker-4")


class JobWorker:
    """Jobs that start and finish; some are retried, now and then the worker cleans up or is redeployed."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self._job = 70_410
        self._build = 512

    def arrival(self, at_us: int) -> list[Emission]:
        draw = self.dice.uniform()
        if draw < 0.008:
            return self._deploy(at_us)
        if draw < 0.03:
            return self._upkeep(at_us)
        return self._run(at_us)

    def _run(self, at_us: int) -> list[Emission]:
        dice = self.dice
        self._job += 1
        logger, thread = f"jobs.{dice.draw(_JOBS)}", dice.pick(_THREADS)
        lines = [
            self._line(
                at_us, "INFO", thread, logger, f"job {self._job} started, queue depth {dice.between(0, 9)}"
            )
        ]
        if dice.chance(0.06):
            at_us += dice.between(1, 5) * SECOND_US
            failed = (
                f"job {self._job} failed once: {dice.pick(_TRANSIENT)}, next try in {dice.between(2, 9)} s"
            )
            lines.append(self._line(at_us, "WARN", thread, logger, failed))
            at_us += 9 * SECOND_US
        duration_ms = int(dice.along(_DURATIONS_MS))
        at_us += duration_ms * 1_000
        if duration_ms > 4_000:
            lines.append(
                self._line(at_us, "WARN", thread, logger, f"job {self._job} is slow: {duration_ms} ms")
            )
        lines.append(
            self._line(at_us, "INFO", thread, logger, f"job {self._job} finished in {duration_ms} ms")
        )
        return lines

    def _upkeep(self, at_us: int) -> list[Emission]:
        dice = self.dice
        message = dice.pick(
            (
                f"heap {dice.between(180, 420)} MB after collection of {dice.between(12, 90)} ms",
                f"removed {dice.between(10, 99)} finished jobs older than 7 days",
                f"connection pool: {dice.between(1, 8)} of 8 in use",
            )
        )
        return [self._line(at_us, "INFO", "upkeep", "jobs.upkeep", message)]

    def _deploy(self, at_us: int) -> list[Emission]:
        self._build += 1
        messages = (f"build {self._build} takes over, draining 4 threads", f"build {self._build} ready")
        return [
            self._line(at_us + i * 3 * SECOND_US, "INFO", "main", "jobs.lifecycle", message)
            for i, message in enumerate(messages)
        ]

    def _line(self, at_us: int, level: str, thread: str, logger: str, message: str) -> Emission:
        return Emission(at_us, {"level": level, "thread": thread, "logger": logger, "message": message})
