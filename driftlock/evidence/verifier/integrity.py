"""Whether a bundle is what was signed: its files, its manifest, the signature, the audit rows."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from driftlock.evidence.verifier.archive import MOST_FILES
from driftlock.evidence.verifier.ed25519 import is_signed
from driftlock.evidence.verifier.findings import Findings, canonical_json, read_json, read_lines, shown

SCHEMA: Final = "driftlock-evidence/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.json"
TOKEN: Final = "time_token.tsr"
AUDIT: Final = "audit_segment.ndjson"
OUTSIDE: Final = (MANIFEST, SIGNATURE, TOKEN)  # the manifest cannot name itself, nor what is made of it
FIRST_PREVIOUS: Final = "0" * 64

# What stands before the statement that is signed: a signature made for another purpose does not fit here.
PURPOSE: Final = b"driftlock evidence bundle 1\n"
_SPKI: Final = bytes.fromhex("302a300506032b6570032100")  # DER before the 32 bytes of an Ed25519 key
_MOST_NAMED: Final = 20  # rows of the audit log that are named as wrong
_LONGEST_KEY: Final = 2_000  # bytes of a file with a public key
_FILE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}\.[a-z]{2,6}")


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()


def key_id(public_key: bytes) -> str:
    """The first 16 hex digits of its SHA-256."""
    return sha256(public_key)[:16]


def bundle_id(manifest: Mapping[str, Any]) -> str:
    """32 hex digits, made of everything in the manifest but the id itself."""
    return sha256(canonical_json({name: value for name, value in manifest.items() if name != "bundle"}))[:32]


def read_key(data: bytes) -> bytes:
    """
    The 32 bytes of a public key given as such, as 64 hex digits or as PEM.

    >>> read_key(b"00" * 32) == bytes(32)
    True
    """
    if len(data) == 32:
        return data
    if len(data) > _LONGEST_KEY:
        raise ValueError(f"no Ed25519 public key: {len(data)} bytes")
    text = data.decode("ascii", "replace").strip()
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    pem = re.fullmatch(r"-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----", text)
    if pem is not None:
        der = base64.b64decode("".join(pem[1].split()))
        if der.startswith(_SPKI) and len(der) == len(_SPKI) + 32:
            return der[len(_SPKI) :]
    raise ValueError("no Ed25519 public key: 32 bytes, 64 hex digits or PEM are")


def check_files(found: Findings, files: Mapping[str, bytes], schema: str = SCHEMA) -> dict[str, Any]:
    """The manifest, after its files were held against it; empty where it cannot be read."""
    manifest: dict[str, Any] = {}
    with found.reading("files", MANIFEST):
        manifest = read_json(files[MANIFEST])
        listed: dict[str, Any] = manifest["files"]
        if len(listed) > MOST_FILES:
            raise ValueError(f"it names {len(listed)} files; a bundle holds at most {MOST_FILES}")
        found.equal("files", "schema", manifest["schema"], schema)
        found.equal("files", "id of the bundle", manifest["bundle"], bundle_id(manifest))
        for name in sorted(listed):
            there = files.get(name)
            if there is None:
                found.failed("files", _said(name), "the manifest names it and it is not there")
                continue
            entry = {"sha256": sha256(there), "bytes": len(there)}
            given = {key: listed[name][key] for key in entry}
            found.add(
                "files",
                _said(name),
                given == entry,
                f"SHA-256 {entry['sha256']}",
                "changed: not what the manifest names",
            )
        for name in sorted(set(files) - set(listed) - set(OUTSIDE)):
            found.failed("files", _said(name), "added: the manifest does not name it")
    return manifest if isinstance(manifest, dict) else {}


def check_signature(
    found: Findings, files: Mapping[str, bytes], manifest: Mapping[str, Any], keys: Sequence[bytes]
) -> tuple[str | None, bool]:
    """The id of the key the bundle names, and whether the signature holds and is by one of *keys*."""
    named = manifest.get("signer")
    if SIGNATURE not in files:
        if named is not None or keys:
            found.failed("signature", SIGNATURE, "removed: it is not there and should be")
        else:
            found.unchecked("signature", SIGNATURE, "nobody signed: anybody could have written this bundle")
        return None, False
    signer: str | None = None
    with found.reading("signature", SIGNATURE):
        given = read_json(files[SIGNATURE])
        public, signed = bytes.fromhex(given["public_key"]), given["signed"]
        signer = key_id(public)
        holds = is_signed(public, PURPOSE + canonical_json(signed), bytes.fromhex(given["signature"]))
        shape = {
            "schema": SCHEMA,
            "algorithm": "Ed25519",
            "key_id": signer,
            **{name: given[name] for name in ("public_key", "signed", "signature")},
        }
        good = found.add(
            "signature",
            SIGNATURE,
            holds and given == shape,
            f"made by key {signer}",
            f"not what key {signer} signed: the statement or the signature was altered",
        )
        good &= _as_signed(found, files, manifest, signed) if holds else False
        if not keys:
            found.unchecked("signature", "key", f"signed by key {signer}, which you did not give")
            return signer, False
        known = public in keys
        given_ids = ", ".join(sorted(map(key_id, keys)))
        found.add(
            "signature",
            "key",
            known,
            f"{signer}, which you gave",
            f"signed by {signer}; you gave {given_ids}",
        )
        return signer, good and known
    return signer, False


def _as_signed(
    found: Findings, files: Mapping[str, bytes], manifest: Mapping[str, Any], signed: Mapping[str, Any]
) -> bool:
    """Files against the digests in the signed statement itself: they name what was altered and hashed anew."""
    good = found.equal("signature", "bundle that was signed", signed["bundle"], manifest.get("bundle"))
    now = {name: sha256(content) for name, content in files.items() if name not in (SIGNATURE, TOKEN)}
    for name in sorted(now.keys() | signed["files"].keys()):
        if now.get(name) != signed["files"].get(name):
            good = False
            what = "was not signed" if name not in signed["files"] else "differs from what was signed"
            found.failed("signature", _said(name), what)
    good &= found.equal("signature", "manifest", signed["manifest_sha256"], now.get(MANIFEST))
    return (
        found.equal("signature", "key named by the manifest", manifest.get("signer"), signed["signer"])
        and good
    )


def _said(name: str) -> str:
    return name if _FILE_NAME.fullmatch(name) else shown(name)


def check_audit(found: Findings, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    """Each row's hash, its place behind the one before, and the ends the manifest names."""
    named = manifest.get("audit")
    if named is None and AUDIT not in files:
        found.unchecked("audit", AUDIT, "the bundle holds no part of the audit log")
        return
    with found.reading("audit", AUDIT):
        rows = read_lines(files[AUDIT])
        previous, seq, before = None, None, len(found.steps)
        for number, row in enumerate(rows, start=1):
            if len(found.steps) - before > _MOST_NAMED:
                found.failed(
                    "audit", f"rows from {number} on", "not looked at: too many before them are wrong"
                )
                break
            own = row_hash(row)
            if row["hash"] != own:
                found.failed(
                    "audit", f"row {number} (seq {shown(row['seq'])})", "altered: its hash is of another row"
                )
            if seq is not None and (row["seq"] != seq + 1 or row["previous"] != previous):
                found.failed(
                    "audit",
                    f"row {number} (seq {shown(row['seq'])})",
                    "rows before it are missing or in another order",
                )
            previous, seq = row["hash"], row["seq"]
        ends = {
            "rows": len(rows),
            "first_seq": rows[0]["seq"] if rows else None,
            "last_seq": seq,
            "head": previous,
        }
        found.equal("audit", "place in the chain", named, ends)


def row_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row without its hash, written as :func:`canonical_json` does; the hash before it is part of it."""
    return sha256(canonical_json({name: value for name, value in row.items() if name != "hash"}))
