"""Syslog lines: RFC 3164, RFC 5424, and the RFC 3164 body with an ISO time that newer daemons write."""

import re
from collections.abc import Sequence

_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TAG = rb"(?:(?:\S*[^\s:] )?([^\s:\[(]+)(?:\([^)\s]*\))?(?:\[[^\]\s]*\])?:(?: |\Z))?"

_RFC5424 = re.compile(rb"<\d{1,3}>\d{1,2} (?:-|\d{4}-\d\d-\d\dT\S+) \S+ (\S+) \S+ \S+ ?")
_RFC3164 = re.compile(rb"(?:<\d{1,3}>)?" + _MONTH + rb" [ \d]\d \d\d:\d\d:\d\d " + _TAG)
_ISO_HEAD = re.compile(rb"(?:<\d{1,3}>)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* " + _TAG)
# "…Z INFO main: started" has the same outline as "…Z host program: message"; a level is no host.
_ISO_HOST = re.compile(
    rb"(?:<\d{1,3}>)?\S+ (?!\[?(?i:trace|debug|info|notice|warn|warning|error|fatal|critical)\b)\S+ "
)

HEAD = re.compile(rb"<\d{1,3}>|" + _MONTH + rb" [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")

_NO_PROGRAM = b"-"
_LIKE_SYSLOG_SHARE = 0.8


def program(line: bytes) -> str | None:
    """
    Name of the program a syslog line is from, None if it names none.

    >>> program(b"<34>Oct 11 22:14:15 web1 su[12]: failed"), program(b"<34>1 - web1 api 7 - - up")
    ('su', 'api')
    """
    match = _RFC3164.match(line) or _RFC5424.match(line) or _ISO_HEAD.match(line)
    if match is None or not match[1] or match[1] == _NO_PROGRAM:
        return None
    return match[1].decode("utf-8", "replace")


def evidence(lines: Sequence[bytes]) -> str | None:
    """One sentence if most of *lines* begin as syslog does, else None."""
    newer = sum(_RFC5424.match(line) is not None for line in lines)
    older = sum(_RFC3164.match(line) is not None for line in lines)
    iso = sum(
        (head := _ISO_HEAD.match(line)) is not None
        and head[1] is not None
        and _ISO_HOST.match(line) is not None
        for line in lines
    )
    count = max(newer, older, iso)
    if not lines or count < _LIKE_SYSLOG_SHARE * len(lines):
        return None
    share = f"{count:,} of {len(lines):,} sampled lines begin"
    if count == newer:
        return f"{share} as RFC 5424 syslog does: priority, version, time, host, program."
    if count == older:
        return (
            f"{share} as RFC 3164 syslog does: month, day, clock, host, program. "
            "These times have no year, so the events carry none."
        )
    return f"{share} as syslog with ISO times does: time, host, program."
