"""
Numbers given to people and accounts, told from other numbers by their check digits.

Only forms that other numbers rarely take are here. Some countries' numbers have no check digit, or one
that every tenth or eleventh number of that length passes: those are found by the name of their field alone.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

# Letters and digits of ISO 7064 and of the Finnish number.
_BASE36: Final = {character: value for value, character in enumerate(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_FINNISH: Final = b"0123456789ABCDEFHJKLMNPRSTUVWXY"
_SPANISH: Final = b"TRWAGMYFPDXBNJZSQVHLCKE"
_ITALIAN_ODD: Final = dict(
    zip(
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        tuple(
            map(
                int,
                "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23".split(),
            )
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a number is written, and what makes it one."""

    name: str
    shapes: tuple[
        bytes, ...
    ]  # one of them stands in every text that holds one: 0 for a digit, A for a capital
    pattern: re.Pattern[bytes]  # not inside a longer word or number
    ends: bool  # the shape ends where the number does
    holds: Callable[[bytes], bool]  # told what matched, without blanks, dots, hyphens and slashes


def luhn(digits: bytes) -> bool:
    """
    Whether the last digit is right by the Luhn formula (ISO/IEC 7812-1).

    >>> luhn(b"4111111111111111"), luhn(b"4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = digit - 48
        if place % 2:
            value = 2 * value - 9 if value > 4 else 2 * value
        total += value
    return total % 10 == 0


def iban(text: bytes) -> bool:
    """
    Whether *text*, capitals and digits, is an account number by ISO 13616: length of its country, 97 divides it.

    >>> iban(b"DE89370400440532013000"), iban(b"DE88370400440532013000")
    (True, False)
    """
    return len(text) == IBAN_LENGTHS.get(text[:2]) and _number(text[4:] + text[:4]) % 97 == 1


def _number(text: bytes) -> int:
    return int("".join(str(_BASE36[character]) for character in text))


def _weighted(digits: bytes, weights: Sequence[int]) -> int:
    return sum((digit - 48) * weight for digit, weight in zip(digits, weights, strict=True))


def _is_day(day: bytes, month: bytes) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _american(digits: bytes) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"


def _british(text: bytes) -> bool:
    return text[:2] not in (b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ")


def _german(digits: bytes) -> bool:
    """ISO 7064 MOD 11,10; of the first ten digits exactly one stands there twice or three times."""
    first = digits[:10]
    repeated = sorted(first.count(bytes([digit])) for digit in set(first) if first.count(bytes([digit])) > 1)
    if first.startswith(b"0") or repeated not in ([2], [3]):
        return False
    product = 10
    for digit in first:
        total = (digit - 48 + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == digits[10] - 48


def _french(text: bytes) -> bool:
    body = text[:13].replace(b"2A", b"19").replace(b"2B", b"18")
    month = int(text[3:5])
    return (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) and 97 - int(body) % 97 == int(text[13:])


def _spanish(text: bytes) -> bool:
    digits = text[:-1].translate(bytes.maketrans(b"XYZ", b"012"))
    return _SPANISH[int(digits) % 23] == text[-1]


def _italian(text: bytes) -> bool:
    odd = sum(_ITALIAN_ODD[character] for character in text[:15:2])
    even = sum(_BASE36[c] - (10 if c > 57 else 0) for c in text[1:15:2])
    return (odd + even) % 26 == text[15] - 65


def _swedish(text: bytes) -> bool:
    digits = text.replace(b"+", b"")[-10:]
    day = int(digits[4:6])
    return _is_day(b"%02d" % (day - 60 if day > 60 else day), digits[2:4]) and luhn(digits)


def _finnish(text: bytes) -> bool:
    digits = text[:6] + text[-4:-1]
    return _is_day(text[:2], text[2:4]) and _FINNISH[int(digits) % 31] == text[-1]


def _norwegian(digits: bytes) -> bool:
    day = int(digits[:2])
    return (
        _is_day(b"%02d" % (day - 40 if day > 40 else day), digits[2:4])
        and _weighted(digits[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
        and _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    )


def _belgian(digits: bytes) -> bool:
    body, key = digits[:9], int(digits[9:])
    return _is_day(digits[4:6], digits[2:4]) and key in (97 - int(body) % 97, 97 - int(b"2" + body) % 97)


def _polish(digits: bytes) -> bool:
    month = int(digits[2:4]) % 20
    return (
        _is_day(digits[4:6], b"%02d" % month)
        and _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    )


def _swiss(digits: bytes) -> bool:
    return _weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def _brazilian(digits: bytes) -> bool:
    first = _weighted(digits[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = _weighted(digits[:10], range(11, 1, -1)) * 10 % 11 % 10
    return len(set(digits)) > 1 and digits[9:] == b"%d%d" % (first, second)


def _form(
    name: str, shapes: str, pattern: bytes, holds: Callable[[bytes], bool], *, ends: bool = False
) -> Form:
    return Form(
        name=name,
        shapes=tuple(one.replace("_", " ").encode() for one in shapes.split()),
        # A hyphen or a dot with a digit on its other side goes on: a number of more groups is another one.
        pattern=re.compile(
            rb"(?<![0-9A-Za-z])(?<![0-9][.-])(?:" + pattern + rb")(?![0-9A-Za-z])(?![.-][0-9])"
        ),
        ends=ends,
        holds=holds,
    )


NATIONAL_IDS: Final = (
    _form("US social security", "000-00-0000", rb"\d{3}-\d{2}-\d{4}", _american),
    _form(
        "UK national insurance",
        "AA00 AA_00_00",
        rb"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:\d{6}[A-D]| \d\d \d\d \d\d [A-D])",
        _british,
    ),
    _form("German tax", "000_000_00", rb"[1-9]\d \d{3} \d{3} \d{3}", _german),
    _form(
        "French NIR",
        "00000A0 000_000_00",
        rb"[1-478]\d{4}2[AB]\d{8}|[1-478] \d\d \d\d (?:\d\d|2[AB]) \d{3} \d{3} \d\d",
        _french,
    ),
    _form("Spanish DNI and NIE", "0000000A 0000000-A", rb"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", _spanish),
    _form(
        "Italian codice fiscale",
        "AAAAAA00A00A",
        rb"[A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z][0-9LMNP-V]{3}[A-Z]",
        _italian,
    ),
    _form("Swedish person", "000000-000 000000+000", rb"(?:19|20)?\d{6}[-+]\d{4}", _swedish),
    _form(
        "Finnish person",
        "000000-000 000000+000 000000A000",
        rb"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]",
        _finnish,
    ),
    _form("Norwegian birth", "000000_00000", rb"\d{6} \d{5}", _norwegian, ends=True),
    _form("Belgian register", "00.00.00-000", rb"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", _belgian),
    _form("Swiss AHV", "000.0000.0000", rb"756\.\d{4}\.\d{4}\.\d\d", _swiss),
    _form("Brazilian CPF", "000.000.000-00", rb"\d{3}\.\d{3}\.\d{3}-\d\d", _brazilian),
)

# Of digits alone: by how many there are.
BARE_IDS: Final[dict[int, tuple[Callable[[bytes], bool], ...]]] = {
    11: (_german, _norwegian, _belgian, _polish),
    13: (lambda digits: digits.startswith(b"756") and _swiss(digits),),
    15: (lambda digits: digits[:1] in (b"1", b"2", b"3", b"4", b"7", b"8") and _french(digits),),
}

# Characters of an account number by country: SWIFT IBAN registry.
IBAN_LENGTHS: Final = {
    country.encode(): length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ TL",
        24: "AD CZ DZ ES MD PK RO SA SE SK TN VG", 25: "PT", 26: "IS TR", 27: "FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB PL", 29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC",
    }.items()
    for country in countries.split()
}  # fmt: skip
