"""Templates of a window beside those of its baseline: every event counted once, on both sides."""

from random import Random

import pytest

from driftlock_core.template_counts import template_counts

WORDS = ("opened", "closed", "failed", "renewed", "expired")


def lines(seed: int, count: int) -> list[bytes]:
    """Lines of five templates, unevenly often; seeds are those of the tests."""
    random = Random(seed)
    return [
        b"session %s after %d ms" % (random.choice(WORDS[: 1 + at % 5]).encode(), random.randrange(9_999))
        for at in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_every_event_and_every_bit_is_counted_once(seed):
    window, baseline = lines(seed, 50), lines(seed + 100, 400)
    bits = [float(one) for one in Random(seed).choices(range(100), k=50)]
    found = template_counts(window, baseline, bits)
    assert sum(one.in_window for one in found) == 50
    assert sum(one.in_baseline for one in found) == 400
    assert sum(one.bits for one in found) == sum(bits)
    assert sum(one.usual for one in found) == pytest.approx(50)
    for one in found:
        word = one.text.split()[1].encode()
        assert one.in_window == sum(line.split()[1] == word for line in window)
        assert one.in_baseline == sum(line.split()[1] == word for line in baseline)


def test_the_dearest_come_first_and_the_missing_last():
    """A new one has no factor; one as often as usual is the same; missing ones are ordered by how usual they are."""
    window = [b"disk full"] * 2 + [b"job 1 done"] * 2
    baseline = [b"job 2 done"] * 4 + [b"user left"] * 1 + [b"mail sent"] * 3
    found = template_counts(window, baseline, [40.0, 2.0, 20.0, 21.0])
    assert [(one.text, one.change, one.factor, one.bits) for one in found] == [
        ("disk full", "new", None, 42.0),
        ("job 1 done", "same", 1.0, 41.0),
        ("mail sent", "gone", None, 0.0),
        ("user left", "gone", None, 0.0),
    ]


def test_more_and_fewer_are_against_the_share_of_the_baseline():
    found = template_counts([b"a 1", b"a 2", b"a 3", b"b 1"], [b"a 1", b"b 1"] * 4, [1.0] * 4)
    assert {one.text[0]: (one.usual, one.change) for one in found} == {
        "a": (2.0, "more"),
        "b": (2.0, "fewer"),
    }
