"""How long a bundle makes its verifier work: counted in what it asks for, before anything of it is done."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from driftlock.evidence.verifier.archive import unpack
from driftlock.evidence.verifier.case import INNER, is_case
from driftlock.evidence.verifier.chance import ROW
from driftlock.evidence.verifier.findings import DAMAGED, read_json

# Seconds that one of each takes on one core of two virtual ones, rounded up.
_LINE: Final = 3e-6  # read, hashed, compared
_BYTE: Final = 0.1e-6  # compressed four times, cut into words three times
_DRAW: Final = 0.3e-6  # drawn and sorted
_REFERENCE: Final = 20e-6  # ranked in eight statistics


def seconds(data: bytes) -> float:
    """
    About so many seconds of processor :func:`driftlock.evidence.verify_bytes` takes for a bundle.

    The same bytes give the same number: it counts lines, bytes, draws and
    references, and looks at no clock. What cannot be read is not worked on either.
    """
    files = unpack(data)[0]
    asked = _of(files)
    if is_case(files):
        asked += sum(_of(unpack(held)[0]) for name, held in files.items() if INNER.fullmatch(name))
    return asked


def _of(files: Mapping[str, bytes]) -> float:
    lines = sum(held.count(b"\n") for name, held in files.items() if name.endswith(".ndjson"))
    asked = lines * _LINE + sum(map(len, files.values())) * _BYTE
    with suppress(*DAMAGED):
        record = read_json(files["record.json"])
        evidence = record["evidence"]
        pool = len(evidence["reference_costs"]) + len(evidence["window_costs"])
        asked += max(0, int(record["permutations"])) * (pool + ROW) * _DRAW
    with suppress(*DAMAGED):
        asked += len(read_json(files["references.json"])["views"] or ()) * _REFERENCE
    return asked
