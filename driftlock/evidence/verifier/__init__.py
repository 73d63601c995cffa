"""
The one verifier of evidence bundles: installed here, and as a single file in every bundle.

:func:`source` makes that file of the modules of this package by one rule: they
stand one behind the other in the order of :data:`PARTS`, without the lines that
import each other. So they use nothing but the standard library and the named
compressor, and no two of them define the same name. What is installed checks a
bundle with these modules, never with the file inside it.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

PARTS: Final = (
    "findings",
    "archive",
    "ed25519",
    "integrity",
    "time_token",
    "sizes",
    "chance",
    "views",
    "view_checks",
    "decision",
    "windows",
    "series",
    "case",
    "guarantees",
    "verify",
)
_HEAD: Final = '''#!/usr/bin/env python3
"""
Checks a Driftlock evidence bundle. Needs Python 3.11 or later and the compressor the bundle names.

    python verify.py BUNDLE.zip --key PUBLIC_KEY_FILE

Exit code 0: nothing failed; 1: something did, and is named; 2: nothing failed, but the
compressor here is another one than the bundle was made with, so sizes are not claimed to the bit.
Take this file from whom you trust: one that came with a forged bundle could print anything.
"""
'''


@cache
def source() -> bytes:
    """The text of verify.py."""
    return "\n\n".join([_HEAD.rstrip("\n"), *map(_part, PARTS)]).encode() + b"\n"


def _part(name: str) -> str:
    text = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(__name__):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (
                (node.end_lineno or node.lineno) - node.lineno + 1
            )
    return "\n" + re.sub("\n{4,}", "\n\n\n", "\n".join(lines).strip("\n"))
