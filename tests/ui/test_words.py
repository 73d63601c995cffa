"""Texts with the names of others in them."""

import pytest

from driftlock.ui import words


@pytest.mark.parametrize("name", ["a**b.log", "**", "**x", "x**", "two ** stars", "a**b**c", "_x_*y*"])
def test_stars_of_a_file_name_leave_the_bold_of_the_rest(name: str) -> None:
    """What follows the name is bold where it was meant to be, and every letter of the name is shown."""
    shown = words.emphasised(f"Window 3 on **{name}** needs **310 more bits** than usual.")
    assert shown.endswith(" needs **310 more bits** than usual\\.")
    assert name in words.plain(f"on **{name}** needs")


def test_a_file_name_with_stars_stays_one_bold_word() -> None:
    """The stars inside the name are escaped, so the bold type ends after it."""
    assert words.emphasised("on **a**b.log** needs") == "on **a\\*\\*b\\.log** needs"
    assert words.plain("on **a**b.log** needs **3 bits**.") == "on a**b.log needs 3 bits."
