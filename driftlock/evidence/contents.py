"""The files of a bundle that hold the evidence itself: record, configuration, references, events."""

import base64
import hmac
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from driftlock.evidence.policy import Policy, TooLargeForEvidence
from driftlock.evidence.verifier.chance import (
    MATRIX_SEED,
    MOST_KEYS,
    RECIPE,
    ROW,
    exact_numbers,
    measurement_digest,
)
from driftlock.evidence.verifier.findings import canonical_json
from driftlock.evidence.verifier.series import VALUES
from driftlock.evidence.verifier.views import STATISTICS
from driftlock.evidence.verifier.windows import BASELINE, RAW, WINDOW

# Of a record, what holds no text of events: all that is left of it where payloads may not leave.
_WITHOUT_TEXT: Final = frozenset(
    "window first_seq last_seq status flagged ncd p p_stream p_perm decided_by extra_bits size mu cbar m permutations "
    "seed profile threshold alpha compressor views factor evidence stream first_at last_at severity ordinary_range "
    "windows_per_day".split()
)
# Digests that anybody could compare guesses with; the one of the masked window is needed for the seed.
_UNKEYED: Final = ("raw_baseline", "raw_window", "canonical_baseline")
# Likewise of a series, whose values are its payload.
_WITHOUT_VALUES: Final = frozenset(
    "series record last_record view surprise bits p score page timed warmup readings parameters evidence stream kind "
    "first_seq last_seq first_at last_at severity".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """One event as a bundle may hold it."""

    seq: int
    at_us: int | None  # the time it names, microseconds since 1970
    canonical: bytes  # as the detector saw it
    raw: bytes | None  # as received, if it may be in


def json_file(value: Any) -> bytes:
    """A value as a file: the canonical form and a line end; every float as its shortest exact text."""
    return canonical_json(value) + b"\n"


def window_files(
    record: Mapping[str, Any],
    baseline: Sequence[KeptEvent],
    window: Sequence[KeptEvent],
    *,
    policy: Policy,
    digest_key: bytes,
) -> dict[str, bytes]:
    """
    Everything a flagged window was computed from.

    Args:
        record: As it is kept, with its configuration.
        baseline: The events of all its epochs, in order; empty where they are gone.
        window: Its own events, likewise.
        digest_key: Secret that digests are keyed with, under that policy.

    Raises:
        TooLargeForEvidence: Its shuffles take longer than a verifier works.
    """
    evidence = record["evidence"]
    pool = len(evidence["reference_costs"]) + len(evidence["window_costs"])
    drawn = record["permutations"] * (pool + ROW)
    if drawn > MOST_KEYS:
        raise TooLargeForEvidence(
            f"The shuffles of this window draw {drawn} numbers; a verifier draws at most {MOST_KEYS}. "
            "Choose fewer permutations for the stream."
        )
    # Records of earlier versions lack what has a default.
    plain: dict[str, Any] = {"views": ["bytes"], "factor": 1} | json.loads(json.dumps(record))
    if policy == "digests":
        plain = {name: value for name, value in plain.items() if name in _WITHOUT_TEXT}
        for name in _UNKEYED:
            del plain["evidence"][name]
    configuration = {"views": ["bytes"]} | record["configuration"]
    exact = exact_numbers(plain)
    evidence = plain["evidence"]
    references: dict[str, Any] = {"history": evidence.pop("history"), "statistics": STATISTICS, "views": None}
    if evidence.get("views") is not None:
        references["views"] = evidence["views"].pop("references")
        references["statistics"] = STATISTICS[: len(evidence["views"]["values"])]
    plain.pop("configuration", None)
    permutation = {
        "recipe": RECIPE,
        "seed": record["seed"],
        "matrix_seed": MATRIX_SEED,
        "permutations": record["permutations"],
        "measurement_sha256": measurement_digest(configuration, record["compressor"]).hex(),
    }
    files = {
        "record.json": json_file(plain | {"exact": exact}),
        "config.json": json_file(configuration),
        "references.json": json_file(references),
        "permutation.json": json_file(permutation),
    }
    for name, events in ((BASELINE, baseline), (WINDOW, window)):
        if events:
            files[name] = _events_file(events, digest_key if policy == "digests" else None)
        if events and policy == "full":
            files[RAW[name]] = b"".join(
                json_file({"seq": event.seq, **_text(event.raw)}) for event in events if event.raw is not None
            )
    return files


def series_files(
    record: Mapping[str, Any],
    configuration: Mapping[str, Any],
    values: Sequence[float],
    times: Sequence[float],
    events: Sequence[KeptEvent],
    *,
    policy: Policy,
) -> dict[str, bytes]:
    """
    Everything an anomaly of a series was computed from.

    Args:
        values, times: Of the series from its first record on, NaN where there is none; empty where they are gone.
        events: Those of the anomaly as received, for the policy ``full``.
    """
    plain: dict[str, Any] = json.loads(json.dumps(record))
    if policy == "digests":
        plain = {name: value for name, value in plain.items() if name in _WITHOUT_VALUES}
        plain["evidence"].pop("last_values")
    files = {"record.json": json_file(plain), "config.json": json_file(configuration)}
    if values and policy != "digests":
        files[VALUES] = b"".join(
            json_file([at, _number(value), _number(time)])
            for at, (value, time) in enumerate(zip(values, times, strict=True))
        )
    if policy == "full" and events:
        files[RAW[WINDOW]] = b"".join(
            json_file({"seq": event.seq, **_text(event.raw)}) for event in events if event.raw is not None
        )
    return files


def _events_file(events: Sequence[KeptEvent], digest_key: bytes | None) -> bytes:
    rows = []
    for event in events:
        held = _text(event.canonical)
        if digest_key is not None:
            held = {"hmac_sha256": hmac.digest(digest_key, event.canonical, "sha256").hex()}
        rows.append(json_file({"seq": event.seq, "at_us": event.at_us, **held}))
    return b"".join(rows)


def _text(payload: bytes | None) -> dict[str, str]:
    """A text where the bytes are UTF-8, else base64."""
    try:
        return {"line": (payload or b"").decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(payload or b"").decode()}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
