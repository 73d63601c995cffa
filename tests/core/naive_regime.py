"""The regime rule for the slow twin: every list rebuilt, every rank counted."""


def standings(units):
    """(p_regime or None, regime, alarm, left) for each (score, p) of *units*."""
    rows, inside, pool, seen_in_pool = [], False, [], []
    for at, (score, _) in enumerate(units):
        was_inside, p_regime, alarm, left = inside, None, False, False
        stretch = units[max(0, at - 99) : at + 1]
        if inside:
            newest = pool[-400:]
            p_regime = (1 + sum(known >= score for known in newest)) / (1 + len(newest))
            if p_regime > 0.05 or len(newest) < 100:
                pool = [*pool, score]
            seen_in_pool = [*seen_in_pool, (score, p_regime)]
            left = sum(p <= 0.10 for _, p in stretch) < 30
            stretch = seen_in_pool[-100:]
        unlike = [known for known, p in stretch if p <= 0.10]
        if left:
            inside = False
        elif len(stretch) == 100 and len(unlike) > 70:
            inside, alarm, pool, seen_in_pool = True, True, unlike, []
        rows.append((p_regime, was_inside, alarm, left))
    return rows
