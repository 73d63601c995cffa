"""Compressed sizes again, by the library that the bundle names: the same calls, made anew for every question."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from driftlock.evidence.verifier.findings import Findings

# What must be installed beside the standard library, by compressor.
LIBRARIES: Final = {"zstd": "zstandard", "lz4": "lz4"}
_REACH: Final = {"zstd": 256 * 1024, "lz4": 64 * 1024, "gzip": 32 * 1024}  # bytes of dictionary

MOST_CHUNKS: Final = 6_000  # profiles allow fewer

Cost = Callable[[bytes], int]


def text_of_events(events: Sequence[bytes]) -> bytes:
    """Each event followed by a newline."""
    return b"".join(event + b"\n" for event in events)


def dictionary(events: Sequence[bytes], reach: int) -> bytes:
    """Distinct events by last occurrence, oldest first; the latest whole ones of together *reach* bytes."""
    newest_first = list(dict.fromkeys(reversed(events)))
    kept, size = [], 0
    for event in newest_first:
        size += len(event) + 1
        if size > reach:
            break
        kept.append(event)
    return text_of_events(kept[::-1])


class Sizes:
    """
    The compressor a bundle names, as it is installed here.

    Raises:
        LookupError: It is not installed, or this program does not know it.
    """

    def __init__(self, name: str) -> None:
        if name not in _REACH:
            raise LookupError(f"this program does not know the compressor {ascii(name)[:40]}")
        try:
            self._make, self.version = {"zstd": _zstd, "lz4": _lz4, "gzip": _gzip}[name]()
        except ImportError as error:
            raise LookupError(
                f"{LIBRARIES[name]} is not installed here: pip install {LIBRARIES[name]}"
            ) from error
        self._name = name
        self.alone: Cost = self._make(b"")

    def given(self, events: Sequence[bytes]) -> Cost:
        """Costs in bytes when the distinct lines of *events* are known."""
        return self._make(dictionary(events, _REACH[self._name]))


def _zstd() -> tuple[Callable[[bytes], Cost], str]:
    zstandard: Any = importlib.import_module("zstandard")

    def cost(known: bytes) -> Cost:
        prepared = None
        if known:
            prepared = zstandard.ZstdCompressionDict(known, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            prepared.precompute_compress(level=1)
        bare = {"write_checksum": False, "write_content_size": False, "write_dict_id": False}
        compress = zstandard.ZstdCompressor(level=1, dict_data=prepared, **bare).compress
        return lambda text: len(compress(text))

    return cost, f"zstd {'.'.join(map(str, zstandard.ZSTD_VERSION))} level 1"


def _lz4() -> tuple[Callable[[bytes], Cost], str]:
    library, block = importlib.import_module("lz4"), importlib.import_module("lz4.block")

    def cost(known: bytes) -> Cost:
        extra = {"dict": known} if known else {}
        return lambda text: len(block.compress(text, store_size=False, **extra))

    return cost, f"lz4 {library.library_version_string()} block"


def _gzip() -> tuple[Callable[[bytes], Cost], str]:
    zlib: Any = importlib.import_module("zlib")

    def cost(known: bytes) -> Cost:
        extra = {"zdict": known} if known else {}

        def size(text: bytes) -> int:
            stream = zlib.compressobj(6, wbits=-15, **extra)
            return len(stream.compress(text)) + len(stream.flush())

        return size

    return cost, f"gzip zlib {zlib.ZLIB_RUNTIME_VERSION} level 6"


def check_sizes(
    found: Findings, record: dict[str, Any], baselines: list[list[bytes]], window: list[bytes]
) -> None:
    """
    Every compressed size of the record.

    Args:
        record: With its configuration.
        baselines: Canonical events of the baseline of each epoch, oldest first; the last one decided.
        window: Canonical events.
    """
    config, evidence = record["configuration"], record["evidence"]
    name = config["compressor"]
    try:
        sizes = Sizes(name)
    except LookupError as missing:
        found.other_compressor = str(missing.args[0])
        found.unchecked("sizes", "compressor", f"{found.other_compressor}; sizes are taken as recorded")
        return
    if sizes.version != record["compressor"]:
        found.other_compressor = f"made with {ascii(record['compressor'])[:60]}, here is {sizes.version}"
        found.unchecked("sizes", "compressor", f"{found.other_compressor}; sizes are taken as recorded")
        return
    found.equal("sizes", "compressor", record["compressor"], sizes.version)
    hop, length = config["hop"], config["window"]
    if len(window) + len(baselines[-1]) > MOST_CHUNKS * hop:
        raise ValueError(f"more than {MOST_CHUNKS} chunks")
    chunks = [text_of_events(window[at : at + hop]) for at in range(0, len(window), hop)]
    baseline = baselines[-1]
    costs: list[int] = []
    for events, (_, _, count) in zip(baselines, evidence["epochs"], strict=True):
        cost = sizes.given(events)
        costs += [cost(chunk) for chunk in chunks[len(costs) : len(costs) + count]]
    found.equal("sizes", "chunk costs", evidence["chunk_costs"], costs)
    found.equal("sizes", "C(W)", evidence["c_window"], sizes.alone(text_of_events(window)))
    every_second = [text_of_events(baseline[at : at + length]) for at in range(0, len(baseline), 2 * length)]
    found.equal(
        "sizes", "baseline windows", evidence["baseline_windows"], list(map(sizes.alone, every_second))
    )
    split = [baseline[at : at + hop] for at in range(0, len(baseline), hop)]
    cost = sizes.given([event for chunk in split[::2] for event in chunk])
    odd = [cost(text_of_events(chunk)) for chunk in split[1::2]]
    found.equal("sizes", "reference costs", evidence["reference_costs"], odd)
    found.equal("sizes", "window costs", evidence["window_costs"], list(map(cost, chunks)))
    if "description" in record:
        textbook = record["description"]["textbook"]
        known, own = text_of_events(baseline), text_of_events(window)
        again = {
            "c_baseline": sizes.alone(known),
            "c_window": sizes.alone(own),
            "c_both": sizes.alone(known + own),
        }
        found.equal("sizes", "textbook sizes", textbook, again)
        small, large = sorted((again["c_baseline"], again["c_window"]))
        found.equal("sizes", "textbook NCD", record["ncd_textbook"], (again["c_both"] - small) / large)
        novelty = (again["c_both"] - again["c_baseline"]) / again["c_window"]
        found.equal("sizes", "novelty", record["novelty"], novelty)
