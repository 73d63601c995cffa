"""Names of fields that hold a secret or something about a person, in any case and style."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

# Rule, what every name that ends so means, and what is meant only by the whole name or its last word.
_ENDINGS: Final = {
    "secrets": (
        "password passwords passwd passphrase passcode passwort secret secrets apikey apikeys accesskey secretkey "
        "privatekey signingkey encryptionkey masterkey authorization credential credentials authtoken authtokens "
        "accesstoken accesstokens refreshtoken refreshtokens apitoken passwordhash connectionstring securitycode"
    ),
    "emails": "email emails emailaddress emailaddresses mailaddress",
    "phones": "phonenumber phonenumbers mobilenumber msisdn telephonenumber mobilephone cellphone faxnumber",
    "cards": "cardnumber cardnumbers creditcard creditcardno debitcard ccnumber cardno",
    "ids": (
        "socialsecuritynumber socialsecurity nationalid nationalidnumber nationalinsurancenumber identitynumber "
        "taxid taxidnumber taxnumber taxpayerid steuerid steueridentifikationsnummer codicefiscale personnummer "
        "fodselsnummer passportnumber passportno driverslicense driverlicense driverslicensenumber"
    ),
    "ibans": "iban ibans bankaccount bankaccountnumber",
    "people": (
        "firstname lastname fullname givenname familyname maidenname middlename surname dateofbirth birthdate "
        "birthday streetaddress homeaddress postaladdress"
    ),
}
_WORDS: Final = {
    "secrets": "pwd token otp pin cvv cvc cookie cookies",
    "phones": "phone phones telephone",
    "cards": "pan",
    "ids": "ssn nino nir dni nie pesel bsn cpf aadhaar hetu passport",
    "people": "dob",
}
# Before "token": these count pieces of text, or name one.
_OF_TEXT: Final = frozenset(
    "max min num per input output total prompt completion next last first stop eos bos pad unk mask".split()
)
_ACCOUNTS: Final = frozenset("db user smtp ftp admin root mysql postgres redis basic proxy auth".split())
_WORKING_FOLDERS: Final = (b"PWD", b"OLDPWD")  # as shells name them
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_BY_ENDING: Final = {ending: rule for rule, endings in _ENDINGS.items() for ending in endings.split()}
_BY_WORD: Final = {word: rule for rule, words in _WORDS.items() for word in words.split()}

# Letters in small at the end of a name, and digits never behind them.
Ending = str
_LENGTHS: Final = sorted({len(ending) for ending in _BY_ENDING}, reverse=True)


@lru_cache(maxsize=4096)
def rule_of(name: bytes) -> str | None:
    """
    The rule that what stands under *name* falls under; None: any value may stand there.

    >>> [rule_of(name) for name in (b"apiKey", b"X-API-Key", b"user.Password2", b"E_MAIL", b"prompt_tokens")]
    ['secrets', 'secrets', 'secrets', 'emails', None]
    """
    words = [word.lower() for word in _PARTS.findall(name.decode("latin-1"))]
    while words and words[-1].isdigit():
        words.pop()
    if not words or name in _WORKING_FOLDERS:
        return None
    whole = "".join(words)
    for length in _LENGTHS:
        if (rule := _BY_ENDING.get(whole[-length:])) is not None:
            return rule
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "pass" and before in _ACCOUNTS:
        return "secrets"
    if last == "token" and before in _OF_TEXT:
        return None
    return _BY_WORD.get(last)


def endings_of(rules: Collection[str]) -> list[Ending]:
    """How every name ends that falls under one of *rules*, apart from digits and what is neither letter nor digit."""
    known = {
        **_BY_ENDING,
        **_BY_WORD,
        **dict.fromkeys((account + "pass" for account in _ACCOUNTS), "secrets"),
    }
    return sorted(ending for ending, rule in known.items() if rule in rules)


def own_name(name: str) -> bytes:
    """A name given by hand as :func:`is_own` compares it: lower case, letters and digits."""
    return re.sub(r"[^a-z0-9]", "", name.lower()).encode()


@lru_cache(maxsize=4096)
def is_own(name: bytes, given: frozenset[bytes]) -> bool:
    """Whether the whole *name*, or what stands behind its last dot, is one of those *given* by hand."""
    text = name.decode("latin-1")
    return own_name(text) in given or own_name(text.rpartition(".")[2]) in given
