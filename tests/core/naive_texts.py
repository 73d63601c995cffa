"""The text views again, symbol by symbol and set by set. Imports nothing from the engine."""

import math
from collections import Counter, defaultdict


def witten_bell(texts, text, order, different, escapes):
    """Bits of each symbol of *text* after counting *texts*; *different* symbols are known to exist."""
    following = defaultdict(Counter)
    for known in texts:
        for at in range(len(known)):
            for k in range(min(at, order) + 1):
                following[tuple(known[at - k : at])][known[at]] += 1
    bits = []
    for at in range(len(text)):
        chance = 1 / (different + 1 + escapes)
        for k in range(min(at, order) + 1):
            seen = following.get(tuple(text[at - k : at]))
            if seen:
                chance = (seen[text[at]] + len(seen) * chance) / (seen.total() + len(seen))
        bits.append(-math.log2(chance))
    return bits


def mean(values):
    return sum(values) / len(values) if values else 0.0


def total(values):
    return math.log2(1 + sum(values))


def worst_mean(values, width):
    if len(values) < width:
        return mean(values)
    return max(mean(values[at : at + width]) for at in range(len(values) - width + 1))


def grams(text):
    return {text[at : at + length] for length in (3, 5) for at in range(len(text) - length + 1)}


def nearest(references, tokens, whole):
    """Mean residue and Jaccard distance to the 3 nearest; *whole* references made the baseline."""

    def weight(token):
        holders = sum(token in reference for reference in references)
        return round(max(0.02, -math.log2((holders + 0.5) / (whole + 1))) * 1024) / 1024

    def weigh(some):
        return sum(weight(token) for token in some)

    if not references:
        return 1.0, 1.0
    residues = [weigh(tokens - known) / (weigh(tokens) or 1) for known in references]
    jaccards = [
        1 - weigh(tokens & known) / weigh(tokens | known) if tokens | known else 0 for known in references
    ]
    return mean(sorted(residues)[:3]), mean(sorted(jaccards)[:3])
