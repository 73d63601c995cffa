"""README.txt of a bundle: what is in it, how to check it, what that proves and what not."""

import json
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from driftlock.evidence.policy import Policy

# What each file of a bundle is, for the page, the manifest's reader and README.txt.
WHAT: Final[dict[str, str]] = {
    "README.txt": "this text",
    "audit_segment.ndjson": "rows of the audit log, chained by their hashes",
    "baseline.ndjson": "events the window was held against, as the detector saw them",
    "baseline_raw.ndjson": "the same as they were received",
    "config.json": "every setting the verdict depends on",
    "environment.json": "versions of what computed",
    "manifest.json": "names, sizes and SHA-256 of all files",
    "permutation.json": "how the shuffles are drawn, and their seed",
    "record.json": "every number of the verdict, floats to the last bit and as whole numbers",
    "references.json": "earlier windows it was ranked among",
    "report.html": "the report for people",
    "signature.json": "Ed25519 signature over all of it",
    "time_token.tsr": "time token of an authority (RFC 3161)",
    "timeline.json": "when it was detected, acknowledged and classified, and by whom",
    "values.ndjson": "every value of the series, with its time",
    "verify.py": "the program that checks all this",
    "window.ndjson": "events of the window, as the detector saw them",
    "window_raw.ndjson": "the same as they were received",
}
_DIGESTS: Final = {
    "baseline.ndjson": "keyed digests of the events the window was held against",
    "window.ndjson": "keyed digests of the events of the window",
}
_WIDTH: Final = 88

_TEXT: Final = """\
DRIFTLOCK EVIDENCE BUNDLE

Anomaly {id} of stream {stream_name}.
{statement}

TO CHECK IT

    python verify.py BUNDLE.zip --key PUBLIC_KEY_FILE

needs Python 3.11 or later{library}, nothing of Driftlock.
Ask for the public key by another way than you got the bundle. Take verify.py from
somewhere you trust, too: one that came with a forged bundle could print anything.
Exit code 0: nothing failed; 1: something did, and is named; 2: the compressor here is
another version, so sizes cannot be claimed to the bit.

WHAT IS SHOWN, EACH ON ITS OWN

unchanged            Every byte is as the key signed it. Only relative to a key you trust.
in this order        Events by their numbers and digests, audit rows by their chain of hashes.
existed at this time Only with a time token, and the certificate of the authority that gave
                     it (--authority). Without them every time in here is the word of whoever
                     made the bundle.

WHAT IS NOT SHOWN

Sizes and statistics of earlier windows are taken as recorded; so are the words of
the report, the severity, and whatever verify.py prints as NOT CHECKED. A chain of
hashes proves an order, not a time: it can be written in one afternoon. Nothing here
says that the events are what really happened, only that this is what was judged.

FILES

{files}
"""


_CASE: Final = """\
DRIFTLOCK EVIDENCE OF A CASE

Case {id}, {title}.
{statement}

TO CHECK IT

    python verify.py ARCHIVE.zip --key PUBLIC_KEY_FILE

needs Python 3.11 or later and the compressors the bundles name, nothing of Driftlock. It
checks this archive and every bundle in it, and names the bundle of whatever fails. Each
bundle can be taken out and checked on its own; its README.txt says what is shown and what
is not.

FILES

{files}
"""


def what(name: str, policy: Policy) -> str:
    """What a file of a bundle is, in a few words."""
    if name.endswith(".zip"):
        return "the evidence bundle of one anomaly"
    return (WHAT | _DIGESTS if policy == "digests" else WHAT)[name]


def case_readme(case_id: str, title: str, statement: str, names: list[str]) -> bytes:
    """
    The text for the archive of a case.

    Args:
        names: Of its files.
    """
    listed = sorted({*names, "README.txt", "manifest.json"})
    return _CASE.format(
        id=case_id,
        title=json.dumps(title, ensure_ascii=False),
        statement=textwrap.fill(statement, _WIDTH),
        files="\n".join(f"{name:<21}{what(name, 'masked')}" for name in listed),
    ).encode()


def readme(
    about: Mapping[str, Any], names: list[str], policy: Policy, statement: str, environment: Mapping[str, Any]
) -> bytes:
    """
    The text for one bundle.

    Args:
        about: Id and stream of the anomaly.
        names: Of its files.
        environment: What it was made with, the package of the compressor among it.
    """
    listed = sorted({*names, "README.txt", "manifest.json"})
    package, library = environment["package"], ""
    if package is not None:
        library = f" and the package {package} (here it was {environment['package_version']})"
    elif environment["compressor"] == "gzip":
        library = f" with zlib {environment['zlib']}"
    return _TEXT.format(
        id=about["id"],
        stream_name=json.dumps(about["stream_name"], ensure_ascii=False),  # one line, whatever it is
        statement=textwrap.fill(statement, _WIDTH),
        library=library,
        files="\n".join(f"{name:<21}{what(name, policy)}" for name in listed),
    ).encode()
