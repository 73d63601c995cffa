"""A detector's state as versioned bytes: everything it knows, nothing that can be computed again."""

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any

import numpy as np
import zstandard

from driftlock_core.detector import Detector
from driftlock_core.epoch import Baseline, Epoch
from driftlock_core.errors import StateMismatch
from driftlock_core.gate import Gate
from driftlock_core.masking import Masker
from driftlock_core.profiles import Profile
from driftlock_core.protection import FREEZE

MAGIC = b"DLS2"  # format 2


def save(detector: Detector) -> bytes:
    """
    The state of *detector*, to be read back by :func:`load`.

    Canonical events and digests are left out: they follow from the events as
    received. Compressed, since those are mostly repetitive.
    """
    epoch = detector.epoch
    # No baseline lies further back; exactly what is kept in memory from the next window on, so that the bytes
    # do not depend on how the stream was cut into updates.
    reach = (FREEZE + 2) * detector.profile.chunks_in_baseline
    head = {
        "configuration": detector.profile.configuration(),
        "compressor": detector.compressor.version,
        "gate": list(astuple(detector.gate)),
        "events_seen": detector.events_seen,
        "kept_chunk": detector.kept_chunk,
        "chunks_done": detector.chunks_done,
        "costs": detector.costs,
        "history": detector.history.tolist(),
        "history_start": detector.history_start,
        "spans": [[index, *span] for index, span in detector.spans.items()],
        "flagged": [window for window in detector.flagged if window >= detector.windows_done - reach],
        "given": len(detector.given.raw) if detector.given else None,
        "views": detector.views and detector.views.state(),
        "epoch": epoch
        and {
            "index": epoch.index,
            "mu": epoch.mu,
            "mu_span": list(epoch.mu_span),
            "baseline_events": 0 if detector.given else len(epoch.baseline.raw),
            "baseline_first_seq": epoch.baseline.first_seq,
        },
    }
    events: list[bytes] = list(detector.given.raw) if detector.given else []
    if epoch and not detector.given:
        events += epoch.baseline.raw
    events += detector.raw
    return _closed(head, events)


def changed_events(state: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """
    *state* with *change* made to each event as received that it holds; everything computed from them stays.

    For events that must not be kept any longer.

    Raises:
        StateMismatch: The bytes are no state of this format.
    """
    head, events = _opened(state)
    return _closed(head, [change(event) for event in events])


def load(state: bytes, *, masker: Masker | None = None) -> Detector:
    """
    The detector that :func:`save` described.

    Raises:
        StateMismatch: The bytes are no state of this format, or were made with
            another version of the compressor: sizes of before and after must
            not be compared.
    """
    head, events = _opened(state)
    profile = Profile.from_configuration(head["configuration"])
    given = head["given"]
    gate = Gate(**dict(zip(Gate.__slots__, head["gate"], strict=False)))  # an older state names less
    detector = Detector(
        profile,
        baseline=events[:given] if given else None,
        masker=masker,
        gate=gate,
    )
    if head["compressor"] != detector.compressor.version:
        raise StateMismatch(
            f"the state was made with {head['compressor']}, this is {detector.compressor.version}; "
            "start the stream anew or install that version"
        )
    events = events[given or 0 :]
    detector.events_seen = head["events_seen"]
    detector.kept_chunk = head["kept_chunk"]
    detector.chunks_done = head["chunks_done"]
    detector.costs = head["costs"]
    detector.history = np.array(head["history"], dtype=np.int64)
    detector.history_start = head["history_start"]
    detector.spans = {index: (first, last) for index, first, last in head["spans"]}
    detector.flagged = head["flagged"]
    if epoch := head["epoch"]:
        own = events[: epoch["baseline_events"]]
        events = events[epoch["baseline_events"] :]
        baseline = detector.given or Baseline(
            detector.masker.canonical(own), own, epoch["baseline_first_seq"], profile, detector.compressor
        )
        detector.epoch = Epoch(
            epoch["index"],
            detector.first_chunk + epoch["index"] * profile.chunks_per_epoch,
            baseline,
            epoch["mu"],
            (epoch["mu_span"][0], epoch["mu_span"][1]),
        )
    detector.raw = events
    detector.canonical = detector.masker.canonical(events)
    if detector.views is not None:
        open_epoch = detector.epoch
        detector.views.restore(
            head["views"],
            detector.canonical,
            open_epoch.index if open_epoch else None,
            open_epoch.baseline.canonical if open_epoch else (),
        )
    return detector


def _closed(head: dict[str, Any], events: Sequence[bytes]) -> bytes:
    body = json.dumps(
        head | {"lengths": [len(event) for event in events]}, sort_keys=True, separators=(",", ":")
    ).encode()
    packed = zstandard.ZstdCompressor(level=1).compress(
        len(body).to_bytes(8, "big") + body + b"".join(events)
    )
    return MAGIC + packed


def _opened(state: bytes) -> tuple[dict[str, Any], list[bytes]]:
    if not state.startswith(MAGIC):
        raise StateMismatch(f"not a detector state of format {MAGIC.decode()}: it begins with {state[:4]!r}")
    try:
        unpacked = zstandard.ZstdDecompressor().decompress(state[len(MAGIC) :])
        size = int.from_bytes(unpacked[:8], "big")
        head: dict[str, Any] = json.loads(unpacked[8 : 8 + size])
        return head, _cut(unpacked[8 + size :], head["lengths"])
    except (zstandard.ZstdError, ValueError, KeyError) as damaged:
        raise StateMismatch(f"the detector state is damaged: {damaged}") from damaged


def _cut(text: bytes, lengths: Sequence[int]) -> list[bytes]:
    """*text* in pieces of the given lengths."""
    pieces, start = [], 0
    for length in lengths:
        pieces.append(text[start : start + length])
        start += length
    if start != len(text):
        raise ValueError(f"{len(text)} bytes of events where {start} were written")
    return pieces
