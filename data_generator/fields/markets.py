"""Markets and wallets: orders at an exchange, transactions of a custodian's wallet."""

from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.fields.parts import near, said
from data_generator.scenarios.event import Event, Fault

ENTRY: Final = "order-entry"
MATCHING: Final = "matching-engine"
_SHARES: Final = Quantiles((0, 1), (0.5, 100), (0.9, 600), (0.99, 4_000), (1, 20_000))
_LIVED_MS: Final = Quantiles((0, 40), (0.5, 9_000), (0.9, 140_000), (1, 900_000))
_SYMBOLS: Final = ("ALDR", "BRKN", "CEDR", "ELMA", "LNDN", "MAPL", "OAKS", "PINE")


class Exchange:
    """Limit and market orders of many accounts; some trade, some are cancelled after a while."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._accounts = tuple(f"A{dice.between(10_000, 99_999)}" for _ in range(150))
        self.price = {symbol: near(dice, 60, 40) for symbol in _SYMBOLS}

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        symbol = dice.pick(_SYMBOLS)
        self.price[symbol] = round(self.price[symbol] + (dice.uniform() - 0.5) * 0.04, 2)
        order, account = f"O{dice.hexadecimal(10)}", dice.pick(self._accounts)
        shares, side = int(dice.along(_SHARES)), dice.pick(("buy", "sell"))
        kind = "market" if dice.chance(0.2) else "limit"
        events = [self.entered(at_us, order, account, symbol, side, kind, shares)]
        fate = dice.uniform()
        if kind == "market" or fate < 0.45:
            events.append(
                said(
                    at_us + dice.between(300, 9_000),
                    MATCHING,
                    "filled" if dice.chance(0.85) else "partly filled",
                    order=order,
                    symbol=symbol,
                    shares=shares,
                    price=self.price[symbol],
                    latency_us=dice.between(40, 900),
                )
            )
        elif fate < 0.75:
            lived_ms = int(dice.along(_LIVED_MS))
            events.append(self.cancelled(at_us, order, account, symbol, shares, lived_ms))
        elif fate < 0.76:
            events.append(
                said(at_us + 200, ENTRY, "rejected: price outside the band", level="WARN", order=order)
            )
        return events

    def entered(
        self,
        at_us: int,
        order: str,
        account: str,
        symbol: str,
        side: str,
        kind: str,
        shares: int,
        changed: bool = False,
    ) -> Event:
        """An order comes in."""
        return said(
            at_us,
            ENTRY,
            "accepted",
            order=order,
            account=account,
            symbol=symbol,
            side=side,
            type=kind,
            shares=shares,
            price=round(self.price[symbol] + near(self.dice, 0, 0.3), 2),
            changed=changed,
        )

    def cancelled(
        self,
        at_us: int,
        order: str,
        account: str,
        symbol: str,
        shares: int,
        lived_ms: int,
        changed: bool = False,
    ) -> Event:
        """An order is taken back."""
        return said(
            at_us + lived_ms * 1_000,
            ENTRY,
            "cancelled",
            order=order,
            account=account,
            symbol=symbol,
            shares=shares,
            lived_ms=lived_ms,
            changed=changed,
        )


def _spoof(exchange: Exchange, at_us: int) -> list[Event]:
    """One account shows large orders on one side and takes each back before anyone can trade."""
    dice = exchange.dice
    order, shares = f"O{dice.hexadecimal(10)}", 10_000 * dice.between(20, 60)
    side = "sell" if at_us // 10_000_000 % 2 else "buy"
    return [
        exchange.entered(at_us, order, "A10007", "OAKS", side, "limit", shares, changed=True),
        exchange.cancelled(at_us, order, "A10007", "OAKS", shares, dice.between(2, 9), changed=True),
    ]


ORDER_SPOOFING: Final[Fault[Exchange]] = Fault(
    name="shown_and_withdrawn",
    kind="temporal",
    affected=(ENTRY,),
    changed="One account enters orders of hundreds of thousands of shares in one stock and cancels each "
    "within ten milliseconds, where orders usually live for seconds.",
    strike=_spoof,
    begins="One account shows huge orders and withdraws each within milliseconds.",
    ends="The account's line is cut.",
    share=0.75,
    speed=2,
)

WALLET: Final = "wallet-node"
BROADCAST: Final = "broadcaster"
_COINS: Final = Quantiles((0, 0.0004), (0.5, 0.021), (0.9, 0.38), (0.99, 2.1), (1, 6))
_FEES: Final = Quantiles((0, 210), (0.5, 1_300), (0.9, 4_200), (1, 21_000))
_WORK: Final = Weighted({"deposit": 55, "withdrawal": 28, "confirmed": 30, "sweep": 4, "block": 6})


class Wallet:
    """Deposits and withdrawals of a custodian's customers, confirmations, blocks, sweeps to cold storage."""

    def __init__(self, dice: Dice, seed: int) -> None:
        self.dice = dice
        self._height = 902_000 + dice.below(900)
        self._customers = tuple(f"bc1q{dice.hexadecimal(34)}" for _ in range(200))

    def arrival(self, at_us: int) -> list[Event]:
        dice = self.dice
        work = dice.draw(_WORK)
        if work == "block":
            self._height += 1
            return [
                said(
                    at_us,
                    WALLET,
                    "block connected",
                    height=self._height,
                    transactions=dice.between(1_400, 4_200),
                    peers=dice.between(8, 14),
                )
            ]
        if work == "confirmed":
            return [
                said(
                    at_us,
                    WALLET,
                    "transaction confirmed",
                    txid=dice.hexadecimal(64),
                    confirmations=dice.between(1, 6),
                    height=self._height,
                )
            ]
        coins = round(dice.along(_COINS) * (8 if work == "sweep" else 1), 8)
        if work == "deposit":
            return [
                said(
                    at_us,
                    WALLET,
                    "deposit seen",
                    txid=dice.hexadecimal(64),
                    address=dice.pick(self._customers),
                    btc=coins,
                    fee_sat=int(dice.along(_FEES)),
                    replaceable=dice.chance(0.1),
                )
            ]
        address = (
            dice.pick(self._customers) if work == "withdrawal" else "bc1qcold000000000000000000000000000001"
        )
        approvals = "2 of 3" if work == "withdrawal" else "3 of 3"
        return self.sent(at_us, work, address, coins, int(dice.along(_FEES)), approvals, False)

    def sent(
        self,
        at_us: int,
        work: str,
        address: str,
        coins: float,
        fee_sat: int,
        approvals: str,
        replaceable: bool,
        changed: bool = False,
    ) -> list[Event]:
        """Coins leave the wallet."""
        txid = self.dice.hexadecimal(64)
        return [
            said(
                at_us,
                BROADCAST,
                f"{work} broadcast",
                txid=txid,
                address=address,
                btc=coins,
                fee_sat=fee_sat,
                approvals=approvals,
                inputs=self.dice.between(1, 4) if not changed else self.dice.between(20, 90),
                replaceable=replaceable,
                changed=changed,
            )
        ]


def _drain(wallet: Wallet, at_us: int) -> list[Event]:
    dice = wallet.dice
    return wallet.sent(
        at_us,
        "withdrawal",
        f"bc1p{dice.hexadecimal(58)}",
        round(12 + 40 * dice.uniform(), 8),
        dice.between(48_000, 96_000),
        "1 of 3",
        True,
        changed=True,
    )


BITCOIN_THEFT: Final[Fault[Wallet]] = Fault(
    name="wallet_drained",
    kind="statistical",
    affected=(BROADCAST,),
    changed="Withdrawals of tens of coins instead of hundredths, from dozens of inputs, with fifty times the "
    "fee, replaceable, on one approval, to addresses of another form.",
    strike=_drain,
    begins="The wallet sends tens of coins a time to addresses it has never seen.",
    ends="The signing key is revoked; deposits and small withdrawals go on.",
    share=0.75,
)
