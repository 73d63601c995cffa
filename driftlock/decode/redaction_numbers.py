"""Numbers of people that show by their own form: phones, cards, accounts, national ids."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import stringzilla

from driftlock.decode import personal_numbers
from driftlock.decode.redaction_spans import MARKS, Span

LONG: Final = b"00000000000"  # the shape of digits that one looks at without blanks between them
_RUN: Final = re.compile(LONG + rb"0*+")
# Digits as 0 and capitals as A: what a number looks like, whichever it is.
_SHAPE: Final = bytes.maketrans(b"123456789BCDEFGHIJKLMNOPQRSTUVWXYZ", b"0" * 9 + b"A" * 25)

_CODES: Final = (  # of countries, ITU-T E.164
    rb"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-6]\d|29\d|3[578]\d|42\d|50\d|59\d|6[789]\d|85\d|88\d|9[679]\d"
)
_PHONE: Final = re.compile(
    rb"\+(?<![\w.+-]\+)(?:" + _CODES + rb")(?:[ .-]?\(?\d{1,4}\)?){1,13}+(?![\w(])(?![.:-]\d)"
)
_PHONE_DIGITS: Final = range(8, 16)
_BETWEEN_DIGITS: Final = b"+ .-()"

_CARD: Final = re.compile(
    rb"(?<![0-9A-Za-z])(?<![0-9][.-])"
    rb"(?:[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|3\d{3}([ -])\d{6}\2\d{4,5})"
    rb"(?![0-9A-Za-z])(?![.-][0-9])"
)
# 19 digits are issued by one scheme in practice; by the others they are ids of 64 bits that pass the check.
_ISSUERS: Final = (  # first digits from, to, and lengths: ISO/IEC 7812 ranges of the card schemes
    (b"4", b"4", (13, 16)),
    (b"51", b"55", (16,)),
    (b"2221", b"2720", (16,)),
    (b"34", b"34", (15,)),
    (b"37", b"37", (15,)),
    (b"300", b"305", (14, 16)),
    (b"3095", b"3095", (14, 16)),
    (b"36", b"36", (14, 16)),
    (b"38", b"39", (14, 16)),
    (b"6011", b"6011", (16,)),
    (b"644", b"659", (16,)),
    (b"3528", b"3589", (16,)),
    (b"62", b"62", (16, 19)),
    (b"5018", b"5018", (16,)),
    (b"5020", b"5020", (16,)),
    (b"5038", b"5038", (16,)),
    (b"5893", b"5893", (16,)),
    (b"6304", b"6304", (16,)),
    (b"6759", b"6763", (16,)),
)
_ISSUED: Final = frozenset(  # length, and the first four digits
    (length, b"%04d" % first)
    for low, high, lengths in _ISSUERS
    for length in lengths
    for first in range(int(low.ljust(4, b"0")), int(high.ljust(4, b"9")) + 1)
)
_IBAN: Final = re.compile(
    rb"(?<![0-9A-Za-z])[A-Z]{2}\d\d(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?)(?![0-9A-Za-z])"
)
_SEPARATORS: Final = b" .-/"
_JOINS: Final = (b".", b"-")


def shape(text: bytes) -> bytes:
    """
    Every digit as 0, every capital as A.

    >>> shape(b"GB29 at 5:30")
    b'AA00 at 0:00'
    """
    shaped: bytes = stringzilla.translate(text, _SHAPE)
    return shaped


def _runs(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Where digits in a row stand alone, and which; neither part of a word nor of a fraction or a list of groups."""
    for run in _RUN.finditer(shape(text)):
        start, end = run.span()
        before, after = text[max(0, start - 2) : start], text[end : end + 2]
        if before[-1:].isalnum() or after[:1].isalnum():
            continue
        if (before[-1:] in _JOINS and before[:1].isdigit()) or (after[:1] in _JOINS and after[1:].isdigit()):
            continue
        yield start, text[start:end]


def phones(text: bytes) -> Iterator[Span]:
    for match in _PHONE.finditer(text):
        if len(match.group().translate(None, _BETWEEN_DIGITS)) in _PHONE_DIGITS:
            yield Span(*match.span(), MARKS["phones"])


def cards(text: bytes) -> Iterator[Span]:
    for match in _every(_CARD, text):
        if _is_card(match.group().translate(None, _SEPARATORS)):
            yield Span(*match.span(), MARKS["cards"])


def bare_cards(text: bytes) -> Iterator[Span]:
    for start, digits in _runs(text):
        # Behind an underscore so many digits are a 64-bit id.
        if _is_card(digits) and not (len(digits) == 19 and b"_" in text[max(0, start - 2) : start]):
            yield Span(start, start + len(digits), MARKS["cards"])


def _is_card(digits: bytes) -> bool:
    return (len(digits), digits[:4]) in _ISSUED and personal_numbers.luhn(digits)


def bare_ids(text: bytes) -> Iterator[Span]:
    for start, digits in _runs(text):
        if any(holds(digits) for holds in personal_numbers.BARE_IDS.get(len(digits), ())):
            yield Span(start, start + len(digits), MARKS["ids"])


def accounts(text: bytes) -> Iterator[Span]:
    for match in _every(_IBAN, text):
        number = match.group()
        # Groups of four may run on into the words behind them.
        length = personal_numbers.IBAN_LENGTHS.get(number[:2], 0)
        end = length + (length - 1) // 4 if number[4:5] == b" " else length
        if length and personal_numbers.iban(number[:end].replace(b" ", b"")):
            yield Span(match.start(), match.start() + end, MARKS["ibans"])


def _every(pattern: re.Pattern[bytes], text: bytes) -> Iterator[re.Match[bytes]]:
    """Matches, also those that overlap the one before: that one may turn out to be something else."""
    at = 0
    while (match := pattern.search(text, at)) is not None:
        yield match
        at = match.start() + 1


def numbers(form: personal_numbers.Form) -> Callable[[bytes], Iterator[Span]]:
    def spans(text: bytes) -> Iterator[Span]:
        for match in _every(form.pattern, text):
            if form.holds(match.group().translate(None, _SEPARATORS)):
                yield Span(*match.span(), MARKS["ids"])

    return spans
