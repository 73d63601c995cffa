"""Draws are fair, and exact."""

import re

import pytest

from data_generator.dice import Dice, Quantiles, Weighted


def test_weights_are_kept():
    """Of 30,000 draws, each value gets its share within a hundredth (seed 5)."""
    dice, weighted = Dice(5), Weighted({"common": 7, "rare": 3})
    drawn = [dice.draw(weighted) for _ in range(30_000)]
    assert drawn.count("common") / len(drawn) == pytest.approx(0.7, abs=0.01)


def test_quantiles_are_kept():
    """Half of the draws lie below the median (seed 5)."""
    dice, quantiles = Dice(5), Quantiles((0, 1), (0.5, 10), (1, 1_000))
    drawn = [dice.along(quantiles) for _ in range(30_000)]
    assert sum(value < 10 for value in drawn) / len(drawn) == pytest.approx(0.5, abs=0.01)
    assert min(drawn) >= 1
    assert max(drawn) < 1_000


def test_between_reaches_both_ends():
    """Both bounds are drawn, nothing beyond (seed 5)."""
    dice = Dice(5)
    assert {dice.between(3, 6) for _ in range(500)} == {3, 4, 5, 6}


def test_first_draws_are_known():
    """PCG64's bits are promised for ever: the first numbers of seed 7 never change."""
    dice = Dice(7)
    assert (dice.below(1_000_000), dice.hexadecimal(12), dice.pick("abcdef")) == (68266, "6c9b453b1be2", "e")


def test_a_uuid_is_of_version_4():
    """Random ids look like the ones real programs write."""
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", Dice(1).uuid()
    )


@pytest.mark.parametrize(
    "points", [((0, 1),), ((0, 1), (0.5, 2)), ((0, 1), (0.5, 2), (0.5, 3), (1, 4))], ids=str
)
def test_quantiles_that_do_not_rise_from_0_to_1_are_refused(points):
    """A gap in the distribution is an error of the author, found at once."""
    with pytest.raises(ValueError, match="must rise"):
        Quantiles(*points)


@pytest.mark.parametrize("weights", [{}, {"a": 1, "b": 0}], ids=str)
def test_weights_that_cannot_be_drawn_are_refused(weights):
    """Nothing to draw, or something that never comes."""
    with pytest.raises(ValueError, match="must be positive"):
        Weighted(weights)
