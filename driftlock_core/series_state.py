"""A series detector's state as versioned bytes: it goes on as if it had never been put away."""

import json
from typing import Any

import zstandard

from driftlock_core.errors import StateMismatch
from driftlock_core.series import READINGS, SeriesDetector
from driftlock_core.views.numbers import Newest
from driftlock_core.views.value_context import ValueContext
from driftlock_core.views.value_dictionary import ValueDictionary
from driftlock_core.views.value_window import ValueWindow

MAGIC = b"DLN1"  # format 1


def save(detector: SeriesDetector) -> bytes:
    """The state of *detector*, to be read back by :func:`load`; numbers are written so that no bit is lost."""
    known: dict[str, Any] | None = None
    if detector.readings and detector.grids:
        value, context, window = detector.readings
        low, high = detector.grids[0].low, detector.grids[0].high
        known = {
            "range": [low, high],
            "value": value.state(),
            "context": context.state(),
            "window": window.state(),
        }
    body = {
        "warmup": detector.warmup,
        "records": detector.records,
        "measured": detector.measured,
        "last_alert": detector.last_alert,
        "waiting": detector.waiting,
        "past_costs": [past.arrived() for past in detector.past_costs],
        "past_excesses": detector.past_excesses.arrived(),
        "readings": known,
    }
    text = json.dumps(body, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
    return MAGIC + zstandard.ZstdCompressor(level=1).compress(text)


def load(state: bytes) -> SeriesDetector:
    """
    The detector that :func:`save` described.

    Raises:
        StateMismatch: The bytes are no state of this format, or damaged.
    """
    if not state.startswith(MAGIC):
        raise StateMismatch(f"not a series state of format {MAGIC.decode()}: it begins with {state[:4]!r}")
    try:
        return _restored(json.loads(zstandard.ZstdDecompressor().decompress(state[len(MAGIC) :])))
    except (zstandard.ZstdError, ValueError, KeyError, TypeError) as damaged:
        raise StateMismatch(f"the series state is damaged: {damaged}") from damaged


def _restored(body: dict[str, Any]) -> SeriesDetector:
    detector = SeriesDetector(body["warmup"])
    detector.records = body["records"]
    detector.measured = body["measured"]
    detector.last_alert = body["last_alert"]
    detector.waiting = body["waiting"]
    detector.past_costs = tuple(Newest(costs) for _, costs in zip(READINGS, body["past_costs"], strict=True))
    detector.past_excesses = Newest(body["past_excesses"])
    if known := body["readings"]:
        detector.begin(*known["range"])
        assert detector.grids is not None
        coarse, fine = detector.grids
        detector.readings = (
            ValueDictionary(known["value"]),
            ValueContext.restored(coarse, known["context"]),
            ValueWindow(fine, *known["window"]),
        )
    return detector
