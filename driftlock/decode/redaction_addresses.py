"""E-mail addresses in any text."""

import re
from collections.abc import Iterator
from typing import Final

from driftlock.decode.redaction_spans import MARKS, Span

_LOCAL: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&*+/=?^_`{|}~-" + bytes(
    range(128, 256)
)
# Before the local part these begin a value, a path or a list; an address hardly ever begins with one.
_NOT_FIRST: Final = b".!#$%&*/=?^`{|}~-"
_LAST: Final = b"[%s]" % re.escape(_LOCAL.replace(b"=", b""))
_DOMAIN: Final = re.compile(rb"[0-9A-Za-z\x80-\xff](?:[0-9A-Za-z\x80-\xff.-]*[0-9A-Za-z\x80-\xff])?")
_TOP: Final = re.compile(rb"[A-Za-z\x80-\xff]{2,}|xn--[0-9A-Za-z-]+")
_SCREENS: Final = re.compile(rb"[1-4]x\.", re.IGNORECASE)  # logo@2x.png


def addresses(sign: bytes, text: bytes) -> Iterator[Span]:
    """
    Addresses in *text*.

    Args:
        sign: What stands between name and domain: ``@``, or the same encoded for a URL.
        text: Any text.

    >>> [span[:2] for span in addresses(b"@", b"to=<ann@example.com>, logo@2x.png")]
    [(4, 19)]
    """
    begin = done = 0
    at = text.find(sign)
    while at >= 0:
        # Only what is new since the sign before: a line of many signs is read once.
        new = text[done:at]
        local = new[len(new.rstrip(_LOCAL)) :].rpartition(b"=")[2]
        if len(local) < len(new) or begin == done:
            begin = at - len(local.lstrip(_NOT_FIRST))
        domain = _DOMAIN.match(text, at + len(sign))
        if (
            begin < at
            and domain
            and not _SCREENS.match(domain.group())
            and (length := _named(domain.group()))
        ):
            yield Span(begin, domain.start() + length, MARKS["emails"])
        done, at = at, text.find(sign, at + len(sign))


def trace_of_address(sign: bytes) -> re.Pattern[bytes]:
    """What stands in every text that holds an address with *sign*."""
    return re.compile(
        sign + rb"(?<=%b%b)(?=[0-9A-Za-z\x80-\xff][0-9A-Za-z\x80-\xff.-]*\.[A-Za-z\x80-\xff])" % (_LAST, sign)
    )


def _named(domain: bytes) -> int:
    """Bytes of *domain* up to its top-level domain; 0 where it has none."""
    labels = domain.split(b".")
    while len(labels) > 1 and not _TOP.fullmatch(labels[-1]):
        labels.pop()
    return len(b".".join(labels)) if len(labels) > 1 and all(labels) else 0
