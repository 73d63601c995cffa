"""Suspects of a baseline for the slow twin: every window against the rest, every rival looked at in turn."""

from statistics import median


def standing_out(events, window, hop, costs_of, size_of):
    """
    [(first event, last event)] of what stands out, events counted from 1.

    Args:
        costs_of: Of a list of events, cut into hops, given others: one cost for each hop.
        size_of: Of a list of events alone.
    """
    k, half = window // hop, window // hop // 2 * hop
    starts = range(0, len(events) // hop * hop - window + 1, hop)
    held = {
        s: costs_of(events[s : s + window], events[: max(0, s - half)] + events[s + window + half :])
        for s in starts
    }
    alone = {s: size_of(events[s : s + window]) for s in starts}
    usual = median(sum(costs) for costs in held.values())
    score = {s: (sum(held[s]) - usual) / max(alone[s], median(alone.values())) for s in starts}
    ranked, rivals = [], dict(score)
    while rivals:
        best = max(rivals, key=lambda s: (rivals[s], -s))
        ranked.append(best)
        rivals = {s: n for s, n in rivals.items() if abs(s - best) >= window}
    for count in range(len(events) // hop // k // 8, 0, -1):
        if count < len(ranked):
            least, next_best = score[ranked[count - 1]], score[ranked[count]]
            if least >= 0.45 and least >= 4 * max(next_best, 0.02):
                return [stretch(s, held, score, usual, k, hop) for s in sorted(ranked[:count])]
    return []


def stretch(peak, held, score, usual, k, hop):
    """First and last event of the dear hops around *peak*."""
    excess = (sum(held[peak]) - usual) / k
    dear = []
    for s, costs in held.items():
        if s == peak or (abs(s - peak) < k * hop and score[s] >= 0.45):
            dear += [s + at * hop for at, cost in enumerate(costs) if cost - usual / k >= excess / 2]
    return min(dear) + 1, max(dear) + hop
