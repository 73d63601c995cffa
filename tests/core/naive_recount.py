"""A recount as its document says it, one window after the other; imports nothing from the engine."""

from math import ceil, floor, isnan

CONTENT, PACE = 0, 2


def recount(rows, cold, rule, shape):
    """
    Decide every window again.

    Args:
        rows: Dicts with size, mu, cbar, score, exact, p_stream, p_perm, ranks and distances (NaN: missing).
        cold: Sizes inside the first baseline.
        rule: (threshold, alpha).
        shape: (k, references, permutation alone, whether views are looked at, whether timing is among them).

    Returns:
        (flagged, unknown, chance, by_views) of each.
    """
    threshold, alpha = rule
    k, references, permutation, views, timing = shape
    sizes = [*cold, *(row["size"] for row in rows)]
    found = []
    for at, row in enumerate(rows):
        behind = len(cold) + max(0, at - k + 1)
        pool = sizes[max(0, behind - references) : behind]
        block = min(references, len(cold) + max(0, (at // k - 1) * k + 1))
        aspects = [number for number, one in enumerate(row["distances"]) if not isnan(one)]
        timed = PACE in aspects
        looked_at = 4 + (timing and timed)
        by_views = views and not permutation and block >= ceil(looked_at / alpha) - 1
        bound = (row["size"] - row["mu"]) / row["cbar"]
        if by_views:
            answers = [_aspect(row, one, bound, looked_at, threshold, alpha) for one in aspects]
            chance = _by_views(len(aspects), block, alpha / looked_at, k)
        else:
            alone = permutation or len(pool) < ceil(1 / alpha) - 1
            answers = [_bytes(row, bound, alone, threshold, alpha)]
            chance = _by_bytes(row, pool, alone, threshold, alpha)
        found.append((True in answers, None in answers and True not in answers, chance, by_views))
    return found


def _aspect(row, one, bound, looked_at, threshold, alpha):
    """True, False, or None where it cannot be said."""
    rank, distance = row["ranks"][one], row["distances"][one]
    if distance < threshold:
        return False
    if isnan(rank):
        return None
    if looked_at * rank > alpha:
        return False
    if one == CONTENT and distance == bound and not (row["exact"] and row["score"] >= threshold):
        return None
    return True


def _bytes(row, bound, alone, threshold, alpha):
    if bound < threshold or (row["exact"] and row["score"] < threshold):
        return False
    if not alone and row["p_stream"] > alpha:
        return False
    if not isnan(row["p_perm"]) and row["p_perm"] > alpha:
        return False
    return True if row["exact"] and not isnan(row["p_perm"]) else None


def _by_views(aspects, m, alpha, k):
    places = floor(alpha * (m + 1) + 1e-9)
    stretches = 1 + (places - 1) // k if places else 0
    return min(1.0, aspects * max(places / (m + 1), stretches / (m / k + 1)))


def _by_bytes(row, pool, alone, threshold, alpha):
    m = len(pool)
    over = sum((size - row["mu"]) / row["cbar"] >= threshold for size in [*pool, row["size"]])
    if alone:
        return min(over / (m + 1), alpha)
    return min(over, floor(alpha * (m + 1) + 1e-9)) / (m + 1)
