"""Whether numbers are judged as series or as text, which series there are, and how long each one learns."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from driftlock.decode.measurements import Measurements, Reading, reading_of

Judging = Literal["automatic", "series", "text"]
JUDGINGS: Final[tuple[Judging, ...]] = get_args(Judging)

# Each has a detector of its own, of 1.3 MB and more; a dashboard of more curves is read by nobody.
MOST_SERIES: Final = 64
# The share of a series that is learned before anything is judged, and its bounds: what the benchmark of public
# series (NAB) grants every detector, at most 750; below 50 the readings have fewer than the 30 past records
# that a rank needs.
WARMUP_SHARE: Final = 0.15
WARMUPS: Final = (50, 750)
# Half of a series at most is learned.
FEWEST_RECORDS: Final = 2 * WARMUPS[0]
# Of the first events, those that belong to a series that can be judged: else most of the source would be
# passed over.
FEWEST_COVERED: Final = 0.5
METHOD: Final = "series"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the first events are judged as; *why* is a sentence without its full stop."""

    reading: Reading | None  # None: as text
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """
    How a stream's numbers are judged, chosen once for the whole source.

    ``warmups`` names the series that are judged, in order of appearance, and
    ``records`` how many numbers each has. ``passed_over`` counts the series
    that are not judged: too short, or beyond the first 64.
    """

    reading: Reading
    warmups: Mapping[str, int]
    records: Mapping[str, int]
    passed_over: int
    beyond: int  # numbers of series behind the first 64
    round: int  # events that one number of each series takes
    why: str

    def configuration(self) -> dict[str, Any]:
        """What the stream keeps; :meth:`from_configuration` is the inverse."""
        return {
            "method": METHOD,
            "reading": self.reading.as_record(),
            "series": [[name, warmup, self.records[name]] for name, warmup in self.warmups.items()],
            "passed_over": self.passed_over,
            "beyond": self.beyond,
            "round": self.round,
            "why": self.why,
        }

    @classmethod
    def from_configuration(cls, configuration: Mapping[str, Any]) -> "SeriesPlan":
        """Read back what :meth:`configuration` wrote."""
        return cls(
            reading=Reading.from_record(configuration["reading"]),
            warmups={name: warmup for name, warmup, _ in configuration["series"]},
            records={name: records for name, _, records in configuration["series"]},
            **{name: configuration[name] for name in ("passed_over", "beyond", "round", "why")},
        )

    @property
    def note(self) -> str | None:
        """A sentence without its full stop on what is not judged; None where everything is."""
        parts = []
        if self.passed_over:
            parts.append(
                f"{_many(self.passed_over, 'series', 'series')} of fewer than {FEWEST_RECORDS} numbers "
                f"{'is' if self.passed_over == 1 else 'are'} not judged"
            )
        if self.beyond:
            parts.append(
                f"{_many(self.beyond, 'number')} of series beyond the first {MOST_SERIES} "
                f"{'is' if self.beyond == 1 else 'are'} not judged"
            )
        if parts:
            parts.append("judging as text finds series that appear, vanish or change their names")
        return "; ".join(parts) or None


def is_series(configuration: Mapping[str, Any]) -> bool:
    """Whether a stream of this configuration is judged as series."""
    return configuration.get("method") == METHOD


def choose(head: Sequence[bytes], *, complete: bool, judging: Judging = "automatic") -> Choice:
    """
    Series or text, by the first events of a source.

    Args:
        head: Payloads, a few thousand at most.
        complete: There are no more.
        judging: What the reader asks for; "series" needs a number all the same.
    """
    if judging == "text":
        return Choice(reading=None, why="judged as text, as asked for")
    counted = SeriesCounts(reading_of(head))
    counted.take(head)
    # The beginning of a longer source tells little about how long its series become.
    fewest = FEWEST_RECORDS if complete and judging == "automatic" else 1
    covered = sum(count for count in counted.numbers.values() if count >= fewest)
    total = counted.numbers.total() + counted.beyond + counted.without
    if not counted.numbers.total():
        return Choice(reading=None, why="judged as text: the first events hold no number that is measured")
    if judging == "series":
        return Choice(reading=counted.reading, why="judged as series of numbers, as asked for")
    if covered < FEWEST_COVERED * total:
        long = f" of {FEWEST_RECORDS} numbers or more" if fewest > 1 else ""
        return Choice(
            reading=None,
            why=f"judged as text: only {covered:,} of {total:,} numbers belong to a series{long}",
        )
    series = _many(len(counted.numbers), "series", "series")
    return Choice(reading=counted.reading, why=f"judged as series of numbers: the first events hold {series}")


@dataclass(slots=True)
class SeriesCounts:
    """Numbers counted by series, in order of appearance; those behind the first 64 series together."""

    reading: Reading
    numbers: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)  # those without a number included
    beyond: int = 0
    without: int = 0  # events that hold nothing measured
    events: int = 0
    _measurements: Measurements | None = None

    def take(self, payloads: Iterable[bytes]) -> None:
        """Count the next events."""
        if self._measurements is None:
            self._measurements = Measurements(self.reading)
        for payload in payloads:
            self.count(self._measurements.of(payload))

    def count(self, found: Sequence[tuple[str, float]]) -> None:
        """Count one event that was read already."""
        self.events += 1
        self.without += not found
        for name, value in found:
            if name not in self.records and len(self.records) >= MOST_SERIES:
                self.beyond += 1
                continue
            self.records[name] += 1
            self.numbers[name] += value == value


def plan(counts: SeriesCounts, why: str, *, warmup: int | None = None) -> SeriesPlan | str:
    """
    The plan for a source that was counted to its end, or why none of its series can be judged.

    Args:
        warmup: Records that every series learns, instead of its share.
    """
    fewest = FEWEST_RECORDS if warmup is None else warmup + 1
    long_enough = [name for name, count in counts.numbers.items() if count >= fewest]
    if not long_enough:
        longest = max(counts.numbers.values(), default=0)
        return (
            f"{_many(len(counts.numbers), 'series', 'series')}, the longest of {_many(longest, 'number')}; "
            f"at least {fewest} are needed"
        )
    return SeriesPlan(
        reading=counts.reading,
        warmups={
            name: warmup if warmup is not None else warmup_of(counts.records[name]) for name in long_enough
        },
        records={name: counts.records[name] for name in long_enough},
        passed_over=len(counts.records) - len(long_enough),
        beyond=counts.beyond,
        round=max(1, -(-counts.events // max(counts.records[name] for name in long_enough))),
        why=why,
    )


def warmup_of(records: int) -> int:
    """
    How many of so many records are learned and not judged.

    >>> warmup_of(100), warmup_of(2000), warmup_of(22_695)
    (50, 300, 750)
    """
    fewest, most = WARMUPS
    return min(most, max(fewest, int(WARMUP_SHARE * records)))


def grouped(stretches: Sequence[tuple[int, int]], round_: int) -> list[int]:
    """
    Incident of each anomaly, from 1 in the order of their beginnings.

    Anomalies of several series belong together if their events overlap, or
    lie no farther apart than two numbers of one series do.

    Args:
        stretches: First and last seq of each anomaly, in any order.
        round_: Events that one number of each series takes.

    >>> grouped([(10, 40), (95, 96), (41, 44)], 4)
    [1, 2, 1]
    """
    order = sorted(range(len(stretches)), key=lambda at: stretches[at])
    incident, reach = 0, 0
    given = [0] * len(stretches)
    for at in order:
        first, last = stretches[at]
        if incident == 0 or first > reach + round_:
            incident, reach = incident + 1, last
        reach = max(reach, last)
        given[at] = incident
    return given


def _many(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
