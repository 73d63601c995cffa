"""How flagged windows are counted: what makes an alarm of them, and which alarms are one incident."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from driftlock_core.repeats import Repeats

MOST_GAP: Final = 20  # windows' lengths
EVERY: Final = Repeats()
KEPT_AS: Final = "alarms"  # beside the limits of a change


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """How flagged windows are counted; in force beside the limits of a stream, and without a say in any verdict."""

    repeats: Repeats = EVERY
    gap: int = 0  # windows' lengths between alarms of one incident, at most

    def __post_init__(self) -> None:
        if not 0 <= self.gap <= MOST_GAP:
            raise ValueError(f"a gap of {self.gap} windows' lengths lies outside of 0 to {MOST_GAP}")
        if self.repeats.least == 1 and self.repeats.last != 1:
            object.__setattr__(self, "repeats", EVERY)  # 1 of any number is the same

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> "Alarms":
        """As kept beside the limits of a change; each flagged window an alarm where nothing is."""
        kept = configuration.get(KEPT_AS)
        return cls() if kept is None else cls(repeats=Repeats(**kept["repeats"]), gap=kept["gap"])

    def beside(self, configuration: Mapping[str, Any]) -> dict[str, Any]:
        """*configuration* with what :meth:`of` reads, if it is not the usual."""
        limits = limits_of(configuration)
        return limits if self == Alarms() else limits | {KEPT_AS: asdict(self)}


def limits_of(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The profile of a change alone, as a detector is given it."""
    return {name: value for name, value in configuration.items() if name != KEPT_AS}
