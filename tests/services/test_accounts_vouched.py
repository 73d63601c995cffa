"""Who an identity provider's claims name, and which claims name nobody."""

import pytest

from driftlock.services.accounts_rows import Refused
from driftlock.services.accounts_vouched import INCOMPLETE, UNVERIFIED, vouched

CLAIMS = {
    "iss": "https://id.example",
    "sub": "7",
    "iat": 1_700_000_000,
    "nonce": "n",
    "email": " Ann@Example.COM ",
    "email_verified": True,
}


def test_an_address_is_read_in_small_letters_and_a_person_by_issuer_and_subject():
    ann = vouched(CLAIMS)
    assert ann.email == "ann@example.com"
    assert ann.at.timestamp() == 1_700_000_000
    assert vouched(CLAIMS | {"email": "other@example.com"}).subject == ann.subject
    assert vouched(CLAIMS | {"iss": "https://other.example"}).subject != ann.subject


@pytest.mark.parametrize("changed", ["iss", "sub", "iat", "nonce"])
def test_each_sign_in_is_another_and_what_else_is_said_makes_none(changed):
    first = vouched(CLAIMS).sign_in
    assert vouched(CLAIMS | {"name": "Ann", "picture": "https://id.example/ann"}).sign_in == first
    assert vouched(CLAIMS | {changed: "8"}).sign_in != first


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email_verified": "true"}, UNVERIFIED),
        ({"email_verified": 1}, UNVERIFIED),
        ({"email": "mar\N{KELVIN SIGN}@example.com"}, UNVERIFIED),  # in small letters an ordinary k
        ({"email": "ann\0@example.com"}, UNVERIFIED),
        ({"email": " "}, UNVERIFIED),
        ({"email": ["ann@example.com"]}, INCOMPLETE),
        ({"sub": 7}, INCOMPLETE),
        ({"iss": None}, INCOMPLETE),
        ({"iat": None}, INCOMPLETE),
        ({"iat": 1e300}, INCOMPLETE),
        ({"iat": float("nan")}, INCOMPLETE),
    ],
    ids=lambda given: "" if isinstance(given, str) else ascii(given),
)
def test_claims_that_do_not_say_who_it_is_name_nobody(claims, sentence):
    with pytest.raises(Refused) as refused:
        vouched(CLAIMS | claims)
    assert str(refused.value) == sentence
