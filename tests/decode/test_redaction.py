"""What redaction takes out, what it leaves, that it never breaks a line, and that no line holds it up."""

import json
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_generator.people import cast
from driftlock.decode.personal_numbers import iban, luhn
from driftlock.decode.redaction import RULES, Redactor, UnknownRule
from driftlock.decode.redaction_spans import MARKS, Span, merged, replaced

ALL = Redactor(RULES)
CANARY = "Zq7hunter2Xv"  # holds no form of its own: only the name of its field gives it away
NAMES = (
    "password passwd passphrase secret client_secret token access_token authorization api_key private_key ssn iban "
    "email phone_number credit_card date_of_birth first_name national_id cvv otp"
).split()
SHAPED = (
    "ann.lee+tag@mail.example.co.uk",
    "müller@example.de",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "378282246310005",
    "6011111111111117",
    "DE89370400440532013000",
    "GB29 NWBK 6016 1331 9268 19",
    "123-45-6789",
    "AB123456C",
    "86095742719",
    "185057800608491",
    "12345678Z",
    "X1234567L",
    "RSSMRA85T10A562S",
    "811228-9874",
    "131052-308T",
    "29029900157",
    "85.07.30-033.28",
    "44051401359",
    "756.9217.0769.85",
    "111.444.777-35",
    "+14155550100",
    "+44 20 7946 0958",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "AKIAIOSFODNN7EXAMPLE",
)


def styles(name: str) -> list[str]:
    """The same name as people write it."""
    words = name.split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    return [
        name,
        name.upper(),
        name.replace("_", "-"),
        "-".join(word.capitalize() for word in words),
        camel,
        camel[0].upper() + camel[1:],
        "".join(words),
        "".join(words).upper(),
        name.replace("_", "."),
        name.replace("_", " "),
        f"user.{camel}",
        f"x_{name}_2",
    ]


SCALARS = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=12)
ORDINARY = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def planted(draw: st.DrawFn) -> tuple[bytes, str]:
    """A line of JSON with a secret under some name, nested in lists, objects and strings that hold JSON."""
    name = draw(st.sampled_from(NAMES).flatmap(lambda one: st.sampled_from(styles(one))))
    held: Any = draw(st.sampled_from((CANARY, [CANARY], [1, CANARY], {"x": CANARY}, {"a": [{"b": CANARY}]})))
    event: Any = {name: held}
    for _ in range(draw(st.integers(0, 3))):
        beside = draw(st.dictionaries(st.text(max_size=8), ORDINARY, max_size=2))
        event = draw(
            st.sampled_from(
                (
                    {**beside, "in": event},
                    [beside, event],
                    {**beside, "body": json.dumps(event)},
                    {"items": [event], **beside},
                )
            )
        )
    spaced = draw(st.sampled_from(((",", ":"), (", ", ": "), (" , ", " : "))))
    text = json.dumps({"event": event}, separators=spaced, ensure_ascii=draw(st.booleans()))
    return text.encode("utf-8", "replace"), name


# Pieces in a row: forms, names, marks, and what parts or hides them.
LINES = st.lists(
    st.one_of(
        st.sampled_from(SHAPED),
        st.sampled_from(NAMES).flatmap(lambda one: st.sampled_from(styles(one))),
        st.sampled_from([*'"\\:=,{}[]<>@.-+ 7a', "\\n", "\\u00e9", "\\u0040", "://", "<email>", "--"]),
    ),
    max_size=9,
).flatmap(
    lambda parts: st.sampled_from(
        ("".join(parts), json.dumps({"m": "".join(parts)}), json.dumps([json.dumps({"m": "".join(parts)})]))
    )
).map(str.encode)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(planted())
def test_a_secret_never_survives_under_its_name(case: tuple[bytes, str]) -> None:
    line, name = case
    left = ALL.redact(line)
    assert CANARY.encode() not in left, name
    assert orjson.loads(left) is not None
    assert ALL.redact(left) == left


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SHAPED),
    st.sampled_from(
        ("{}", "user {} signed in", '"{}"', "[{}]", "to=<{}>, ok", "ids: {};", "{}\t7", "a|{}|b")
    ),
    st.integers(0, 2),
    st.booleans(),
)
def test_what_shows_by_its_form_is_found_anywhere(value: str, around: str, depth: int, ascii_: bool) -> None:
    text = around.format(value)
    line = text
    for level in range(depth):
        line = json.dumps({"n": level, "message": line}, ensure_ascii=ascii_)
    left = ALL.redact(line.encode())
    assert value.encode() not in left
    assert json.dumps(value)[1:-1].encode() not in left
    if depth:
        inner = orjson.loads(left)["message"]
        assert "<" in inner
    assert ALL.redact(left) == left


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(SHAPED),
            st.sampled_from(NAMES),
            st.sampled_from(list('"\\:=,{}[]<>@.-+ \n')),
        ),
        max_size=12,
    )
)
@example(["password", "=", "<secret>", '"', "\\", '"'])
@example(["<", "email", ">", " x", "<", "/email", ">"])
def test_redacting_twice_changes_nothing_more_whatever_the_text(parts: list[str]) -> None:
    once = ALL.redact("".join(parts).encode("utf-8", "replace"))
    assert ALL.redact(once) == once


@settings(max_examples=300, deadline=None)
@given(ORDINARY, st.lists(st.sampled_from(SHAPED), max_size=3), st.sampled_from(NAMES))
def test_json_stays_json_and_only_marks_are_new(value: Any, shaped: list[str], name: str) -> None:
    line = json.dumps({"v": value, "w": shaped, name: value}, ensure_ascii=False).encode("utf-8", "replace")
    before, after = orjson.loads(line), orjson.loads(ALL.redact(line))
    _same_but_for_marks(before, after)


def _same_but_for_marks(before: Any, after: Any) -> None:
    if isinstance(before, dict):
        assert list(before) == list(after) or any("<" in key for key in after)
        for one, other in zip(before.values(), after.values(), strict=True):
            _same_but_for_marks(one, other)
    elif isinstance(before, list):
        for one, other in zip(before, after, strict=True):
            _same_but_for_marks(one, other)
    elif before != after:
        assert isinstance(after, str)
        assert any(mark.decode() in after for mark in MARKS.values())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from((*SHAPED, *NAMES, "a=1", "ordinary", '{"password":"x"}', "\n")), max_size=8))
def test_a_line_is_redacted_alike_alone_and_among_others(texts: list[str]) -> None:
    lines = [text.encode() for text in texts]
    assert ALL.redact_all(lines) == [ALL.redact(line) for line in lines]


@pytest.mark.parametrize("name", NAMES)
def test_every_style_of_a_name_is_known_in_plain_text(name: str) -> None:
    for style in styles(name):
        if " " in style:
            continue  # only quotes hold a name of several words together
        for text in (
            f"a {style}={CANARY} b",
            f"?q=1&{style}={CANARY}&r=2",
            f"{style}='{CANARY}'",
            f"<{style}>{CANARY}</{style}>",
        ):
            assert CANARY.encode() not in ALL.redact(text.encode()), text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {}",
        "authorization: Basic {}",
        "X-Api-Key: {}",
        "Set-Cookie: {}; Path=/",
        "mysql --password {} -u root",
        "run --token={}",
        "https://root:{}@db.example/x",
        '{{"headers":[{{"name":"Authorization","value":"{}"}}]}}',
        '{{"key":"db.password","value":{{"stringValue":"{}"}}}}',
        "{{'password': '{}', 'n': 1}}",
        '{{"a\\u0070iKey":"{}"}}',
        '{{"password":"a\\"b{}"}}',
    ],
)  # fmt: skip
def test_secrets_of_headers_options_addresses_and_pairs_are_taken_out(text: str) -> None:
    assert CANARY.encode() not in ALL.redact(text.format(CANARY).encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"ts":1767600000000000,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","n":12345678901234567}',
        '{"prompt_tokens":186,"max_tokens":4096,"completion_tokens":7,"token_count":3,"max_token":5}',
        "2026-03-02T00:01:11.303Z took 4111.5 ms, 0.4111111111111111 of 1e9, 10.0.0.1:8080, v1.2.3-4",
        "blk_-6285161494041403917 blk_6219553983374039194 9619994e-0c67-43ad-946e-7b5f99d83850",
        "Failed password for root from 203.0.113.7 port 22 ssh2",
        "the bearer of this, basic understanding of email: sent, phone: ______, key=value keyboard=us",
        "logo@2x.png user@host node@10.0.0.1 a @ b @Override",
        "PWD=/home/ann ; password: null passed=true compass=1 monkey=2 monkeys:3 companies=4 shipping=5",
        "at 12:00:00 +0100, delta +12345, +1.5 %, C++11 +/- 3",
        '{"password":null,"token":true,"secret":"","emails":[],"phone":{}}',
        "4111111111111112 4111-1111-1111-1112 000-12-3456 DE00370400440532013000 86095742710",
    ],
)
def test_ordinary_telemetry_stays_as_it_is(text: str) -> None:
    assert ALL.redact(text.encode()) == text.encode()


def test_invented_users_of_the_generator_leave_no_address_and_no_number() -> None:
    for person in cast(7, 200):  # seed 7
        line = json.dumps({"message": f"{person.email} called {person.phone}", "n": 1}).encode()
        left = ALL.redact(line)
        assert person.email.encode() not in left
        assert person.phone.encode() not in left


def test_a_mark_tells_the_kind_and_nothing_of_the_length() -> None:
    short, long = (
        ALL.redact(b'{"password":"%s","email":"%s@example.com"}' % (b"x" * n, b"y" * n)) for n in (1, 90)
    )
    assert short == long == b'{"password":"<secret>","email":"<email>"}'


def test_a_password_in_an_address_of_one_label_is_taken_out_once() -> None:
    line = b"connect to http://shop:hunter2@localhost:8080/x"
    assert ALL.redact(line) == b"connect to http://shop:<secret>@localhost:8080/x"
    assert ALL.redact(ALL.redact(line)) == ALL.redact(line)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(planted().map(lambda case: case[0]), LINES), max_size=4))
@example([b'{"m":"\\ndob = Jan","n":1}', b"x_cvv_2756.9217.0769.85=7", b'=a\\/"<email>":='])
def test_no_text_is_passed_over_that_a_look_at_every_form_would_change(texts: list[bytes]) -> None:
    """The slow twin asks nothing first: every pattern and every name, in every text."""
    for text, left in zip(texts, ALL.redact_all(texts), strict=True):
        slow = text
        while spans := list(merged(ALL._spans(slow, ALL._screen.everything, 0))):
            slow = replaced(slow, spans)
        assert left == slow


def test_a_field_of_ones_own_may_end_in_digits() -> None:
    assert Redactor(["field:address2"]).redact(b'{"address1":"a","address2":"b"}') == (
        b'{"address1":"a","address2":"<personal>"}'
    )


def test_rules_are_switched_one_by_one() -> None:
    line = b'{"email":"a@example.com","card":"4111111111111111"}'
    assert Redactor(["cards"]).redact(line) == b'{"email":"a@example.com","card":"<card>"}'
    assert Redactor([]).redact(line) is line


def test_fields_of_ones_own_are_taken_out_in_any_style() -> None:
    own = Redactor(["field:customer name"])
    assert own.redact(b'{"customerName":"Ann","customer_name":["Bo"],"name":"x"}') == (
        b'{"customerName":"<personal>","customer_name":["<personal>"],"name":"x"}'
    )


@pytest.mark.parametrize("rule", ["email", "field:", "field:--"])
def test_an_unknown_rule_is_refused_with_the_list(rule: str) -> None:
    with pytest.raises(UnknownRule, match="secrets, emails"):
        Redactor([rule])


def test_check_digits_reject_every_single_wrong_digit() -> None:
    for number, holds in ((b"4111111111111111", luhn), (b"DE89370400440532013000", iban)):
        for place in range(4 if holds is iban else 0, len(number)):
            for digit in b"0123456789":
                wrong = number[:place] + bytes([digit]) + number[place + 1 :]
                assert holds(wrong) == (wrong == number)


# Each made a redaction take the square of the length of its line, or may do so.
HOLDING_UP = (
    *(
        "@",
        "a@b.",
        "a%40",
        "ann@example.com ",
        "-",
        "a-",
        '"password":',
        '"password":[',
        '{"password":',
        "password=",
    ),
    *(
        "password>",
        "token:",
        "cookie=x;",
        "password=bearer ",
        "4111111111111111,",
        "4",
        "4111-",
        "+1",
        "AA00 ",
        "eyJ",
    ),
    *(
        "eyJa-",
        "-----BEGIN ",
        "ghp_",
        "://a:b",
        "\\",
        '\\"',
        '"\\',
        "\\u0040",
        "bearer ",
        ":",
        '":',
        "--x ",
        "[",
        " ",
    ),
)


@pytest.mark.parametrize("before", ["", '{"n":"', '{"n":[', "token=a \\n "])
@pytest.mark.parametrize("piece", HOLDING_UP)
def test_the_time_of_a_line_grows_no_faster_than_threefold_where_its_length_doubles(
    piece: str, before: str
) -> None:
    """Length grows eight times: 8 times the time is in proportion, 64 times its square, 27 the bound."""
    short, long = (before.encode() + (piece.encode() * size)[:size] for size in (8_000, 64_000))
    # Of the thread alone, and the shortest of several: others on the machine hold up neither.
    bound = 27 * min(_seconds(short) for _ in range(5))
    assert any(_seconds(long) < bound for _ in range(3))


def _seconds(text: bytes) -> float:
    began = time.thread_time()
    ALL.redact(text)
    return time.thread_time() - began


def test_json_in_strings_of_json_takes_no_more_than_its_length() -> None:
    """Bytes that are looked at for forms, of every string in a string: counted, so no clock decides."""
    text = '{"password":"x"}'
    while len(text) < 30_000:
        text = json.dumps({"m": text, "n": [text]})
    looked_at = 0

    def counting(text: bytes, bits: int, depth: int) -> Iterator[Span]:
        nonlocal looked_at
        looked_at += len(text)
        return Redactor._spans(counted, text, bits, depth)

    counted = Redactor(RULES)
    counted._spans = counting  # type: ignore[method-assign]
    assert b'"x' not in counted.redact(text.encode())
    rounds = 3  # as long as marks are new
    assert looked_at < 2 * rounds * len(text)
