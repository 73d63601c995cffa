"""Secrets and personal data that show by their own form, wherever they stand."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from driftlock.decode import personal_numbers
from driftlock.decode.redaction_addresses import addresses, trace_of_address
from driftlock.decode.redaction_numbers import LONG, accounts, bare_cards, bare_ids, cards, numbers, phones
from driftlock.decode.redaction_spans import IS_MARK, MARKS, Span

_AROUND: Final = (40, 128)  # bytes before and behind a trace in which what it is of begins and ends
# JWT, also an encrypted one; a word that only begins like one is read over whole, not again from its every "eyJ".
_JWT: Final = re.compile(rb"eyJ[\w-]{8,}+(\.[\w-]{8,}(?:\.[\w-]*)*)?")
_TOKENS: Final = re.compile(
    rb"(?<![0-9A-Za-z])(?:AKIA|ASIA)[A-Z0-9]{16}(?![0-9A-Za-z])"
    rb"|gh[ops]_[0-9A-Za-z]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}"
    rb"|AIza[\w-]{35}|[rs]k_(?:live|test)_[0-9A-Za-z]{10,}|dlk_[0-9A-Fa-f-]{32,36}\.[\w-]+"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----END)[^\"])*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
)
# With a digit in it: "bearer of bad news" has none.
_BEARER: Final = re.compile(rb"\bbearer\s+((?=[^\s\"',;]*\d)[\w.~+/-]{8,}=*)", re.IGNORECASE)
_USER_INFO: Final = re.compile(rb"://[^\s/?#\"'@:]*+:([^\s/?#\"']+)@")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form: what stands in every text that holds it, and where it stands there."""

    rule: str
    spans: Callable[[bytes], Iterator[Span]]
    letters: tuple[bytes, ...] = ()  # one of these stands in the text
    shapes: tuple[bytes, ...] = ()  # or one of these in its shape
    trace: re.Pattern[bytes] | None = None  # and this in the same; None: the whole form is looked for at once

    def traces(self, text: bytes, form: bytes) -> Iterator[int]:
        """Where in *text*, many texts in a row, of shape *form*, this may stand: too often rather than too seldom."""
        if self.trace is None:
            for span in self.spans(text):
                yield span.start
            return
        found = (match.start() for match in self.trace.finditer(form if self.shapes else text))
        if self.letters:
            yield from found
            return
        for start, end in _surroundings(found):
            for span in self.spans(text[start:end]):
                yield start + span.start


def _surroundings(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where to look around *places*, which are in order: apart, so that nothing is looked at twice."""
    before, behind = _AROUND
    start = end = 0
    for at in places:
        if at - before > end:
            if end:
                yield start, end
            start = max(0, at - before)
        end = at + behind
    if end:
        yield start, end


def _tokens(text: bytes) -> Iterator[Span]:
    for match in _JWT.finditer(text):
        if match[1] is not None:
            yield Span(*match.span(), MARKS["secrets"])
    for match in _TOKENS.finditer(text):
        yield Span(*match.span(), MARKS["secrets"])


def _bearers(text: bytes) -> Iterator[Span]:
    for match in _BEARER.finditer(text):
        yield Span(*match.span(1), MARKS["secrets"])


def _passwords_of_urls(text: bytes) -> Iterator[Span]:
    for match in _USER_INFO.finditer(text):
        if match[1] not in IS_MARK:
            yield Span(*match.span(1), MARKS["secrets"])


def _any_of(*literals: bytes, behind: bytes = b"") -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.escape(literal) + behind for literal in literals))


_KEYS: Final = tuple(
    b"eyJ AKIA ASIA gho_ ghp_ ghs_ github_pat glpat- xox AIza k_live_ k_test_ dlk_ -----BEGIN".split()
)

# In each trace what is literal stands first: one searches for that.
PATTERNS: Final = (
    *(
        Pattern(
            "emails",
            partial(addresses, sign),
            letters=(sign,),
            trace=trace_of_address(sign),
        )
        for sign in (b"@", b"%40")
    ),
    Pattern("phones", phones, shapes=(b"+0",)),
    Pattern(
        "cards",
        cards,
        shapes=(b"0000 0000 0000 0", b"0000-0000-0000-0", b"0000 000000 0000", b"0000-000000-0000"),
        trace=re.compile(
            rb"0000(?<![0A-Za-z]0000)(?: 0000 0000 0|-0000-0000-0| 000000 0000|-000000-0000)",
        ),
    ),
    Pattern(
        "ibans",
        accounts,
        shapes=(b"AA00",),
        trace=re.compile(rb"AA00(?<![0A-Za-z]AA00)(?:[0A]{11}|(?: [0A]{4}){2})"),
    ),
    *(
        Pattern(
            "ids",
            numbers(form),
            shapes=form.shapes,
            trace=_any_of(*form.shapes, behind=b"(?![0A-Za-z])" if form.ends else b""),
        )
        for form in personal_numbers.NATIONAL_IDS
    ),
    Pattern("cards", bare_cards, shapes=(LONG,)),
    Pattern("ids", bare_ids, shapes=(LONG,)),
    Pattern("secrets", _tokens, letters=_KEYS, trace=_any_of(*_KEYS)),
    Pattern("secrets", _bearers, letters=(b"earer", b"BEARER"), trace=_any_of(b"earer", b"BEARER")),
    Pattern(
        "secrets",
        _passwords_of_urls,
        letters=(b"://", b":\\/\\/"),
        trace=re.compile(rb":(?://|\\/\\/)[^\s/?#\"'@:]*+:[^\s/?#\"']+@"),
    ),
)
