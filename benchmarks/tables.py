"""
Tables of the documents, made anew from benchmarks/results: ``python -m benchmarks.tables [--check]``.

A place looks like ``<!-- made: null -->`` … ``<!-- end -->``; everything between is
replaced. With --check nothing is written, and the exit code is 1 where a
document is not what the command would write.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.markdown import filled, places
from benchmarks.quality import layout
from benchmarks.quality.results import FOLDER, read

ROOT = Path(__file__).parents[1]


def documents() -> list[Path]:
    """README and docs with at least one place."""
    candidates = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in candidates if places(path.read_text())]


def renewed(path: Path) -> str:
    """The document's text with every table made from the results kept."""
    return filled(path.read_text(), layout.made(read(FOLDER)))


def main(arguments: list[str] | None = None) -> int:
    """Rewrite, or only look."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    asked = parser.parse_args(arguments)
    stale = {path: text for path in documents() if (text := renewed(path)) != path.read_text()}
    for path, text in stale.items():
        print(f"{path.relative_to(ROOT)}: {'not what its results say' if asked.check else 'rewritten'}")
        if not asked.check:
            path.write_text(text)
    return 1 if asked.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
