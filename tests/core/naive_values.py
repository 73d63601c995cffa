"""Numbers beside those before them, from the definitions and slowly; nothing of the engine is used."""

import math
from itertools import pairwise

REMEMBERED, FEWEST, PLACES = 64, 16, 512
DIGITS = "0123456789"


def bits(n):
    """log2 in whole 1/1024 bits."""
    return round(1024 * math.log2(n))


def numbers(line):
    """Name, how many of that name came before, and value of each number of a line without times and identifiers."""
    found, seen, at, text = [], {}, 0, line.decode("latin-1")
    while at < len(text):
        start = at
        if text[at] == "-" and text[at + 1 : at + 2] in (*DIGITS,) and free(text, at):
            at += 1
        elif text[at] not in DIGITS or not free(text, at):
            at += 1
            continue
        while text[at : at + 1] in (*DIGITS,):
            at += 1
        if text[at : at + 1] == "." and text[at + 1 : at + 2] in (*DIGITS,):
            at += 1
            while text[at : at + 1] in (*DIGITS,):
                at += 1
        after = text[at : at + 2]
        if (
            after[:1] == "_"
            or (len(after) == 2 and after[0] == "." and after[1] in DIGITS)
            or at - start > 15
        ):
            continue
        name = named(text[max(0, start - 40) : start])
        seen[name] = seen.get(name, 0) + 1
        found.append((name, seen[name], float(text[start:at])))
    return found


def free(text, at):
    """Whether a number may begin here: nothing runs into it, nor into a minus before it."""
    before = text[at - 1 : at]
    if is_letter(before) or before in (*DIGITS, "_", "."):
        return False
    return not (
        before == "-" and (is_letter(text[at - 2 : at - 1]) or text[at - 2 : at - 1] in (*DIGITS, "_"))
    )


def is_letter(sign):
    return sign != "" and sign.isascii() and sign.isalpha()


def named(text):
    """The last word before a number, digits as zeros, and what may belong to a name."""
    last = max((at for at, sign in enumerate(text) if is_letter(sign) or sign == "_"), default=-1)
    if last < 0:
        return ""
    first = last
    while first > 0 and (is_letter(text[first - 1]) or text[first - 1] in "_.-" + DIGITS):
        first -= 1
    while not (is_letter(text[first]) or text[first] == "_"):
        first += 1
    stop = last + 1
    while text[stop : stop + 1] in (*DIGITS, ".", "-"):
        stop += 1
    return "".join("0" if sign in DIGITS else sign for sign in text[first:stop])


def costs(events):
    """Bits and number of comparisons of each event, given as (template, numbers)."""
    places, found = {}, []
    for template, held in events:
        total, compared = 0, 0
        for name, nth, value in held:
            place = used(places, (template, name, nth))
            if len(place) < FEWEST:
                place.append(value)
                place = used(places, (name, nth))
            before = place[-REMEMBERED:]
            if levels(before):
                total += cost(before, value)
                compared += 1
            place.append(value)
        found.append((total, compared))
    return found


def used(places, key):
    """The values of a place, which thereby is the one used last."""
    places[key] = places.pop(key, [])
    if len(places) > PLACES:
        del places[next(iter(places))]
    return places[key]


def levels(before):
    """Whether values vary, and cross their median one time in three at least."""
    if len(before) < FEWEST or len(set(before)) < 8:
        return False
    median = sorted(before)[len(before) // 2]
    sides = [value > median for value in before if value != median]
    runs = 1 + sum(one != two for one, two in pairwise(sides))
    return 3 * runs >= len(sides)


def cost(before, value):
    above, below = sum(one >= value for one in before), sum(one <= value for one in before)
    found = max(0, bits(len(before) + 1) - bits(1 + min(above, below)) - 1024)
    low, high = min(before), max(before)
    excess = max(low - value, value - high)
    if excess <= 0:
        return found
    times = 1 + excess / (high - low)
    return found + (2 * (bits(int(1024 * times)) - 10 * 1024) if 1024 * times < 16 * 1024 else 8 * 1024)


def per_number(window):
    """Of a window's costs: bits of a number, ten usual ones added."""
    return (sum(bits for bits, _ in window) + 10 * 1477) // (sum(count for _, count in window) + 10)
