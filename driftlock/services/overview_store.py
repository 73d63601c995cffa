"""What the overview needs kept, and the questions it puts to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from driftlock.model import ScoreColumns
from driftlock.ports import Order
from driftlock.services.overview_rows import Annotation, Feed, Scope, SelfCheck, StreamState, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """
    *count* buckets from *low* to before *high*, microseconds since 1970.

    A moment ``t`` lies in bucket ``(t - low) * count // (high - low)``.
    """

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTotals:
    """All windows of one stream within a range."""

    tested: int
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedTotals:
    """All flagged windows of a scope, or all alerts of number series."""

    count: int
    incidents: int
    suppressed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketRow:
    """What a stream holds in one bucket: windows tested, or flagged windows, or alerts."""

    stream_id: str
    bucket: int
    count: int
    strongest_bits: float


class OverviewTable(Protocol):
    """Counts and rows of many streams at once; ids of streams that are not the tenant's hold nothing."""

    def streams(self, tenant: str, now: datetime) -> list[StreamState]:
        """All streams but those of runs past their time at *now*; newest data first."""

    def window_totals(self, scope: Scope, stream_ids: Sequence[str]) -> dict[str, WindowTotals]:
        """Of these streams, within the range of *scope*; those without any are left out."""

    def flagged_totals(self, scope: Scope, now: datetime) -> tuple[FlaggedTotals, FlaggedTotals]:
        """Of windows and of series; what is suppressed at *now* is counted within."""

    def tested(self, scope: Scope, buckets: Buckets) -> list[BucketRow]:
        """Windows, one row for each stream and bucket that has one."""

    def flagged(self, scope: Scope, buckets: Buckets) -> tuple[list[BucketRow], list[BucketRow]]:
        """Likewise flagged windows, and alerts of series."""

    def numbers(self, scope: Scope, warmups: Mapping[str, Sequence[int]], buckets: Buckets) -> dict[str, Any]:
        """
        By stream, numbers of series judged in each bucket, int64.

        Streams of which that cannot be read cheaply, or at all, are left out.

        Args:
            warmups: By stream the records each of its series learns, in the order of the plan.
        """

    def feed(
        self, scope: Scope, wanted: Wanted, order: Order, offset: int, limit: int, now: datetime
    ) -> Feed:
        """Flagged windows and alerts, one page of them."""

    def newer(self, scope: Scope, seen_us: int, now: datetime) -> int:
        """Rows the feed would show that were seen after *seen_us*; whatever the scope's range."""

    def scores(self, scope: Scope, stream_id: str, most: int) -> ScoreColumns | None:
        """Windows of one stream within the range, thinned to about *most*; None: none at all."""

    def annotations(self, scope: Scope) -> list[Annotation]:
        """Notes that were not removed, in the order of what they speak of."""

    def last_self_check(self, tenant: str, now: datetime) -> SelfCheck | None: ...


class OverviewStore(Protocol):
    """A store that answers them."""

    @property
    def overview(self) -> OverviewTable: ...
