"""Where the benchmarks' streams come from: real logs if there are any, generated ones for everybody."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

WORDS = (
    "accepted cache client closed connection db expired flush gateway handle idle index job key leader lock "
    "miss node opened order page peer pool queue ready release reply request retry route session shard slow "
    "stored stream sync tenant timeout token upload user wait worker write"
).split()

WINDOW, HOP = 20, 10  # lines, for labelled sets that are one stream


def raw_files(data: Path | None) -> list[tuple[str, bytes]]:
    """Name and text of each log in time order, its lines ended by newlines."""
    if data is None:
        return [(f"generated_{count}", generated(count, count)) for count in (2000, 20000)]
    return [
        (path.name.removesuffix(".log.gz"), _unified(gzip.decompress(path.read_bytes())))
        for path in sorted((data / "raw").glob("*.log.gz"))
    ]


def _unified(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"


def lines_of(text: bytes) -> list[bytes]:
    """The events of a log: its lines."""
    return text[:-1].split(b"\n")


def generated(count: int, seed: int) -> bytes:
    """A service log of 40 templates whose mix drifts slowly, with numbers, addresses and ids."""
    random = Random(seed)
    templates = [
        f"{random.choice(['INFO', 'DEBUG', 'INFO', 'WARN'])} {random.choice(WORDS)}.{random.choice(WORDS).title()}: "
        + " ".join(random.choice([*WORDS, "{n}", "{ip}", "{id}"]) for _ in range(random.randint(4, 14)))
        for _ in range(40)
    ]
    lines = []
    for position in range(count):
        centre = 20 + 15 * (position / count)
        template = templates[int(abs(random.gauss(centre, 8))) % 40]
        line = (
            f"2026-03-02T{position // 3600 % 24:02}:{position // 60 % 60:02}:{position % 60:02}Z {template}"
        )
        while "{" in line:
            line = line.replace("{n}", str(random.randrange(10 ** random.randint(1, 5))), 1)
            line = line.replace("{ip}", f"10.{random.randrange(256)}.{random.randrange(256)}.7", 1)
            line = line.replace("{id}", f"{random.getrandbits(64):016x}", 1)
        lines.append(line)
    return "\n".join(lines).encode() + b"\n"


def labelled(data: Path, name: str) -> tuple[list[list[bytes]], list[list[bytes]], list[int]]:
    """Baseline units, units to score and their labels, cut by the ``split`` field of a labelled set."""
    units: dict[str, dict[str, list[bytes]]] = {"train": {}, "test": {}}
    labels: dict[str, int] = {}
    for number, record in enumerate(_records(data / "dev" / f"{name}.jsonl.gz")):
        unit = record["group"] if record["group"] is not None else str(number)
        body = record["body"] if isinstance(record["body"], str) else json.dumps(record["body"])
        units[record["split"]].setdefault(unit, []).append(body.encode())
        if record["split"] == "test":
            labels[unit] = max(labels.get(unit, 0), record["label"])
    return [*units["train"].values()], [*units["test"].values()], [labels[unit] for unit in units["test"]]


def windows_of(units: list[list[bytes]], labels: list[int]) -> tuple[list[list[bytes]], list[int]]:
    """Single lines as overlapping windows; a window is positive if one of its lines is."""
    starts = range(0, len(units) - WINDOW + 1, HOP)
    return (
        [[line for unit in units[start : start + WINDOW] for line in unit] for start in starts],
        [max(labels[start : start + WINDOW]) for start in starts],
    )


def is_stream(data: Path, name: str) -> bool:
    """Whether a labelled set is one stream in time order: its lines have times and belong to no groups."""
    first = next(_records(data / "dev" / f"{name}.jsonl.gz"))
    return first["ts"] is not None and first["group"] is None


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path) as file:
        for line in file:
            yield json.loads(line)
