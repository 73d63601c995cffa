"""Cards and wires: authorizations of a card issuer, transfers of a bank's wire desk."""

from dataclasses import dataclass
from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.fields.parts import said
from data_generator.people import cast
from data_generator.scenarios.event import Event, Fault

POS: Final = "pos-authorization"
ECOM: Final = "ecom-authorization"
ATM: Final = "atm-authorization"

_CITIES: Final = (("US", "Seattle"), ("US", "Tacoma"), ("US", "Portland"), ("US", "Spokane"), ("US", "Boise"))
_TRIPS: Final = (("CA", "Vancouver"), ("MX", "Cancun"), ("GB", "London"), ("JP", "Osaka"))
_SHOPS: Final = Weighted(
    {
        ("grocery", "5411"): 30,
        ("fuel", "5541"): 18,
        ("restaurant", "5812"): 22,
        ("pharmacy", "5912"): 8,
        ("clothing", "5651"): 8,
        ("electronics", "5732"): 3,
        ("hardware", "5251"): 5,
    }
)
_SPENT: Final = Quantiles((0, 2), (0.5, 27), (0.9, 96), (0.99, 480), (1, 2_900))
_ENTRY: Final = Weighted({"contactless": 60, "chip": 36, "magstripe": 2, "keyed": 2})
_STOLEN: Final = Quantiles((0, 380), (0.5, 1_150), (0.9, 2_700), (1, 6_900))


@dataclass(frozen=True, slots=True)
class _Card:
    token: str
    home: tuple[str, str]


class Cards:
    """Card payments of people near their homes, a few on journeys, some declined, some cash."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self.cards = tuple(_Card(dice.hexadecimal(10), dice.pick(_CITIES)) for _ in range(400))
        self._streak = dict.fromkeys((card.token for card in self.cards), 0)

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        card = dice.pick(self.cards)
        place = dice.pick(_TRIPS) if dice.chance(0.03) else card.home
        where = dice.uniform()
        if where < 0.08:
            return [self.cash(at_us, card, place)]
        if where < 0.3:
            return [self.payment(at_us, ECOM, card, place, dice.draw(_SHOPS), "ecommerce", self._amount())]
        return [self.payment(at_us, POS, card, place, dice.draw(_SHOPS), dice.draw(_ENTRY), self._amount())]

    def payment(
        self,
        at_us: int,
        service: str,
        card: _Card,
        place: tuple[str, str],
        shop: tuple[str, str],
        entry: str,
        amount: float,
        *,
        declined: float = 0.03,
        changed: bool = False,
    ) -> Event:
        """One authorization."""
        dice = self.dice
        self._streak[card.token] = used = 1 if dice.chance(0.8) else self._streak[card.token] + 1
        refused = dice.chance(declined)
        return said(
            at_us,
            service,
            "declined" if refused else "approved",
            level="WARN" if refused else "INFO",
            card=card.token,
            amount=amount,
            currency="USD",
            merchant=f"{shop[0]}-{dice.between(100, 999)}",
            mcc=shop[1],
            country=place[0],
            city=place[1],
            entry=entry,
            used_last_hour=used,
            reason=dice.pick(("insufficient funds", "limit", "issuer timeout")) if refused else "",
            auth_ms=dice.between(40, 220),
            changed=changed,
        )

    def cash(self, at_us: int, card: _Card, place: tuple[str, str]) -> Event:
        """Money from a machine."""
        dice = self.dice
        return said(
            at_us,
            ATM,
            "dispensed",
            card=card.token,
            amount=20.0 * dice.between(1, 15),
            currency="USD",
            machine=f"atm-{dice.between(10, 60)}",
            country=place[0],
            city=place[1],
            auth_ms=dice.between(90, 400),
        )

    def _amount(self) -> float:
        return round(self.dice.along(_SPENT), 2)


def _cloned(cards: Cards, at_us: int) -> list[Event]:
    dice = cards.dice
    card = cards.cards[dice.below(30)]  # one batch of cards was copied
    return [
        cards.payment(
            at_us,
            POS,
            card,
            ("NG", "Lagos"),
            dice.pick((("electronics", "5732"), ("jewelry", "5944"))),
            "magstripe",
            round(dice.along(_STOLEN), 2),
            declined=0.35,
            changed=True,
        )
    ]


CARD_FRAUD: Final[Fault[Cards]] = Fault(
    name="cloned_cards",
    kind="contextual",
    affected=(POS,),
    changed="Thirty cards from the north-west of the United States buy electronics and jewelry by magnetic "
    "stripe in Lagos, for amounts forty times the usual, a third of them declined.",
    strike=_cloned,
    begins="Copies of thirty cards are used in Lagos while their owners shop at home.",
    ends="The thirty cards are blocked.",
    share=0.75,
)

WIRES: Final = "wire-desk"
SCREENING: Final = "sanctions-screening"
_PURPOSES: Final = Weighted({"payroll": 40, "supplier invoice": 35, "rent": 10, "tax": 8, "intercompany": 7})
_WIRED: Final = Quantiles((0, 300), (0.5, 4_800), (0.9, 22_000), (0.99, 140_000), (1, 400_000))
_LAUNDERED: Final = Quantiles((0, 210_000), (0.5, 480_000), (0.9, 760_000), (1, 940_000))


class Wires:
    """Transfers of companies to people and suppliers they know, each screened before it goes."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._officers = cast(seed, 12)
        self._companies = tuple(f"company-{dice.between(1_000, 9_999)}" for _ in range(60))
        self._payees = tuple(f"acct-{dice.hexadecimal(8)}" for _ in range(300))

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        purpose = dice.draw(_PURPOSES)
        first = dice.chance(0.04)
        return self.transfer(
            at_us,
            amount=round(dice.along(_WIRED), 2),
            payee=f"acct-{dice.hexadecimal(8)}" if first else dice.pick(self._payees),
            country=dice.pick(("GB", "GB", "GB", "IE", "FR", "NL", "PL")),
            purpose=purpose,
            channel=dice.pick(("file", "file", "portal")),
            approval="two officers" if dice.chance(0.98) else "override",
            first=first,
            urgent=dice.chance(0.03),
        )

    def transfer(
        self,
        at_us: int,
        *,
        amount: float,
        payee: str,
        country: str,
        purpose: str,
        channel: str,
        approval: str,
        first: bool,
        urgent: bool,
        changed: bool = False,
    ) -> list[Event]:
        """A transfer and its screening."""
        dice = self.dice
        reference = f"W{dice.between(10**7, 10**8)}"
        hits = 1 if dice.chance(0.01) else 0
        return [
            said(
                at_us,
                SCREENING,
                "screened" if not hits else "possible match cleared by hand",
                reference=reference,
                country=country,
                hits=hits,
                took_ms=dice.between(30, 900),
                changed=changed,
            ),
            said(
                at_us + dice.between(1, 900) * 1_000,
                WIRES,
                "released",
                reference=reference,
                payer=dice.pick(self._companies),
                payee=payee,
                payee_country=country,
                amount=amount,
                currency="GBP",
                purpose=purpose,
                channel=channel,
                approval=approval,
                officer=dice.pick(self._officers).login,
                first_transfer=first,
                urgent=urgent,
                changed=changed,
            ),
        ]


def _launder(wires: Wires, at_us: int) -> list[Event]:
    dice = wires.dice
    return wires.transfer(
        at_us,
        amount=round(dice.along(_LAUNDERED), 2),
        payee=f"acct-{dice.hexadecimal(8)}",
        country=dice.pick(("KY", "VG", "PA")),
        purpose="consulting",
        channel="phone",
        approval="override",
        first=True,
        urgent=True,
        changed=True,
    )


WIRE_LAUNDERING: Final[Fault[Wires]] = Fault(
    name="layered_transfers",
    kind="behavioural",
    affected=(WIRES, SCREENING),
    changed="Urgent first-time transfers for consulting, ordered by phone and approved by override, a hundred "
    "times the usual amount, to new accounts in three island states.",
    strike=_launder,
    begins="Large urgent transfers go out by phone and override to accounts nobody paid before.",
    ends="The override is closed; payroll and invoices go on.",
    share=0.8,
)
