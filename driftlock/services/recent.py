"""The newest events of a stream that is judged in windows, for studies that judge them again."""

from dataclasses import dataclass

from driftlock.errors import ApplicationError, NotFound
from driftlock.ports import Store
from driftlock.services.advance import SLAB_EVENTS
from driftlock.services.series_plan import is_series
from driftlock_core.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentEvents:
    """Events in order, as received, and the profile the stream has now."""

    profile: Profile
    first_seq: int
    last_seq: int
    payloads: list[bytes]
    times: list[int | None]  # microseconds since 1970


def recent_events(store: Store, tenant: str, stream_id: str, most: int) -> RecentEvents:
    """
    The last *most* events, or all.

    Raises:
        ApplicationError: The stream is judged as series, or holds less than a baseline and a window.
        NotFound: The tenant has no such stream.
    """
    stream = store.streams.get(tenant, stream_id)
    if stream is None:
        raise NotFound(f"There is no stream {stream_id}.")
    if is_series(stream.configuration):
        raise ApplicationError(
            "This stream is judged as series of numbers: there are no windows of lines to study in it."
        )
    profile = Profile.from_configuration(stream.configuration)
    first = max(1 + stream.removed_through, stream.events - most + 1)
    cursor, payloads, times = first - 1, list[bytes](), list[int | None]()
    while cursor < stream.events and (
        slab := store.events.after(tenant, stream_id, cursor, min(SLAB_EVENTS, stream.events - cursor))
    ):
        payloads += [event.payload for event in slab]
        times += [event.at_us for event in slab]
        cursor = slab[-1].seq
    if len(payloads) < profile.events_needed:
        raise ApplicationError(
            f"This stream holds {len(payloads):,} events; a study of its windows needs "
            f"{profile.events_needed:,}, a baseline and one window. Wait until there are as many."
        )
    return RecentEvents(profile=profile, first_seq=first, last_seq=cursor, payloads=payloads, times=times)
