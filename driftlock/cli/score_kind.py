"""What ``score`` takes its events for, and what then gets a score of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from driftlock.cli.units import By, Line
from driftlock.decode import kinds
from driftlock.model import Kind
from driftlock_core.kind_profiles import KIND_PROFILES, KindProfile

SAMPLED: Final = 400  # lines of the baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a first look through all lines of a file gives."""

    events: int
    first_without_group: int | None  # 0-based line
    head: Sequence[bytes]  # bodies of the first 400 lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The kind, the unit, and the sentences both rest on."""

    kind: Kind
    by: By
    evidence: str

    @property
    def profile(self) -> KindProfile:
        """The parameters of the kind."""
        return KIND_PROFILES[self.kind]


def surveyed(lines: Iterable[Line]) -> Survey:
    """Reads all *lines*, so that one that cannot be read is told before anything is written."""
    head: list[bytes] = []
    events, first_without_group = 0, None
    for line in lines:
        events += 1
        if line.group is None and first_without_group is None:
            first_without_group = line.number
        if len(head) < SAMPLED:
            head.append(line.body)
    return Survey(events=events, first_without_group=first_without_group, head=head)


def taken(baseline: Survey, asked: Survey, *, kind: Kind | None, unit: By | None) -> Taken:
    """
    Kind and unit where none is given: the kind its baseline looks like, and the unit that suits it.

    The lines to be scored have no part in the kind: what is anomalous in them
    must not decide how they are read.
    """
    if kind is None:
        seen = kinds.of_bodies(baseline.head)
        kind, evidence = seen.kind, seen.sentence
    else:
        evidence = "Chosen by hand."
    by: By
    if unit is not None:
        by = unit
    elif baseline.first_without_group is None and asked.first_without_group is None:
        by = KIND_PROFILES[kind].unit
    else:
        by = KIND_PROFILES[kind].unit_without_groups
    return Taken(kind=kind, by=by, evidence=evidence)
