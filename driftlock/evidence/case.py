"""The bundles of a case's anomalies in one archive that is signed as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftlock.evidence.bundle import Bundle, finished
from driftlock.evidence.contents import json_file
from driftlock.evidence.policy import Policy
from driftlock.evidence.readme import case_readme
from driftlock.evidence.signing import Signer
from driftlock.evidence.verifier import source
from driftlock.evidence.verifier.case import CASE_SCHEMA, named_by


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutCase:
    """The case that the archive is evidence of."""

    tenant: str
    id: str
    title: str
    anomalies: int  # flagged windows and alerts of it, those left out included


def case_of(
    about: AboutCase,
    bundles: Sequence[Bundle],
    *,
    policy: Policy,
    left_out: Mapping[str, int],
    timeline: Sequence[Mapping[str, Any]],
    report: Callable[[str, Mapping[str, Bundle]], bytes],
    signer: Signer | None,
) -> Bundle:
    """
    The archive of a case; the same arguments give the same bytes.

    Args:
        bundles: Of its anomalies, in the order they are numbered.
        policy: That was asked for; each bundle names its own.
        left_out: How many anomalies have no bundle, by the reason.
        report: Draws report.html, given the sentence on what all of it proves and the bundles by their files.
        signer: Without one nobody vouches for the archive, and it says so.

    Raises:
        TooLargeForEvidence: It holds more than a verifier reads.
    """
    named = {f"bundle_{number:03d}.zip": bundle for number, bundle in enumerate(bundles, start=1)}
    again = sum(bundle.recomputable for bundle in bundles)
    parts = [
        f"{len(bundles)} of {about.anomalies} anomalies have a bundle here, {again} of them recomputable."
    ]
    parts += [f"Left out, {reason}: {count}." for reason, count in sorted(left_out.items())]
    statement = " ".join(parts)
    files = {name: bundle.data for name, bundle in named.items()} | {
        "report.html": report(statement, named),
        "timeline.json": json_file(list(timeline)),
        "verify.py": source(),
    }
    files["README.txt"] = case_readme(about.id, about.title, statement, [*files])
    manifest = {
        "schema": CASE_SCHEMA,
        "case": {name: getattr(about, name) for name in AboutCase.__dataclass_fields__},
        "policy": policy,
        "statement": statement,
        "audit": None,
        "left_out": dict(left_out),
        "bundles": {name: named_by(bundle.data) for name, bundle in named.items()},
    }
    return finished(
        files,
        manifest,
        signer=signer,
        name=f"driftlock-evidence-case-{about.id}-{policy}.zip",
        policy=policy,
        recomputable=again == len(bundles) > 0,
        statement=statement,
    )
