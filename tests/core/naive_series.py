"""The series detector for the slow twin: every cost from the whole past, nothing carried over but lists."""

import math


def judged(values, warmup):
    """For each value (surprises, excess, p, alert), as the method page says it."""
    low, high = min(values[:warmup]), max(values[:warmup])
    costs = [
        [nearest(values, at) for at in range(len(values))],
        context([symbol(value, low, high, 4) for value in values]),
        window([symbol(value, low, high, 8) for value in values]),
    ]
    first = next(at for at in range(len(values) + 1) if at >= 0.3 * warmup)
    rows, excesses, last = [], [], None
    for at in range(len(values)):
        surprises = [surprise(of[at], of[first:at]) for of in costs]
        excess = sum(max(0.0, one - 1) for one in surprises)
        p = (1 + sum(past >= excess for past in excesses)) / (1 + len(excesses))
        if at - first >= 30:
            excesses.append(excess)
        if at < warmup:
            rows.append(([0.0] * 3, 0.0, 1.0, False))
            continue
        alert = excess >= 1.77 and (last is None or at - last > 0.2 * warmup)
        last = at if alert else last
        rows.append((surprises, excess, p, alert))
    return rows


def nearest(values, at):
    """Distance to the nearest earlier value."""
    return min((abs(values[at] - earlier) for earlier in values[:at]), default=0.0)


def symbol(value, low, high, cells):
    """A name for the cell or the step outside."""
    if value < low or value > high:
        side, beyond = ("below", low - value) if value < low else ("above", value - high)
        steps = 3 if high == low else min(3, math.floor(math.log2(1 + 4 * beyond / (high - low))))
        return side, steps
    return "inside", 0 if high == low else min(cells - 1, int((value - low) / (high - low) * cells))


def context(symbols):
    """Mean bits of 20 symbols, each after up to four others."""
    bits = []
    for at, one in enumerate(symbols):
        probability = 1 / 12
        for order in range(min(4, at) + 1):
            after = [
                symbols[then]
                for then in range(order, at)
                if symbols[then - order : then] == symbols[at - order : at]
            ]
            probability = (after.count(one) + probability) / (len(after) + 1)
        bits.append(-math.log2(probability))
    return [round(math.fsum(bits[max(0, at - 19) : at + 1]) / min(20, at + 1), 9) for at in range(len(bits))]


def window(symbols):
    """Window length times the divergence of its mix from the mix of all before it."""
    costs = []
    for at in range(len(symbols)):
        start = max(0, at - 47)
        inside, before = symbols[start : at + 1], symbols[:start]
        costs.append(0.0)
        for one in set(inside):
            share = inside.count(one) / len(inside)
            usual = (before.count(one) + 0.5) / (len(before) + 8)
            costs[-1] += inside.count(one) * math.log2(share / usual)
        costs[-1] = round(costs[-1], 9)
    return costs


def surprise(cost, past):
    """Decades: rank up to the largest twentieth, then an exponential tail."""
    if len(past) < 30:
        return 0.0
    size = max(5, math.ceil(len(past) / 20))
    *tail, border = sorted(past, reverse=True)[: size + 1]
    if cost <= border:
        return -math.log10((1 + sum(one >= cost for one in past)) / (1 + len(past)))
    mean = sum(one - border for one in tail) / size
    if mean == 0:
        return 30.0
    return min(30.0, -math.log10((size + 1) / (len(past) + 1)) + (cost - border) / mean / math.log(10))
