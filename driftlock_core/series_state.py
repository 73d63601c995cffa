"""A series detector's state as versioned bytes: it goes on as if it had never been put away."""

import json
from array import array
from typing import Any

import zstandard

from driftlock_core.errors import StateMismatch
from driftlock_core.series import RANKED, SeriesDetector
from driftlock_core.views.newest import Newest
from driftlock_core.views.value_context import ValueContext
from driftlock_core.views.value_dictionary import ValueDictionary
from driftlock_core.views.value_season import ValueSeason
from driftlock_core.views.value_stuck import ValueStuck
from driftlock_core.views.value_window import ValueWindow

MAGIC = b"DLN2"  # format 2


def save(detector: SeriesDetector) -> bytes:
    """The state of *detector*, to be read back by :func:`load`; numbers are written so that no bit is lost."""
    known: dict[str, Any] | None = None
    if detector.readings and detector.grids:
        dictionary, context, window = detector.readings
        known = {
            "range": [detector.grids[0].low, detector.grids[0].high],
            "value": dictionary.seen.arrived(),
            "context": context.state(),
            "window": window.state(),
            "season": detector.season and detector.season.state(),
        }
    body = {
        "warmup": detector.warmup,
        "timed": detector.timed,
        "records": detector.records,
        "measured": detector.measured,
        "waiting": detector.waiting,
        "before": detector.before,
        "position": detector.position,
        "positions": detector.positions.tolist(),
        "past_costs": [past.arrived() for past in detector.past_costs],
        "past_excesses": detector.past_excesses.arrived(),
        "alarms": [[alarm.last, alarm.habit] for alarm in (detector.alert_alarm, detector.page_alarm)],
        "stuck": detector.stuck.state(),
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
    detector.timed = body["timed"]
    detector.records = body["records"]
    detector.measured = body["measured"]
    detector.waiting = [(record, value, position) for record, value, position in body["waiting"]]
    detector.before = body["before"] and (body["before"][0], body["before"][1])
    detector.position = body["position"]
    detector.positions = array("d", body["positions"])
    detector.past_costs = [Newest(*past) for _, past in zip(RANKED, body["past_costs"], strict=True)]
    detector.past_excesses = Newest(*body["past_excesses"])
    for alarm, kept in zip((detector.alert_alarm, detector.page_alarm), body["alarms"], strict=True):
        alarm.last, alarm.habit = kept
    detector.stuck = ValueStuck.restored(body["stuck"])
    if known := body["readings"]:
        detector.begin(*known["range"])
        assert detector.grids is not None
        coarse, fine = detector.grids
        detector.readings = (
            ValueDictionary(*known["value"]),
            ValueContext.restored(coarse, known["context"]),
            ValueWindow(fine, *known["window"]),
        )
        detector.season = known["season"] and ValueSeason(*known["season"])
    return detector
