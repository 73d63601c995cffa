"""The views of windows beside their bytes, from their definitions and slowly; nothing of the engine is used."""

import math
from bisect import bisect_left
from collections import Counter
from itertools import combinations, pairwise

MEMORY = 65_536
DELIMITERS = set(" \t\n\r\x0b\x0c,;=()[]{}|\"':>")


def bits(n):
    """log2 in whole 1/1024 bits."""
    return round(1024 * math.log2(n)) if n > 0 else 0


def words(line):
    """Tokens of a canonical line, masks such as <N3> whole, one character after the other."""
    tokens, word, at = [], "", 0
    text = line.decode("latin-1")
    while at < len(text):
        sign = text[at]
        end = text.find(">", at) if sign == "<" else -1
        if "<" in text[at + 1 : max(end, at + 1)]:
            end = -1
        if sign == "<" or sign in DELIMITERS:
            if word:
                tokens.append(word)
            word = ""
            if end >= 0:
                tokens.append(text[at : end + 1])
                at = end
        else:
            word += sign
        at += 1
    return [*tokens, word] if word else tokens


def skeleton(line):
    """Words of letters only; each run of others is one star."""
    kept = []
    for word in words(line):
        letters = all(("a" <= sign.lower() <= "z") or ord(sign) >= 128 for sign in word)
        if letters:
            kept.append(word)
        elif not kept or kept[-1] != "*":
            kept.append("*")
    return " ".join(kept)


def ages(templates):
    """Events since the last like, 0 for never or too long ago."""
    found = []
    for at, template in enumerate(templates):
        earlier = [before for before in range(at) if templates[before] == template]
        age = at - earlier[-1] if earlier else 0
        found.append(age if age <= MEMORY else 0)
    return found


def content(baseline, window):
    """Mismatch, own entropy and order of one window, in 1/1024 bit."""
    held, counts = Counter(baseline), Counter(window)
    total = 2 * len(baseline) + len(held) + 1

    def plain(template):
        return bits(total) - bits(2 * held[template] + 1)

    own = sum(count * (bits(len(window)) - bits(count)) for count in counts.values())
    crossed = sum(count * plain(template) for template, count in counts.items())
    pairs = Counter(pairwise(baseline))
    after = Counter(baseline[:-1])
    order = 0
    for one, two in pairwise(window):
        kinds = len({pair for pair in pairs if pair[0] == one})
        if pairs[one, two]:
            order += bits(after[one] + kinds) - bits(pairs[one, two])
        elif after[one]:
            order += bits(after[one] + kinds) - bits(kinds) + plain(two)
        else:
            order += plain(two)
    return crossed - own, own, order


def intervals(times):
    """Before each event, in millionths of the usual one: the mean of eight blocks of 25, the longest left out."""
    found = []
    for at, time in enumerate(times):
        marks = [at - 1 - 25 * block for block in range(9) if at - 1 - 25 * block >= 0]
        blocks = [max(0, times[later] - times[sooner]) for later, sooner in pairwise(marks)]
        if len(blocks) < 3:
            found.append(1_000_000)
            continue
        usual = (sum(blocks) - max(blocks)) / ((len(blocks) - 1) * 25)
        units = 1_000_000 * (max(0, time - times[at - 1]) / max(usual, 1.0))
        found.append(round(min(units, 1e12)))
    return found


def stills(times):
    """The same by the slower of two paces, the other that of eight blocks of the stream's 250 events each."""
    found = []
    for at, time in enumerate(times):
        slowest = []
        for marks in (range(at - 1, -1, -25), range((at - 1) // 250 * 250, -1, -250)):
            blocks = [max(0, times[later] - times[sooner]) for later, sooner in pairwise(list(marks)[:9])]
            if len(blocks) >= 3:
                slowest.append((sum(blocks) - max(blocks)) / ((len(blocks) - 1) * (marks[0] - marks[1])))
        if at < 76:
            found.append(1_000_000)
            continue
        units = 1_000_000 * (max(0, time - times[at - 1]) / max(*slowest, 1.0))
        found.append(round(min(units, 1e12)))
    return found


def pace(own):
    """Duration and longest gap of a window, from its events' intervals; what is before the first is not in it."""
    return sum(own[1:]), max(own[1:])


def statistics(baseline, window, window_ages, window_intervals, size):
    recency = sum(bits(age) if age else bits(MEMORY) + 4 * 1024 for age in window_ages)
    duration, gap = pace(window_intervals) if window_intervals else (0, 0)
    mismatch, own, order = content(baseline, window)
    return (size, recency, window_ages.count(0), mismatch, own, order, duration, gap)


def like_pairs(window):
    """Pairs of equal lines of one window."""
    return sum(one == two for one, two in combinations(window, 2))


def one_sided(pool, least):
    """Of each member of a pool in one statistic: its rank, and how far the topmost is out."""
    ordered = sorted(pool)
    found = [bits(len(pool)) - bits(len(pool) - bisect_left(ordered, value)) for value in pool]
    if ordered[-1] > ordered[-2]:
        median = ordered[(len(pool) - 1) // 2]
        further = big_bits(max(ordered[-1] - median, least)) - big_bits(max(ordered[-2] - median, least))
        found[pool.index(ordered[-1])] += further + further // 2
    return found


def big_bits(n):
    """The logarithm of the leading twenty bits."""
    shift = max(0, n.bit_length() - 20)
    return bits(n >> shift) + 1024 * shift


def surprises(pool, both, least):
    """The same, small values surprising too where *both* sides do."""
    found = one_sided(pool, least)
    if both:
        below = one_sided([-value for value in pool], least)
        found = [max(0, max(pair) - 1024) for pair in zip(found, below, strict=True)]
    return found


def conformal(references, row, sides, least):
    """Rank of the row's summed surprise in the pool it makes with its references."""
    columns = [
        surprises([*(reference[at] for reference in references), row[at]], both, least[at])
        for at, both in enumerate(sides)
    ]
    sums = [sum(member) for member in zip(*columns, strict=True)]
    return sum(one >= sums[-1] for one in sums) / len(sums)
