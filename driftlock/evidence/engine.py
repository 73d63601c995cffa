"""
What only the engine can make again: a bundle's record recomputed by the detector itself.

Not part of verify.py, which needs nothing of Driftlock; beside it where Driftlock is
installed. A window gives the same numbers once more by other code; a series gets
its scores checked here alone.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from driftlock.evidence.verifier.archive import unpack
from driftlock.evidence.verifier.case import INNER, is_case
from driftlock.evidence.verifier.findings import (
    DAMAGED,
    FAIL,
    NOT_CHECKED,
    PASS,
    Step,
    Verification,
    read_json,
    read_lines,
)
from driftlock.evidence.verifier.series import VALUES
from driftlock.evidence.verifier.windows import BASELINE, WINDOW, lines_of, whole_record
from driftlock_core.errors import DriftlockError
from driftlock_core.recompute import Recomputation, recompute
from driftlock_core.series_recompute import recompute_series
from driftlock_core.series_verdict import SeriesVerdict
from driftlock_core.verdict import Verdict

_PART: Final = "engine"
_NAME: Final = "record computed again"


def with_engine(verification: Verification, data: bytes) -> Verification:
    """
    *verification* and one step more: the record computed again by the engine installed here.

    Left out where the bundle holds no events, and where the compressor is
    another one. Takes as long as the detector takes for the series.
    """
    if verification.exit_code or not verification.bundle_id:
        return verification
    files, _ = unpack(data)
    if is_case(files):
        bundles = sorted(name for name in files if INNER.fullmatch(name))
        steps = [_step(unpack(files[name])[0], f"{name}: {_NAME}") for name in bundles]
    else:
        steps = [_step(files, _NAME)]
    done = replace(verification, steps=(*verification.steps, *steps))
    if failed := [step.name for step in steps if step.outcome == FAIL]:
        named = f"{len(failed)} {'step' if len(failed) == 1 else 'steps'} failed: {', '.join(failed)}."
        return replace(done, exit_code=1, conclusion=named)
    return done


def _step(files: Mapping[str, bytes], name: str) -> Step:
    try:
        return _computed_again(files, name)
    except (DriftlockError, *DAMAGED) as error:
        return Step(_PART, name, FAIL, f"cannot be computed: {type(error).__name__}")


def _computed_again(files: Mapping[str, bytes], name: str) -> Step:
    if VALUES in files:
        done = _series(files)
    elif BASELINE in files and all(line is not None for _, _, line in lines_of(files[BASELINE])):
        done = _window(files)
    else:
        return Step(_PART, name, NOT_CHECKED, "the bundle holds no events")
    if done.identical:
        return Step(_PART, name, PASS, f"all {len(done.checks)} numbers identical, from {done.scope}")
    return Step(_PART, name, FAIL, f"different: {', '.join(check.name for check in done.differences)}")


def _window(files: Mapping[str, bytes]) -> Recomputation:
    record = whole_record(files)
    names = Verdict.__dataclass_fields__
    verdict = Verdict.from_record({name: record[name] for name in names if name in record})
    lines = {
        name: {seq: line or b"" for seq, _, line in lines_of(files[name])} for name in (BASELINE, WINDOW)
    }
    if verdict.evidence.baseline_given:
        return recompute(verdict, lines[WINDOW], baseline=list(lines[BASELINE].values()), masked=True)
    return recompute(verdict, lines[BASELINE] | lines[WINDOW], masked=True)


def _series(files: Mapping[str, bytes]) -> Recomputation:
    verdict = SeriesVerdict.from_record(read_json(files["record.json"]))
    rows = read_lines(files[VALUES])
    values, times = ([math.nan if row[at] is None else float(row[at]) for row in rows] for at in (1, 2))
    return recompute_series(verdict, values, times)
