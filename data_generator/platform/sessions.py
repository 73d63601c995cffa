"""Who asks the shop, and under what conditions it serves."""

from dataclasses import dataclass, field
from typing import Final

from data_generator.dice import Quantiles
from data_generator.people import Person
from data_generator.platform.places import Place
from data_generator.platform.routes import Route


@dataclass(slots=True)
class Session:
    """A signed-in user and what was asked last."""

    user: Person
    number: int  # of the user
    role: str
    place: Place
    client_ip: str
    agent: str
    id: str
    last: Route


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what a request is served; what the affected services then do is changed."""

    affected: frozenset[str] = frozenset()
    slow: dict[str, Quantiles] = field(default_factory=dict)  # milliseconds instead of the usual ones
    fails: dict[str, tuple[str, int]] = field(default_factory=dict)  # message and status of each attempt
    attempts: int = 2
    moves: frozenset[str] = frozenset()  # metrics of the affected services


CALM: Final = Conditions()
