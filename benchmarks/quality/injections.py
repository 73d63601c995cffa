"""
Faults put into real streams: what each kind does to one window of 50 events.

Every function gets the stream, the position at which the window begins and a
seeded source of chance, and returns the altered window. Whatever comes before
stays as it was; whatever comes after is not read.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from random import Random

import numpy as np

from benchmarks.quality.material import Log, body, stamp_span, stamped_as

WINDOW = 50  # events, that of all named profiles
PAST = 400  # events before the window from which known lines are taken: the profiles' baseline
BURST = 25  # inserted copies: half a window
SILENT = 5 * WINDOW  # events that are missing in a silence

# Held out are rare templates, at least two so that two different faults can be made of them. A common one
# would take the stream's own character away with it.
HELD_OUT_TEMPLATES, HELD_OUT_LINES, COMMON = 0.20, 0.10, 0.05  # shares

_VARIABLE = re.compile(rb"\b(?=[0-9A-Fa-f]*[0-9])[0-9A-Fa-f]{8,}\b|-?\d+")
_NUMBER = re.compile(rb"(?<![A-Za-z0-9_.:/-])\d{1,15}(?![A-Za-z0-9_.:/-])")


@dataclass(frozen=True, eq=False)
class Base:
    """A stream from which some templates were taken out, and their lines."""

    log: Log
    templates: list[bytes]  # of each event
    unseen: list[list[bytes]]  # lines of each held-out template, in random order of templates


Injection = Callable[[Base, int, Random], Log | None]


def template(line: bytes, log: Log) -> bytes:
    """
    *line* without its time, numbers and long hexadecimal ids.

    Coarser than the detector's masks: a held-out template must not have a
    sister in the stream that differs in the length of a number alone.
    """
    return _VARIABLE.sub(b"#", body(line, log.stamp))


def base_of(log: Log) -> Base:
    """Hold out templates drawn by chance, none of them common, until they are a fifth of all or a tenth of the lines."""
    templates = [template(event, log) for event in log.events]
    counts = Counter(templates)
    rare = sorted(name for name, count in counts.items() if count <= COMMON * len(log))
    Random(f"held out {log.name}").shuffle(rare)
    held: list[bytes] = []
    lines = 0
    for name in rare:
        if len(held) >= max(2, HELD_OUT_TEMPLATES * len(counts)):
            break
        if lines + counts[name] <= HELD_OUT_LINES * len(log):
            held.append(name)
            lines += counts[name]
    unseen = [
        [event for event, its in zip(log.events, templates, strict=True) if its == name] for name in held
    ]
    kept = np.array([at for at, name in enumerate(templates) if name not in set(held)], dtype=np.int64)
    return Base(log.taken(kept), [templates[at] for at in kept], unseen)


def window_at(base: Base, start: int) -> Log:
    """The window as it is."""
    return base.log.taken(np.arange(start, start + WINDOW))


def replaced(window: Log, lines: dict[int, bytes]) -> Log:
    """*window* with *lines* in place of its own, at the times of those they replace."""
    events = [
        stamped_as(lines[at], own, window.stamp) if at in lines else own
        for at, own in enumerate(window.events)
    ]
    return Log(window.name, events, window.times, window.stamp)


def drawn(places: Iterable[int], unseen: list[list[bytes]], random: Random) -> dict[int, bytes]:
    """
    For each place a template by chance, then one of its lines.

    Were lines drawn from all at once, the commonest template would be nearly
    all that some logs get, and a hundred new events one new event repeated.
    """
    return {at: random.choice(random.choice(unseen)) for at in places}


def unseen_lines(share: float, held_out: slice = slice(None)) -> Injection:
    """
    *share* of the window's events, rounded up, replaced by lines of held-out templates, each as likely.

    Args:
        held_out: Which of the held-out templates.
    """

    def inject(base: Base, start: int, random: Random) -> Log:
        places = random.sample(range(WINDOW), ceil(share * WINDOW))
        return replaced(window_at(base, start), drawn(places, base.unseen[held_out], random))

    return inject


def burst(base: Base, start: int, random: Random) -> Log:
    """25 copies of one known line inserted at one place, all at the time of the event before them."""
    window = window_at(base, start)
    line, at = random.choice(base.log.events[start - PAST : start]), random.randrange(1, WINDOW - BURST)
    copies = [stamped_as(line, window.events[at - 1], window.stamp)] * BURST
    events = [*window.events[:at], *copies, *window.events[at:]][:WINDOW]
    times = np.insert(window.times, at, [window.times[at - 1]] * BURST)[:WINDOW]
    return Log(window.name, events, times, window.stamp)


def mix_shift(base: Base, start: int, random: Random) -> Log:
    """Half of the events become lines of one known template, each taken from the 400 events before."""
    past = range(start - PAST, start)
    chosen = base.templates[random.choice(past)]
    lines = [base.log.events[at] for at in past if base.templates[at] == chosen]
    places = random.sample(range(WINDOW), WINDOW // 2)
    return replaced(window_at(base, start), {at: random.choice(lines) for at in places})


def shuffled(base: Base, start: int, random: Random) -> Log:
    """The window's lines in random order; the times stay where they are."""
    window = window_at(base, start)
    order = random.sample(range(WINDOW), WINDOW)
    return replaced(window, {at: window.events[order[at]] for at in range(WINDOW)})


def numbers(base: Base, start: int, random: Random) -> Log:
    """Each number that stands alone in half of the events becomes 37 times as large plus 1000."""
    window = window_at(base, start)
    lines = {at: _larger(window.events[at], window) for at in random.sample(range(WINDOW), WINDOW // 2)}
    return Log(
        window.name,
        [lines.get(at, own) for at, own in enumerate(window.events)],
        window.times,
        window.stamp,
    )


def _larger(line: bytes, log: Log) -> bytes:
    _, stop = stamp_span(line, log.stamp)
    return line[:stop] + _NUMBER.sub(lambda found: b"%d" % (int(found[0]) * 37 + 1000), line[stop:])


def reformatted(base: Base, start: int, random: Random) -> Log:
    """Every event written as a JSON object of time and message."""
    window = window_at(base, start)
    events = []
    for line in window.events:
        first, last = stamp_span(line, window.stamp)
        message = body(line, window.stamp).replace(b"\\", b"\\\\").replace(b'"', b'\\"').strip()
        events.append(b'{"time":"%b","message":"%b"}' % (line[first:last], message))
    return Log(window.name, events, window.times, window.stamp)


def dropped(base: Base, start: int, random: Random) -> Log | None:
    """The window's commonest template is missing until 50 other events have come; None if the stream ends before."""
    counts = Counter(base.templates[start : start + WINDOW])
    missing = min(counts, key=lambda name: (-counts[name], name))
    others = [at for at in range(start, len(base.log)) if base.templates[at] != missing]
    return base.log.taken(np.array(others[:WINDOW])) if len(others) >= WINDOW else None


def silence(base: Base, start: int, random: Random) -> Log | None:
    """In the middle of the window 250 events are missing with their time; None where lines name no time."""
    half = WINDOW // 2
    if not base.log.timed or start + SILENT + WINDOW > len(base.log):
        return None
    return base.log.taken(
        np.r_[start : start + half, start + half + SILENT : start + SILENT + WINDOW].astype(np.int64)
    )


def stuck(base: Base, start: int, random: Random) -> Log:
    """The event before the window again and again, at the times of those it replaces."""
    return replaced(window_at(base, start), dict.fromkeys(range(WINDOW), base.log.events[start - 1]))


# Ids are permanent: results of later runs are compared by them.
KINDS: dict[str, Injection] = {
    **{f"new{share}": unseen_lines(share / 100) for share in (2, 5, 10, 20, 50, 100)},
    "burst": burst,
    "freq50": mix_shift,
    "shuffle": shuffled,
    "num50": numbers,
    "format": reformatted,
    "drop": dropped,
    "silence": silence,
    "stuck": stuck,
}
