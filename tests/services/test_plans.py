"""What is counted, and what it costs; every amount here was computed by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from driftlock.services import plans
from driftlock.services.plans import DEVELOPER, GROWTH, PLANS, STANDARD, price

# Standard at $0.002 and Growth at $0.0005 for each detection beyond those included.
PRICED = (DEVELOPER, replace(STANDARD, each=Decimal("0.002")), replace(GROWTH, each=Decimal("0.0005")))


def test_the_catalogue():
    assert [(plan.name, plan.monthly, plan.included) for plan in PLANS] == [
        ("Developer", 0, 1_000),
        ("Standard", 49, 50_000),
        ("Growth", 249, 500_000),
    ]
    assert all(type(plan.monthly) is Decimal for plan in PLANS)


@pytest.mark.parametrize(
    ("detections", "plan", "cost"),
    [
        (1_000, DEVELOPER, 0),
        (1_001, STANDARD, 49),
        (50_001, GROWTH, 249),
    ],
)
def test_the_smallest_plan_that_includes_them_all(detections, plan, cost):
    found = price(detections)
    assert (found.plan, found.cost, found.included, found.overage) == (plan, cost, detections, 0)
    assert type(found.cost) is Decimal


def test_what_no_contract_has_priced_has_no_cost():
    """600,000 are 100,000 more than the largest plan includes."""
    found = price(600_000)
    assert (found.plan, found.included, found.overage, found.cost) == (GROWTH, 500_000, 100_000, None)
    assert "the price of the other 100,000 is set by your contract" in found.sentence


@pytest.mark.parametrize(
    ("detections", "name", "cost"),
    [
        (60_000, "Standard", "69.00"),  # 49 + 10,000 × 0.002
        (150_000, "Standard", "249.00"),  # 49 + 100,000 × 0.002: as much as Growth, the smaller plan stays
        (150_010, "Growth", "249.00"),  # 49 + 100,010 × 0.002 = 249.02
        (612_345, "Growth", "305.17"),  # 249 + 112,345 × 0.0005 = 249 + 56.1725
    ],
)
def test_with_priced_overage_the_cheapest_plan_may_be_one_that_is_exceeded(detections, name, cost):
    found = price(detections, plans=PRICED)
    assert (found.plan.name, found.cost) == (name, Decimal(cost))


def test_the_free_plan_sells_no_more():
    found = price(1_200, DEVELOPER)
    assert (found.overage, found.cost) == (200, None)
    assert "sells no more" in found.sentence


def test_a_sentence_for_money_and_one_for_none():
    assert price(3_000).sentence == "3,000 detections a month: Standard, $49 a month. It includes 50,000."
    assert price(60_000, PRICED[1]).sentence == (
        "60,000 detections a month: Standard, $49 a month. It includes 50,000; "
        "the other 10,000 at $0.002 each are $20, together $69."
    )


@pytest.mark.parametrize(
    ("detections", "days", "month"),
    [
        (12, 7, 53),  # 12 × 30.4375 / 7 = 52.18
        (1, 30.4375, 1),
        (3, 0.5, 183),  # 3 × 30.4375 / 0.5 = 182.6
    ],
)
def test_a_month_has_a_twelfth_of_a_year(detections, days, month):
    assert plans.per_month(detections, days) == month


@pytest.mark.parametrize("days", [0, -1, float("nan")])
def test_no_rate_of_no_time(days):
    with pytest.raises(ValueError, match="days"):
        plans.per_month(1, days)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "$0"), ("49.5", "$49.50"), ("1234.005", "$1,234.01")],
)
def test_money_is_rounded_half_up_to_the_cent(amount, text):
    assert plans.money_text(Decimal(amount)) == text


def test_the_unit_says_what_an_incident_counts():
    assert "flagged windows that overlap or touch are one incident and count once" in plans.UNIT
