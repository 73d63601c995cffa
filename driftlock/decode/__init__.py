"""Decoding of telemetry files: bytes → events. No network, no storage, no clock."""

from driftlock.decode.decoding import BATCH_EVENTS, Decoding, decode, peek
from driftlock.decode.recognise import FORMATS

__all__ = ["BATCH_EVENTS", "FORMATS", "Decoding", "decode", "peek"]
