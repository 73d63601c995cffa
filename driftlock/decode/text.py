"""Plain lines and syslog: one event a line, stack traces joined to theirs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from driftlock.decode import joining, stamps, syslog
from driftlock.decode.found import Found
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally


@dataclass(frozen=True, slots=True)
class Manner:
    """How the lines of one file are read, chosen once from a sample."""

    stamp: stamps.Stamp | None  # the time most lines begin with
    stamped: int  # sampled lines that do
    sampled: int
    indents_continue: bool
    programs: bool  # the service is the syslog program

    @classmethod
    def of(cls, sample: Sequence[bytes], *, is_syslog: bool) -> "Manner":
        """From the first lines of the file."""
        full = [line for line in sample if line.strip()]
        indented = joining.indents_continue(full)
        heads = [
            line
            for line in full
            if not (
                joining.is_trace_line(line.lstrip())
                or joining.is_error_line(line)
                or (indented and line[:1] in b" \t")
            )
        ]
        chosen = stamps.choose(heads)
        stamp, stamped = chosen if chosen else (None, 0)
        return cls(stamp, stamped, len(heads), indented, is_syslog)


def read(blocks: Iterable[bytes], tally: Tally, manner: Manner) -> Iterator[Found]:
    """
    Events in order of arrival; the payload is the line, or the joined lines with LF between.

    Blank lines inside a joined event are kept, all others are dropped.
    """
    match = manner.stamp.pattern.match if manner.stamp else None
    joins_unstamped = manner.stamped >= joining.STAMPED_SHARE * manner.sampled and match is not None
    begins = syslog.HEAD.match if manner.programs else None  # RFC 5424 allows "-" for the time
    continuation = joining.Continuation(indented=manner.indents_continue, stamped=match is not None)
    held: list[bytes] = []  # the lines of the event that may still grow
    held_bytes = 0
    blanks: list[bytes] = []
    head: tuple[stamps.Stamp, re.Match[bytes]] | None = None
    for _, line in numbered_lines(blocks, tally):
        if not line or line.isspace():
            if held and len(blanks) < joining.MAX_JOINED_LINES and held_bytes < joining.MAX_JOINED_BYTES:
                blanks.append(line)
                held_bytes += len(line)
            elif held:  # a gap this long ends the event
                yield _event(held, head, manner.programs)
                held = []
                blanks.clear()
            continue
        found = match(line) if match else None
        stamp = (
            (manner.stamp, found) if manner.stamp and found else stamps.other_head(line) if match else None
        )
        if held and stamp is None and not (begins and begins(line)):
            joins = continuation.joins(line)  # asked in any case: it follows the traceback
            if (
                (joins or joins_unstamped)
                and len(held) + len(blanks) < joining.MAX_JOINED_LINES
                and held_bytes + len(line) < joining.MAX_JOINED_BYTES
            ):
                held += blanks
                held.append(line)
                held_bytes += len(line)
                tally.joined += 1
                blanks.clear()
                continue
        if held:
            yield _event(held, head, manner.programs)
            blanks.clear()
        held = [line]
        held_bytes = len(line)
        head = stamp
        continuation.begin(line)
    if held:
        yield _event(held, head, manner.programs)


def _event(held: list[bytes], head: tuple[stamps.Stamp, re.Match[bytes]] | None, programs: bool) -> Found:
    at_us = head[0].at_us(head[1]) if head else None
    service = syslog.program(held[0]) if programs else None
    return Found(held[0] if len(held) == 1 else b"\n".join(held), at_us, service)
