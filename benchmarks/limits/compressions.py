"""What detection by the bytes asks of libzstd, and what that alone takes, in bare passes over the log."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from pathlib import Path
from time import process_time

import zstandard

from benchmarks.markdown import table
from benchmarks.sources import lines_of, raw_files
from driftlock_core import BALANCED, Detector, Masker, compressors, kernel

BYTES = replace(BALANCED, name="custom", views=("bytes",))
WANTED = {"HDFS_20000": (2.2, 3.5), "HealthApp_20000": (3.5, 5.5)}  # with the kernel, without
REPEATS = 7  # the fastest counts, processor time: others on the machine only ever add


@dataclass
class Asked:
    """Every digest a run made, and the texts it had compressed with each."""

    known: list[bytes] = field(default_factory=list)
    texts: list[tuple[int, list[bytes]]] = field(default_factory=list)  # number of the digest, pieces

    def pieces(self, *, alone: bool) -> list[list[bytes]]:
        """Of digests without a dictionary, or of the others."""
        return [pieces for at, pieces in self.texts if (not self.known[at]) == alone]


class _Noting:
    """A digest that notes down what it is asked."""

    def __init__(self, asked: Asked, known: bytes, made: compressors.Digest) -> None:
        self._asked, self._made, self._number = asked, made, len(asked.known)
        asked.known.append(bytes(known))

    def cost(self, text: bytes | memoryview) -> int:
        self._asked.texts.append((self._number, [bytes(text)]))
        return self._made.cost(text)

    def costs(self, text: memoryview, borders: Sequence[int]) -> list[int]:
        pieces = [bytes(text[start:stop]) for start, stop in pairwise(borders)]
        self._asked.texts.append((self._number, pieces))
        return self._made.costs(text, borders)

    def line_costs(self, lines: Sequence[bytes], start: int, stop: int, step: int) -> list[int]:
        ends = (*range(start + step, stop, step), stop)
        pieces = [
            b"\n".join([*lines[at:end], b""]) for at, end in zip(range(start, stop, step), ends, strict=False)
        ]
        self._asked.texts.append((self._number, pieces))
        return self._made.line_costs(lines, start, stop, step)


@contextmanager
def noted() -> Iterator[Asked]:
    """Within it every digest of zstd notes what it is asked."""
    asked, real = Asked(), compressors.Zstd.digest

    def digest(self: compressors.Zstd, dictionary: bytes) -> compressors.Digest:
        return _Noting(asked, dictionary, real(self, dictionary))

    compressors.Zstd.digest = digest  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        compressors.Zstd.digest = real  # type: ignore[method-assign]


@dataclass(frozen=True)
class Share:
    """Seconds of processor time of one part of the work."""

    digests: float
    given: float
    alone: float
    masking: float
    whole: float


def measure(events: list[bytes]) -> tuple[Share, Asked, int]:
    """One log on the path in use: with warm caches, and what libzstd was asked for done once more by itself."""
    masker = Masker()
    Detector(BYTES, masker=masker).update(events)
    with noted() as asked:
        windows = Detector(BYTES, masker=masker).update(events)
    zstd = compressors.Zstd()
    made = [zstd.digest(known) for known in asked.known]
    texts = {
        alone: [
            (made[at], memoryview(b"".join(pieces)), [0, *accumulate(map(len, pieces))])
            for at, pieces in asked.texts
            if (not asked.known[at]) == alone
        ]
        for alone in (False, True)
    }

    def compressed(alone: bool) -> None:
        for digest, text, borders in texts[alone]:
            digest.costs(text, borders)

    return (
        Share(
            digests=fastest(lambda: [zstd.digest(known) for known in asked.known if known]),
            given=fastest(lambda: compressed(False)),
            alone=fastest(lambda: compressed(True)),
            masking=fastest(lambda: masker.canonical(events)),
            whole=fastest(lambda: Detector(BYTES, masker=masker).update(events)),
        ),
        asked,
        len(windows),
    )


def fastest(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds of processor time."""
    spent = []
    for _ in range(repeats):
        gc.collect()
        began = process_time()
        work()
        spent.append(process_time() - began)
    return min(spent)


def tables(data: Path) -> str:
    """One row a log and path."""
    rows = []
    for name, text in raw_files(data):
        if name not in WANTED:
            continue
        events = lines_of(text)
        bare = fastest(lambda: zstandard.ZstdCompressor(level=3).compress(text), 3 * REPEATS)  # noqa: B023
        rows.append(_row(name, kernel.path_in_use(), WANTED[name][0], *measure(events), bare, len(text)))
        if kernel.path_in_use() != "Python":
            with kernel.switched_off():
                rows.append(_row(name, "Python", WANTED[name][1], *measure(events), bare, len(text)))
    head = ["log", "path", "wanted", "reached", "libzstd alone", "digests", "given a baseline", "alone"]
    return table(
        [
            *head,
            "masking, warm",
            "what is left",
            "compressions a window",
            "bytes compressed + digested, ÷ log",
        ],
        rows,
    )


def _row(
    name: str, path: str, wanted: float, share: Share, asked: Asked, windows: int, bare: float, size: int
) -> list[str]:
    floor = share.digests + share.given + share.alone
    pieces = [piece for _, of_one in asked.texts for piece in of_one]
    counts = [sum(map(len, asked.pieces(alone=alone))) / windows for alone in (False, True)]
    raw = sum(len(known) for known in asked.known), sum(map(len, pieces))
    spent = [share.whole, floor, share.digests, share.given, share.alone, share.masking]
    return [
        name,
        path,
        f"{wanted:.1f}",
        *(f"{one / bare:.2f}" for one in spent),
        f"{(share.whole - floor - share.masking) / bare:.2f}",
        f"{counts[0]:.2f} + {counts[1]:.2f}, {sum(map(bool, asked.known)) / windows:.3f} digests",
        f"{raw[1] / size:.2f} + {raw[0] / size:.2f}",
    ]
