"""The fourteen scenarios of industry."""

from collections.abc import Callable
from typing import Any, Final

from data_generator.dice import Dice
from data_generator.fields.assistants import INSTRUCTIONS_LEAK, Desk
from data_generator.fields.clusters import POD_CRASHES, Cluster
from data_generator.fields.devices import SENSORS_BLIND, VENTILATOR_OPEN, Vehicle, Ward
from data_generator.fields.markets import BITCOIN_THEFT, ORDER_SPOOFING, Exchange, Wallet
from data_generator.fields.networks import DNS_TUNNEL, LOGIN_TAKEOVER, Partners, Resolver
from data_generator.fields.payments import CARD_FRAUD, WIRE_LAUNDERING, Cards, Wires
from data_generator.fields.plants import COOLANT_LOSS, GRID_ISLAND, Grid, Reactor
from data_generator.fields.trade import AIMBOT, BULK_ORDERS, Dealer, Matches
from data_generator.scenarios.event import Fault, World
from data_generator.scenarios.recipes import Staging, world_of
from data_generator.scenarios.story import Scenario


def _staging(
    id: str,
    title: str,
    story: str,
    world: Callable[[Dice, int], World],
    per_arrival: float,
    fault: Fault[Any],
) -> Staging:
    scenario = Scenario(
        id=id,
        title=title,
        group="industry",
        story=story,
        hidden=fault.changed,
        expected="Flags a window soon after the fault begins, and as little as chance allows elsewhere.",
        signals=fault.shows_in,
        shows_in=fault.shows_in,
        kinds=(fault.kind,),
    )
    return Staging(scenario=scenario, build=world_of(world, per_arrival), faults=(fault,))


# Events that one arrival leaves in the mean stand behind the world; a test counts them.
STAGINGS: Final = (
    _staging("card-fraud", "Card fraud", "Authorizations of a card issuer.", Cards, 1.0, CARD_FRAUD),
    _staging(
        "wire-laundering", "Wire laundering", "A bank's wire desk and its screening.", Wires, 2.0, WIRE_LAUNDERING
    ),
    _staging(
        "bitcoin-theft", "Bitcoin theft", "The wallet of a custodian of coins.", Wallet, 1.0, BITCOIN_THEFT
    ),
    _staging(
        "login-takeover", "Login takeover", "Partners sign in and call an API.", Partners, 1.02, LOGIN_TAKEOVER
    ),
    _staging(
        "dns-exfiltration", "Exfiltration by DNS", "The name server of an office.", Resolver, 1.0, DNS_TUNNEL
    ),
    _staging(
        "prompt-injection", "Prompt injection", "A shop's support assistant.", Desk, 1.25, INSTRUCTIONS_LEAK
    ),
    _staging(
        "reactor-coolant", "Reactor coolant", "Sensors of a reactor's three loops.", Reactor, 12.0, COOLANT_LOSS
    ),
    _staging("smart-grid", "Smart grid", "Four feeders of a town's grid.", Grid, 20.0, GRID_ISLAND),
    _staging("ventilators", "Ventilators", "Six ventilators of a ward.", Ward, 1.0, VENTILATOR_OPEN),
    _staging(
        "order-spoofing", "Order spoofing", "Orders and trades of an exchange.", Exchange, 1.76, ORDER_SPOOFING
    ),
    _staging(
        "bulk-orders", "Bulk-order fraud", "Visits and orders of a dealer.", Dealer, 1.0, BULK_ORDERS
    ),
    _staging("game-aimbot", "Aim programs", "Matches of a shooter.", Matches, 1.0, AIMBOT),
    _staging("pod-crashes", "Pod crash loop", "Containers of a cluster.", Cluster, 1.0, POD_CRASHES),
    _staging(
        "vehicle-sensors", "Vehicle sensors", "Lidar, radar and position of a vehicle.", Vehicle, 3.0, SENSORS_BLIND
    ),
)  # fmt: skip
