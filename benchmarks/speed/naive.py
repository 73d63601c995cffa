"""The reference algorithm as the literature has it: nothing reused, everything compressed anew."""

import random

import zstandard


def permutation_test(baseline: list[bytes], window: list[bytes], permutations: int, seed: int) -> float:
    """NCD of baseline and window, and three fresh zstd -3 compressions for each shuffle of their events."""

    def size(events: list[bytes]) -> int:
        return len(zstandard.ZstdCompressor(level=3).compress(b"\n".join(events)))

    def ncd(first: list[bytes], second: list[bytes]) -> float:
        small, large = sorted((size(first), size(second)))
        return (size(first + second) - small) / large

    observed = ncd(baseline, window)
    events, shuffler, at_least = baseline + window, random.Random(seed), 0
    for _ in range(permutations):
        shuffler.shuffle(events)
        at_least += ncd(events[: len(baseline)], events[len(baseline) :]) >= observed
    return (1 + at_least) / (1 + permutations)
