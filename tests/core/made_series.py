"""A noisy daily curve of hourly values with one jump."""

import math
from random import Random

WARMUP = 120
JUMP = 700


def values(count=900, seed=1, *, jump=JUMP):
    """Twenty records from *jump* on lie far above everything before."""
    random = Random(seed)
    made = [round(math.sin(at * math.tau / 24) * 5 + random.gauss(20, 0.5), 3) for at in range(count)]
    return made[:jump] + [90.0 + at for at in range(20)] + made[jump + 20 :]


def times(count=900):
    """Seconds since 1970 began, an hour apart."""
    return [3600.0 * at for at in range(count)]
