"""
The engine: events in, explained verdicts out. Pure arithmetic, no clock, file, log or network.

Start with :class:`Detector` (streams) or :func:`detect` (finished ones); a
:class:`Profile` holds every parameter.
"""

from driftlock_core.compressors import COMPRESSORS, Compressor, compressor_named
from driftlock_core.detector import Detector, detect
from driftlock_core.digests import canonical_digest, raw_digest
from driftlock_core.errors import (
    CompressorNotInstalled,
    DriftlockError,
    InvalidProfile,
    NotRecomputable,
    StateMismatch,
    TooFewEvents,
    UnknownCompressor,
)
from driftlock_core.gate import Gate
from driftlock_core.incidents import Incident, incidents
from driftlock_core.masking import MASK_CLASSES, Masker
from driftlock_core.profiles import BALANCED, PROFILES, SENSITIVE, STRICT, Profile, propose_window
from driftlock_core.state import load, save
from driftlock_core.verdict import Evidence, Status, Textbook, Verdict
from driftlock_core.windows import Windows

__all__ = [
    "BALANCED",
    "COMPRESSORS",
    "MASK_CLASSES",
    "PROFILES",
    "SENSITIVE",
    "STRICT",
    "Compressor",
    "CompressorNotInstalled",
    "Detector",
    "DriftlockError",
    "Evidence",
    "Gate",
    "Incident",
    "InvalidProfile",
    "Masker",
    "NotRecomputable",
    "Profile",
    "StateMismatch",
    "Status",
    "Textbook",
    "TooFewEvents",
    "UnknownCompressor",
    "Verdict",
    "Windows",
    "canonical_digest",
    "compressor_named",
    "detect",
    "incidents",
    "load",
    "propose_window",
    "raw_digest",
    "save",
]
