"""Stored numbers looked through before they are judged: as series or as text, and which series."""

from collections.abc import Callable

from driftlock.model import Stream
from driftlock.ports import EventLog
from driftlock.services.series_plan import Judging, SeriesCounts, SeriesPlan, choose, plan

# The same number of events that a decoder gives at once, so that a file is judged alike by every door.
HEAD_EVENTS = 5_000


def fit_series(
    events: EventLog, stream: Stream, judging: Judging, on_slab: Callable[[], None]
) -> tuple[SeriesPlan | None, str]:
    """
    The plan for a stored stream, None where it is judged as text; and a sentence that says which and why.

    The sentence has no full stop. *on_slab* is called after each slab that was counted.
    """
    of = stream.tenant, stream.id
    head = events.after(*of, 0, HEAD_EVENTS)
    if not head:
        return None, "there are no events"
    complete = len(head) < HEAD_EVENTS
    choice = choose([event.payload for event in head], complete=complete, judging=judging)
    if choice.reading is None:
        return None, choice.why
    counts = SeriesCounts(choice.reading)
    while head:
        counts.take(event.payload for event in head)
        on_slab()
        head = events.after(*of, head[-1].seq, HEAD_EVENTS)
    made = plan(counts, choice.why)
    if isinstance(made, str):
        return None, f"judged as text: {made}"
    return made, f"{made.why}; {made.note}" if made.note else made.why
