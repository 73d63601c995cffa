"""
Which lines continue the event before them.

In a file where nearly all lines begin with a time, a line without one belongs
to the event before it. In any other file only what a stack trace is made of
is joined, so that ordinary lines never melt together.
"""

import re
from collections.abc import Sequence

MAX_JOINED_LINES = (
    1_000  # of one event; the next line begins a new one, so a lost format cannot swallow a file
)
MAX_JOINED_BYTES = 1024**2
STAMPED_SHARE = 0.8  # of the lines that may begin an event; from here on a line without a time is none

_TRACE_LINE = re.compile(
    rb"at [\w$.<>/\[\]`]+ ?\("
    rb"|Caused by: "
    rb"|Suppressed: "
    rb"|\.\.\. \d+ (?:more|common frames omitted|lines matching)"
    rb"|Traceback \(most recent call last\):"
    rb"|During handling of the above exception"
    rb"|The above exception was the direct cause"
    rb"|--- End of .*stack trace"
    rb"|(?i:stack ?(?:back)?trace:)\s*\Z"
    rb"|#\d+ +(?:0x[0-9a-f]+|\{main\}|[^ ]+\(\d+\))"
    rb"|goroutine \d+ \["
)
_ERROR_NAME = re.compile(rb"(?:[\w$]+\.)*[A-Z][\w$]*(?:Exception|Error|Throwable)(?::|\s*\Z)")
_TRACEBACK = b"Traceback (most recent call last):"
_PYTHON_ERROR = re.compile(rb"[A-Za-z_][\w.]*(?::|\s*\Z)")


def is_trace_line(line: bytes) -> bool:
    """The line can only be part of a stack trace, whatever file it stands in."""
    return _TRACE_LINE.match(line) is not None


def is_error_line(line: bytes) -> bool:
    """``java.io.IOException: …``: the head of a trace, which a logger writes below its own line."""
    return _ERROR_NAME.match(line) is not None


def indents_continue(lines: Sequence[bytes]) -> bool:
    """Leading white space marks a continuation: so it is unless half of the lines are indented anyway."""
    return sum(line[:1] in b" \t" for line in lines) * 2 < len(lines)


class Continuation:
    """
    Decides line by line; keeps one fact, whether a Python traceback is open.

    Its last line (``ValueError: …``) begins like any other, and is known only
    by what came before.
    """

    def __init__(self, *, indented: bool, stamped: bool) -> None:
        self._indented = indented
        self._stamped = stamped  # events begin with a time, so the head of a trace begins none
        self._in_traceback = False

    def joins(self, line: bytes) -> bool:
        """Whether a line without a time belongs to the event before; asked once for each, in order."""
        if line[:1] in b" \t":
            if self._indented:
                return True
            line = line.lstrip()
        elif self._in_traceback and not line.startswith(_TRACEBACK):
            self._in_traceback = False
            if _PYTHON_ERROR.match(line):
                return True
        if line.startswith(_TRACEBACK):
            self._in_traceback = True
            return True
        return is_trace_line(line) or (self._stamped and is_error_line(line))

    def begin(self, line: bytes) -> None:
        """A new event begins with *line*."""
        self._in_traceback = line.startswith(_TRACEBACK)
