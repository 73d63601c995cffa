"""The classes of docs/measures/masking.md, section 2, form by form."""

from collections.abc import Iterator

from naive_grammar import (
    DIGITS,
    HEX,
    LETTERS,
    LOWER,
    UPPER,
    WORD,
    Form,
    Part,
    after_none_of,
    anything,
    before_none_of,
    either,
    literal,
    maybe,
    one,
    repeat,
    run,
    sequence,
)

NAMES = frozenset(
    ["timestamp", "jwt", "arn", "url", "email", "uuid", "ip", "domain", "base64", "hash", "number"]
)
TLDS = (
    b"com org net edu gov mil io info biz dev app cloud local internal lan "
    b"de uk fr nl jp cn ru br au us ca eu ch se kr hk tw mx cz dk fi hu gr ua tr za nz sg vn pt ar"
).split()
SECOND_LEVELS = b"com co edu ac org net gov mil".split()
MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DAYS = b"Mon Tue Wed Thu Fri Sat Sun".split()

# 2.1 Timestamps


def ends_a_timestamp(text: bytes, _start: int, end: int) -> bool:
    """The byte after is no letter or digit, nor a colon followed by one."""
    following = text[end : end + 2]
    if following[:1] == b":":
        following = following[1:]
    return not following or following[0] not in WORD


zero, zeros, space = literal(b"0"), run(b"0", 1), literal(b" ")
two, four, one_or_two = literal(b"00"), literal(b"0000"), run(b"0", 1, 2)
fraction = maybe(one(b".,:"), zeros)
month, weekday = either(*map(literal, MONTHS)), either(*map(literal, DAYS))
offset = sequence(one(b"+-"), two, maybe(literal(b":")), two)
zone = sequence(maybe(space), either(literal(b"Z"), literal(b"UTC"), literal(b"GMT"), offset))
colon = literal(b":")
clock = sequence(two, colon, two, colon, two, fraction)
seconds = maybe(one(b":."), two, fraction)

TIMESTAMPS = [
    Form(part, before_none_of(WORD + b":"), ends_a_timestamp)
    for part in (
        sequence(
            *(four, one(b"-/."), two, one(b"-/."), two),
            maybe(one(b"T _-"), two, one(b":."), two, seconds, maybe(zone)),
        ),
        sequence(
            *(literal(b"00000000-"), one_or_two, colon, one_or_two, colon, one_or_two, colon),
            run(b"0", 1, 3),
        ),
        sequence(
            *(maybe(weekday, maybe(literal(b",")), space), month, run(b" ", 1, 2), one_or_two, space),
            *(clock, maybe(space, four)),
        ),
        sequence(
            *(maybe(weekday, literal(b", ")), one_or_two, one(b"/ -"), month, one(b"/ -"), four),
            *(one(b": "), clock, maybe(zone)),
        ),
        sequence(two, one(b"/.-"), two, maybe(one(b"/.-"), either(four, two)), space, clock),
        sequence(one_or_two, colon, two, colon, two, fraction),
    )
]


# 2.2 Tokens


def rest(text: bytes, _start: int) -> Iterator[int]:
    """Up to the end of the token."""
    yield len(text)


def host(text: bytes, start: int) -> Iterator[int]:
    """Up to the next ``/``, ``?``, ``#`` or the end of the token."""
    yield next((at for at in range(start, len(text)) if text[at] in b"/?#"), len(text))


def ends_an_ipv4(text: bytes, _start: int, end: int) -> bool:
    """The byte after is no letter or digit, nor a dot followed by a digit."""
    following = text[end : end + 2]
    return not (following[:1] and following[0] in WORD) and following != b".0"


def is_domain(text: bytes, start: int, end: int) -> bool:
    """A letter before the top-level domain, and nothing after it that would go on."""
    named = text[start : text.rindex(b".", start, end)]
    return any(byte in LETTERS for byte in named) and after_none_of(WORD + b"._-/$")(text, start, end)


def is_mixed_hex(text: bytes, start: int, end: int) -> bool:
    """At least one digit and one letter, free right."""
    match = text[start:end]
    return b"0" in match and any(byte in LETTERS for byte in match) and after_none_of(WORD)(text, start, end)


def kind(byte: int) -> str:
    """Upper, lower, digit or other."""
    names = {"upper": UPPER, "lower": LOWER, "digit": DIGITS}
    return next((name for name, members in names.items() if byte in members), "other")


def is_base64(text: bytes, start: int, end: int) -> bool:
    """A whole run of 24 bytes or more that mixes the kinds as random text does."""
    if not after_none_of(WORD + b"+/_-")(text, start, end):
        return False
    kinds = [kind(byte) for byte in text[start:end]]
    changes = sum(kinds[i] != kinds[i + 1] for i in range(len(kinds) - 1))
    return {"upper", "lower", "digit"} <= set(kinds) and changes * 100 >= 40 * (len(kinds) - 1)


def is_whole_number(text: bytes, start: int, end: int) -> bool:
    """The digits end here."""
    return after_none_of(DIGITS)(text, start, end)


dot, dash = literal(b"."), literal(b"-")
word_or_dash = run(WORD + b"_-", 4)
letters_digits = LETTERS + DIGITS + b"-"
label = sequence(one(WORD), maybe(run(WORD + b"-", 0), one(WORD)))
tld = either(
    *map(literal, TLDS),
    sequence(either(*map(literal, SECOND_LEVELS)), dot, run(bytes(range(97, 123)), 2, 2)),
)
up_to_three, group = run(b"0", 1, 3), run(HEX, 1, 4)
group_colon, colon_group = sequence(group, colon), sequence(colon, group)
pair = sequence(one(HEX), one(HEX))
no_ip_beside = (before_none_of(WORD + b":"), after_none_of(WORD + b":"))


def hexes(count: int) -> Part:
    """Exactly *count* hex digits."""
    return run(HEX, count, count)


TOKEN_CLASSES: list[tuple[str, list[Form]]] = [
    (
        "jwt",
        [
            Form(
                sequence(
                    *(literal(b"eyJ"), word_or_dash, dot, word_or_dash),
                    maybe(dot, run(WORD + b"_-", 0)),
                ),
                before_none_of(WORD + b"_-"),
                anything,
            )
        ],
    ),
    (
        "arn",
        [
            Form(
                sequence(
                    *(literal(b"arn:"), run(letters_digits, 1), colon, run(letters_digits, 0), colon),
                    *(run(letters_digits, 0), colon, run(b"0", 0), colon, rest),
                ),
                fits=anything,
            )
        ],
    ),
    (
        "url",
        [Form(sequence(one(LETTERS), run(WORD + b"+.-", 0, 19), literal(b"://"), host), fits=anything)],
    ),
    (
        "email",
        [
            Form(
                sequence(
                    *(run(WORD + b"._%+-", 1, 64), literal(b"@"), run(WORD + b"-", 1)),
                    *(repeat(sequence(dot, run(WORD + b"-", 1)), 0), dot, run(LETTERS, 2)),
                )
            )
        ],
    ),
    (
        "uuid",
        [Form(sequence(hexes(8), dash, hexes(4), dash, hexes(4), dash, hexes(4), dash, hexes(12)))],
    ),
    (
        "ip",
        [
            Form(
                sequence(up_to_three, repeat(sequence(dot, up_to_three), 3, 3)),
                before_none_of(WORD + b"."),
                ends_an_ipv4,
            ),
            Form(sequence(repeat(group_colon, 7, 7), group), *no_ip_beside),
            Form(sequence(repeat(group_colon, 1, 6), repeat(colon_group, 1, 6)), *no_ip_beside),
            Form(sequence(repeat(group_colon, 1, 7), colon), *no_ip_beside),
            Form(sequence(literal(b"::"), group, repeat(colon_group, 0, 6)), *no_ip_beside),
        ],
    ),
    (
        "domain",
        [
            Form(
                sequence(label, repeat(sequence(dot, label), 0), dot, tld),
                before_none_of(WORD + b"._-/"),
                is_domain,
            )
        ],
    ),
    ("base64", [Form(run(WORD + b"+/_-", 24), before_none_of(WORD + b"+/_-"), is_base64)]),
    (
        "hash",
        [
            Form(sequence(zero, one(b"xX"), run(HEX, 1))),
            Form(run(HEX, 8), fits=is_mixed_hex),
            Form(sequence(pair, repeat(sequence(colon, pair), 5, 5)), *no_ip_beside),
        ],
    ),
    ("number", [Form(zeros, before_none_of(DIGITS), is_whole_number)]),
]
