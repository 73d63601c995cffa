"""Field views by counting one record at a time. Imports nothing from the engine."""

import math

KERNEL = {0: 0.4, 1: 0.2, 2: 0.1}


def likeness(a, b, numeric):
    """What a record with code b adds to the count of code a; codes from 2 on are bins of a number."""
    if numeric and a >= 2 and b >= 2:
        return KERNEL.get(abs(a - b), 0.0)
    return float(a == b)


def value_bits(others, codes, field, parent, numeric, size, distinct, leave_one_out):
    """
    Bits of one field of a record given all other records.

    *size* and *distinct* are those of the whole baseline. Left out of their
    own baseline, records see N_g with themselves counted, unless they are alone.
    """
    count = sum(likeness(codes[field], other[field], numeric) for other in others)
    p = (count + 0.5 / (1 + distinct)) / (size + 0.5)
    if parent is not None:
        same = [other for other in others if other[parent] == codes[parent]]
        times = len(same) + (leave_one_out if same else 0)
        given = sum(likeness(codes[field], other[field], numeric) for other in same)
        weight = 0.5 * min(distinct, times) + 0.5
        p = (given + weight * p) / (times + weight)
    return -math.log2(p)


def inside_surprise(values, value, alike=1 / 16):
    """Of one of *values*: what it costs a record to score when only the others are the baseline."""
    others = list(values)
    others.remove(value)
    return outside_surprise(others, value, alike)


def outside_surprise(values, value, alike=1 / 16):
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((other - mean) ** 2 for other in values) / len(values))
    at_least = sum(other >= value - alike for other in values)
    excess = max(0.0, value - max(values) - alike)
    return -math.log2((at_least + 1) / (len(values) + 1)) + math.log2(1 + excess / max(deviation, 0.25))


def near5(others, codes, bits, numeric):
    """Mean distance to the five nearest, in bits; weights are whole numbers of 1/64 bit a quarter mismatch."""
    weights = [round(min(cost, 12) * 64) for cost in bits]
    distances = [4 * sum(weights)] * 5
    for other in others:
        total = 0
        for a, b, is_number, weight in zip(codes, other, numeric, weights, strict=True):
            quarters = min(4, abs(a - b)) if is_number and a >= 2 and b >= 2 else 4 * (a != b)
            total += quarters * weight
        distances.append(total)
    return sum(sorted(distances)[:5]) / 5 / 256


def tail(others, value, size, spread):
    """Two-sided tail of a number among the others; *size* and *spread* are those of the whole baseline."""
    lo, hi = sum(other <= value for other in others), sum(other >= value for other in others)
    share = min(1.0, 2 * (min(lo, hi) + 1) / (size + 1))
    excess = max(0.0, min(others) - value, value - max(others)) if others else 0.0
    return -math.log2(share) + 2 * math.log2(1 + excess / spread)


def character_bits(others, text, alphabet, order=4):
    """
    Bits of each character of a text and of its end, and those at order 0, given texts of its kind.

    Interpolated Witten–Bell; *alphabet* is that of the whole baseline, plus one.
    """
    counts = {}
    for other in others:
        symbols = [*other, "end"]
        for place, symbol in enumerate(symbols):
            for k in range(min(order, place) + 1):
                seen = counts.setdefault(tuple(symbols[place - k : place]), {})
                seen[symbol] = seen.get(symbol, 0) + 1
    full, plain = [], []
    symbols = [*text, "end"]
    for place, symbol in enumerate(symbols):
        p = 1 / (alphabet + 60)
        for k in range(min(order, place) + 1):
            seen = counts.get(tuple(symbols[place - k : place]), {})
            if seen:
                p = (seen.get(symbol, 0) + len(seen) * p) / (sum(seen.values()) + len(seen))
            if k == 0:
                plain.append(-math.log2(p))
        full.append(-math.log2(p))
    return full, plain[:-1]
