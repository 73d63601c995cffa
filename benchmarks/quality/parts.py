"""The parts of a run: what each reads, what it needs, and how its results are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.quality import (
    labelled,
    null_streams,
    numeric,
    peers,
    peers_statistics,
    poisoning,
    power,
    sessions,
    swiftness,
)
from benchmarks.quality.material import logs
from benchmarks.quality.results import Result


@dataclass(frozen=True)
class Part:
    """
    One family of results.

    ``missing`` says in a sentence why a part cannot run on this data, or "".
    """

    name: str
    measure: Callable[[Path | None], list[Result]]
    seeds: str
    folder: str | None = None  # of the data, that must be there; None where generated data serve
    packages: tuple[str, ...] = ()

    def missing(self, data: Path | None) -> str:
        if self.folder is not None and (data is None or not (data / self.folder).is_dir()):
            return f"needs DIR/{self.folder} of --data DIR or DRIFTLOCK_DATA"
        if self.name == "peers":
            return peers.available()[1]
        return ""


def _peers(data: Path | None) -> list[Result]:
    names = [name for name in labelled.sets(data) if name not in labelled.LITTLE_TO_WIN]
    return peers.measure(data, names, peers.FULL)


def _with_data(measure: Callable[[Path], list[Result]]) -> Callable[[Path | None], list[Result]]:
    def run(data: Path | None) -> list[Result]:
        assert data is not None
        return measure(data)

    return run


_BY_NAME = "names of log, fault and position, in one string"

# In the order in which they run; speed comes last, when no other part's memory is fresh.
PARTS = (
    Part("null", lambda data: null_streams.measure(logs(data)), "shuffles 0 to 4"),
    Part("power", lambda data: power.measure(logs(data)), _BY_NAME),
    Part("poisoning", lambda data: poisoning.measure(logs(data)), _BY_NAME),
    Part("labelled", labelled.measure, "units by SHA-256 of set and number"),
    Part("sessions", _with_data(sessions.measure), "SHA-256 of set, unit and kind", folder="dev"),
    Part("nab", _with_data(numeric.measure), "none", folder="nab"),
    Part(
        "peers",
        _peers,
        f"draws {peers_statistics.SEED}",
        folder="dev",
        packages=("scikit-learn", "pyod", "river", "drain3"),
    ),
    Part("speed", swiftness.measure, "permutations of the naive algorithm by window"),
)
NAMES = tuple(part.name for part in PARTS)


def generated_with() -> str:
    """What generated data depend on."""
    return f"generated: data_generator, faker {version('faker')}"
