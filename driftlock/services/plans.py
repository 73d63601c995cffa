"""
The plans, and what a number of detections costs.

What is counted, and what it rests on, stands in docs/decisions/0015-unit-of-billing.md. Money is decimal.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

UNIT: Final = (
    "One detection is one flagged window; flagged windows that overlap or touch are one incident and count once. "
    "In a series of numbers, each stretch outside its range counts once. Events and windows that are not "
    "flagged cost nothing."
)
BY_CONTRACT: Final = "set by your contract"
_MONTH: Final = Fraction("365.25") / 12  # days
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is paid a month, and what for."""

    name: str
    monthly: Decimal  # US dollars
    included: int  # detections a month
    sells_more: bool  # beyond those
    event_days: int  # for which events are kept, where neither the stream nor the tenant says otherwise
    verdict_days: int  # for which windows and anomalies are kept: longer, they are small and are the proof
    each: Decimal | None = None  # US dollars for each detection beyond; None: set by contract


DEVELOPER: Final = Plan(
    name="Developer", monthly=Decimal(0), included=1_000, sells_more=False, event_days=14, verdict_days=90
)
STANDARD: Final = Plan(
    name="Standard", monthly=Decimal(49), included=50_000, sells_more=True, event_days=90, verdict_days=400
)
GROWTH: Final = Plan(
    name="Growth", monthly=Decimal(249), included=500_000, sells_more=True, event_days=180, verdict_days=760
)
PLANS: Final = (DEVELOPER, STANDARD, GROWTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What so many detections a month cost under one plan."""

    plan: Plan
    detections: int  # a month
    included: int  # of them
    overage: int  # the others
    cost: Decimal | None  # US dollars a month; None: the overage is not sold, or its price set by contract
    sentence: str


def plan_named(name: str) -> Plan | None:
    """
    The plan of that name in any case; None: no plan of the catalogue, as in an installation of one's own.

    >>> plan_named("growth").event_days, plan_named("free")
    (180, None)
    """
    return next((plan for plan in PLANS if plan.name.lower() == name.lower()), None)


def per_month(detections: int, days: float) -> int:
    """
    Detections in a month of 365.25/12 days at the rate of *days* days, rounded up.

    >>> per_month(7, 7), per_month(0, 7)
    (31, 0)
    """
    if not days > 0:
        raise ValueError(f"days={days} must be more than 0")
    return math.ceil(detections * _MONTH / Fraction(days))


def price(detections: int, plan: Plan | None = None, *, plans: Sequence[Plan] = PLANS) -> Price:
    """
    What *detections* a month cost.

    Args:
        plan: The cheapest one, where none is named.
        plans: The catalogue, smallest first.

    >>> price(1_000).sentence
    '1,000 detections a month: Developer, free. It includes 1,000.'
    """
    if detections < 0:
        raise ValueError(f"detections={detections} must be 0 or more")
    plan = plan or cheapest_plan(detections, plans)
    overage = max(0, detections - plan.included)
    return Price(
        plan=plan,
        detections=detections,
        included=detections - overage,
        overage=overage,
        cost=_cost(plan, overage),
        sentence=_sentence(plan, detections, overage),
    )


def cheapest_plan(detections: int, plans: Sequence[Plan] = PLANS) -> Plan:
    """
    The plan of least cost for *detections* a month.

    A plan whose overage has no price yet is compared with nothing: it is taken only where no plan with a
    known cost serves so many, and then the one that includes most.
    """
    known = [
        (cost, plan)
        for plan in plans
        if (cost := _cost(plan, max(0, detections - plan.included))) is not None
    ]
    if known:
        return min(known, key=lambda priced: priced[0])[1]
    return max((plan for plan in plans if plan.sells_more), key=lambda plan: plan.included)


def money_text(amount: Decimal) -> str:
    """
    US dollars, cents where there are some.

    >>> money_text(Decimal(249)), money_text(Decimal("1049.005"))
    ('$249', '$1,049.01')
    """
    rounded = amount.quantize(_CENT, ROUND_HALF_UP)
    return f"${rounded:,.0f}" if rounded == rounded.to_integral_value() else f"${rounded:,.2f}"


def _cost(plan: Plan, overage: int) -> Decimal | None:
    if not overage:
        return plan.monthly
    if not plan.sells_more or plan.each is None:
        return None
    return (plan.monthly + overage * plan.each).quantize(_CENT, ROUND_HALF_UP)


def _sentence(plan: Plan, detections: int, overage: int) -> str:
    monthly = f"{money_text(plan.monthly)} a month" if plan.monthly else "free"
    counted = f"{detections:,} detection{'' if detections == 1 else 's'} a month"
    said = f"{counted}: {plan.name}, {monthly}. It includes {plan.included:,}"
    if not overage:
        return f"{said}."
    if not plan.sells_more:
        return f"{said} and sells no more; a larger plan is needed."
    if plan.each is None:
        return f"{said}; the price of the other {overage:,} is {BY_CONTRACT}."
    extra, total = money_text(overage * plan.each), money_text(plan.monthly + overage * plan.each)
    return f"{said}; the other {overage:,} at ${plan.each:f} each are {extra}, together {total}."
