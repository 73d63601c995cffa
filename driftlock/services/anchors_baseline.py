"""What a stream holds for usual now, read from the state of its detector."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from driftlock.model import Stream, at
from driftlock.ports import Store
from driftlock_core import state
from driftlock_core.contamination import Suspect, suspects
from driftlock_core.epoch import text_of
from driftlock_core.window_views.skeleton import skeleton_keys

MOST_TEMPLATES: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateShare:
    """How often a template comes in a baseline; its last line stands for it."""

    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TodaysBaseline:
    """What a stream holds for usual now."""

    first_seq: int
    last_seq: int
    canonical: tuple[bytes, ...]
    cursor: int  # last event judged
    first_at: (
        datetime | None
    )  # the times its first and last event name, else when they came in; None: removed
    last_at: datetime | None
    distinct: int  # canonical lines
    templates: tuple[TemplateShare, ...]  # most frequent first
    templates_in_all: int
    compressed: int  # bytes, alone
    size: int  # bytes, canonical
    suspects: tuple[Suspect, ...]  # events count from 1 at the baseline's first


def todays_baseline(store: Store, stream: Stream, cursor: int, saved: bytes) -> TodaysBaseline | None:
    """None as long as the stream is learning."""
    detector = state.load(saved)
    if detector.epoch is None:
        return None
    baseline = detector.epoch.baseline
    text = text_of(baseline.canonical)
    templates = _templates(baseline.canonical)
    return TodaysBaseline(
        first_seq=baseline.first_seq,
        last_seq=baseline.last_seq,
        canonical=tuple(baseline.canonical),
        cursor=cursor,
        first_at=_seen(store, stream, baseline.first_seq),
        last_at=_seen(store, stream, baseline.last_seq),
        distinct=len(set(baseline.canonical)),
        templates=tuple(templates[:MOST_TEMPLATES]),
        templates_in_all=len(templates),
        compressed=detector.compressor.size(text),
        size=len(text),
        suspects=suspects(baseline.raw, detector.profile, masker=detector.masker),
    )


def _templates(canonical: Sequence[bytes]) -> list[TemplateShare]:
    """Most frequent first."""
    places: dict[int, list[int]] = {}
    for place, key in enumerate(skeleton_keys(canonical).tolist()):
        places.setdefault(key, []).append(place)
    return [
        TemplateShare(text=canonical[own[-1]].decode("utf-8", "replace"), count=len(own))
        for own in sorted(places.values(), key=lambda own: (-len(own), own[0]))
    ]


def _seen(store: Store, stream: Stream, seq: int) -> datetime | None:
    found = store.events.between(stream.tenant, stream.id, seq, seq)
    return at(found[0].seen_us) if found else None
