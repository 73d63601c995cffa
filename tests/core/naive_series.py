"""The series detector for the slow twin: every cost from the whole past, nothing carried over but lists."""

import math
from itertools import pairwise


def judged(values, warmup):
    """For each value (surprises, excess, p, alert, page), as the method page says it; up to 16384 values."""
    raw, steps = values, increments(values, warmup)
    values = [value for value in steps if value is not None]
    assert None not in steps[:warmup], "the twin knows no resets in a warm-up"
    skipped = len(raw) - len(steps)
    begins = warmup - skipped
    low, high = min(values[:begins]), max(values[:begins])
    costs = [
        [nearest(values, at) for at in range(len(values))],
        context([symbol(value, low, high, 4) for value in values]),
        window([symbol(value, low, high, 8) for value in values]),
    ]
    first = next(at for at in range(len(values) + 1) if at >= 0.3 * warmup)
    columns = [ranked([None] * first + of[first:], of) for of in costs]
    columns += [season(values, begins), stuck(values, begins)]
    rows, excesses = [NOTHING] * skipped, []
    alerts, pages = Alarm(1.77, 0.25, warmup, 1), Alarm(2.5, 0.5, warmup, 4)
    for at, surprises in enumerate(zip(*columns, strict=True)):
        excess = sum(max(0.0, one - 1) for one in surprises)
        p = (1 + sum(past >= excess for past in excesses)) / (1 + len(excesses))
        if at - first >= 30:
            excesses.append(excess)
        if at < begins:
            rows.append(NOTHING)
            continue
        alert, page = alerts.rings(excess, at), pages.rings(excess, at)
        rows.append((surprises, excess, p, alert or page, page))
    for at, value in enumerate(steps):
        if value is None:
            rows.insert(skipped + at, NOTHING)
    return rows


NOTHING = ((0.0,) * 5, 0.0, 1.0, False, False)


class Alarm:
    """A limit that each ring raises for a while."""

    def __init__(self, limit, rise, warmup, fades):
        self.limit, self.rise, self.warmup, self.fades, self.rings_at = limit, rise, warmup, fades, []

    def rings(self, excess, at):
        lately = sum(math.exp(-(at - before) / (self.fades * self.warmup)) for before in self.rings_at)
        quiet = not self.rings_at or at - self.rings_at[-1] > 0.2 * self.warmup
        if quiet and excess >= self.limit * (1 + self.rise * lately):
            self.rings_at.append(at)
            return True
        return False


def increments(values, warmup):
    """What a counter counted from record to record; anything else as it is."""
    steps = list(pairwise(values[:warmup]))
    falls = [(a, b) for a, b in steps if b < a]
    climbs = [(a, b) for a, b in steps if b > a]
    if (
        warmup < 16
        or min(values[:warmup]) < 0
        or any(b > a / 2 for a, b in falls)
        or len(falls) > len(steps) / 100
        or len(climbs) < len(steps) / 2
    ):
        return values
    return [b - a if b > a / 2 else None for a, b in pairwise(values)]


def ranked(remembered, costs):
    """Surprise of each cost among those remembered before it; None is not remembered."""
    settled, fresh, surprises = [], [], []
    for kept, cost in zip(remembered, costs, strict=True):
        surprises.append(0.0 if cost is None else surprise(cost, settled, fresh))
        if kept is None:
            continue
        fresh.append(kept)
        if len(fresh) >= max(1, min(512, len(settled) // 16)):
            settled, fresh = settled + fresh, []
    return surprises


def season(values, warmup):
    """Surprise of the distance to the nearest value of the same 24th of the period and its neighbours."""
    searches = sorted({warmup} | {2**k for k in range(20) if warmup < 2**k < len(values)})
    found = [(at, period(values[:at])) for at in searches]
    changes = [
        (at, length)
        for (at, length), (_, before) in zip(found, [(0, 0), *found], strict=False)
        if length != before
    ]
    surprises = [0.0] * len(values)
    for (start, length), (stop, _) in zip(changes, [*changes[1:], (len(values), 0)], strict=False):
        if length:
            gaps = [gap_at(values, at, length) for at in range(stop)]
            known = [gap for gap in gaps[:start] if gap is not None]
            surprises[start:stop] = [max(0.0, one - 1) for one in surprises_behind(known, gaps[start:])]
    return surprises


def gap_at(values, at, length):
    """Distance to the nearest earlier value of such a time of the period; None before the third period."""
    phases = min(24, length)
    place = [then % length * phases // length for then in range(at + 1)]
    near = [(place[at] + step) % phases for step in (-1, 0, 1)]
    gaps = [abs(values[at] - values[then]) for then in range(at) if place[then] in near]
    return min(gaps, default=None) if at >= 2 * length else None


def surprises_behind(known, costs):
    """As :func:`ranked`, when *known* are all in order already."""
    settled, fresh, surprises = list(known), [], []
    for cost in costs:
        surprises.append(0.0 if cost is None else surprise(cost, settled, fresh))
        if cost is None:
            continue
        fresh.append(cost)
        if len(fresh) >= max(1, min(512, len(settled) // 16)):
            settled, fresh = settled + fresh, []
    return surprises


def period(values):
    """The lag at which ranks without their trend are most like themselves; 0 if they are not."""
    count = len(values)
    if count < 48:
        return 0
    ranks = [sum(o < v for o in values) + sum(o == v for o in values) / 2 for v in values]
    middle, mean = (count - 1) / 2, math.fsum(ranks) / count
    slope = math.fsum((at - middle) * rank for at, rank in enumerate(ranks)) / math.fsum(
        (at - middle) ** 2 for at in range(count)
    )
    rest = [rank - mean - slope * (at - middle) for at, rank in enumerate(ranks)]
    power = math.fsum(one * one for one in rest) / count
    if power <= 1e-9 * count**2:
        return 0
    top = count // 2
    like = [
        math.fsum(rest[at] * rest[at + lag] for at in range(count - lag)) / (count - lag) / power
        for lag in range(top + 1)
    ]
    lowest = max(4, next((lag for lag in range(top + 1) if like[lag] < 0), top))
    if lowest >= top - 1 or max(like[lowest:top]) < 0.6:
        return 0
    best = max(like[lowest:top])
    first = next(lag for lag in range(lowest, top) if like[lag] >= 0.85 * best)
    near = range(first, min(top, first + max(2, first // 6)))
    found = max(near, key=lambda lag: like[lag])
    return found if found < top - 1 and like[found] >= like[found + 1] else 0


def stuck(values, warmup):
    """Decades of each run of equal values beyond how many such runs were to be expected so far."""
    taught, mark, run, bits, known, decades = [], 0, 0, 0.0, True, [0.0]
    for at in range(1, len(values)):
        equal, after = values[at] == values[at - 1], run > 0
        if not equal:
            taught.append((after, False))
            mark = max(mark, run if known else min(run, 4 * mark + 1))
            run, bits, known = 0, 0.0, at < warmup
            decades.append(0.0)
            continue
        share = (sum(one for _, one in taught) + 0.5) / (len(taught) + 1)
        alike = [one for before, one in taught if before == after]
        bits -= math.log2((sum(alike) + share) / (len(alike) + 1))
        run += 1
        expected = math.log10(len(taught) + 1)
        if known or run <= 16:
            taught.append((after, True))
        counts = not known and run >= 4 and run > 4 * mark
        decades.append(max(0.0, bits * math.log10(2) - expected) if counts else 0.0)
    return decades


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
        bits.append(round(-math.log2(probability) * 1e9))
    return [sum(bits[max(0, at - 19) : at + 1]) / (min(20, at + 1) * 1e9) for at in range(len(bits))]


def window(symbols):
    """Window length times the divergence of its mix from the mix of all before it."""
    costs = []
    for at in range(len(symbols)):
        start = max(0, at - 47)
        inside, before = symbols[start : at + 1], symbols[:start]
        billionths = round(len(inside) * math.log2((len(before) + 8) / len(inside)) * 1e9)
        for one in set(inside):
            count, usual = inside.count(one), before.count(one) + 0.5
            billionths += round(count * math.log2(count) * 1e9) - count * round(math.log2(usual) * 1e9)
        costs.append(billionths / 1e9)
    return costs


def surprise(cost, settled, fresh):
    """Decades: rank up to the largest twentieth of what is settled, then a heavy tail."""
    past = settled + fresh
    if len(past) < 30:
        return 0.0
    size = max(5, math.ceil(len(settled) / 20))
    *tail, border = sorted(settled, reverse=True)[: size + 1]
    if cost <= border:
        return -math.log10((1 + sum(one >= cost for one in past)) / (1 + len(past)))
    mean = max(sum(one - border for one in tail) / size, 0.01 * border)
    if mean == 0:
        return 30.0
    return min(
        30.0, -math.log10((size + 1) / (len(settled) + 1)) + 2 * math.log10(1 + (cost - border) / mean)
    )
