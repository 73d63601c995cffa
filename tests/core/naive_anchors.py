"""Drift for the slow twin: pairs of blocks, label by label, in whole numbers and fractions."""

import hashlib

from naive_costs import cost_given, dictionary, text
from naive_permutation import matrix, ranked, words

REACH = 256 * 1024


def block_texts(events: list[bytes], block: int) -> list[list[bytes]]:
    """Whole blocks, of more than 32 of them 32 from all over."""
    count = len(events) // block
    taken = min(count, 32)
    starts = [number * count // taken * block for number in range(taken)]
    return [events[start : start + block] for start in starts]


def unlike(one: list[bytes], other: list[bytes]) -> int:
    """What each costs given the other, in millionths of what they cost alone."""
    alone = cost_given("zstd", b"")
    there = cost_given("zstd", dictionary(one, REACH))(text(other))
    back = cost_given("zstd", dictionary(other, REACH))(text(one))
    return 1_000_000 * (there + back) // (alone(text(one)) + alone(text(other)))


def drift(anchor: list[bytes], today: list[bytes], block: int) -> tuple[float, float, float, float]:
    """Distance, the 50th smallest and the 50th largest of 999 relabelled ones, and p."""
    ours, theirs = block_texts(anchor, block), block_texts(today, block)
    ours, theirs = sorted((ours, theirs), key=digest)
    pool = [("one", place, part) for place, part in enumerate(ours)]
    pool += [("other", place, part) for place, part in enumerate(theirs)]
    pairs = {}
    for i, (side, place, part) in enumerate(pool):
        for j, (other_side, other_place, other_part) in enumerate(pool[:i]):
            neighbours = side == other_side and abs(place - other_place) == 1
            if not neighbours:
                pairs[j, i] = unlike(part, other_part)
    observed = gap(pairs, set(range(len(ours))))
    seed = int.from_bytes(hashlib.sha256(digest(ours) + digest(theirs)).digest()[:8], "big")
    order = ranked(words(seed, len(pool)))
    fewer = min(len(ours), len(theirs))
    relabelled = []
    for row in matrix(999, len(pool), fewer):
        chosen = {at for at, place in enumerate(order) if place in set(row)}
        if len(ours) > len(theirs):
            chosen = set(range(len(pool))) - chosen
        relabelled.append(gap(pairs, chosen))
    relabelled.sort()
    p = (1 + sum(one >= observed for one in relabelled)) / 1000
    return observed, relabelled[49], relabelled[-50], p


def digest(blocks: list[list[bytes]]) -> bytes:
    """Of all their events."""
    return hashlib.sha256(b"".join(text(part) for part in blocks)).digest()


def gap(pairs: dict[tuple[int, int], int], ours: set[int]) -> float:
    """Mean between less half the means within."""
    between = [value for (i, j), value in pairs.items() if (i in ours) != (j in ours)]
    within = [value for (i, j), value in pairs.items() if i in ours and j in ours]
    beyond = [value for (i, j), value in pairs.items() if i not in ours and j not in ours]
    mean = sum(between) / len(between)
    return (mean - (sum(within) / len(within) + sum(beyond) / len(beyond)) / 2) / 1_000_000
