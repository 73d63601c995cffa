"""The archive of a case: the bundles of its anomalies, each checked as it would be alone."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from driftlock.evidence.verifier.archive import unpack
from driftlock.evidence.verifier.findings import (
    DAMAGED,
    NOT_CHECKED,
    PASS,
    Findings,
    Verification,
    read_json,
)
from driftlock.evidence.verifier.integrity import MANIFEST

CASE_SCHEMA: Final = "driftlock-case/1"
MOST_BUNDLES: Final = 20
INNER: Final = re.compile(r"bundle_[0-9]{3}\.zip")
_OF_BUNDLE: Final = ("anomaly", "bundle", "policy", "recomputable", "stream")  # of each, named by the case


def is_case(files: Mapping[str, bytes]) -> bool:
    """Whether the manifest calls it the archive of a case."""
    try:
        return bool(read_json(files[MANIFEST])["schema"] == CASE_SCHEMA)
    except DAMAGED:
        return False


def named_by(data: bytes) -> dict[str, Any]:
    """What the manifest of a case says of a bundle, read from the bundle itself."""
    manifest = read_json(unpack(data)[0][MANIFEST])
    return {
        "anomaly": manifest["anomaly"]["id"],
        "bundle": manifest["bundle"],
        "policy": manifest["policy"],
        "recomputable": manifest["recomputable"],
        "stream": manifest["anomaly"]["stream"],
    }


def check_case(
    found: Findings,
    files: Mapping[str, bytes],
    manifest: Mapping[str, Any],
    alone: Callable[[bytes], Verification],
) -> bool:
    """
    Every bundle of the case, and that they are those its manifest names; answers whether all are recomputable.

    Args:
        alone: Verifies one bundle.
    """
    there = sorted(name for name in files if INNER.fullmatch(name))
    with found.reading("case", "bundles named"):
        listed, left_out = manifest["bundles"], manifest["left_out"]
        if len(there) > MOST_BUNDLES:
            raise ValueError(f"{len(there)} bundles; a case holds at most {MOST_BUNDLES}")
        found.equal("case", "bundles named", sorted(listed), there)
        count = manifest["case"]["anomalies"]
        found.equal("case", "anomalies, in bundles or left out", count, len(there) + sum(left_out.values()))
        for name in there:
            with found.reading("case", name):
                own = named_by(files[name])
                given = {key: listed[name][key] for key in _OF_BUNDLE}
                found.equal("case", f"{name} as the case names it", given, own)
                tenant = read_json(unpack(files[name])[0][MANIFEST])["anomaly"]["tenant"]
                found.equal("case", f"{name}, tenant", tenant, manifest["case"]["tenant"])
    done = [(name, alone(files[name])) for name in there[:MOST_BUNDLES]]
    for name, one in done:
        passed = sum(step.outcome == PASS for step in one.steps)
        good = one.exit_code != 1
        what = f"{passed} of {len(one.steps)} steps passed, bundle {one.bundle_id}"
        found.add("case", name, good, what, one.conclusion)
        for step in one.failures:
            found.failed(step.part, f"{name}: {step.name}", step.reason)
        if one.exit_code == 2 and not found.other_compressor:
            found.other_compressor = next(
                (step.reason for step in one.steps if (step.part, step.name) == ("sizes", "compressor")), name
            )
    _said_of_all(found, [one for _, one in done])
    return bool(done) and all(one["recomputable"] is True for one in manifest.get("bundles", {}).values())


def _said_of_all(found: Findings, done: Sequence[Verification]) -> None:
    """What was left out in how many bundles, and what holds in all of them."""
    left = Counter(
        (step.part, step.name, step.reason)
        for one in done
        for step in one.steps
        if step.outcome == NOT_CHECKED and step.part not in ("signature", "time")
    )
    for (part, name, reason), count in left.items():
        found.unchecked(part, f"{name}, in {count} of {len(done)} bundles", reason)
    digests = [
        any(step.name.startswith("digest") and step.outcome == PASS for step in one.steps) for one in done
    ]
    if done and all(digests):
        found.add("order", "digests of the events of all bundles", True, f"{len(done)} bundles", "")
    audited = [any(step.part == "audit" and step.outcome == PASS for step in one.steps) for one in done]
    if any(audited):
        found.add("audit", "audit rows", True, f"chained in {sum(audited)} of {len(done)} bundles", "")
