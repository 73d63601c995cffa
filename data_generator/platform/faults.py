"""Faults of the shop, one or two of each of the seven kinds."""

from typing import Final

from data_generator.dice import Quantiles, Weighted
from data_generator.platform import routes
from data_generator.platform.places import FAR
from data_generator.platform.routes import (
    AUTH,
    CATALOG,
    GATEWAY,
    NOTICES,
    ORDERS,
    PAYMENTS,
    SEARCH,
    STOCK,
    USERS,
    Route,
    Step,
)  # fmt: skip
from data_generator.platform.sessions import Conditions
from data_generator.platform.shop import Shop
from data_generator.rhythm import SECOND_US
from data_generator.scenarios.event import Event, Fault

_LOAD_MEASURES: Final = frozenset(
    {
        "http.server.request_rate",
        "http.server.response_time.p95",
        "process.cpu.utilization",
        "system.network.io",
    }
)
_CROWDED: Final = Quantiles((0, 90), (0.5, 640), (0.9, 1_900), (0.97, 2_900), (1, 3_300))
_QUEUED: Final = Quantiles((0, 12), (0.5, 90), (0.9, 420), (1, 1_200))
_SURGE: Final = Conditions(
    affected=frozenset({GATEWAY, CATALOG, SEARCH}),
    slow={GATEWAY: _QUEUED, CATALOG: _CROWDED, SEARCH: _CROWDED},
    moves=_LOAD_MEASURES,
)
_VISITED: Final = Weighted({routes.VIEW: 6, routes.BROWSE: 3, routes.FIND: 2})


def _surge(shop: Shop, at_us: int) -> list[Event]:
    dice = shop.dice
    session = shop.session() if dice.chance(0.5) else dice.pick(shop.sessions)
    return shop.request(at_us, session, dice.draw(_VISITED), _SURGE)


_WAITING: Final = Quantiles((0, 150), (0.5, 700), (0.9, 1_700), (0.98, 2_900), (1, 3_200))
_SLOW_STORAGE: Final = Conditions(
    affected=frozenset({AUTH, USERS, ORDERS, STOCK, CATALOG, GATEWAY}),
    slow=dict.fromkeys((AUTH, USERS, ORDERS, STOCK, CATALOG), _WAITING),
)


def _slow_storage(shop: Shop, at_us: int) -> list[Event]:
    return shop.arrival(at_us, _SLOW_STORAGE)


_UNREACHABLE: Final = Conditions(
    affected=frozenset({PAYMENTS, ORDERS, GATEWAY}),
    fails={PAYMENTS: ("acquirer refused the connection", 502)},
    slow={PAYMENTS: Quantiles((0, 4), (0.5, 11), (1, 60))},
    attempts=3,
    moves=_LOAD_MEASURES | {"http.server.error_rate"},
)


def _unreachable(shop: Shop, at_us: int) -> list[Event]:
    return shop.request(at_us, shop.dice.pick(shop.sessions), routes.BUY, _UNREACHABLE)


_ELSEWHERE: Final = Conditions(affected=frozenset({GATEWAY}))
_TAKEN_OVER: Final = Weighted({routes.SIGN_IN: 6, routes.PROFILE: 4, routes.TRACK: 3, routes.EDIT: 1})


def _elsewhere(shop: Shop, at_us: int) -> list[Event]:
    dice = shop.dice
    return shop.request(at_us, shop.session(dice.draw(FAR)), dice.draw(_TAKEN_OVER), _ELSEWHERE)


_WALKED: Final = Conditions(affected=frozenset({GATEWAY, USERS, ORDERS}))


def _walk(shop: Shop, at_us: int) -> list[Event]:
    """Two signed-in customers, who never sign out, read one record after another."""
    shop.walked += 1
    session = shop.sessions[shop.walked % 2]
    route, first = ((routes.PROFILE, 2_000), (routes.TRACK, 6_000))[shop.walked % 2]
    path = route.path.replace("{id}", f"{first + shop.walked // 2 % 4_000}")
    return shop.request(at_us, session, route, _WALKED, path)


_OUT_OF_PLACE: Final = Conditions(affected=frozenset({GATEWAY, PAYMENTS}))


def _customers_refund(shop: Shop, at_us: int) -> list[Event]:
    return shop.request(at_us, shop.dice.pick(shop.sessions), routes.REFUND, _OUT_OF_PLACE)


_IN_STEP: Final = Conditions(affected=frozenset({GATEWAY, NOTICES}))
_STEP_US: Final = 5 * SECOND_US


def _in_step(shop: Shop, at_us: int) -> list[Event]:
    """Clients poll at every full five seconds, all at once, instead of each at its own moment."""
    together_us = -(-at_us // _STEP_US) * _STEP_US + shop.dice.below(60_000)
    return shop.request(together_us, shop.dice.pick(shop.sessions), routes.POLL, _IN_STEP)


_DIRECT: Final = Route("GET", "/v1/search", (Step(SEARCH, "query index", (Step(STOCK, "check stock"),) * 6),))
_REWIRED: Final = Conditions(affected=frozenset({SEARCH, STOCK}))


def _rewired(shop: Shop, at_us: int) -> list[Event]:
    return shop.request(at_us, shop.dice.pick(shop.sessions), _DIRECT, _REWIRED)


SURGE: Final[Fault[Shop]] = Fault(
    name="visitor_surge",
    kind="statistical",
    affected=(GATEWAY, CATALOG, SEARCH),
    changed="Five times as many requests as before, nearly all of them for product pages, and the catalogue "
    "and the search answer thirty times slower, some not at all.",
    strike=_surge,
    begins="A television spot is on air: visitors pour in, and product pages become slow.",
    ends="The crowd has gone; answers are quick again.",
    share=0.85,
    speed=5,
    shows_in=("logs", "traces", "metrics"),
)

SLOW_STORAGE: Final[Fault[Shop]] = Fault(
    name="slow_storage",
    kind="statistical",
    affected=(AUTH, USERS, ORDERS, STOCK, CATALOG, GATEWAY),
    changed="Five services that share one storage answer in most of a second instead of a few milliseconds, "
    "with time-outs and second tries.",
    strike=_slow_storage,
    begins="A disk of the shared storage rebuilds: the same requests as ever, each far slower.",
    ends="The rebuild is over; durations are what they were.",
    shows_in=("logs", "traces"),
)

STORM: Final[Fault[Shop]] = Fault(
    name="acquirer_unreachable",
    kind="collective",
    affected=(PAYMENTS, ORDERS, GATEWAY),
    changed="Every card payment is refused a connection three times over, orders stop, the gateway answers "
    "502, and customers try again: errors that used to come singly come in hundreds.",
    strike=_unreachable,
    begins="The Payment Service loses its acquirer: payments fail, orders stop, customers try again.",
    ends="The acquirer answers again; the next orders go through.",
    share=0.8,
    speed=2,
    shows_in=("logs", "traces", "metrics"),
)

ELSEWHERE: Final[Fault[Shop]] = Fault(
    name="foreign_sessions",
    kind="spatial",
    affected=(GATEWAY,),
    changed="Known accounts are used from hosting networks of five far cities, where customers hardly ever "
    "are; what is asked for is ordinary.",
    strike=_elsewhere,
    begins="Known accounts sign in from Hanoi, Manaus and Durban; a minute ago they were in Berlin.",
    ends="The far sessions are ended; visitors come from where they always came.",
    share=0.8,
    speed=1.5,
    shows_in=("logs", "traces"),
)

HARVEST: Final[Fault[Shop]] = Fault(
    name="record_walk",
    kind="behavioural",
    affected=(GATEWAY, USERS, ORDERS),
    changed="Two signed-in accounts read profile after profile and order after order by consecutive numbers, "
    "without a pause and without buying; each single request is ordinary.",
    strike=_walk,
    begins="Two accounts start to read other people's records, one number after the other.",
    ends="The two accounts are locked; people browse, buy and leave again.",
    share=0.85,
    speed=3,
    shows_in=("logs", "traces"),
)

OUT_OF_PLACE: Final[Fault[Shop]] = Fault(
    name="customer_refunds",
    kind="contextual",
    affected=(GATEWAY, PAYMENTS),
    changed="Refunds, ordinary when the back office makes them, are made by customers' own sessions.",
    strike=_customers_refund,
    begins="Customers' phones start to ask for refunds, which only the back office ever did.",
    ends="The permission is taken back; refunds come from the office alone.",
    share=0.7,
)

IN_STEP: Final[Fault[Shop]] = Fault(
    name="polls_in_step",
    kind="temporal",
    affected=(GATEWAY, NOTICES),
    changed="Clients poll for notices all at once at every full five seconds instead of each at its own time.",
    strike=_in_step,
    begins="An app release polls by the wall clock: notices are asked for in waves, with calm in between.",
    ends="The release is withdrawn; polls are spread over time again.",
    share=0.7,
)

REWIRED: Final[Fault[Shop]] = Fault(
    name="search_bypass",
    kind="graph",
    affected=(SEARCH, STOCK),
    changed="The search asks the inventory itself, six times a query, and no longer asks the catalogue: "
    "a call that never existed.",
    strike=_rewired,
    begins="A release of the search goes round the catalogue and asks the inventory for each hit.",
    ends="The release is rolled back; the search asks the catalogue as before.",
    share=0.75,
    shows_in=("logs", "traces"),
)
