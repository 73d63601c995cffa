"""What was counted while a file was read."""

from collections import Counter

from driftlock.model import DecodingReport, Kind, Recognition, SkippedLine

KEPT_SKIPS = 100  # skipped lines kept with their reason; all are counted
SHOWN = 12  # field and service names in the report
_DISTINCT = (
    4096  # shapes, names: past this many different ones no further are remembered, so memory is bounded
)


class Tally:
    """Running counts of one decoding; readers set ``lines`` and ``joined``, the rest has verbs."""

    def __init__(self) -> None:
        self.lines = 0
        self.joined = 0
        self.skipped = 0
        self.events = 0
        self.first_skips: list[SkippedLine] = []
        self._by_kind: dict[Kind, int] = {}
        self._with_time = 0
        self._out_of_order = 0
        self._earliest: int | None = None
        self._latest: int | None = None
        self._previous: int | None = None
        self._services: Counter[str] = Counter()
        self._shapes: Counter[tuple[str, ...]] = Counter()

    def skip(self, line: int, reason: str) -> None:
        """One line or element was not read: 1-based line number, reason in plain words."""
        self.skipped += 1
        if len(self.first_skips) < KEPT_SKIPS:
            self.first_skips.append(SkippedLine(line=line, reason=reason))

    def shape(self, names: tuple[str, ...]) -> None:
        """An object with these field names was read."""
        if names in self._shapes or len(self._shapes) < _DISTINCT:
            self._shapes[names] += 1

    def event(self, kind: Kind, at_us: int | None, service: str | None) -> None:
        """One event goes out."""
        self.events += 1
        self._by_kind[kind] = self._by_kind.get(kind, 0) + 1
        if service is not None and (service in self._services or len(self._services) < _DISTINCT):
            self._services[service] += 1
        if at_us is None:
            return
        self._with_time += 1
        if self._previous is None or self._earliest is None or self._latest is None:
            self._earliest = self._latest = at_us
        elif at_us < self._previous:
            self._out_of_order += 1
            self._earliest = min(self._earliest, at_us)
        elif at_us > self._latest:
            self._latest = at_us
        self._previous = at_us

    def report(self, recognition: Recognition) -> DecodingReport:
        """The counts so far; ``first_at_us`` and ``last_at_us`` are the earliest and the latest time."""
        fields: Counter[str] = Counter()
        for names, count in self._shapes.items():
            for field in names:
                fields[field] += count
        return DecodingReport(
            recognition=recognition,
            events=self.events,
            by_kind=dict[str, int](self._by_kind.items()),
            lines=self.lines,
            skipped=self.skipped,
            skipped_lines=tuple(self.first_skips),
            joined=self.joined,
            with_time=self._with_time,
            out_of_order=self._out_of_order,
            first_at_us=self._earliest,
            last_at_us=self._latest,
            fields=tuple(field for field, _ in fields.most_common(SHOWN)),
            services=tuple(service for service, _ in self._services.most_common(SHOWN)),
        )
