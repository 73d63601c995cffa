"""A bundle put together: manifest, signature, one archive that is the same wherever it is built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftlock.evidence.contents import json_file
from driftlock.evidence.policy import Policy, TooLargeForEvidence
from driftlock.evidence.readme import readme, what
from driftlock.evidence.signing import Signer
from driftlock.evidence.verifier import source
from driftlock.evidence.verifier.archive import LARGEST_BUNDLE, pack
from driftlock.evidence.verifier.findings import MOST_LINES, canonical_json
from driftlock.evidence.verifier.integrity import (
    AUDIT,
    MANIFEST,
    PURPOSE,
    SCHEMA,
    SIGNATURE,
    bundle_id,
    key_id,
    sha256,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """One file of a bundle."""

    name: str
    size: int  # bytes
    sha256: str
    what: str  # it is, in a few words


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A finished bundle, and what lists show of it."""

    data: bytes
    id: str  # 32 hex digits, made of its content
    sha256: str
    name: str  # for a file
    policy: Policy
    recomputable: bool
    statement: str
    key_id: str | None  # that signed; None: nobody did
    files: tuple[BundleFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the bundle is evidence of."""

    tenant: str
    id: str
    type: str  # window, series
    stream: str
    stream_name: str
    kind: str


def bundle_of(
    about: About,
    contents: Mapping[str, bytes],
    *,
    policy: Policy,
    recomputable: bool,
    statement: str,
    environment: Mapping[str, Any],
    timeline: Sequence[Mapping[str, Any]],
    audit: Sequence[Mapping[str, Any]] = (),
    report: bytes | None = None,
    signer: Signer | None = None,
) -> Bundle:
    """
    The bundle of one anomaly; the same arguments give the same bytes.

    Args:
        contents: As :mod:`driftlock.evidence.contents` makes them.
        timeline: In any order; by time in the bundle.
        audit: Neighbouring rows of the audit log, as they were hashed.
        report: A page that needs nothing from outside.
        signer: Without one nobody vouches for the bundle, and it says so.

    Raises:
        TooLargeForEvidence: It holds more than a verifier reads.
    """
    named = {name: getattr(about, name) for name in About.__dataclass_fields__}
    in_time = sorted(timeline, key=lambda entry: (str(entry.get("at")), canonical_json(entry)))
    files = dict(contents) | {
        "environment.json": json_file(environment),
        "timeline.json": json_file(in_time),
        "verify.py": source(),
    }
    if audit:
        files[AUDIT] = b"".join(map(json_file, audit))
    if report is not None:
        files["report.html"] = report
    made_of = [*files, *([SIGNATURE] if signer is not None else [])]
    files["README.txt"] = readme(named, made_of, policy, statement, environment)
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "anomaly": named,
        "policy": policy,
        "recomputable": recomputable,
        "statement": statement,
        "audit": _ends(audit),
    }
    return finished(
        files,
        manifest,
        signer=signer,
        name=f"driftlock-evidence-{about.id}-{policy}.zip",
        policy=policy,
        recomputable=recomputable,
        statement=statement,
    )


def finished(
    files: dict[str, bytes],
    manifest: dict[str, Any],
    *,
    signer: Signer | None,
    name: str,
    policy: Policy,
    recomputable: bool,
    statement: str,
) -> Bundle:
    """
    *files* with their manifest and signature, packed.

    Args:
        manifest: Without what is made here: the files, the signer, the id.

    Raises:
        TooLargeForEvidence: It holds more than a verifier reads.
    """
    manifest |= {
        "signer": None if signer is None else key_id(signer.public_key),
        "files": {one: {"sha256": sha256(held), "bytes": len(held)} for one, held in files.items()},
    }
    manifest["bundle"] = bundle_id(manifest)
    files[MANIFEST] = json_file(manifest)
    if signer is not None:
        files[SIGNATURE] = _signature(manifest["bundle"], files, signer)
    data = pack(files)
    lines = max(held.count(b"\n") for one, held in files.items() if not one.endswith(".zip"))
    if len(data) > LARGEST_BUNDLE or lines > MOST_LINES:
        raise TooLargeForEvidence(
            f"The bundle would have {len(data)} bytes and files of up to {lines} lines; a verifier reads at most "
            f"{LARGEST_BUNDLE} and {MOST_LINES}. Choose digests, which leave the events out."
        )
    return Bundle(
        data=data,
        id=manifest["bundle"],
        sha256=sha256(data),
        name=name,
        policy=policy,
        recomputable=recomputable,
        statement=statement,
        key_id=manifest["signer"],
        files=tuple(
            BundleFile(name=one, size=len(held), sha256=sha256(held), what=what(one, policy))
            for one, held in sorted(files.items())
        ),
    )


def _ends(audit: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The bundle's place in the chain of audit rows."""
    if not audit:
        return None
    first, last = audit[0], audit[-1]
    return {"rows": len(audit), "first_seq": first["seq"], "last_seq": last["seq"], "head": last["hash"]}


def _signature(bundle: str, files: Mapping[str, bytes], signer: Signer) -> bytes:
    public = signer.public_key
    signed = {
        "bundle": bundle,
        "signer": key_id(public),
        "manifest_sha256": sha256(files[MANIFEST]),
        # Named one by one, so that a file that was altered and hashed anew can be named.
        "files": {name: sha256(held) for name, held in files.items()},
    }
    return json_file(
        {
            "schema": SCHEMA,
            "algorithm": "Ed25519",
            "key_id": key_id(public),
            "public_key": public.hex(),
            "signed": signed,
            "signature": signer.sign(PURPOSE + canonical_json(signed)).hex(),
        }
    )
