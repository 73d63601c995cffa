"""A bundle looked at from all sides, and the command that prints what was found."""

import io
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from driftlock.evidence.verifier.archive import LARGEST_BUNDLE, MOST_FILES, unpack
from driftlock.evidence.verifier.case import CASE_SCHEMA, check_case, is_case
from driftlock.evidence.verifier.findings import (
    FAIL,
    Findings,
    Verification,
    shown,
    text_of,
)
from driftlock.evidence.verifier.guarantees import (
    OTHER_COMPRESSOR,
    SOMETHING_FAILED,
    has_existed,
    is_in_order,
    is_unchanged,
    what_follows,
)
from driftlock.evidence.verifier.integrity import (
    SCHEMA,
    check_audit,
    check_files,
    check_signature,
    read_key,
)
from driftlock.evidence.verifier.series import check_series
from driftlock.evidence.verifier.time_token import check_time, rsa_key
from driftlock.evidence.verifier.windows import check_window

USAGE: Final = (
    "usage: python verify.py [BUNDLE.zip or FOLDER] [--key PUBLIC_KEY_FILE]... [--authority CERTIFICATE]"
)
_ID: Final = re.compile(r"[0-9a-f]{32}")


def verify_bytes(data: bytes, *, keys: Sequence[bytes] = (), authority: bytes | None = None) -> Verification:
    """
    What can be said of a bundle; never raises for any bytes, and runs nothing of what it holds.

    Args:
        data: The ZIP.
        keys: Public keys the reader got elsewhere, as :func:`read_key` takes them.
        authority: The certificate, PEM, that the reader knows a time authority by.

    Raises:
        ValueError: A key is none, or the certificate.
    """
    return _archive(data, _given(keys, authority), authority)


def verify_files(
    files: Mapping[str, bytes], *, keys: Sequence[bytes] = (), authority: bytes | None = None
) -> Verification:
    """As :func:`verify_bytes`, for files that were unpacked."""
    given = _given(keys, authority)
    found = Findings()
    found.unchecked("archive", "ZIP", "a folder was looked at, not the archive")
    return _verified(found, files, given, authority)


def _given(keys: Sequence[bytes], authority: bytes | None) -> list[bytes]:
    """The keys, after all that the reader gave was looked at: what cannot be used is not the bundle's fault."""
    if authority is not None:
        rsa_key(authority)
    return [read_key(key) for key in keys]


def _archive(
    data: bytes, keys: Sequence[bytes], authority: bytes | None, *, inside: bool = False
) -> Verification:
    files, problems = unpack(data)
    found = Findings()
    for problem in problems:
        found.failed("archive", "ZIP", problem)
    if not problems:
        found.add("archive", "ZIP", True, f"{len(files)} files, each once, nothing else", "")
    return _verified(found, files, keys, authority, inside=inside)


def _verified(
    found: Findings,
    files: Mapping[str, bytes],
    keys: Sequence[bytes],
    authority: bytes | None,
    *,
    inside: bool = False,  # of the archive of a case, which holds no other case
) -> Verification:
    of_case = not inside and is_case(files)
    manifest: dict[str, Any] = check_files(found, files, CASE_SCHEMA if of_case else SCHEMA)
    signer, trusted = check_signature(found, files, manifest, keys)
    recomputable = False
    if of_case:
        with found.reading("case", "bundles"):
            recomputable = check_case(
                found, files, manifest, lambda data: _archive(data, keys, None, inside=True)
            )
    else:
        recomputable = _anomaly(found, files, manifest)
    moment, timed = None, False
    with found.reading("time", "time token"):
        moment, timed = check_time(found, files, authority)
    steps = tuple(found.steps)
    code = OTHER_COMPRESSOR if found.other_compressor else 0
    if any(step.outcome == FAIL for step in steps):
        code = SOMETHING_FAILED
    named = manifest.get("bundle")
    return Verification(
        steps=steps,
        guarantees=(
            is_unchanged(found, signer, trusted),
            is_in_order(found, trusted),
            has_existed(found, moment, timed),
        ),
        exit_code=code,
        bundle_id=named if isinstance(named, str) and _ID.fullmatch(named) else None,
        key_id=signer,
        conclusion=what_follows(found, code, recomputable),
    )


def _anomaly(found: Findings, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> bool:
    """What one bundle is evidence of; answers whether it promises to be recomputable."""
    kind, recomputable = "", False
    with found.reading("files", "manifest.json"):
        kind, recomputable = manifest["anomaly"]["type"], manifest["recomputable"] is True
        found.add(
            "files", "kind of anomaly", kind in ("window", "series"), kind, f"{shown(kind)} is unknown here"
        )
    if kind == "window":
        check_window(found, files, recomputable)
    elif kind == "series":
        check_series(found, files, recomputable)
    check_audit(found, files, manifest)
    return recomputable


def main(arguments: Sequence[str]) -> int:
    """Print the verification of what the arguments name; answers the exit code."""
    options: dict[str, list[str]] = {"--key": [], "--authority": []}
    names: list[str] = []
    rest = list(arguments)
    while rest:
        one = rest.pop(0)
        if one in options and rest:
            options[one].append(rest.pop(0))
        elif one.startswith("-") or names:
            print(USAGE, file=sys.stderr)
            return 1
        else:
            names.append(one)
    place = Path(names[0]) if names else Path(__file__).parent
    try:
        keys = [Path(name).read_bytes() for name in options["--key"]]
        authority = Path(options["--authority"][-1]).read_bytes() if options["--authority"] else None
        if place.is_dir():
            there = [each for each in sorted(place.iterdir()) if each.is_file()]
            held = sum(each.stat().st_size for each in there)
            if not (place / "manifest.json").is_file() or held > LARGEST_BUNDLE or len(there) > MOST_FILES:
                print(f"{place} is not the folder of a bundle. {USAGE}", file=sys.stderr)
                return 1
            done = verify_files(
                {each.name: each.read_bytes() for each in there}, keys=keys, authority=authority
            )
        else:
            done = verify_bytes(place.read_bytes(), keys=keys, authority=authority)
    except (OSError, ValueError) as error:
        print(f"{error}. {USAGE}", file=sys.stderr)
        return 1
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console that knows no dash shall not end the program
    print(text_of(done), end="")
    return done.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
