"""A stream's baseline held against its anchor while it is judged; kept in the transaction of the same step."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from driftlock.errors import NotFound
from driftlock.model import Anchor, DriftPoint
from driftlock.ports import Clock, NewAnchor, Step, Store, StoredEvent
from driftlock.services import acting
from driftlock.services.drift_points import needed
from driftlock.services.drift_rules import DriftRule, standing
from driftlock_core.anchors import Blocks, block_of, blocks, packed, unpacked
from driftlock_core.anchors_drift import drift, settled
from driftlock_core.detector import Detector
from driftlock_core.digests import canonical_digest
from driftlock_core.epoch import Baseline
from driftlock_core.profiles import Profile

# Two points are at least this far apart in time, so that a stream of thousands of events a second pays for few.
GAP_US: Final = 5 * 60 * 1_000_000
FIRST_NOTE: Final = "Frozen when calibration was complete"
RESET_NOTE: Final = "Reset by itself after the baseline had lain outside the ordinary range"
SYSTEM: Final = "system"


class DriftWatch:
    """
    Freezes a stream's first anchor once it is calibrated, and measures drift from the active one.

    Looked at are the moments at which the stream has taken in a whole number
    of baselines, whatever slabs it comes in: the same events give the same
    points. A point is measured where the baseline shares no event with that of
    the point before, and at least five minutes have passed.

    Args:
        profile: Of the stream's detector.
    """

    def __init__(self, store: Store, clock: Clock, tenant: str, stream_id: str, profile: Profile) -> None:
        self._store = store
        self._clock = clock
        self._of = tenant, stream_id
        self._profile = profile
        self._known = False
        self._any = False  # whether there is an anchor, be it retired
        self._active: Anchor | None = None
        self._frozen: Blocks | None = None
        self._points: list[DriftPoint] = []  # of the active anchor, as far as they matter
        self._rule = DriftRule()
        self._fed = True  # from outside; else the times of arrival mean nothing
        self._last_us: int | None = None
        self._anchors: list[NewAnchor] = []
        self._new: list[DriftPoint] = []

    def pieces(self, seq: int, slab: Sequence[StoredEvent]) -> list[Sequence[StoredEvent]]:
        """*slab*, which begins behind *seq*, cut where the stream has taken in a whole number of baselines."""
        step = self._profile.baseline
        cuts = range(step - seq % step, len(slab), step)
        return [slab[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(slab)], strict=True)]

    def look(self, detector: Detector, newest: StoredEvent) -> None:
        """See to the baseline of *detector*, whose last event is *newest*; elsewhere than at a cut nothing is done."""
        if newest.seq % self._profile.baseline or detector.epoch is None:
            return
        if not self._known:
            self._read()
        baseline = detector.epoch.baseline
        if self._active is None:
            if not self._any and detector.status == "ready":
                self._freeze(baseline, FIRST_NOTE, {"what": "frozen"})
            return
        if self._due(self._active, baseline, newest):
            self._measure(self._active, baseline, newest)

    def taken(self) -> tuple[tuple[NewAnchor, ...], tuple[DriftPoint, ...]]:
        """What came of it since it was asked last."""
        found = tuple(self._anchors), tuple(self._new)
        self._anchors, self._new = [], []
        return found

    def _read(self) -> None:
        stream = self._store.streams.get(*self._of)
        if stream is None:
            raise NotFound(f"There is no stream {self._of[1]}.")
        self._rule, self._fed = DriftRule.of(stream.settings), stream.run_id is None
        found = self._store.anchors.of_stream(*self._of)
        self._any = bool(found)
        self._active = next((one for one in found if one.state == "active"), None)
        if self._active is not None:
            self._points = needed(self._store.anchors, *self._of, self._active.id)
            self._last_us = self._points[-1].seen_us if self._points else None
        self._known = True

    def _due(self, anchor: Anchor, baseline: Baseline, newest: StoredEvent) -> bool:
        behind = self._points[-1].seq if self._points else anchor.last_seq
        if baseline.first_seq <= behind:
            return False
        if self._last_us is None or (not self._fed and newest.at_us is None):
            return True
        return newest.seen_us - self._last_us >= GAP_US

    def _measure(self, anchor: Anchor, baseline: Baseline, newest: StoredEvent) -> None:
        if not comparable(anchor.configuration, self._profile):
            return
        if self._frozen is None:
            content = self._store.anchors.content(*self._of, anchor.id)
            if content is None:
                raise NotFound(f"There is no anchor {anchor.id}.")
            self._frozen = blocks(unpacked(content, anchor.sha256), self._profile)
        before = [point.distance for point in self._points]
        found = settled(drift(self._frozen, blocks(baseline.canonical, self._profile)), before)
        point = DriftPoint(
            anchor_id=anchor.id,
            seq=baseline.last_seq,
            seen_us=newest.seen_us,
            distance=found.distance,
            low=found.low,
            high=found.high,
            p=found.p,
        )
        self._points.append(point)
        self._new.append(point)
        self._last_us = newest.seen_us
        stands = standing(self._points, self._rule)
        if stands.reset_due:
            hours = stands.lasting.total_seconds() / 3600
            self._freeze(
                baseline,
                f"{RESET_NOTE} for {hours:.0f} hours",
                {"what": "reset", "from": anchor.id, "distance": point.distance, "p": point.p},
            )

    def _freeze(self, baseline: Baseline, note: str, history: dict[str, Any]) -> None:
        new = frozen(
            *self._of,
            baseline.canonical,
            first_seq=baseline.first_seq,
            last_seq=baseline.last_seq,
            profile=self._profile,
            note=note,
            by=SYSTEM,
            at=self._clock.now(),
            active=True,
            history=history,
        )
        self._anchors.append(new)
        self._active, self._any = new.anchor, True
        self._frozen = blocks(baseline.canonical, self._profile)  # not kept yet, so it cannot be read back
        self._points = []


def frozen(
    tenant: str,
    stream_id: str,
    canonical: Sequence[bytes],
    *,
    first_seq: int,
    last_seq: int,
    profile: Profile,
    note: str,
    by: str,
    at: datetime,
    active: bool,
    history: dict[str, Any],
) -> NewAnchor:
    """
    An anchor of these events.

    Its id is made of what it is of and when: the same stream judged in other
    slabs freezes the same anchor.
    """
    sha256 = canonical_digest(canonical)
    told = (
        f"{stream_id} {first_seq} {last_seq} {sha256} {history.get('from', '')} {'' if by == SYSTEM else at}"
    )
    anchor = Anchor(
        tenant=tenant,
        id=hashlib.blake2b(told.encode(), digest_size=16).hexdigest(),
        stream_id=stream_id,
        state="active" if active else "kept",
        note=note,
        first_seq=first_seq,
        last_seq=last_seq,
        events=len(canonical),
        sha256=sha256,
        configuration=profile.configuration(),
        figures={
            "block": block_of(profile),
            "distinct": len(set(canonical)),
            "history": [history | {"at": at.isoformat(), "by": by}],
        },
        by=by,
        at=at,
        activated_at=at if active else None,
        retired_at=None,
    )
    return NewAnchor(anchor=anchor, content=packed(canonical))


@contextmanager
def reset_recorded(step: Step, clock: Clock) -> Iterator[None]:
    """Around the keeping of *step*: an anchor that was reset in it leaves its row in the audit log."""
    resets = [one.anchor for one in step.anchors if one.anchor.figures["history"][0]["what"] == "reset"]
    if not resets:
        yield
        return
    new = resets[-1]
    story = new.figures["history"][0]
    with acting.by_system(
        new.tenant,
        "anchor.reset",
        "stream",
        new.stream_id,
        at=clock.now(),
        before={"anchor": story["from"]},
        after={"anchor": new.id, "first_seq": new.first_seq, "last_seq": new.last_seq, "resets": len(resets)},
        reason=new.note,
    ):
        yield


def comparable(configuration: dict[str, Any], profile: Profile) -> bool:
    """Whether what was frozen under *configuration* was masked, cut and compressed as *profile* does."""
    then = Profile.from_configuration(configuration)
    return (then.masks, block_of(then), then.compressor) == (
        profile.masks,
        block_of(profile),
        profile.compressor,
    )
