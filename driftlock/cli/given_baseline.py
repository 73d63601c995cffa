"""A fixed baseline from a file of its own."""

from dataclasses import replace
from itertools import islice

from driftlock.cli.failure import Failure
from driftlock.cli.profile_options import Choice
from driftlock.cli.sources import open_source, shown_name
from driftlock.decode import decode
from driftlock.model import Kind
from driftlock_core.profiles import BASELINE_WINDOWS, WINDOW_SIZES


def read_baseline(
    path: str, choice: Choice, *, format: str | None, kind: Kind | None
) -> tuple[Choice, list[bytes], str]:
    """
    The first events of the file at *path*, as many as the baseline that suits their kind.

    Returns:
        The choice at the sizes of that kind, or smaller ones where the file is
        short and none were given; the raw events; a sentence that says what is used.

    Raises:
        Failure: The file holds too few events for the sizes.
    """
    name = shown_name(path)
    with open_source(path) as source:
        decoding = decode(source, name=name, format=format, kind=kind)
        choice = replace(choice, profile=choice.profile_for(decoding.recognition.kind))
        wanted = choice.profile.baseline
        events = [event.payload for event in islice(decoding.events(), wanted)]
    if len(events) < wanted:
        fitting = [window for window in WINDOW_SIZES if BASELINE_WINDOWS * window <= len(events)]
        if choice.sizes_given or not fitting:
            least = wanted if choice.sizes_given else BASELINE_WINDOWS * min(WINDOW_SIZES)
            raise Failure(
                f"The baseline “{name}” holds {len(events)} events; at least {least} are needed. "
                "Choose a longer file or a smaller --window."
            )
        choice = replace(choice, profile=choice.profile.with_sizes(fitting[0]))
        events = events[: choice.profile.baseline]
    sizes = choice.profile
    note = f"baseline: the first {sizes.baseline} events of {name}, for windows of {sizes.window} and hop {sizes.hop}"
    return choice, events, note
