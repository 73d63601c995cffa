"""The five scenarios of the shop, and one more for each of the seven kinds of fault."""

from typing import Any, Final

from data_generator.platform.faults import (
    ELSEWHERE,
    HARVEST,
    IN_STEP,
    OUT_OF_PLACE,
    REWIRED,
    SLOW_STORAGE,
    STORM,
    SURGE,
)  # fmt: skip
from data_generator.scenarios.event import SIGNALS, Fault, Signal
from data_generator.scenarios.recipes import Staging, shop
from data_generator.scenarios.story import Group, Scenario

_SHOP: Final = (
    "An afternoon of a European web shop: ten services, sessions of customers and of the back office, "
    "deploys, retries, upkeep."
)
_FLAG: Final = "Flags a window soon after each fault begins, and as little as chance allows elsewhere."


def _staging(id: str, title: str, group: Group, hidden: str, expected: str, *faults: Fault[Any]) -> Staging:
    shows_in: tuple[Signal, ...] = tuple(
        signal for signal in SIGNALS if any(signal in fault.shows_in for fault in faults)
    )
    return Staging(
        scenario=Scenario(
            id=id,
            title=title,
            group=group,
            story=_SHOP,
            hidden=hidden,
            expected=expected,
            signals=SIGNALS,
            shows_in=shows_in,
            kinds=tuple(fault.kind for fault in faults),
        ),
        build=shop,
        faults=faults,
    )


_FIVE: Final = (
    _staging(
        "normal-operations",
        "Normal operations",
        "scenario",
        "Nothing.",
        "Stays quiet: flags no more than chance alone would.",
    ),
    _staging(
        "anomaly-spike",
        "Anomaly spike",
        "scenario",
        "Visitors by the thousand and slow product pages; later a slow storage behind the same requests.",
        _FLAG,
        SURGE,
        SLOW_STORAGE,
    ),
    _staging(
        "error-storm",
        "Error storm",
        "scenario",
        "The acquirer of the Payment Service refuses connections; orders and the gateway fail with it.",
        _FLAG,
        STORM,
    ),
    _staging(
        "geographic-anomaly",
        "Geographic anomaly",
        "scenario",
        "Known accounts are used from far hosting networks.",
        _FLAG,
        ELSEWHERE,
    ),
    _staging(
        "behavioural-anomaly",
        "Behavioural anomaly",
        "scenario",
        "Two accounts walk through other people's records by consecutive numbers.",
        _FLAG,
        HARVEST,
    ),
)
_SEVEN: Final = tuple(
    _staging(f"{fault.kind}-change", f"{fault.kind.capitalize()} change", "kind", hidden, _FLAG, fault)
    for fault, hidden in (
        (SLOW_STORAGE, "Durations of five services grow; nothing else changes."),
        (HARVEST, "Ordinary requests in an order in which no customer makes them."),
        (OUT_OF_PLACE, "Refunds by customers, which only the back office makes."),
        (STORM, "Errors that used to come singly come in hundreds, and cascade."),
        (IN_STEP, "Polls come in waves instead of evenly."),
        (ELSEWHERE, "Sessions from where hardly a customer ever is."),
        (REWIRED, "One service calls another that it never called."),
    )
)

STAGINGS: Final = (*_FIVE, *_SEVEN)
