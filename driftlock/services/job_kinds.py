"""What a job can be, and how each kind is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from driftlock.errors import ApplicationError
from driftlock.ports import Store
from driftlock.services.complete import WIDE, WIDEST, complete
from driftlock.services.detectability import detectability
from driftlock.services.placebo import WAYS, placebo

JobKind = Literal["complete", "detectability", "placebo"]
Report = Callable[[int, int], None]  # done, total; may raise to end the work


class InvalidJob(ApplicationError):
    """A job was asked for that cannot be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfJob:
    """How jobs of one kind count, what may be chosen, and the work itself."""

    unit: str  # of the progress
    usual: Mapping[str, Any]  # options and what they are if nothing is said
    choices: Mapping[str, tuple[Any, ...]]  # options of few values; the others are whole numbers
    work: Callable[..., dict[str, Any]]  # store, tenant, stream id, report, **options: the result

    def checked(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """
        All options, the usual ones filled in.

        Raises:
            InvalidJob: An option is unknown, or has a value it cannot have.
        """
        for name, value in options.items():
            if name not in self.usual:
                known = ", ".join(sorted(self.usual)) or "none"
                raise InvalidJob(f"There is no option “{name}”; the options of this job are: {known}.")
            if name in self.choices and value not in self.choices[name]:
                raise InvalidJob(f"{name} must be one of: {', '.join(map(str, self.choices[name]))}.")
            if name not in self.choices and (type(value) is not int or value < 0):
                raise InvalidJob(f"{name} must be a whole number of 0 or more.")
        return {**self.usual, **options}


# For which limits the completing job computes: those that tuning asks for first, or all that can be chosen.
GATES: Final = {"usual": WIDE, "all": WIDEST}


def _complete(store: Store, tenant: str, stream_id: str, report: Report, *, limits: str) -> dict[str, Any]:
    return {"filled": complete(store, tenant, stream_id, gate=GATES[limits], progress=report)}


JOB_KINDS: Final[Mapping[JobKind, KindOfJob]] = MappingProxyType(
    {
        "complete": KindOfJob(
            unit="events", usual={"limits": "usual"}, choices={"limits": tuple(GATES)}, work=_complete
        ),
        "detectability": KindOfJob(unit="trials", usual={"seed": 0}, choices={}, work=detectability),
        "placebo": KindOfJob(
            unit="events", usual={"way": WAYS[0], "seed": 0}, choices={"way": WAYS}, work=placebo
        ),
    }
)
