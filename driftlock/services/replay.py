"""A scenario through the engine under any limits, and its placebo; nothing is stored."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_generator import Event, encode, perform_scenario, scenario_named
from driftlock.model import ScoreColumns
from driftlock.services.advance import every_excess
from driftlock_core.detector import Detector
from driftlock_core.incidents import incidents
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import BALANCED, Profile
from driftlock_core.windows import Windows

# What the generator writes as the customer's name; a play is the same whoever watches it.
CUSTOMER = "demo"
NUMBERS = "metrics"  # judged number by number, so that limits on windows say nothing about them


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What the engine answered about one play of a scenario."""

    scenario: str
    seed: int
    profile: Profile  # at the sizes used
    placebo: bool
    columns: ScoreColumns
    incidents: int
    digest: str  # see digest()

    @property
    def tested(self) -> int:
        return len(self.columns.window)

    @property
    def flagged(self) -> int:
        return int(np.count_nonzero(self.columns.flagged))

    @property
    def expected_by_chance(self) -> float:
        """Flagged windows, at most about, if nothing had been wrong."""
        return float(np.asarray(self.columns.chance).sum())


def played(scenario: str, seed: int) -> bytes:
    """
    The scenario as a customer would send it: NDJSON, its first signal, ten minutes of 20 events a second.

    Raises:
        UnknownScenario: There is none of that name.
        ValueError: *seed* is negative.
    """
    return encode(list(perform_scenario(scenario, seed).events), "ndjson", CUSTOMER)


def replay(scenario: str, seed: int, profile: Profile = BALANCED, *, placebo: bool = False) -> Replay:
    """
    Judge a play of *scenario* under *profile*; the same arguments give the same bits.

    Args:
        scenario: An id of ``data_generator.catalogue()`` that is not made of numbers.
        seed: 0 or more.
        profile: Limits; its sizes give way to those of the scenario's kind, as they do in a run.
        placebo: Shuffle the events and keep the moments at which one came:
            the same lines at the same pace, and nothing in their order. A
            fault that changes the pace is still to be seen.

    Raises:
        UnknownScenario: There is none of that name.
        ValueError: *seed* is negative, or the scenario is made of numbers.
    """
    signal = scenario_named(scenario).signals[0]
    if signal == NUMBERS:
        raise ValueError(f"{scenario} is made of numbers, which are judged one by one and not in windows")
    events = list(perform_scenario(scenario, seed).events)
    times = np.array([event.at_us for event in events], dtype=np.int64)
    lines = encode(_shuffled(events, seed) if placebo else events, "ndjson", CUSTOMER).splitlines()
    fitted = for_kind(profile, signal)
    # The gate of a stored stream, so that both show the same scores.
    windows = Detector(fitted, gate=every_excess(fitted)).update(lines, times)
    columns = _columns(windows, times)
    flagged = np.flatnonzero(windows.flagged)
    found = incidents(
        (int(windows.index[row]), int(windows.first_seq[row]), int(windows.last_seq[row])) for row in flagged
    )
    return Replay(
        scenario=scenario,
        seed=seed,
        profile=fitted,
        placebo=placebo,
        columns=columns,
        incidents=len(found),
        digest=digest(columns),
    )


def digest(columns: ScoreColumns) -> str:
    """
    SHA-256 over the flagged windows: number, first and last event, bytes given the baseline; one a line.

    The same for a stored stream and its replay. Any difference in masking,
    compression or judging that touches a flagged window changes it.
    """
    rows = np.flatnonzero(columns.flagged)
    of = (columns.window, columns.extra["first_seq"], columns.last_seq, columns.extra["size"])
    lines = (" ".join(str(int(column[row])) for column in of) for row in rows)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _shuffled(events: Sequence[Event], seed: int) -> list[Event]:
    """In the order of digests of their places: the same on any machine, with any version of numpy."""

    def key(place: int) -> bytes:
        return hashlib.blake2b(f"{seed} {place}".encode(), digest_size=16).digest()

    return [events[place] for place in sorted(range(len(events)), key=key)]


def _columns(windows: Windows, times: np.ndarray) -> ScoreColumns:
    return ScoreColumns(
        window=windows.index,
        last_seq=windows.last_seq,
        last_at_us=times[windows.last_seq - 1],
        ncd=windows.score,
        exact=windows.exact,
        p_stream=windows.p_stream,
        p_perm=windows.p_perm,
        extra_bits=windows.extra_bits,
        flagged=windows.flagged,
        ready=windows.ready,
        chance=windows.chance,
        extra={"first_seq": windows.first_seq, "size": windows.size},
    )
