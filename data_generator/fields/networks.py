"""Networks: sign-ins to an API, names asked of a resolver."""

from typing import Final

from data_generator.dice import Dice, Weighted
from data_generator.fields.parts import said
from data_generator.people import cast
from data_generator.scenarios.event import Event, Fault

IDENTITY: Final = "identity"
API: Final = "partner-api"
_CALLS: Final = (
    "GET /v2/invoices",
    "GET /v2/orders",
    "POST /v2/quotes",
    "PATCH /v2/orders",
    "DELETE /v2/quotes",
)
_CLIENTS: Final = ("erp-connector/4.1", "erp-connector/4.2", "sdk-java/11", "sdk-python/3", "browser")


class Partners:
    """Partners sign in from their offices with a second factor and call the API."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self.people = tuple(
            (person.login, f"203.0.113.{dice.between(1, 254)}", dice.pick(_CLIENTS))
            for person in cast(seed, 90)
        )

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        login, address, client = dice.pick(self.people)
        if dice.chance(0.08):
            address = f"198.51.100.{dice.between(1, 254)}"  # at home, or on the road
        if dice.chance(0.6):
            return [
                said(
                    at_us,
                    API,
                    dice.pick(_CALLS),
                    user=login,
                    client_ip=address,
                    client=client,
                    status=429 if dice.chance(0.01) else 200,
                    took_ms=dice.between(6, 480),
                )
            ]
        wrong = dice.chance(0.05)
        events = [self.sign_in(at_us, login, address, "office", client, wrong, "totp", 1)]
        if wrong:
            again_us = at_us + dice.between(2, 9) * 1_000_000
            events.append(self.sign_in(again_us, login, address, "office", client, False, "totp", 2))
        return events

    def sign_in(
        self,
        at_us: int,
        login: str,
        address: str,
        network: str,
        client: str,
        wrong: bool,
        factor: str,
        attempt: int,
        changed: bool = False,
    ) -> Event:
        """One attempt to sign in."""
        return said(
            at_us,
            IDENTITY,
            "password does not match" if wrong else "signed in",
            level="WARN" if wrong else "INFO",
            user=login,
            client_ip=address,
            network=network,
            client=client,
            second_factor=factor,
            attempt=attempt,
            took_ms=self.dice.between(40, 160),
            changed=changed,
        )


def _guess(partners: Partners, at_us: int) -> list[Event]:
    dice = partners.dice
    login, _, _ = dice.pick(partners.people)
    address = f"2001:db8:6f:{dice.below(1 << 16):x}::{dice.below(1 << 16):x}"
    wrong = dice.chance(0.9)
    return [
        partners.sign_in(
            at_us, login, address, "tor-exit", "okhttp/4.12", wrong, "none", dice.between(3, 60), changed=True
        )
    ]


LOGIN_TAKEOVER: Final[Fault[Partners]] = Fault(
    name="sign_ins_by_tor",
    kind="spatial",
    affected=(IDENTITY,),
    changed="Partners' accounts are tried from exits of an anonymizing network by another client, up to sixty "
    "times each and without a second factor; nine of ten passwords are wrong.",
    strike=_guess,
    begins="Passwords are tried for partner after partner from exits of an anonymizing network.",
    ends="The exits are shut out.",
    share=0.8,
    speed=3,
)

RESOLVER: Final = "resolver"
DHCP: Final = "dhcp"
_NAMES: Final = (
    "api.example.com", "cdn.example.net", "mail.example.com", "time.example.org", "login.example.com",
    "updates.example.org", "git.example.com", "wiki.example.com", "telemetry.example.net", "print.example.lan",
)  # fmt: skip
_TYPES: Final = Weighted({"A": 60, "AAAA": 30, "HTTPS": 6, "PTR": 2, "MX": 1, "TXT": 1})


class Resolver:
    """Names asked by the machines of an office, most from the cache, a few misspelled; and leases."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        client = f"192.0.2.{dice.between(10, 120)}"
        if dice.chance(0.04):
            return [
                said(at_us, DHCP, "lease renewed", client=client, host=f"desk-{dice.between(1, 90)}", hours=8)
            ]
        unknown = dice.chance(0.02)
        name = dice.pick(_NAMES)
        if dice.chance(0.15):
            name = f"{dice.hexadecimal(8)}.cdn.example.net"
        return [
            self.asked(
                at_us,
                client,
                f"{dice.hexadecimal(5)}.{name}" if unknown else name,
                dice.draw(_TYPES),
                "NXDOMAIN" if unknown else "NOERROR",
                dice.pick((60, 300, 300, 3_600)),
                dice.chance(0.7),
                dice.between(40, 180),
            )
        ]

    def asked(
        self,
        at_us: int,
        client: str,
        name: str,
        record_type: str,
        code: str,
        ttl: int,
        cached: bool,
        size: int,
        changed: bool = False,
    ) -> Event:
        """One question with its answer."""
        return said(
            at_us,
            RESOLVER,
            "answered",
            client=client,
            name=name,
            type=record_type,
            rcode=code,
            ttl=ttl,
            cached=cached,
            bytes=size,
            took_us=self.dice.between(30, 400) if cached else self.dice.between(4_000, 60_000),
            changed=changed,
        )


def _tunnel(resolver: Resolver, at_us: int) -> list[Event]:
    dice = resolver.dice
    label = f"{dice.hexadecimal(60)}.{dice.hexadecimal(48)}"
    code = "NXDOMAIN" if dice.chance(0.7) else "NOERROR"
    name = f"{label}.t.example.org"
    return [
        resolver.asked(at_us, "192.0.2.77", name, "TXT", code, 1, False, dice.between(230, 480), changed=True)
    ]


DNS_TUNNEL: Final[Fault[Resolver]] = Fault(
    name="names_as_carrier",
    kind="collective",
    affected=(RESOLVER,),
    changed="One machine asks text records of one domain under names of a hundred characters that never "
    "repeat, several times as many as the whole office asks.",
    strike=_tunnel,
    begins="One desk asks hundreds of long names of a single domain: data leaves as questions.",
    ends="The domain is blocked.",
    share=0.85,
    speed=4,
)
