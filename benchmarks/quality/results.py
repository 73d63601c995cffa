"""
Results under permanent ids: what a run measured, written so that two equal runs write equal bytes.

One file a part, ``benchmarks/results/<part>.json``; those of generated data in
``benchmarks/results/generated/``.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import zstandard

FOLDER = Path(__file__).parents[1] / "results"
DECIMALS = 6  # more is the order of sums
PACKAGES = ("numpy", "zstandard", "lz4")

Direction = Literal["higher", "lower", "none"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """
    One number.

    ``id`` is never given to another number. ``better`` says which direction is
    an improvement; "none" is context and is never compared.
    """

    id: str
    value: float
    unit: str
    better: Direction
    error: float | None = None  # standard error, same unit

    @property
    def part(self) -> str:
        """First word of the id: the file it is kept in."""
        return self.id.split("/", 1)[0]


Results = dict[str, Result]


def by_id(results: Iterable[Result]) -> Results:
    """
    Results by their ids, rounded as they are written.

    Raises:
        ValueError: Two results have the same id.
    """
    found: Results = {}
    for one in results:
        if one.id in found:
            raise ValueError(f"two results are called {one.id}")
        found[one.id] = Result(
            id=one.id,
            value=round(float(one.value), DECIMALS),
            unit=one.unit,
            better=one.better,
            error=None if one.error is None else round(float(one.error), DECIMALS),
        )
    return found


def measured_on(data: str, packages: Iterable[str] = ()) -> dict[str, str]:
    """What sizes of compressed bytes, and so all results, depend on; *data* says in words what was read."""
    found = {"data": data, "libzstd": ".".join(map(str, zstandard.ZSTD_VERSION))}
    for name in (*PACKAGES, *packages):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def write(folder: Path, part: str, results: Results, on: dict[str, str], seeds: str) -> Path:
    """One line a result, in order of ids."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for id in sorted(results):
        one = results[id]
        row = {"value": one.value, "unit": one.unit, "better": one.better}
        if one.error is not None:
            row["error"] = one.error
        rows.append(f"  {json.dumps(id)}: {json.dumps(row, ensure_ascii=False)}")
    head = json.dumps({**on, "seeds": seeds}, ensure_ascii=False)
    path = folder / f"{part}.json"
    path.write_text('{"measured_on": ' + head + ',\n "results": {\n' + ",\n".join(rows) + "\n}}\n")
    return path


def read(kept: Path) -> Results:
    """
    All results of a folder, or of one file; none if there is no such folder.

    Raises:
        ValueError: A file is not what :func:`write` makes; the message names it.
    """
    found: Results = {}
    for path in [kept] if kept.is_file() else sorted(kept.glob("*.json")):
        try:
            for id, row in json.loads(path.read_text())["results"].items():
                found[id] = Result(id=id, **row)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"{path} holds no results: {error}; write it anew with python -m benchmarks.quality --write"
            ) from error
    return found
