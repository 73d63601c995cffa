"""A bundle looked at from all sides, and the command that prints what was found."""

import io
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from driftlock.evidence.verifier.archive import LARGEST_BUNDLE, MOST_FILES, unpack
from driftlock.evidence.verifier.findings import (
    FAIL,
    NOT_CHECKED,
    OF_CHANGE,
    OF_ORDER,
    PASS,
    Findings,
    Step,
    Verification,
    shown,
    text_of,
)
from driftlock.evidence.verifier.integrity import (
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
SOMETHING_FAILED: Final = 1
OTHER_COMPRESSOR: Final = 2
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
    given = _given(keys, authority)
    files, problems = unpack(data)
    found = Findings()
    for problem in problems:
        found.failed("archive", "ZIP", problem)
    if not problems:
        found.add("archive", "ZIP", True, f"{len(files)} files, each once, nothing else", "")
    return _verified(found, files, given, authority)


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


def _verified(
    found: Findings, files: Mapping[str, bytes], keys: Sequence[bytes], authority: bytes | None
) -> Verification:
    manifest: dict[str, Any] = check_files(found, files)
    signer, trusted = check_signature(found, files, manifest, keys)
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
            _unchanged(found, signer, trusted),
            _in_order(found, trusted),
            _existed(found, moment, timed),
        ),
        exit_code=code,
        bundle_id=named if isinstance(named, str) and _ID.fullmatch(named) else None,
        key_id=signer,
        conclusion=_conclusion(found, code, recomputable),
    )


def _unchanged(found: Findings, signer: str | None, trusted: bool) -> Step:
    if found.outcome(*OF_CHANGE) == FAIL:
        return Step(
            "guarantee", "unchanged", FAIL, "no: the steps that failed name what is not as it was signed"
        )
    if trusted:
        return Step(
            "guarantee", "unchanged", PASS, f"every byte is as key {signer}, which you gave, signed it"
        )
    if signer is None:
        return Step(
            "guarantee",
            "unchanged",
            NOT_CHECKED,
            "nobody signed: whoever wrote it could have written anything",
        )
    reason = f"unchanged relative to key {signer} only, which you did not give: anybody can make a key. Give it with --key"
    return Step("guarantee", "unchanged", NOT_CHECKED, reason)


def _in_order(found: Findings, trusted: bool) -> Step:
    name = "in this order"
    if found.outcome(*OF_ORDER) == FAIL:
        return Step("guarantee", name, FAIL, "no: the steps that failed name what is out of order")
    # Numbers alone order nothing: a digest over all lines does.
    tied = any(step.outcome == PASS and step.name.startswith("digest") for step in found.steps)
    events = "events by their numbers and digests" if tied else "events not: no digest here is made of them"
    chained = found.outcome("audit") == PASS
    audit = "audit rows by their chain of hashes" if chained else "no audit rows are in the bundle"
    bound = "" if trusted else "; only as far as the bundle is unchanged, which a signature would say"
    outcome = PASS if tied or chained else NOT_CHECKED
    return Step("guarantee", name, outcome, f"{events}; {audit}{bound if outcome == PASS else ''}")


def _existed(found: Findings, moment: str | None, timed: bool) -> Step:
    name = "existed at this time"
    if found.outcome("time") == FAIL:
        return Step(
            "guarantee",
            name,
            FAIL,
            "no: the token is of other bytes, damaged, or not by the certificate you gave",
        )
    if moment is None:
        return Step(
            "guarantee", name, NOT_CHECKED, "no time token: every time in it is the word of who made it"
        )
    if found.outcome(*OF_CHANGE) == FAIL:
        return Step("guarantee", name, FAIL, "no: the token is of a signature that does not fit these files")
    if timed:
        said = f"at {moment}, by the word of the authority whose certificate you gave"
        return Step("guarantee", name, PASS, said)
    reason = (
        f"the token names {moment} and is of this bundle; whether the authority signed it is not checked here"
    )
    return Step("guarantee", name, NOT_CHECKED, reason)


def _conclusion(found: Findings, code: int, recomputable: bool) -> str:
    failures = [step for step in found.steps if step.outcome == FAIL]
    if failures:
        names = ", ".join(dict.fromkeys(step.name for step in failures))
        return f"{len(failures)} steps failed: {names}."
    if code == OTHER_COMPRESSOR:
        return f"Nothing failed, but cannot claim bit-exact: {found.other_compressor}."
    if not recomputable:
        return "Nothing failed. Not recomputable: what follows from the recorded numbers does; they themselves are taken as recorded."
    return "Nothing failed: every step that could be looked at passed; what was not checked is named."


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
