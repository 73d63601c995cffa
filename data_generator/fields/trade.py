"""Trade and games: orders of a parts dealer, kills of a shooter's match servers."""

from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.fields.parts import near, said
from data_generator.people import cast
from data_generator.scenarios.event import Event, Fault

CHECKOUT: Final = "checkout"
STORE: Final = "storefront"
_ITEMS: Final = Weighted({1: 50, 2: 26, 3: 11, 4: 6, 5: 3, 8: 2, 12: 1})
_PRICE: Final = Quantiles((0, 6), (0.5, 42), (0.9, 130), (0.99, 420), (1, 900))
_TENURE_DAYS: Final = Quantiles((0, 0), (0.1, 20), (0.5, 610), (0.9, 2_100), (1, 4_200))
_PAID: Final = Weighted({"card": 60, "paypal": 25, "invoice": 12, "gift card": 3})
_VISITS: Final = ("product viewed", "cart changed", "wishlist opened", "search answered", "review read")


class Dealer:
    """Visits and orders of a dealer in consumer electronics."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._customers = cast(seed, 150)

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        customer = dice.pick(self._customers)
        if dice.chance(0.7):
            return [
                said(
                    at_us,
                    STORE,
                    dice.pick(_VISITS),
                    user=customer.login,
                    sku=f"EL-{dice.between(100, 899)}",
                    took_ms=dice.between(8, 340),
                )
            ]
        items = dice.draw(_ITEMS)
        return [
            self.order(
                at_us,
                customer.email,
                customer.city,
                items=items,
                total=round(items * dice.along(_PRICE), 2),
                tenure_h=24 * int(dice.along(_TENURE_DAYS)) + dice.below(24),
                paid=dice.draw(_PAID),
                shipping="express" if dice.chance(0.15) else "standard",
                same_address=dice.chance(0.88),
            )
        ]

    def order(
        self,
        at_us: int,
        email: str,
        city: str,
        *,
        items: int,
        total: float,
        tenure_h: int,
        paid: str,
        shipping: str,
        same_address: bool,
        changed: bool = False,
    ) -> Event:
        """One order."""
        dice = self.dice
        return said(
            at_us,
            CHECKOUT,
            "order placed",
            order=f"{dice.between(10**6, 10**7)}",
            email=email,
            city=city,
            items=items,
            total=total,
            account_age_h=tenure_h,
            paid=paid,
            shipping=shipping,
            billing_is_shipping=same_address,
            changed=changed,
        )


def _buy_up(dealer: Dealer, at_us: int) -> list[Event]:
    dice = dealer.dice
    items = dice.between(24, 60)
    return [
        dealer.order(
            at_us,
            f"{dice.hexadecimal(9)}@example.net",
            "Newark",
            items=items,
            total=round(items * (190 + 160 * dice.uniform()), 2),
            tenure_h=dice.below(3),
            paid="gift card",
            shipping="express",
            same_address=False,
            changed=True,
        )
    ]


BULK_ORDERS: Final[Fault[Dealer]] = Fault(
    name="bulk_orders",
    kind="behavioural",
    affected=(CHECKOUT,),
    changed="Accounts a few hours old order dozens of items by gift card and express to one city, for fifty "
    "times the usual total.",
    strike=_buy_up,
    begins="New accounts order dozens of items each, by gift card and express, all to one city.",
    ends="Orders by gift card wait for a person; the others go on.",
    share=0.7,
)

MATCHES: Final = "match-server"
LOBBY: Final = "lobby"
_WEAPONS: Final = Weighted({"rifle": 40, "smg": 25, "shotgun": 12, "sniper": 10, "pistol": 13})
_RANGE_M: Final = Quantiles((0, 1), (0.5, 14), (0.9, 46), (0.99, 110), (1, 240))


class Matches:
    """Kills, assists and lobby talk of several matches at once; players of every skill."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self.players = tuple(
            (f"{person.login}{dice.between(1, 99)}", dice.uniform()) for person in cast(seed, 160)
        )

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        name, skill = dice.pick(self.players)
        if dice.chance(0.3):
            message = dice.pick(("joined", "left", "ready", "changed loadout", "voted for a map"))
            return [said(at_us, LOBBY, message, player=name, ping_ms=dice.between(11, 140))]
        return self.kill(
            at_us,
            name,
            accuracy=near(dice, 16 + 14 * skill, 9, 1),
            headshot=dice.chance(0.08 + 0.12 * skill),
            actions=dice.between(90, 170 + int(90 * skill)),
            ratio=near(dice, 0.5 + skill, 0.4),
            reaction_ms=dice.between(190, 420),
            range_m=round(dice.along(_RANGE_M), 1),
        )

    def kill(
        self,
        at_us: int,
        player: str,
        *,
        accuracy: float,
        headshot: bool,
        actions: int,
        ratio: float,
        reaction_ms: int,
        range_m: float,
        changed: bool = False,
    ) -> list[Event]:
        """One player takes out another."""
        dice = self.dice
        return [
            said(
                at_us,
                MATCHES,
                "kill",
                match=f"m-{at_us // 600_000_000 % 900 + dice.below(6)}",
                player=player,
                victim=dice.pick(self.players)[0],
                weapon=dice.draw(_WEAPONS),
                headshot=headshot,
                accuracy_pct=accuracy,
                actions_per_min=actions,
                kills_per_death=ratio,
                reaction_ms=reaction_ms,
                range_m=range_m,
                changed=changed,
            )
        ]


def _aim(matches: Matches, at_us: int) -> list[Event]:
    dice = matches.dice
    return matches.kill(
        at_us,
        matches.players[dice.below(6)][0],
        accuracy=near(dice, 97.5, 1.8, 1),
        headshot=dice.chance(0.95),
        actions=dice.between(610, 760),
        ratio=near(dice, 38, 9),
        reaction_ms=dice.between(6, 21),
        range_m=round(60 + dice.along(_RANGE_M), 1),
        changed=True,
    )


AIMBOT: Final[Fault[Matches]] = Fault(
    name="aim_programs",
    kind="statistical",
    affected=(MATCHES,),
    changed="Six players hit nearly always, nearly always the head, from far away and within twenty "
    "milliseconds.",
    strike=_aim,
    begins="Six players start to hit with every shot, faster than any hand.",
    ends="The six are removed from their matches.",
    share=0.75,
    speed=1.5,
)
