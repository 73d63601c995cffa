"""Logs for the tests of the command line, from a seed: the same arguments give the same bytes."""

import json
from random import Random

BURST = range(900, 960)  # where the loud log is loud, 0-based

_ORDINARY = (
    "INFO  checkout order {n} placed for customer {c}, total {t}.{u} EUR",
    "INFO  cart item {n} added to cart {c}",
    "DEBUG cache hit for product {n} in {u} ms",
    "INFO  http GET /products/{n} 200 {t} bytes in {u} ms",
    "INFO  http GET /cart/{c} 200 {t} bytes in {u} ms",
    "WARN  inventory stock of product {n} is down to {u}",
)
_LOUD = "qwertzuiopasdfghjklyxcvbnm_ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def line(random: Random, at: int) -> str:
    """An ordinary line of a shop, one every two seconds."""
    seconds = 2 * at
    clock = f"2026-03-02 {8 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    text = random.choice(_ORDINARY).format(
        n=random.randrange(9_000, 9_999),
        c=random.randrange(100, 999),
        t=random.randrange(100, 999),
        u=random.randrange(10, 99),
    )
    return f"{clock} {text}"


def quiet(count: int, seed: int = 1) -> list[str]:
    """Nothing but ordinary lines."""
    random = Random(seed)
    return [line(random, at) for at in range(count)]


def loud(count: int = 1_200, seed: int = 1) -> list[str]:
    """Ordinary lines, and between them a burst of errors that were never there before."""
    random = Random(seed + 1_000)
    lines = quiet(count, seed)
    for at in BURST:
        word = "".join(random.choice(_LOUD) for _ in range(random.randrange(30, 60)))
        lines[at] = f"{lines[at][:19]} ERROR gateway {word} refused: {word[::-1]}"
    return lines


def as_file(lines: list[str]) -> bytes:
    """One line each."""
    return "".join(f"{text}\n" for text in lines).encode()


def bodies(lines: list[str], **keys: object) -> bytes:
    """Each line as the body of a JSON object, with the same other keys."""
    return as_file([json.dumps({"body": text, **keys}) for text in lines])
