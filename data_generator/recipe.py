"""Recipes: how a sample is made, and what comes out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, Literal, TypeVar

from data_generator.dice import Dice
from data_generator.intervals import TruthInterval
from data_generator.rhythm import Rhythm
from data_generator.timeline import Scheduled, Source, play
from data_generator.wire import Encode

SampleKind = Literal["logs", "metrics", "traces", "llm"]
S = TypeVar("S", bound=Source)

START_AT: Final = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a reader is told about a sample before it is generated."""

    id: str
    title: str
    kind: SampleKind
    format: str  # text, syslog, ndjson or otlp_json
    story: str  # one sentence
    hidden: str  # one sentence: what is hidden in it, shown only on request
    events: int = 6_000
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledStream:
    """A generated file as a customer would upload it, and the truth about it."""

    sample_id: str
    seed: int
    data: bytes
    truth: tuple[TruthInterval, ...]
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Generic[S]):
    """How a sample is made: its ordinary traffic, its pace, its faults, its bytes."""

    sample: Sample
    source: Callable[[Dice, int], S]  # from the dice and the seed, which a cast of people needs
    rhythm: Rhythm
    schedule: tuple[Scheduled[S], ...]
    encode: Encode

    def generate(self, *, seed: int, events: int, start_at: datetime) -> LabelledStream:
        """
        The first *events* events of the stream that begins at *start_at*.

        Raises:
            ValueError: *seed* is negative, *events* below 1, or *start_at* names no zone.
        """
        if seed < 0 or events < 1:
            raise ValueError(f"seed={seed} must be 0 or more and events={events} at least 1")
        if start_at.tzinfo is None:
            raise ValueError(f"start_at={start_at.isoformat()} must name its time zone")
        dice = Dice(seed)
        stream, truth = play(
            self.source(dice, seed),
            self.schedule,
            rhythm=self.rhythm,
            dice=dice,
            events=events,
            start_us=(start_at - _EPOCH) // timedelta(microseconds=1),
        )
        return LabelledStream(
            sample_id=self.sample.id,
            seed=seed,
            data=self.encode(stream),
            truth=truth,
            events=len(stream),
        )
