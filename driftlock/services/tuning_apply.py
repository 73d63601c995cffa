"""New limits for a stream from now on: state, configuration and the record of the change, all at once."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from driftlock.errors import NotFound
from driftlock.model import Stream
from driftlock.ports import Claim, Clock
from driftlock.services.advance import every_excess
from driftlock.services.lease import claimed, lost
from driftlock.services.queries import Queries
from driftlock.services.series_plan import is_series
from driftlock.services.tuning_alarms import Alarms, limits_of
from driftlock.services.tuning_changes import CannotTune, LimitsChange, ProfileChange, TuningStore
from driftlock_core import state
from driftlock_core.errors import InvalidProfile
from driftlock_core.profiles import PROFILES, Profile
from driftlock_core.recount import Rule

SERIES = (
    "The numbers of this stream are judged one by one, each series against its own forecast; there are no NCD "
    "and p limits to change. Analyze the source again as text to judge windows."
)


def tunable(store: TuningStore, clock: Clock, tenant: str, stream_id: str) -> tuple[Stream, Profile]:
    """
    The stream and its profile as of now.

    Raises:
        NotFound: The tenant has no such stream.
        CannotTune: It is judged as series.
    """
    stream = Queries(store, clock).stream(tenant, stream_id)
    if stream is None:
        raise NotFound(f"There is no stream {stream_id}.")
    if is_series(stream.configuration):
        raise CannotTune(SERIES)
    return stream, Profile.from_configuration(stream.configuration)


def apply(
    store: TuningStore,
    clock: Clock,
    tenant: str,
    stream_id: str,
    rule: Rule,
    *,
    reason: str,
    by: str,
    how: Alarms | None = None,
) -> ProfileChange:
    """
    Judge what comes from now on by *rule*; what is recorded stays as it was detected.

    Args:
        how: Flags are counted from now on; without one as before. No verdict hangs on it.

    Raises:
        NotFound: The tenant has no such stream.
        StreamBusy: It is being analyzed right now.
        CannotTune: No reason, no change, limits that could never decide anything, or a stream judged as series.
    """
    _, profile = tunable(store, clock, tenant, stream_id)
    try:
        wanted = _named(rule.within(profile))
    except InvalidProfile as error:
        raise CannotTune(f"These limits cannot be used: {error}.") from error
    changes = store.tuning.changes(tenant, stream_id)
    now = Alarms.of(changes[-1].configuration) if changes else Alarms()
    how = how or now
    if Rule.of(profile) == rule and how == now:
        raise CannotTune("These limits are in force already; there is nothing to change.")
    kept = how.beside(wanted.configuration())
    return _change(store, clock, tenant, stream_id, kept, reason=reason, by=by)


def undo(
    store: TuningStore, clock: Clock, tenant: str, stream_id: str, change_id: str, *, reason: str, by: str
) -> ProfileChange:
    """
    Bring back the limits from before a change, as a new change.

    Raises:
        NotFound: The stream has no such change.
        CannotTune: No reason, or the limits were changed again since.
        StreamBusy: It is being analyzed right now.
    """
    tunable(store, clock, tenant, stream_id)
    changes = store.tuning.changes(tenant, stream_id)
    change = next((one for one in changes if one.id == change_id), None)
    if change is None:
        raise NotFound(f"There is no change {change_id}.")
    if change is not changes[-1]:
        raise CannotTune(
            "The limits were changed again since; undo the newest change first, or set the limits anew."
        )
    return _change(store, clock, tenant, stream_id, change.before, reason=reason, by=by, undoes=change_id)


def _change(
    store: TuningStore,
    clock: Clock,
    tenant: str,
    stream_id: str,
    configuration: dict[str, Any],
    *,
    reason: str,
    by: str,
    undoes: str | None = None,
) -> ProfileChange:
    if not reason.strip():
        raise CannotTune("Give a reason: it is kept with the change.")
    with claimed(store.detections, clock, tenant, stream_id) as claim:
        stream, profile = tunable(store, clock, tenant, stream_id)
        wanted = Profile.from_configuration(limits_of(configuration))
        if replace(profile, name=wanted.name, threshold=wanted.threshold, alpha=wanted.alpha) != wanted:
            raise CannotTune("The sizes or views of the stream are no longer those of that change.")
        if claim.state is None and stream.run_id is not None:
            raise CannotTune("Nothing of this stream has been judged yet; wait until its run has begun.")
        changes = store.tuning.changes(tenant, stream_id)
        made = ProfileChange(
            tenant=tenant,
            id=secrets.token_hex(8),
            stream_id=stream_id,
            after_seq=claim.cursor,
            before=Alarms.of(changes[-1].configuration if changes else {}).beside(stream.configuration),
            configuration=Alarms.of(configuration).beside(wanted.configuration()),
            reason=reason.strip(),
            at=_after(changes, clock.now()),
            by=by,
            undoes=undoes,
        )
        if not store.tuning.change_limits(_limits_change(made, claim, stream, wanted)):
            raise lost(claim)
    return made


def _limits_change(made: ProfileChange, claim: Claim, stream: Stream, wanted: Profile) -> LimitsChange:
    if claim.state is None:
        return LimitsChange(made=made, owner=claim.owner, state=None, status=stream.status)
    detector = state.load(claim.state)
    detector.set_limits(wanted, gate=every_excess(wanted))
    return LimitsChange(made=made, owner=claim.owner, state=state.save(detector), status=detector.status)


def _after(changes: Sequence[ProfileChange], now: datetime) -> datetime:
    """*now*, or just behind the newest change: their order is that of their times, whatever clocks do."""
    return max(now, changes[-1].at + timedelta(microseconds=1)) if changes else now


def _named(profile: Profile) -> Profile:
    """*profile* under the name of the shipped one it equals but for its sizes, else "custom"."""
    for shipped in PROFILES.values():
        alike = replace(shipped, baseline=profile.baseline, window=profile.window, hop=profile.hop)
        if alike == replace(profile, name=shipped.name):
            return replace(profile, name=shipped.name)
    return replace(profile, name="custom")
