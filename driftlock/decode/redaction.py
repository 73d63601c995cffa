"""
Secrets and personal data taken out of events before anything is stored.

What is found is replaced by a mark that says what it was, ``<email>`` for one,
always the same and always of the same length; every other byte stays where it
was, and a line of JSON stays one. Redacting twice changes nothing more.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from driftlock.decode.escaped_text import escaped, escaped_strings, unescape
from driftlock.decode.redaction_keys import PAD, keyed_spans
from driftlock.decode.redaction_patterns import PATTERNS
from driftlock.decode.redaction_screen import PLAIN, QUOTED, Screen
from driftlock.decode.redaction_spans import MARKS, OWN_MARK, Span, merged, replaced
from driftlock.decode.sensitive_keys import endings_of, is_own, own_name, rule_of
from driftlock.errors import ApplicationError

RULES: Final = tuple(MARKS)
OWN: Final = "field:"  # before the name of a field that is taken out whatever it holds
_NUMBER: Final = b"-+.0123456789eE"
_NUMBER_ENDS: Final = re.compile(rb"([-+.0-9eE]{0,64}+)\s*+[,}\]]")
_DEEPEST: Final = 16  # JSON in strings of JSON in strings: from one to the next twice as many backslashes


class UnknownRule(ApplicationError):
    """There is no such rule of redaction."""


class Redactor:
    """
    Takes out what *rules* name.

    Args:
        rules: Some of :data:`RULES`, and ``field:NAME`` for each field of one's own.

    Raises:
        UnknownRule: One of them is neither.

    >>> Redactor(RULES).redact(b'{"user":"ann@example.com","apiKey":"s3cret","n":7}')
    b'{"user":"<email>","apiKey":"<secret>","n":7}'
    """

    def __init__(self, rules: Collection[str]) -> None:
        self._rules = frozenset(rule for rule in rules if not rule.startswith(OWN))
        self._own = frozenset(own_name(rule.removeprefix(OWN)) for rule in rules if rule.startswith(OWN))
        if (unknown := sorted(self._rules - set(RULES))) or b"" in self._own:
            raise UnknownRule(
                f"There is no rule “{unknown[0] if unknown else OWN}”; there are: {', '.join(RULES)}, and {OWN}NAME "
                "for a field of your own."
            )
        patterns = tuple(pattern for pattern in PATTERNS if pattern.rule in self._rules)
        # Names are searched for without the digits at their ends.
        self._own_but_digits = frozenset(name.rstrip(b"0123456789") for name in self._own) - {b""} | self._own
        endings = {name.decode() for name in self._own_but_digits if name}
        self._screen = Screen(patterns, {*endings_of(self._rules), *endings}, self._may_mark)

    def redact(self, text: bytes) -> bytes:
        """*text* without what the rules name; the same object where there is nothing."""
        return self.redact_all([text])[0]

    def redact_all(self, texts: Sequence[bytes]) -> list[bytes]:
        """As :meth:`redact` for each of *texts*; their search has a part that is done once for all."""
        left = list(texts)
        places: Sequence[int] = range(len(left))
        # A mark may part what was one word before: what then shows goes too.
        while places:
            changed = list[int]()
            for number, bits in self._screen.suspects([left[place] for place in places]).items():
                place = places[number]
                if spans := list(merged(self._spans(left[place], bits, 0))):
                    left[place] = replaced(left[place], spans)
                    changed.append(place)
            places = changed
        return left

    def _spans(self, text: bytes, bits: int, depth: int) -> Iterator[Span]:
        quoted, plain, patterns = bits & QUOTED > 0, bits & PLAIN > 0, self._screen.patterns(bits)
        flat = names = text
        if b"\\" in text and depth < _DEEPEST:
            flat, names = _flattened(text, names=False), _flattened(text, names=True)
            for string in escaped_strings(text):
                meant, places = unescape(string[1])
                for start, end, mark in merged(self._spans(meant, bits, depth + 1)):
                    first = string.start(1)
                    yield Span(first + places[start], first + places[end], escaped(mark))
        yield from keyed_spans(names, self._mark, quoted=quoted, plain=plain)
        for pattern in patterns:
            if found := sorted(pattern.spans(flat)):
                yield from _quoted(flat, found)

    def _mark(self, name: bytes) -> bytes | None:
        rule = rule_of(name)
        if rule in self._rules:
            return MARKS[rule] if rule else None
        return OWN_MARK if self._own and is_own(name, self._own) else None

    def _may_mark(self, name: bytes) -> bool:
        """Whether *name* has a mark, whichever digits stand at its end."""
        return rule_of(name) in self._rules or bool(self._own and is_own(name, self._own_but_digits))


def _flattened(text: bytes, *, names: bool) -> bytes:
    """*text*, every place in it kept, with what escapes hide blank; *names* of values as they are meant."""
    parts, done = list[bytes](), 0
    for string in escaped_strings(text):
        start, end = string.span(1)
        is_name = names and text[end + 1 : end + 9].lstrip()[:1] == b":"
        meant = unescape(string[1])[0].replace(b'"', PAD) if is_name else b""
        parts += (text[done:start], meant.ljust(end - start, PAD))
        done = end
    return b"".join((*parts, text[done:]))


def _quoted(text: bytes, spans: Iterable[Span]) -> Iterator[Span]:
    """*spans*, in their order, of which a number of JSON that is taken out whole leaves a string."""
    if text.lstrip()[:1] not in (b"{", b"["):
        yield from spans
        return
    done = quotes = 0
    for span in spans:
        # Only what is new since the span before: a line of many numbers is read once.
        new = text[done : span.start]
        quotes += new.count(b'"')
        done = span.start
        head, tail = new.rstrip(_NUMBER), _NUMBER_ENDS.match(text, span.end)
        if tail is not None and quotes % 2 == 0 and head.rstrip()[-1:] in (b":", b",", b"["):
            yield Span(span.start - len(new) + len(head), tail.end(1), b'"' + span.mark + b'"')
        else:
            yield span
