"""Lines that belong together become one event, and no others do."""

from driftlock.decode.joining import MAX_JOINED_LINES
from tests.decode.sources import read_all

STAMP = b"2024-05-01T10:00:00Z "


def payloads(data: bytes) -> list[bytes]:
    return [event.payload for event in read_all(data)[0]]


def test_a_line_without_a_time_joins_where_nearly_all_have_one() -> None:
    """Whatever it says: a query over several lines, a table, a trace."""
    data = STAMP + b"query:\nSELECT *\nFROM t\n" + (STAMP + b"done\n") * 12
    assert payloads(data)[0] == STAMP + b"query:\nSELECT *\nFROM t"
    assert len(payloads(data)) == 13


def test_a_line_without_a_time_stands_alone_where_many_have_none() -> None:
    """Two programs writing to one file: the lines of the one do not melt into the other's."""
    assert len(payloads((STAMP + b"served\n" + b"tick\n") * 10)) == 20


def test_ordinary_lines_are_never_joined() -> None:
    """Lines that begin with words traces begin with, too."""
    lines = [
        b"at home",
        b"#1 priority",
        b"Caused by rain",
        b"... and more",
        b"ValueError: seen",
        b"goroutine one",
    ]
    assert lines == payloads(b"\n".join(lines))


def test_indentation_means_nothing_where_half_of_the_lines_have_it() -> None:
    """A pasted block that is indented throughout is read line by line."""
    assert payloads(b"  one\n  two\n    three\nfour\n") == [b"  one", b"  two", b"    three", b"four"]


def test_traces_of_other_languages_join() -> None:
    """JavaScript, C#, PHP and Go traces in a file without times."""
    events = [
        b"TypeError: x is undefined\n    at f (a.js:1:2)\n    at main (a.js:9:1)",
        b"Unhandled exception.\n   at A.B() in a.cs:line 3\n--- End of inner exception stack trace ---",
        b"PHP Fatal error\nStack trace:\n#0 /a.php(12): f()\n#1 {main}\n  thrown in /a.php",
        b"panic: boom\n\ngoroutine 1 [running]:\n\t/a.go:7",
    ]
    plain = [b"ordinary line %d" % n for n in range(12)]
    assert payloads(b"\n".join(plain + events)) == plain + events


def test_the_last_line_of_a_python_traceback_joins_once() -> None:
    """What comes behind it is a line of its own, even if it has the same form."""
    trace = b'failed\nTraceback (most recent call last):\n  File "a.py", line 1\nKeyError: 7'
    assert payloads(b"start\none\ntwo\n" + trace + b"\nKeyError: 8\n")[3:] == [trace, b"KeyError: 8"]


def test_a_lost_format_cannot_swallow_the_file() -> None:
    """An event takes in a thousand lines at most."""
    data = (STAMP + b"up\n") * 400 + b"other\n" * 5_000
    events, report = read_all(data)
    assert max(event.payload.count(b"\n") for event in events) == MAX_JOINED_LINES - 1
    assert len(events) + report.joined == 5_400


def test_syslog_lines_without_a_time_begin_events() -> None:
    """RFC 5424 writes "-" for a time it does not know."""
    data = b"<13>1 2024-05-01T10:00:00Z h a - - - up\n" * 9 + b"<13>1 - h a - - - up\n  more\n"
    assert payloads(data)[-1] == b"<13>1 - h a - - - up\n  more"
    assert len(payloads(data)) == 10


def test_a_line_of_another_writer_begins_an_event() -> None:
    """An access log with error lines in a style of their own: nothing is joined, both give their time."""
    access = b'10.0.0.1 - - [02/Mar/2026:00:00:%02d +0000] "GET / HTTP/1.1" 200 12'
    lines = [access % second for second in range(20)]
    lines.insert(10, b"2026/03/02 00:00:09 [error] 32#32: upstream timed out")
    events = read_all(b"\n".join(lines))[0]
    assert lines == [event.payload for event in events]
    assert events[9].at_us == events[10].at_us
