"""Changes of a stream's limits: what each one was, and where they are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from driftlock.errors import ApplicationError
from driftlock.model import Label
from driftlock.ports import Store
from driftlock.services.tuning_alarms import Alarms, limits_of
from driftlock_core.profiles import Profile
from driftlock_core.recount import Rule
from driftlock_core.verdict import Status


class CannotTune(ApplicationError):
    """These limits cannot be asked about, or given to this stream; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """New limits of a stream from one event on; what was recorded before stays as it is."""

    tenant: str
    id: str
    stream_id: str
    after_seq: int  # events up to here were judged as before
    before: dict[
        str, Any
    ]  # configurations, and beside the limits what counts as an alarm: see tuning_alarms.py
    configuration: dict[str, Any]
    reason: str
    at: datetime
    by: str
    undoes: str | None  # id of the change it takes back

    @property
    def old_rule(self) -> Rule:
        """Limits before."""
        return Rule.of(Profile.from_configuration(limits_of(self.before)))

    @property
    def rule(self) -> Rule:
        """Limits from then on."""
        return Rule.of(Profile.from_configuration(limits_of(self.configuration)))

    @property
    def old_alarms(self) -> Alarms:
        """What counted as an alarm before."""
        return Alarms.of(self.before)

    @property
    def alarms(self) -> Alarms:
        """What counts as one from then on."""
        return Alarms.of(self.configuration)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsChange:
    """A change with everything that is kept of it at once."""

    made: ProfileChange
    owner: str  # of the lease
    state: bytes | None  # of the detector; None: the stream has not begun
    status: Status


class TuningTable(Protocol):
    """What tuning reads beside the windows, and where changes of limits are kept."""

    def labels(self, tenant: str, stream_id: str) -> dict[int, Label]:
        """Labels of the stream's flagged windows, by window."""

    def suppressed(self, tenant: str, stream_id: str, now: datetime) -> list[int]:
        """The stream's flagged windows whose pattern is suppressed at *now*, by number."""

    def stamp(self, tenant: str, stream_id: str) -> tuple[Any, ...]:
        """Changes whenever windows are filled in or labels set."""

    def changes(self, tenant: str, stream_id: str) -> list[ProfileChange]:
        """Oldest first."""

    def change_limits(self, change: LimitsChange) -> bool:
        """Keep *change*; False, and nothing kept, if the lease was lost."""


class TuningStore(Store, Protocol):
    """A store that keeps changes of limits too."""

    @property
    def tuning(self) -> TuningTable: ...
