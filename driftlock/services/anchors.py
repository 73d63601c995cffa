"""Anchors: baselines frozen on a day, kept, compared, activated and retired."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from driftlock.errors import NotFound
from driftlock.model import Anchor, Stream
from driftlock.ports import Clock
from driftlock.services import acting
from driftlock.services.anchors_baseline import TodaysBaseline, todays_baseline
from driftlock.services.anchors_store import AnchorStore, CannotAnchor, OpenAnomaly
from driftlock.services.drift_watch import comparable, frozen
from driftlock.services.lease import claimed
from driftlock.services.series_plan import is_series
from driftlock_core import state
from driftlock_core.anchors import MOST_BLOCKS, block_of, blocks, unpacked
from driftlock_core.anchors_drift import Drift, drift, ruler
from driftlock_core.anchors_templates import TemplateMove, moved_templates
from driftlock_core.compressors import compressor_named
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile

TODAY: Final = "today"  # instead of an anchor's id: the stream's baseline as it is now
LONGEST_NOTE: Final = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two stretches of one stream, the older as it was frozen."""

    drift: Drift
    moves: tuple[TemplateMove, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRuler:
    """Each stretch held against each other; ids in the order of rows and columns, today's baseline last."""

    ids: tuple[str, ...]
    rows: tuple[tuple[Drift, ...], ...]
    left_out: tuple[str, ...]  # anchors of other masks or sizes, which cannot be compared

    def nearest(self, row: int) -> tuple[int, Drift] | None:
        """The column that lies nearest to a row, itself left out; None: there is no other."""
        others = [(at, one) for at, one in enumerate(self.rows[row]) if at != row]
        return min(others, key=lambda one: one[1].distance) if others else None


class Anchors:
    """
    Every verb about anchors; the tenant comes first.

    An anchor is never deleted, only retired. Of all a stream has one is active,
    the one that drift is measured from. Each method raises NotFound for a
    stream or an anchor the tenant does not have.
    """

    def __init__(self, store: AnchorStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def of_stream(self, tenant: str, stream_id: str) -> list[Anchor]:
        """All of a stream, oldest first, retired ones included."""
        self._stream(tenant, stream_id)
        return self._store.anchors.of_stream(tenant, stream_id)

    def canonical(self, tenant: str, stream_id: str, anchor_id: str) -> list[bytes]:
        """
        The events of an anchor, masked.

        Raises:
            DamagedAnchor: They are not those that were frozen.
        """
        return self._canonical(self._anchor(tenant, stream_id, anchor_id))

    def baseline(self, tenant: str, stream_id: str) -> TodaysBaseline | None:
        """What the stream holds for usual now; None as long as it is learning, or where it is judged as numbers."""
        stream = self._stream(tenant, stream_id)
        cursor, saved = self._store.anchors.state(tenant, stream_id)
        if saved is None or is_series(stream.configuration):
            return None
        return todays_baseline(self._store, stream, cursor, saved)

    def create(
        self,
        tenant: str,
        stream_id: str,
        *,
        note: str,
        by: str,
        first_seq: int | None = None,
        last_seq: int | None = None,
        activate: bool = False,
        reason: str = "",
    ) -> Anchor:
        """
        Freeze today's baseline, or the events of a range.

        Args:
            note: What it stands for.
            first_seq: With *last_seq*, both included: of at least one and at most four baselines' length.
            activate: Whether drift is measured from it from now on; then *reason* is needed.

        Raises:
            CannotAnchor: The range or the stream does not do, or there is no note or reason.
            StreamBusy: The stream is being judged right now.
        """
        note, reason = _text(note, "a note: what does this anchor stand for?"), reason.strip()
        if activate:
            reason = _text(reason, "a reason: it is kept with the anchor.")
        stream = self._judged(tenant, stream_id)
        with claimed(self._store.detections, self._clock, tenant, stream_id) as claim:
            profile = Profile.from_configuration(stream.configuration)
            if first_seq is None or last_seq is None:
                detector = state.load(claim.state) if claim.state is not None else None
                if detector is None or detector.epoch is None:
                    raise CannotAnchor("The stream is still learning and has no baseline to freeze.")
                baseline = detector.epoch.baseline
                first_seq, last_seq, canonical = (
                    baseline.first_seq,
                    baseline.last_seq,
                    list(baseline.canonical),
                )
            else:
                canonical = self._range(stream, profile, first_seq, last_seq)
            new = frozen(
                tenant,
                stream_id,
                canonical,
                first_seq=first_seq,
                last_seq=last_seq,
                profile=profile,
                note=note,
                by=by,
                at=self._clock.now(),
                active=activate,
                history={"what": "frozen", "reason": reason},
            )
            acting.note(
                after={
                    "anchor": new.anchor.id,
                    "first_seq": first_seq,
                    "last_seq": last_seq,
                    "active": activate,
                },
                reason=reason or None,
            )
            self._store.anchors.put(new)
        return new.anchor

    def activate(self, tenant: str, stream_id: str, anchor_id: str, *, reason: str, by: str) -> Anchor:
        """
        Measure drift from this anchor from now on; a retired one comes back.

        Raises:
            CannotAnchor: No reason, it is active already, or of other masks or sizes than the stream.
            StreamBusy: The stream is being judged right now.
        """
        reason = _text(reason, "a reason: it is kept with the anchor.")
        stream = self._judged(tenant, stream_id)
        with claimed(self._store.detections, self._clock, tenant, stream_id):
            anchor = self._anchor(tenant, stream_id, anchor_id)
            if anchor.state == "active":
                raise CannotAnchor("This anchor is active already.")
            if not comparable(anchor.configuration, Profile.from_configuration(stream.configuration)):
                raise CannotAnchor(
                    "This anchor was frozen under other masks or sizes than the stream has now."
                )
            self._canonical(anchor)  # a damaged one must not become the measure of anything
            now = self._clock.now()
            changed = _told(anchor, "activated", reason, by, now)
            changed = replace(changed, state="active", activated_at=now, retired_at=None)
            acting.note(
                before={"state": anchor.state}, after={"anchor": anchor.id, "state": "active"}, reason=reason
            )
            self._store.anchors.change(changed)
        return changed

    def retire(self, tenant: str, stream_id: str, anchor_id: str, *, reason: str, by: str) -> Anchor:
        """
        Take an anchor out of use; it stays to be seen. Of a retired active one no drift is measured.

        Raises:
            CannotAnchor: No reason, or it is retired already.
            StreamBusy: The stream is being judged right now.
        """
        reason = _text(reason, "a reason: it is kept with the anchor.")
        self._judged(tenant, stream_id)
        with claimed(self._store.detections, self._clock, tenant, stream_id):
            anchor = self._anchor(tenant, stream_id, anchor_id)
            if anchor.state == "retired":
                raise CannotAnchor("This anchor is retired already.")
            now = self._clock.now()
            changed = replace(_told(anchor, "retired", reason, by, now), state="retired", retired_at=now)
            acting.note(
                before={"state": anchor.state}, after={"anchor": anchor.id, "state": "retired"}, reason=reason
            )
            self._store.anchors.change(changed)
        return changed

    def hidden(self, tenant: str, stream_id: str, first_seq: int, last_seq: int) -> list[OpenAnomaly]:
        """Open flagged windows in a range: with an anchor made of it, drift takes for usual what they show."""
        self._stream(tenant, stream_id)
        return self._store.anchors.open_anomalies(tenant, stream_id, first_seq, last_seq, self._clock.now())

    def compare(self, tenant: str, stream_id: str, anchor_id: str, other_id: str = TODAY) -> Comparison:
        """
        How far one stretch lies from another, and which templates came and went between them.

        Raises:
            CannotAnchor: They were masked or cut differently, or there is no baseline yet.
            DamagedAnchor: Their events are not those that were frozen.
        """
        stream = self._judged(tenant, stream_id)
        profile = Profile.from_configuration(stream.configuration)
        one, other = (self._stretch(stream, profile, asked) for asked in (anchor_id, other_id))
        return Comparison(
            drift=drift(blocks(one, profile), blocks(other, profile)),
            moves=moved_templates(one, other, compressor_named(profile.compressor)),
        )

    def ruler(self, tenant: str, stream_id: str) -> DriftRuler:
        """Every anchor that is not retired, and today's baseline, each held against each other."""
        stream = self._judged(tenant, stream_id)
        profile = Profile.from_configuration(stream.configuration)
        here = [one for one in self._store.anchors.of_stream(tenant, stream_id) if one.state != "retired"]
        alike = [one for one in here if comparable(one.configuration, profile)]
        cut = [blocks(self._canonical(one), profile) for one in alike]
        ids = [one.id for one in alike]
        today = self.baseline(tenant, stream_id)
        if today is not None:
            ids.append(TODAY)
            cut.append(blocks(today.canonical, profile))
        return DriftRuler(
            ids=tuple(ids),
            rows=ruler(cut),
            left_out=tuple(one.id for one in here if one not in alike),
        )

    def _range(self, stream: Stream, profile: Profile, first_seq: int, last_seq: int) -> list[bytes]:
        count, most = last_seq - first_seq + 1, MOST_BLOCKS * block_of(profile)
        if first_seq < 1 or last_seq > stream.events or not profile.baseline <= count <= most:
            raise CannotAnchor(
                f"Events {first_seq:,} to {last_seq:,} cannot be an anchor: choose {profile.baseline:,} to {most:,} "
                f"events in a row, between 1 and {stream.events:,}."
            )
        events = self._store.events.between(stream.tenant, stream.id, first_seq, last_seq)
        if len(events) != count:
            raise CannotAnchor(
                f"Of events {first_seq:,} to {last_seq:,} only {len(events):,} are still kept; choose a later range."
            )
        return Masker(profile.masks).canonical([event.payload for event in events])

    def _stretch(self, stream: Stream, profile: Profile, asked: str) -> list[bytes]:
        if asked == TODAY:
            today = self.baseline(stream.tenant, stream.id)
            if today is None:
                raise CannotAnchor("The stream is still learning and has no baseline to compare.")
            return list(today.canonical)
        anchor = self._anchor(stream.tenant, stream.id, asked)
        if not comparable(anchor.configuration, profile):
            raise CannotAnchor("This anchor was frozen under other masks or sizes than the stream has now.")
        return self._canonical(anchor)

    def _canonical(self, anchor: Anchor) -> list[bytes]:
        content = self._store.anchors.content(anchor.tenant, anchor.stream_id, anchor.id)
        if content is None:
            raise NotFound(f"There is no anchor {anchor.id}.")
        return unpacked(content, anchor.sha256)

    def _anchor(self, tenant: str, stream_id: str, anchor_id: str) -> Anchor:
        found = self.of_stream(tenant, stream_id)
        anchor = next((one for one in found if one.id == anchor_id), None)
        if anchor is None:
            raise NotFound(f"There is no anchor {anchor_id}.")
        return anchor

    def _judged(self, tenant: str, stream_id: str) -> Stream:
        stream = self._stream(tenant, stream_id)
        if is_series(stream.configuration):
            raise CannotAnchor("This stream is judged as numbers: it has no baseline of events to anchor.")
        return stream

    def _stream(self, tenant: str, stream_id: str) -> Stream:
        stream = self._store.streams.get(tenant, stream_id)
        if stream is None:
            raise NotFound(f"There is no stream {stream_id}.")
        return stream


def _told(anchor: Anchor, what: str, reason: str, by: str, now: datetime) -> Anchor:
    """*anchor* with a line more in its history."""
    line = {"what": what, "reason": reason, "by": by, "at": now.isoformat()}
    figures: Mapping[str, Any] = anchor.figures
    return replace(anchor, figures={**figures, "history": [*figures.get("history", []), line]})


def _text(given: str, missing: str) -> str:
    text = given.strip()
    if not text:
        raise CannotAnchor(f"Give {missing}")
    if len(text) > LONGEST_NOTE:
        raise CannotAnchor(f"That text has {len(text):,} characters; at most {LONGEST_NOTE} are kept.")
    return text
