"""Which windows to look at next, what was said of them, and what that amounts to. Docs: docs/how-to/feedback.md."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from driftlock.errors import NotFound
from driftlock.model import LABELS, Label, Stream
from driftlock.ports import Clock, StoredEvent
from driftlock.services.feedback_labels import (
    RECENT_DAYS,
    Agreement,
    Missed,
    agreement,
    judged,
    missed,
    places,
    reach_of,
)
from driftlock.services.feedback_queues import SAMPLE, apart, by_nearness, drawn
from driftlock.services.feedback_store import FeedbackStore, QueueName, StoredWindow, Vote, by_place
from driftlock.services.feedback_votes import Said, cast_on_window
from driftlock.services.queries import Queries
from driftlock.services.review_changes import Change, InvalidReview, short
from driftlock.services.review_marks import remember
from driftlock.services.review_store import ReviewStore
from driftlock.services.series_plan import is_series
from driftlock.services.tuning import Tuning
from driftlock_core.bytemap import ByteMap, byte_map
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile

MOST: Final = 50  # in a queue
NEEDED: Final = 20  # places with a label, for a proposal
NEEDED_EACH: Final = 8  # of them real, and not real
_NEAREST: Final = 5_000  # windows near the limits, of which those apart from each other are taken


class _Store(FeedbackStore, ReviewStore, Protocol):
    """What is needed of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A window or alert to be looked at."""

    stream_id: str
    anomaly_id: str | None  # None: a window that was not flagged
    window: int | None  # None: flagged; its anomaly knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What was said of one stream lately."""

    places: dict[Label, int]  # windows that overlap or touch and say the same are one
    windows: dict[Label, int]  # looked at, disputed ones included
    disputed: int  # windows
    people: int
    reached: int  # anomalies labelled through their pattern or stream that nobody looked at
    agreement: Agreement
    missed: Missed
    series: bool  # judged as numbers: there are no limits to propose

    @property
    def labelled(self) -> int:
        """Places with any label."""
        return sum(self.places.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """What a proposal still needs, in words; empty: nothing."""
        lacks = []
        if self.labelled < NEEDED:
            lacks.append(f"{NEEDED - self.labelled} more labelled places")
        for label, name in (("real", "real"), ("not_real", "not real")):
            if (have := self.places[label]) < NEEDED_EACH:  # type: ignore[index]
                lacks.append(f"{NEEDED_EACH - have} more called {name}")
        return tuple(lacks)

    @property
    def one_sided(self) -> str | None:
        """What cannot be told as long as one kind of label is missing altogether; None: both are there."""
        real, not_real = self.places["real"], self.places["not_real"]
        if real and not not_real:
            return "Only “real” so far: what could be dropped cannot be told."
        if not_real and not real:
            return "Only “not real” so far: what would be lost cannot be told."
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unflagged:
    """A window that was not flagged, with its events beside those before it."""

    window: StoredWindow
    events: tuple[StoredEvent, ...]
    canonical: tuple[bytes, ...]  # masked
    map: ByteMap  # against the events just before it, which need not be what it was measured against


class Feedback:
    """Queues, votes on windows that were not flagged, and progress; the tenant always comes first."""

    def __init__(self, store: _Store, clock: Clock, tuning: Tuning) -> None:
        self._store = store
        self._clock = clock
        self._tuning = tuning
        self._queries = Queries(store, clock)

    def queue(self, tenant: str, stream_id: str, name: QueueName, *, by: str) -> list[Item]:
        """
        What *by* has not labelled yet, at most :data:`MOST`, in the order to look at it.

        newest: of each incident without a label its strongest window. boundary:
        windows nearest to the limits, flagged or not, none of which overlap.
        random: unflagged ones, the same for everybody all day. disagreements:
        what people differ about, *by* included.

        Raises:
            NotFound: The tenant has no such stream.
            CannotTune: boundary, of a stream that is judged as series.
        """
        stream = self._stream(tenant, stream_id)
        if name == "newest":
            ids = self._store.votes.unlabelled(tenant, stream_id, self._clock.now(), MOST)
            return [Item(stream_id=stream_id, anomaly_id=one, window=None) for one in ids]
        votes = self._store.votes.of_stream(tenant, stream_id)
        if name == "disagreements":
            differ = [said[-1] for said in by_place(votes).values() if len({v.label for v in said}) > 1]
            differ.sort(key=lambda vote: (vote.at, vote.id), reverse=True)
            return [_item(vote) for vote in differ[:MOST]]
        if name == "random":
            return self._random(tenant, stream, {vote.window for vote in votes if vote.by == by})
        return self._boundary(tenant, stream_id, {vote.window for vote in votes})

    def label_window(
        self,
        tenant: str,
        stream_id: str,
        window: int,
        label: Label,
        *,
        by: str,
        reason: str | None = None,
        note: str | None = None,
        queue: QueueName | None = None,
    ) -> Change:
        """
        Say what a window was that was not flagged; it reaches this window alone, and is undone like a label.

        Raises:
            NotFound: The tenant has no such window.
            InvalidReview: It was flagged and has an id to be labelled by, or a word or a text cannot be kept.
        """
        if label not in LABELS:
            raise InvalidReview(f"There is no label {label!r}; labels are {', '.join(LABELS)}.")
        short(by=by, reason=reason, note=note)
        now = self._clock.now()
        with self._store.reviews.open(tenant, now) as desk:
            flagged = desk.was_flagged(stream_id, window) if desk.has_stream(stream_id) else None
            if flagged is None:
                raise NotFound(f"There is no window {window} of a stream {stream_id}.")
            if flagged:
                raise InvalidReview(f"Window {window} was flagged; label it by its anomaly.")
            said = Said(label=label, reason=reason, scope="this", queue=queue, note=note)
            votes = cast_on_window(desk, stream_id, window, said, now=now, by=by)
            says = {"label": label, "reason": reason, "scope": "this", "stream": stream_id, "window": window}
            if not votes.added:
                return Change(id=None, what="label", count=0, at=now, by=by, says=says)
            return remember(desk, "label", 1, says, now, by, rows={}, **votes.detail())

    def votes(self, tenant: str, item: Item) -> list[Vote]:
        """Standing votes about it, oldest first."""
        if item.anomaly_id is not None:
            said = self._store.votes.of_anomaly(tenant, item.anomaly_id)
            return [vote for vote in said if vote.withdrawn_at is None]
        said = self._store.votes.of_stream(tenant, item.stream_id)
        return [vote for vote in said if vote.anomaly_id is None and vote.window == item.window]

    def progress(self, tenant: str, stream_id: str) -> Progress:
        """
        What was said of a stream within :data:`RECENT_DAYS`.

        Raises:
            NotFound: The tenant has no such stream.
        """
        stream = self._stream(tenant, stream_id)
        since = self._clock.now() - timedelta(days=RECENT_DAYS)
        votes = self._store.votes.of_stream(tenant, stream_id, since)
        series = is_series(stream.configuration)
        windows = judged(votes)
        reach = 0 if series else reach_of(Profile.from_configuration(stream.configuration))
        joined = places(windows, reach)
        return Progress(
            places={label: sum(place.label == label for place in joined) for label in LABELS},
            windows={label: sum(one.label == label for one in windows) for label in LABELS},
            disputed=sum(len({vote.label for vote in said}) > 1 for said in by_place(votes).values()),
            people=len({vote.by for vote in votes}),
            reached=self._store.votes.reached(tenant, stream_id),
            agreement=agreement(votes),
            missed=missed(votes),
            series=series,
        )

    def unflagged(self, tenant: str, stream_id: str, window: int) -> Unflagged:
        """
        A window that was not flagged, as far as its events are kept.

        Raises:
            NotFound: The tenant has no such window, or it was flagged.
        """
        profile = Profile.from_configuration(self._stream(tenant, stream_id).configuration)
        found = self._store.votes.not_flagged(tenant, stream_id, [window])
        if not found:
            raise NotFound(f"There is no window {window} of a stream {stream_id} that was not flagged.")
        [one] = found
        events = self._store.events.between(tenant, stream_id, one.first_seq, one.last_seq)
        first = max(1, one.first_seq - profile.baseline)
        before = self._store.events.between(tenant, stream_id, first, one.first_seq - 1)
        masker = Masker(profile.masks)
        canonical = masker.canonical([event.payload for event in events])
        baseline = masker.canonical([event.payload for event in before])
        return Unflagged(
            window=one,
            events=tuple(events),
            canonical=tuple(canonical),
            map=byte_map(canonical, baseline, profile.compressor),
        )

    def has_stream(self, tenant: str, stream_id: str) -> bool:
        """Whether the tenant has it."""
        return self._queries.stream(tenant, stream_id) is not None

    def _random(self, tenant: str, stream: Stream, mine: set[int | None]) -> list[Item]:
        numbers = drawn(stream.id, self._clock.now().date(), stream.windows)
        there = {one.window for one in self._store.votes.not_flagged(tenant, stream.id, numbers)}
        todays = [number for number in numbers if number in there][:SAMPLE]
        return [
            Item(stream_id=stream.id, anomaly_id=None, window=number)
            for number in todays
            if number not in mine
        ]

    def _boundary(self, tenant: str, stream_id: str, labelled: set[int | None]) -> list[Item]:
        history = self._tuning.history(tenant, stream_id)
        if not history.windows:
            return []
        order, _ = by_nearness(self._tuning.map(history), history.rule)
        reach = reach_of(history.profile)
        fresh = [one for one in order[:_NEAREST].tolist() if one not in labelled]
        numbers = apart(fresh, reach, MOST)
        flagged = self._store.votes.flagged(tenant, stream_id, numbers)
        ready = {one.window for one in self._store.votes.not_flagged(tenant, stream_id, numbers)}
        return [
            Item(
                stream_id=stream_id,
                anomaly_id=flagged.get(number),
                window=None if number in flagged else number,
            )
            for number in numbers
            if number in flagged or number in ready
        ]

    def _stream(self, tenant: str, stream_id: str) -> Stream:
        stream = self._queries.stream(tenant, stream_id)
        if stream is None:
            raise NotFound(f"There is no stream {stream_id}.")
        return stream


def _item(vote: Vote) -> Item:
    window = vote.window if vote.anomaly_id is None else None
    return Item(stream_id=vote.stream_id, anomaly_id=vote.anomaly_id, window=window)
